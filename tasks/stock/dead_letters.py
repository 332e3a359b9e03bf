"""What becomes of a message that stock did not take: who looks, and what may he do?

He sends it again, the same bytes under the same key, or settles it: stock knows by
other means. Either has a name and a reason.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.stock.handing_over import MessageEnding
from adv_domain.store.engine import writing
from adv_domain.store.runs import (
    FailedDocument,
    Happening,
    record_events,
    record_failures,
    resolve_failures,
)
from adv_domain.store.stock.acknowledgements import (
    AskedAbout,
    messages_named,
    queue_again,
    write_acknowledged,
)
from adv_domain.store.stock.sending import QueuedMessage
from adv_domain.store.worklist import PersonTask, close_tasks, open_tasks
from tasks.resources import now, resources
from tasks.step import RunRef

STEP = "handoff"
TASK = "handoff_failed"


class MessageNotFailed(ValueError):
    """There is no such message, or it waits for nobody."""

    def __init__(self, key: str, state: str | None) -> None:
        what = f"is {state}" if state else "does not exist"
        super().__init__(f"message {key} {what}; see adv stock messages --state failed")
        self.key = key


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that waits for a person, after how many attempts, and why."""

    order_id: int
    key: str
    attempts: int
    why: str

    @property
    def task_key(self) -> str:
        """Name the task: one for each time that the message was given up."""
        return f"{TASK}:{self.key}:{self.attempts}"


def set_aside(
    connection: Connection,
    failed: Sequence[tuple[QueuedMessage, MessageEnding]],
    *,
    run: RunRef,
) -> list[FailedDocument]:
    """Give messages that no attempt is left for to a person; return the new ones."""
    letters = [
        DeadLetter(one.order_id, one.message_key, one.attempts + 1, how.error or "")
        for one, how in failed
    ]
    return give_to_a_person(
        connection, letters, actor=run.actor, on=run.on, run_id=run.run_id
    )


def give_to_a_person(
    connection: Connection,
    letters: Sequence[DeadLetter],
    *,
    actor: str,
    on: date,
    run_id: int,
) -> list[FailedDocument]:
    """Open a task for each message, note it as failed, and tell its order's history."""
    if not letters:
        return []
    team = resources().policy.owner_of_step(STEP)
    open_tasks(connection, [_task(one, team) for one in letters], opened_on=on)
    record_events(
        connection,
        [
            Happening("order", one.order_id, "message_failed", actor, reason=_text(one))
            for one in letters
        ],
        business_date=on,
        now=now(),
        run_id=run_id,
    )
    return record_failures(
        connection,
        step=STEP,
        run_id=run_id,
        owner=team,
        failed=[FailedDocument(one.key, "message_failed", one.why) for one in letters],
        now=now(),
    )


def delivered_after_all(
    connection: Connection, messages: Sequence[QueuedMessage]
) -> None:
    """Close what was open about messages that failed before and are taken now."""
    tried_before = [one.message_key for one in messages if one.attempts]
    settle_failures(connection, tried_before, result="the message was taken")


def settle_failures(
    connection: Connection, keys: Collection[str], *, result: str, by: str = "adv"
) -> None:
    """Close the failures and tasks about messages that need nobody any more."""
    if not keys:
        return
    resolve_failures(connection, step=STEP, documents=keys, now=now())
    close_tasks(connection, TASK, about=keys, by=by, result=result, now=now())


def resend_message(key: str, *, by: str, reason: str, on: date) -> None:
    """Queue a message anew, with all its attempts; raises MessageNotFailed."""
    _act(key, "message_resent", queue_again, by=by, reason=reason, on=on)


def settle_message(key: str, *, by: str, reason: str, on: date) -> None:
    """Count a message as known to stock by other means; raises MessageNotFailed."""

    def settle(connection: Connection, message_id: int) -> None:
        write_acknowledged(connection, [message_id], now=now())

    _act(key, "message_settled", settle, by=by, reason=reason, on=on)


def _act(
    key: str,
    what: str,
    change: Callable[[Connection, int], None],
    *,
    by: str,
    reason: str,
    on: date,
) -> None:
    with writing(resources().engine) as connection:
        found = messages_named(connection, [key]).get(key)
        _expect_failed(key, found)
        assert found is not None
        change(connection, found.message_id)
        settle_failures(connection, [key], result=reason, by=by)
        happening = Happening(
            "order", found.order_id, what, by, reason=f"message {key}: {reason}"
        )
        record_events(connection, [happening], business_date=on, now=now())


def _expect_failed(key: str, found: AskedAbout | None) -> None:
    if found is None or found.state != "failed":
        raise MessageNotFailed(key, found.state if found else None)


def _task(one: DeadLetter, team: str) -> PersonTask:
    return PersonTask(
        task_key=one.task_key,
        kind=TASK,
        team=team,
        text=f"{_text(one)}; mend the cause, then adv stock resend {one.key}, or adv "
        f"stock settle {one.key} where stock knows by other means",
        entity="order",
        entity_id=one.order_id,
    )


def _text(one: DeadLetter) -> str:
    return f"stock did not take message {one.key}: {one.why}"
