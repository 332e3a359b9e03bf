"""What is a step of the chain, what does one run of it leave, and how is it called?

Nothing here knows Prefect: flows/engine.py wraps a Step as a task, flows/direct.py
calls its body plainly; both get the same Outcome.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from adv_domain.rules.counted import counted
from adv_domain.store.leases import Lease
from adv_domain.store.runs import FailedDocument


@dataclass(frozen=True, slots=True)
class RunRef:
    """One run of one step: what a body needs to know, in simple values."""

    step: str
    run_id: int
    fence: int
    on: date
    shard: int = 0
    dry_run: bool = False

    @property
    def lease(self) -> Lease:
        return Lease(step=self.step, shard=self.shard, fence=self.fence)

    @property
    def actor(self) -> str:
        """Who is named in the event log."""
        return f"run {self.run_id} of {self.step}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: counts by word, skipped by reason, waiting, newly failed."""

    done: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    failed: tuple[FailedDocument, ...] = ()
    details: tuple[Mapping[str, Any], ...] = ()

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            done=dict(Counter(self.done) + Counter(other.done)),
            skipped=dict(Counter(self.skipped) + Counter(other.skipped)),
            waiting=self.waiting + other.waiting,
            failed=self.failed + other.failed,
            details=self.details + other.details,
        )

    @property
    def message(self) -> str:
        """Say the counts in one line for an operator."""
        parts = [counted(count, word) for word, count in self.done.items() if count]
        parts += [
            f"{count} skipped ({reason})"
            for reason, count in self.skipped.items()
            if count
        ]
        if self.waiting:
            parts.append(f"{self.waiting} waiting")
        if self.failed:
            named = ", ".join(
                f"{one.document}: {one.message}" for one in self.failed[:5]
            )
            more = len(self.failed) - 5
            tail = f" and {more} more" if more > 0 else ""
            parts.append(f"{len(self.failed)} failed ({named}{tail})")
        return "; ".join(parts) or "nothing to do"


Body = Callable[..., Outcome]
_F = TypeVar("_F", bound=Body)


@dataclass(frozen=True, slots=True)
class Step:
    """A body that works through one key range of many batches.

    retries counts for transient errors only (tasks/retrying.py); timeout is in
    seconds; run_name is a str.format pattern over the body's arguments.
    """

    body: Body
    name: str
    retries: int
    timeout: int
    run_name: str


@dataclass(frozen=True, slots=True)
class Call:
    """One planned task run: the step and its simple arguments."""

    step: Step
    arguments: Mapping[str, Any]


Plan = Callable[[RunRef], list[Call]]


@dataclass(frozen=True, slots=True)
class StepFlow:
    """A step of the chain as an operator knows it: its name and its plan."""

    name: str
    plan: Plan
    has_dry_run: bool = False


def step(
    *, name: str, retries: int = 3, timeout: int = 3600, run_name: str | None = None
) -> Callable[[_F], Step]:
    """Make a body a Step."""

    def made(body: _F) -> Step:
        return Step(
            body=body,
            name=name,
            retries=retries,
            timeout=timeout,
            run_name=run_name or name,
        )

    return made
