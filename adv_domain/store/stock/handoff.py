"""Which accepted orders does stock not know yet, and which messages wait to leave?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from adv_domain.rules.stock.handoff import HandoffLine, HandoffOrder
from adv_domain.store.rows import among, insert_rows, take_ids
from adv_domain.store.tables import customer, handoff_message, order_line, sales_order


@dataclass(frozen=True, slots=True)
class ToHandOff:
    """An accepted order with all that stock must know of it."""

    order_id: int
    order: HandoffOrder


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message decided for an order version, and the file it leaves in."""

    order_id: int
    version: int
    kind: str
    message_key: str
    payload: dict[str, Any]
    file_name: str


class QueuedMessage(NamedTuple):
    """A message that no file was confirmed for yet; text is its JSON as stored."""

    message_id: int
    file_name: str
    text: str


def orders_to_hand_off(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[tuple[int, str]]:
    """Claim accepted orders by id; one to be paid first waits until it is paid."""
    rows = connection.execute(
        select(sales_order.c.id, sales_order.c.order_no)
        .where(
            sales_order.c.state == "accepted",
            sales_order.c.id > (after or 0),
            ~_awaits_payment(),
        )
        .order_by(sales_order.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [(row.id, row.order_no) for row in rows]


def count_awaiting_payment(connection: Connection) -> int:
    """Count accepted orders that stock is not told of before they are paid."""
    counted = connection.execute(
        select(func.count())
        .select_from(sales_order)
        .where(sales_order.c.state == "accepted", _awaits_payment())
    )
    return int(counted.scalar_one())


def _awaits_payment() -> ColumnElement[bool]:
    return ~or_(
        sales_order.c.shipping_policy != "after_payment", sales_order.c.is_prepaid
    )


def read_orders_to_hand_off(
    connection: Connection, order_ids: Collection[int]
) -> list[ToHandOff]:
    """Read the orders with their lines in two statements, ordered by id."""
    lines = _lines_of(connection, order_ids)
    rows = connection.execute(
        select(
            sales_order,
            customer.c.name.label("customer_name"),
            customer.c.address,
            customer.c.postal_code,
            customer.c.city,
            customer.c.country,
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(among(connection, sales_order.c.id, order_ids))
        .order_by(sales_order.c.id)
    )
    return [ToHandOff(row.id, _order(row, lines.get(row.id, []))) for row in rows]


def _lines_of(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[HandoffLine]]:
    rows = connection.execute(
        select(
            order_line.c.order_id,
            order_line.c.line_no,
            order_line.c.product_code,
            order_line.c.description,
            order_line.c.qty,
            order_line.c.qty_shipped,
            order_line.c.qty_cancelled,
            order_line.c.unit,
            order_line.c.requested_on,
        )
        .where(
            among(connection, order_line.c.order_id, order_ids),
            order_line.c.state != "cancelled",
        )
        .order_by(order_line.c.order_id, order_line.c.line_no)
    )
    lines: dict[int, list[HandoffLine]] = {}
    for row in rows:
        qty = row.qty - row.qty_shipped - row.qty_cancelled
        if qty > 0:
            lines.setdefault(row.order_id, []).append(
                HandoffLine(
                    line_no=row.line_no,
                    product=row.product_code,
                    description=row.description,
                    qty=qty,
                    unit=row.unit,
                    requested_on=row.requested_on,
                )
            )
    return lines


def _order(row: Any, lines: Sequence[HandoffLine]) -> HandoffOrder:
    """Ship to where the order says; where it says nothing, to the customer."""
    own = _in_one_line(row.address, row.postal_code, row.city)
    stated = _in_one_line(
        row.ship_to_address, row.ship_to_postal_code, row.ship_to_city
    )
    return HandoffOrder(
        order_no=row.order_no,
        version=row.version,
        # an order that was changed before stock knew of it is new to stock
        kind="order",
        customer=row.customer_code,
        customer_ref=row.customer_ref,
        ordered_on=row.ordered_on,
        requested_on=row.requested_on,
        shipping_policy=row.shipping_policy,
        ship_to_name=row.ship_to_name or row.customer_name,
        ship_to_address=stated or own,
        ship_to_country=row.ship_to_country or row.country,
        instructions=row.instructions,
        lines=lines,
    )


def _in_one_line(address: str | None, postal_code: str | None, city: str | None) -> str:
    town = f"{postal_code or ''} {city or ''}".strip()
    return ", ".join(part for part in (address, town) if part)


def write_messages(
    connection: Connection, messages: Sequence[NewMessage], *, decided_on: date
) -> None:
    """Queue the messages and mark their orders handed off, in two statements."""
    queue_messages(connection, messages, decided_on=decided_on)
    handed_off = [one.order_id for one in messages]
    connection.execute(
        update(sales_order)
        .where(among(connection, sales_order.c.id, handed_off))
        .values(state="handed_off")
    )


def queue_messages(
    connection: Connection, messages: Sequence[NewMessage], *, decided_on: date
) -> list[int]:
    """Queue the messages, leave their orders as they are; return the messages' ids."""
    ids = list(take_ids(connection, handoff_message, len(messages)))
    insert_rows(
        connection,
        handoff_message,
        [
            {
                "id": message_id,
                "order_id": one.order_id,
                "version": one.version,
                "kind": one.kind,
                "message_key": one.message_key,
                "state": "queued",
                "payload": one.payload,
                "file_name": one.file_name,
                "decided_on": decided_on,
            }
            for message_id, one in zip(ids, messages, strict=True)
        ],
    )
    return ids


def next_versions(connection: Connection, order_ids: Collection[int]) -> dict[int, int]:
    """Return the version of the next message about each order.

    It lies beyond the order's own where stock was asked about a change and has not
    agreed, or did not.
    """
    told = func.max(handoff_message.c.version)
    rows = connection.execute(
        select(sales_order.c.id, sales_order.c.version, told)
        .outerjoin(handoff_message, handoff_message.c.order_id == sales_order.c.id)
        .where(among(connection, sales_order.c.id, order_ids))
        .group_by(sales_order.c.id, sales_order.c.version)
    )
    return {row[0]: max(row[1], row[2] or 0) + 1 for row in rows}


def write_version(connection: Connection, order_id: int, *, version: int) -> None:
    """Write the order's new version, by which stock tells its messages apart."""
    connection.execute(
        update(sales_order).where(sales_order.c.id == order_id).values(version=version)
    )


def queued_messages(
    connection: Connection, *, after: int, limit: int
) -> list[QueuedMessage]:
    """Read messages that wait for their file, by id."""
    rows = connection.execute(
        select(
            handoff_message.c.id,
            handoff_message.c.file_name,
            type_coerce(handoff_message.c.payload, Text).label("text"),
        )
        .where(handoff_message.c.state == "queued", handoff_message.c.id > after)
        .order_by(handoff_message.c.id)
        .limit(limit)
    )
    return [QueuedMessage._make(row) for row in rows]


def confirm_messages(
    connection: Connection, message_ids: Collection[int], *, now: datetime
) -> None:
    """Write that the messages' files lie in the outbox folder."""
    connection.execute(
        update(handoff_message)
        .where(
            among(connection, handoff_message.c.id, message_ids),
            handoff_message.c.state == "queued",
        )
        .values(state="sent", sent_at=now, attempts=handoff_message.c.attempts + 1)
    )


def acknowledge_messages(
    connection: Connection, message_ids: Collection[int], *, now: datetime
) -> None:
    """Write that stock has answered the messages; one whose file was not confirmed
    yet is written first."""
    if not message_ids:
        return
    connection.execute(
        update(handoff_message)
        .where(
            among(connection, handoff_message.c.id, message_ids),
            handoff_message.c.state == "sent",
        )
        .values(state="acknowledged", acknowledged_at=now)
    )
