"""Where are the messages to stock: those of an order, or those that wait?"""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from adv_domain.store.tables import handoff_message, sales_order


class MessageRow(NamedTuple):
    """A message to stock as it stands."""

    key: str
    order_no: str
    kind: str
    state: str
    decided_on: date
    sent_at: datetime | None
    acknowledged_at: datetime | None
    acknowledge_by: datetime | None
    attempts: int
    next_attempt_at: datetime | None
    last_error: str | None


def messages_of_order(connection: Connection, order_id: int) -> list[MessageRow]:
    """Read what stock was told of an order, in the order in which it was."""
    statement = _rows().where(handoff_message.c.order_id == order_id)
    return _read(connection, statement)


def messages_in_state(
    connection: Connection, state: str, *, overdue_at: datetime | None, limit: int
) -> list[MessageRow]:
    """Read the messages in a state, by id; of those sent, with overdue_at, the ones
    whose acknowledgement was due by then."""
    statement = _rows().where(handoff_message.c.state == state).limit(limit)
    if overdue_at is not None:
        statement = statement.where(handoff_message.c.acknowledge_by <= overdue_at)
    return _read(connection, statement)


def _read(connection: Connection, statement: Select[Any]) -> list[MessageRow]:
    return [MessageRow._make(row) for row in connection.execute(statement)]


def _rows() -> Select[Any]:
    message = handoff_message.c
    return (
        select(
            message.message_key,
            sales_order.c.order_no,
            message.kind,
            message.state,
            message.decided_on,
            message.sent_at,
            message.acknowledged_at,
            message.acknowledge_by,
            message.attempts,
            message.next_attempt_at,
            message.last_error,
        )
        .join(sales_order, sales_order.c.id == message.order_id)
        .order_by(message.id)
    )
