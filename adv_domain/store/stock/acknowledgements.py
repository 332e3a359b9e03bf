"""Which messages did stock acknowledge, and which are unacknowledged for too long?"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    exists,
    func,
    literal,
    select,
    update,
)

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.columns import Moment
from adv_domain.store.rows import among
from adv_domain.store.tables import handoff_message, stock_message, task

_ON_ITS_WAY = ("queued", "sent", "failed")
SILENCE_TASK = "handoff_unacknowledged"


class AskedAbout(NamedTuple):
    """A message that somebody says something about."""

    message_id: int
    order_id: int
    message_key: str
    state: str
    attempts: int


class Silence(NamedTuple):
    """Messages decided on a day that nobody acknowledged in time."""

    decided_on: date
    messages: int
    first_key: str


def messages_named(
    connection: Connection, keys: Collection[str]
) -> dict[str, AskedAbout]:
    """Return the messages of these keys by key, locked until the transaction ends."""
    message = handoff_message.c
    rows = connection.execute(
        select(
            message.id,
            message.order_id,
            message.message_key,
            message.state,
            message.attempts,
        )
        .where(among(connection, message.message_key, keys))
        .order_by(message.id)
        .with_for_update(key_share=True)
    )
    return {row.message_key: AskedAbout._make(row) for row in rows}


def write_acknowledged(
    connection: Connection, message_ids: Collection[int], *, now: datetime
) -> None:
    """Write that the receiver says that it has the messages, however they stood."""
    if not message_ids:
        return
    connection.execute(
        update(handoff_message)
        .where(
            among(connection, handoff_message.c.id, message_ids),
            handoff_message.c.state.in_(_ON_ITS_WAY),
        )
        .values(
            state="acknowledged",
            sent_at=func.coalesce(handoff_message.c.sent_at, literal(now, Moment())),
            acknowledged_at=now,
            acknowledge_by=None,
            next_attempt_at=None,
            last_error=None,
        )
    )


def write_answered(
    connection: Connection, message_ids: Collection[int], *, now: datetime
) -> None:
    """Write that stock has answered what the messages asked; one that is not confirmed
    as sent yet leaves first, so that stock's own record is whole."""
    if not message_ids:
        return
    connection.execute(
        update(handoff_message)
        .where(
            among(connection, handoff_message.c.id, message_ids),
            handoff_message.c.state == "sent",
        )
        .values(state="acknowledged", acknowledged_at=now, acknowledge_by=None)
    )


def write_refused(connection: Connection, why: Mapping[int, str]) -> None:
    """Write that the receiver refuses the messages, each with its reason."""
    rows = [(message_id, "failed", reason) for message_id, reason in why.items()]
    update_rows(connection, handoff_message, ("state", "last_error"), rows)


def queue_again(connection: Connection, message_id: int) -> None:
    """Queue a message anew, with as many attempts as a new one has."""
    connection.execute(
        update(handoff_message)
        .where(handoff_message.c.id == message_id)
        .values(
            state="queued",
            attempts_before=handoff_message.c.attempts,
            next_attempt_at=None,
        )
    )


def acknowledge_by_news(connection: Connection, *, now: datetime) -> int:
    """Take stock's news of an order as the acknowledgement of the order; count them."""
    message = handoff_message.c
    has_news = exists().where(
        stock_message.c.order_id == message.order_id,
        stock_message.c.received_at >= message.sent_at,
    )
    found = connection.execute(
        select(message.id).where(_is_awaited(), message.kind == "order", has_news)
    )
    ids = list(found.scalars())
    write_acknowledged(connection, ids, now=now)
    return len(ids)


def silences(connection: Connection, *, now: datetime) -> list[Silence]:
    """Read the messages that are overdue for their acknowledgement, by day."""
    message = handoff_message.c
    rows = connection.execute(
        select(message.decided_on, func.count(), func.min(message.message_key))
        .where(_is_overdue(now))
        .group_by(message.decided_on)
        .order_by(message.decided_on)
    )
    return [Silence._make(row) for row in rows]


def days_dealt_with(connection: Connection, keys: Collection[str]) -> set[str]:
    """Return which of the tasks about days of silence a person has closed."""
    rows = connection.execute(
        select(task.c.task_key).where(
            among(connection, task.c.task_key, keys), task.c.state == "done"
        )
    )
    return set(rows.scalars())


def forget_silence(
    connection: Connection, days: Sequence[date], *, now: datetime
) -> None:
    """Ask no more for acknowledgements of these days: a person has dealt with them."""
    if not days:
        return
    connection.execute(
        update(handoff_message)
        .where(_is_overdue(now), handoff_message.c.decided_on.in_(tuple(days)))
        .values(acknowledge_by=None)
    )


def open_silence_tasks(connection: Connection) -> list[str]:
    """Return the keys of the open tasks about days of silence."""
    rows = connection.execute(
        select(task.c.task_key).where(
            task.c.kind == SILENCE_TASK, task.c.state == "open"
        )
    )
    return list(rows.scalars())


def _is_awaited() -> ColumnElement[bool]:
    message = handoff_message.c
    return (message.state == "sent") & message.acknowledge_by.is_not(None)


def _is_overdue(now: datetime) -> ColumnElement[bool]:
    return _is_awaited() & (handoff_message.c.acknowledge_by <= now)
