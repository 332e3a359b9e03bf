"""Of which orders must stock be told: accepted, held, or come to nothing?"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    exists,
    func,
    select,
    update,
)

from adv_domain.store.advances.payment_requests import awaits_payment
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among
from adv_domain.store.tables import handoff_message, order_line, sales_order

_GIVEN_UP = ("rejected", "cancelled")
Named = Sequence[tuple[int, str]]
"""Ids and numbers of orders."""


def orders_to_hand_off(
    connection: Connection, *, after: int | None, limit: int
) -> Named:
    """Claim accepted orders by id; one to be paid first waits until it is paid."""
    is_ready = sales_order.c.state == "accepted", ~awaits_payment()
    return _claimed(connection, *is_ready, after=after, limit=limit)


def orders_to_announce(
    connection: Connection, *, after: int | None, limit: int
) -> Named:
    """Claim held orders of a known customer that stock was not told of as they are."""
    is_told = exists().where(
        handoff_message.c.order_id == sales_order.c.id,
        handoff_message.c.version == sales_order.c.version,
    )
    wants_something = exists().where(
        order_line.c.order_id == sales_order.c.id,
        order_line.c.state != "cancelled",
        order_line.c.qty > order_line.c.qty_cancelled,
    )
    is_untold = (
        sales_order.c.state == "held",
        sales_order.c.customer_id.is_not(None),
        ~is_told,
        wants_something,
    )
    return _claimed(connection, *is_untold, after=after, limit=limit)


def orders_to_withdraw(
    connection: Connection, *, after: int | None, limit: int
) -> Named:
    """Claim orders that stock plans for and that come to nothing."""
    is_over = sales_order.c.told_pending, sales_order.c.state.in_(_GIVEN_UP)
    return _claimed(connection, *is_over, after=after, limit=limit)


def _claimed(
    connection: Connection,
    *conditions: ColumnElement[bool],
    after: int | None,
    limit: int,
) -> Named:
    statement: Select[tuple[int, str]] = (
        select(sales_order.c.id, sales_order.c.order_no)
        .where(*conditions, sales_order.c.id > (after or 0))
        .order_by(sales_order.c.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True, of=sales_order)
    )
    return [(row.id, row.order_no) for row in connection.execute(statement)]


def write_told(
    connection: Connection,
    told: Mapping[int, int],
    *,
    known: Mapping[int, int],
    state: str | None,
    is_pending: bool,
) -> None:
    """Write that stock is told of the orders: their state, if it is another one, and
    their versions where a message took a new one.
    """
    values: dict[str, Any] = {"told_pending": is_pending}
    if state is not None:
        values["state"] = str(state)
    connection.execute(
        update(sales_order)
        .where(among(connection, sales_order.c.id, told))
        .values(values)
    )
    anew = [(key, told[key]) for key in told if told[key] != known[key]]
    update_rows(connection, sales_order, ("version",), anew)


def count_awaiting_payment(connection: Connection) -> int:
    """Count accepted orders that stock is not told of before they are paid."""
    counted = connection.execute(
        select(func.count())
        .select_from(sales_order)
        .where(sales_order.c.state == "accepted", awaits_payment())
    )
    return int(counted.scalar_one())


def write_arranged(
    connection: Connection, order_id: int, values: Mapping[str, Any]
) -> None:
    """Write how the order is to leave: its shipping policy, its priority."""
    connection.execute(
        update(sales_order).where(sales_order.c.id == order_id).values(dict(values))
    )


def mark_paid(connection: Connection, order_id: int) -> bool:
    """Write that an accepted order is paid; False where it did not wait for that."""
    changed = connection.execute(
        update(sales_order)
        .where(
            sales_order.c.id == order_id,
            sales_order.c.state == "accepted",
            awaits_payment(),
        )
        .values(is_prepaid=True)
    )
    return changed.rowcount == 1
