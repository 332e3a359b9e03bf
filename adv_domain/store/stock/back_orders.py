"""Which open lines wait for goods, for which receipt, and since when?"""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, or_, select, update

from adv_domain.rules.stock.risk import WaitingLine
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.stock.supply import is_said, qty_needed
from adv_domain.store.tables import (
    back_order,
    customer,
    expected_receipt,
    order_line,
    sales_order,
    stock_position,
)

_KEPT = ("receipt_id", "qty_waiting", "available_on", "closed_on")


class BackOrder(NamedTuple):
    """A line that the goods in stock do not do for: what it waits for until when."""

    line_id: int
    order_id: int
    receipt_id: int | None
    qty_waiting: Decimal
    available_on: date | None


class AcceptedLines(NamedTuple):
    """The facts of the back-order rate: lines accepted on a day, those of them of
    which stock was not enough on that day."""

    accepted_on: date
    accepted: int
    back_orders: int


def write_back_orders(
    connection: Connection,
    wanted: Sequence[BackOrder],
    *,
    products: Collection[str],
    on: date,
    at_acceptance: bool,
) -> set[int]:
    """Make the back orders of the products what is wanted; return whose orders had
    one or have one now. What is as it was is not written."""
    standing = _standing(connection, wanted, products)
    new = {one.line_id: one for one in wanted}
    changed: list[tuple[Any, ...]] = []
    orders = {one.order_id for one in wanted}
    for line_id, (back_order_id, known, closed_on) in standing.items():
        want = new.pop(line_id, None)
        if want is None and closed_on is None:
            changed.append((back_order_id, *known[2:], on))
            orders.add(known.order_id)
        elif want is not None and (known, closed_on) != (want, None):
            changed.append((back_order_id, *want[2:], None))
    update_rows(connection, back_order, _KEPT, changed)
    insert_rows(
        connection,
        back_order,
        [
            {
                "order_line_id": one.line_id,
                "order_id": one.order_id,
                "receipt_id": one.receipt_id,
                "qty_waiting": one.qty_waiting,
                "available_on": one.available_on,
                "found_on": on,
                "at_acceptance": at_acceptance,
            }
            for one in new.values()
        ],
    )
    return orders


def close_unknown(connection: Connection, *, on: date) -> None:
    """Close the back orders of products whose stock is not known any more."""
    known = select(stock_position.c.product_code)
    unknown = select(order_line.c.id).where(
        order_line.c.id == back_order.c.order_line_id,
        order_line.c.product_code.not_in(known),
    )
    connection.execute(
        update(back_order)
        .where(back_order.c.closed_on.is_(None), unknown.exists())
        .values(closed_on=on)
    )


def _standing(
    connection: Connection, wanted: Sequence[BackOrder], products: Collection[str]
) -> dict[int, tuple[int, BackOrder, date | None]]:
    columns = back_order.c
    rows = connection.execute(
        select(
            columns.id,
            columns.closed_on,
            columns.order_line_id,
            columns.order_id,
            columns.receipt_id,
            columns.qty_waiting,
            columns.available_on,
        )
        .join(order_line, order_line.c.id == columns.order_line_id)
        .where(
            or_(
                and_(
                    columns.closed_on.is_(None),
                    among(connection, order_line.c.product_code, products),
                ),
                among(connection, columns.order_line_id, [one[0] for one in wanted]),
            )
        )
    )
    return {row[2]: (row[0], BackOrder._make(row[2:]), row[1]) for row in rows.all()}


def waiting_lines(
    connection: Connection, *, until: date | None = None
) -> list[WaitingLine]:
    """Read the lines that wait for goods, those due until a day where one is given,
    by confirmed date, order and line."""
    statement = (
        select(
            sales_order.c.id,
            sales_order.c.order_no,
            sales_order.c.customer_id,
            customer.c.code,
            customer.c.name,
            order_line.c.id,
            order_line.c.line_no,
            order_line.c.product_code,
            qty_needed(),
            back_order.c.qty_waiting,
            order_line.c.first_confirmed_on,
            order_line.c.confirmed_on,
            is_said(),
            back_order.c.available_on,
            expected_receipt.c.receipt_ref,
            expected_receipt.c.expected_on,
            back_order.c.found_on,
        )
        .join(order_line, order_line.c.id == back_order.c.order_line_id)
        .join(sales_order, sales_order.c.id == back_order.c.order_id)
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .outerjoin(expected_receipt, expected_receipt.c.id == back_order.c.receipt_id)
        .where(back_order.c.closed_on.is_(None), order_line.c.state != "cancelled")
        .where(qty_needed() > 0)
        .order_by(order_line.c.confirmed_on, sales_order.c.id, order_line.c.line_no)
    )
    if until is not None:
        statement = statement.where(order_line.c.confirmed_on <= until)
    return [WaitingLine._make(row) for row in connection.execute(statement).all()]


def accepted_lines(
    connection: Connection, *, first: date, last: date
) -> list[AcceptedLines]:
    """Count by day, from the first to the last, the lines of the orders accepted on it
    and those of them of which stock was not enough."""
    rows = connection.execute(
        select(
            sales_order.c.accepted_on,
            func.count(order_line.c.id),
            func.count(back_order.c.id),
        )
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .outerjoin(
            back_order,
            and_(
                back_order.c.order_line_id == order_line.c.id,
                back_order.c.at_acceptance,
            ),
        )
        .where(sales_order.c.accepted_on.between(first, last))
        .group_by(sales_order.c.accepted_on)
        .order_by(sales_order.c.accepted_on)
    )
    return [AcceptedLines._make(row) for row in rows.all()]
