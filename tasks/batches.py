"""How is a step worked through batch by batch, so that a crash or a poisoned document
costs nothing but itself?

Each batch is one transaction: check the lease, claim, read, decide, write, commit
(design P2). A rule's exception is caught per document by `decided`; a write error
rolls the batch back, halves it and so isolates the document (P4).
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from adv_domain.store.engine import writing
from adv_domain.store.leases import LeaseLost, keep_lease
from adv_domain.store.runs import FailedDocument, record_failures, resolve_failures
from tasks.progress import report
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef

_log = logging.getLogger("adv.batches")
_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FATAL = (OperationalError, InterfaceError, LeaseLost, OSError, MemoryError)
_D = TypeVar("_D")
_R = TypeVar("_R")


class Claimed(NamedTuple):
    """A document taken into a batch: its place in the fixed order and its name.

    Documents of one unit are decided together: a batch done in halves keeps them so.
    """

    key: Any
    name: str
    unit: Any = None


@dataclass(slots=True)
class BatchResult:
    """What one batch did; failed names are those of the claimed documents."""

    done: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    failed: list[FailedDocument] = field(default_factory=list)
    details: list[dict[str, Any]] = field(default_factory=list)


def merged(one: BatchResult, other: BatchResult) -> BatchResult:
    """Put what a batch did in two parts together."""
    return BatchResult(
        done=one.done + other.done,
        skipped=one.skipped + other.skipped,
        failed=one.failed + other.failed,
        details=one.details + other.details,
    )


class Claim(Protocol):
    """Take the next documents after a key, in the fixed order."""

    def __call__(
        self, connection: Connection, *, after: Any | None, limit: int
    ) -> Sequence[Claimed]: ...


Handle = Callable[[Connection, Sequence[Claimed]], BatchResult]


class _Undo(Exception):
    """Roll a dry run's batch back."""


def work_through(run: RunRef, *, claim: Claim, handle: Handle) -> Outcome:
    """Work through all documents that the claim finds, one transaction a batch.

    The claim must select only open work (so that a re-run finds what is left) and
    must return documents in ascending key order after the given key. A document
    that fails is set aside and not met again in this run.
    """
    known = resources()
    outcome = Outcome()
    after: Any | None = None
    while True:
        started = perf_counter()
        taken: list[Claimed] = []

        def _claim(connection: Connection, after: Any | None = after) -> list[Claimed]:
            found = claim(connection, after=after, limit=known.settings.batch_size)
            return list(found)

        part = _one_batch(run, _claim, handle, taken)
        if not taken:
            return outcome
        outcome = outcome + part
        after = taken[-1].key
        _log.info(
            "%s: batch of %d in %.2f s: %s",
            run.step,
            len(taken),
            perf_counter() - started,
            part.message,
        )
        report(stage=run.step, event="batch", done=sum(part.done.values()))


def _one_batch(
    run: RunRef,
    claim: Callable[[Connection], list[Claimed]],
    handle: Handle,
    taken: list[Claimed],
) -> Outcome:
    try:
        return _attempt(run, claim, handle, taken)
    except _FATAL:
        raise
    except Exception as error:
        return _halved(run, list(taken), handle, error)


def _attempt(
    run: RunRef,
    claim: Callable[[Connection], list[Claimed]],
    handle: Handle,
    taken: list[Claimed],
) -> Outcome:
    outcome = Outcome()
    try:
        with writing(resources().engine) as connection:
            keep_lease(connection, run.lease, now=now())
            taken.extend(claim(connection))
            if not taken:
                return outcome
            result = handle(connection, taken)
            outcome = _booked(connection, run, taken, result)
            if run.dry_run:
                raise _Undo
    except _Undo:
        return outcome
    return outcome


def _halved(
    run: RunRef, taken: list[Claimed], handle: Handle, error: Exception
) -> Outcome:
    """Do a batch that could not be written in halves, down to the one at fault."""
    middle = _middle(taken)
    if not middle:
        return _set_aside(run, taken, error)
    _log.warning(
        "%s: a batch of %d could not be written and is done in halves: %s",
        run.step,
        len(taken),
        first_line(error),
    )
    outcome = Outcome()
    for half in (taken[:middle], taken[middle:]):
        outcome = outcome + _one_batch(run, lambda _c, half=half: half, handle, [])  # type: ignore[misc]  # default binds the half
    return outcome


def _middle(taken: Sequence[Claimed]) -> int:
    """Return the cut nearest to the middle that divides no unit, 0 where none is."""
    cuts = [
        at
        for at in range(1, len(taken))
        if taken[at].unit is None or taken[at].unit != taken[at - 1].unit
    ]
    return min(cuts, key=lambda at: abs(2 * at - len(taken)), default=0)


def _set_aside(run: RunRef, taken: list[Claimed], error: Exception) -> Outcome:
    failed = [
        FailedDocument(
            document=one.name,
            code=failure_code(error),
            message=first_line(error),
        )
        for one in taken
    ]
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        return _booked(connection, run, taken, BatchResult(failed=failed))


def _booked(
    connection: Connection, run: RunRef, taken: Sequence[Claimed], result: BatchResult
) -> Outcome:
    policy = resources().policy
    at = now()
    broken = {one.document for one in result.failed}
    resolve_failures(
        connection,
        step=run.step,
        documents={one.name for one in taken} - broken,
        now=at,
    )
    fresh = record_failures(
        connection,
        step=run.step,
        run_id=run.run_id,
        owner=policy.owner_of_step(run.step),
        failed=result.failed,
        now=at,
    )
    return Outcome(
        done=dict(result.done),
        skipped=dict(result.skipped),
        waiting=len(result.failed) - len(fresh),
        failed=tuple(fresh),
        details=tuple(result.details),
    )


def decided(
    documents: Iterable[_D],
    rule: Callable[[_D], _R],
    *,
    name_of: Callable[[_D], str],
    result: BatchResult,
) -> list[tuple[_D, _R]]:
    """Apply a rule to each document; one that raises is set aside in the result."""
    pairs: list[tuple[_D, _R]] = []
    for document in documents:
        try:
            pairs.append((document, rule(document)))
        except Exception as error:
            result.failed.append(
                FailedDocument(
                    document=name_of(document),
                    code=failure_code(error),
                    message=first_line(error),
                )
            )
    return pairs


def failure_code(error: Exception) -> str:
    """Name a cause like all other codes: MissingTaxRate is missing_tax_rate."""
    return _WORD_BEGINS.sub("_", type(error).__name__).lower()


def first_line(error: Exception) -> str:
    """Return what an error says, in the one line that a list has room for."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:500]
