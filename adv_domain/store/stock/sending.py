"""Which messages to stock are due, and how did each attempt end?"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    Connection,
    Text,
    and_,
    exists,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from adv_domain.rules.stock.handing_over import MessageEnding
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among
from adv_domain.store.tables import handoff_message

_ALL_TAKEN = ("sent", "acknowledged")


class QueuedMessage(NamedTuple):
    """A message that is due; text is its JSON as stored, the same at every attempt.

    attempts counts all that were made, attempts_before those before a person queued
    it anew.
    """

    message_id: int
    order_id: int
    version: int
    kind: str
    message_key: str
    file_name: str
    attempts: int
    attempts_before: int
    text: str

    @property
    def tried(self) -> int:
        """Count the attempts since it was queued, the one being made included."""
        return self.attempts - self.attempts_before + 1


def due_messages(
    connection: Connection, *, now: datetime, after: int, limit: int
) -> list[QueuedMessage]:
    """Read the messages that are due, by id.

    One waits while an earlier one about its order waits for its next attempt or for
    a person: what is said last must arrive last.
    """
    message, earlier = handoff_message.c, handoff_message.alias("earlier").c
    held_up = exists().where(
        earlier.order_id == message.order_id,
        earlier.version < message.version,
        or_(
            earlier.state == "failed",
            and_(earlier.state == "queued", earlier.next_attempt_at > now),
        ),
    )
    rows = connection.execute(
        select(
            message.id,
            message.order_id,
            message.version,
            message.kind,
            message.message_key,
            message.file_name,
            message.attempts,
            message.attempts_before,
            type_coerce(message.payload, Text),
        )
        .where(
            message.state == "queued",
            message.id > after,
            or_(message.next_attempt_at.is_(None), message.next_attempt_at <= now),
            ~held_up,
        )
        .order_by(message.id)
        .limit(limit)
    )
    return [QueuedMessage._make(row) for row in rows]


def count_queued(connection: Connection) -> int:
    """Count the messages that have not left."""
    counted = connection.execute(
        select(func.count())
        .select_from(handoff_message)
        .where(handoff_message.c.state == "queued")
    )
    return int(counted.scalar_one())


def write_taken(
    connection: Connection,
    message_ids: Collection[int],
    ending: MessageEnding,
    *,
    now: datetime,
) -> None:
    """Write that the receiver has the messages, all with the same ending."""
    if not message_ids:
        return
    is_acknowledged = ending.state == "acknowledged"
    connection.execute(
        update(handoff_message)
        .where(
            among(connection, handoff_message.c.id, message_ids),
            handoff_message.c.state == "queued",
        )
        .values(
            state=ending.state,
            sent_at=now,
            acknowledged_at=now if is_acknowledged else None,
            acknowledge_by=ending.acknowledge_by,
            next_attempt_at=None,
            last_error=None,
            attempts=handoff_message.c.attempts + 1,
        )
    )


def write_not_taken(
    connection: Connection, ended: Sequence[tuple[QueuedMessage, MessageEnding]]
) -> None:
    """Write attempts that failed: when the next one is due, or that none is."""
    update_rows(
        connection,
        handoff_message,
        ("state", "last_error", "next_attempt_at", "attempts"),
        [
            (
                one.message_id,
                ending.state,
                ending.error,
                ending.next_attempt_at,
                one.attempts + 1,
            )
            for one, ending in ended
        ],
    )


def is_taken(ending: MessageEnding) -> bool:
    """Tell whether the receiver has the message."""
    return ending.state in _ALL_TAKEN
