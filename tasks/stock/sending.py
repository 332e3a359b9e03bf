"""How do decided messages leave for stock, each at least once under its key?

What was tried is written after the attempt: a crash in between sends the same bytes
under the same key again. A message that is not taken is tried again later and later;
after the last attempt, or where it is refused, it waits for a person.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter

from adv_domain.rules.stock.handing_over import (
    MessageEnding,
    Patience,
    Receipt,
    ending_of,
)
from adv_domain.store.engine import reading, writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.stock.sending import (
    QueuedMessage,
    count_queued,
    due_messages,
    is_taken,
    write_not_taken,
    write_taken,
)
from adv_domain.web.stock_endpoint import EndpointMisconfigured
from tasks.progress import report
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef
from tasks.stock.adapters import Adapter, adapter_of
from tasks.stock.dead_letters import delivered_after_all, set_aside

_log = logging.getLogger("adv.handoff")
_AWAY_AFTER = 5
"""So many failures in a row: the receiver is away, not the messages at fault."""

Ended = list[tuple[QueuedMessage, MessageEnding]]


@dataclass(slots=True)
class _Pass:
    """One walk through the queue: what came of it, and which orders are held up."""

    run: RunRef
    adapter: Adapter
    patience: Patience
    outcome: Outcome = field(default_factory=Outcome)
    held_up: set[int] = field(default_factory=set)
    failures_in_a_row: int = 0

    @property
    def is_away(self) -> bool:
        return self.failures_in_a_row >= _AWAY_AFTER


def messages_sent(run: RunRef) -> Outcome:
    """Send what is due, by id; unit of retry: a message, key: its message key.

    Raises EndpointMisconfigured where address, secret or certificate are wrong, and
    OSError where the disk is: no attempt is used up.
    """
    begun_at, after = now(), 0
    outcome = Outcome()
    if first := _due(begun_at, after):
        with adapter_of(run) as adapter:
            work = _Pass(run, adapter, patience())
            batch = first
            while batch and not work.is_away:
                _through(work, batch)
                after = batch[-1].message_id
                report(stage=run.step, event="batch", done=len(batch))
                batch = _due(begun_at, after)
            outcome = work.outcome
    with reading(resources().engine) as connection:
        left = count_queued(connection)
    return outcome + Outcome(waiting=left)


def patience() -> Patience:
    """Return what the policy says of attempts and acknowledgements."""
    policy = resources().policy.handoff
    hours = policy.acknowledge_within_hours
    return Patience(
        attempts=policy.attempts,
        first_wait=timedelta(seconds=policy.first_wait_seconds),
        acknowledge_within=timedelta(hours=hours) if hours else None,
    )


def _due(begun_at: datetime, after: int) -> list[QueuedMessage]:
    known = resources()
    with reading(known.engine) as connection:
        return due_messages(
            connection, now=begun_at, after=after, limit=known.settings.batch_size
        )


def _through(work: _Pass, batch: Sequence[QueuedMessage]) -> None:
    size, started = work.adapter.at_once, perf_counter()
    before = work.outcome
    for start in range(0, len(batch), size):
        if work.is_away:
            break
        _confirm(work, _attempted(work, batch[start : start + size]))
    _log.info(
        "handoff: batch of %d messages in %.2f s: %s so far",
        len(batch),
        perf_counter() - started,
        work.outcome.message if work.outcome != before else "none taken",
    )


def _attempted(work: _Pass, group: Sequence[QueuedMessage]) -> Ended:
    """Deliver a group; a message behind one of its order that was not taken waits.

    What was delivered before the settings proved wrong is confirmed all the same.
    """
    ended: Ended = []
    tried: list[QueuedMessage] = []

    def passable() -> Iterator[QueuedMessage]:
        for one in group:
            if one.order_id not in work.held_up and not work.is_away:
                tried.append(one)
                yield one

    try:
        for answer in work.adapter.deliver(passable()):
            one = tried[len(ended)]
            ending = ending_of(
                answer,
                key=one.message_key,
                tried=one.tried,
                at=now(),
                patience=work.patience,
            )
            ended.append((one, ending))
            is_failure = answer.receipt is Receipt.NOT_NOW
            work.failures_in_a_row = work.failures_in_a_row + 1 if is_failure else 0
            if not is_taken(ending):
                work.held_up.add(one.order_id)
    except EndpointMisconfigured:
        _confirm(work, ended)
        raise
    return ended


def _confirm(work: _Pass, ended: Ended) -> None:
    """Write how the attempts ended, in one transaction."""
    if not ended:
        return
    failed = [(one, how) for one, how in ended if how.state == "failed"]
    with writing(resources().engine) as connection:
        keep_lease(connection, work.run.lease, now=now())
        for state in ("sent", "acknowledged"):
            taken = [(one, how) for one, how in ended if how.state == state]
            if taken:
                ids = [one.message_id for one, _ in taken]
                write_taken(connection, ids, taken[-1][1], now=now())
                delivered_after_all(connection, [one for one, _ in taken])
        write_not_taken(connection, [pair for pair in ended if not is_taken(pair[1])])
        fresh = set_aside(connection, failed, run=work.run)
    work.outcome = work.outcome + Outcome(
        done=_counts(work.adapter, [how for _, how in ended]), failed=tuple(fresh)
    )


def _counts(adapter: Adapter, endings: Iterable[MessageEnding]) -> dict[str, int]:
    counts = {adapter.counted_as: 0, "put off": 0}
    for ending in endings:
        if is_taken(ending):
            counts[adapter.counted_as] += 1
        elif ending.state == "queued":
            counts["put off"] += 1
    return {word: count for word, count in counts.items() if count}
