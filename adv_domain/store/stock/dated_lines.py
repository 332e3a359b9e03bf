"""When are the lines of orders confirmed for, and how does a date of theirs move?"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, and_, exists, func, or_, select

from adv_domain.rules.stock.standing_dates import DatedLine
from adv_domain.rules.stock.supply import IN_STOCK
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.stock.supply import is_said, qty_needed
from adv_domain.store.tables import (
    amendment,
    back_order,
    customer,
    date_change,
    order_line,
    product,
    sales_order,
)

_AT_STOCK = ("handed_off", "in_fulfilment")


class OrderDates(NamedTuple):
    """An order whose dates may move, and when its customer takes deliveries.

    is_at_stock: stock knows the order, and was asked nothing about it that is open.
    """

    order_id: int
    order_no: str
    delivery_weekdays: str | None
    is_at_stock: bool


class MovedDate(NamedTuple):
    """A date that goods moved, and why."""

    line_id: int
    old_on: date
    new_on: date
    why: str


def order_dates(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, OrderDates]:
    """Read the orders, and lock them until the transaction ends."""
    is_asked = exists().where(
        amendment.c.order_id == sales_order.c.id, amendment.c.state == "waiting_stock"
    )
    rows = connection.execute(
        select(
            sales_order.c.id,
            sales_order.c.order_no,
            customer.c.delivery_weekdays,
            and_(sales_order.c.state.in_(_AT_STOCK), ~is_asked),
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(among(connection, sales_order.c.id, order_ids))
        .order_by(sales_order.c.id)
        .with_for_update(key_share=True, of=sales_order)
    )
    return {
        row.id: OrderDates(row.id, row.order_no, row.delivery_weekdays, bool(row[3]))
        for row in rows.all()
    }


def dated_lines(connection: Connection, order_ids: Collection[int]) -> list[DatedLine]:
    """Read the open lines of the orders that have a date, order by order."""
    moved_by = (
        select(date_change.c.stock_message_id)
        .where(date_change.c.order_line_id == order_line.c.id)
        .order_by(date_change.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            order_line.c.order_id,
            order_line.c.id,
            order_line.c.line_no,
            order_line.c.first_confirmed_on,
            order_line.c.confirmed_on,
            or_(is_said(), moved_by.is_not(None)),
            back_order.c.id,
            back_order.c.available_on,
            sales_order.c.shipping_policy,
            func.coalesce(product.c.lead_time_days, 0),
        )
        .join(sales_order, sales_order.c.id == order_line.c.order_id)
        .outerjoin(product, product.c.id == order_line.c.product_id)
        .outerjoin(
            back_order,
            and_(
                back_order.c.order_line_id == order_line.c.id,
                back_order.c.closed_on.is_(None),
            ),
        )
        .where(
            among(connection, order_line.c.order_id, order_ids),
            order_line.c.state != "cancelled",
            order_line.c.first_confirmed_on.is_not(None),
            order_line.c.confirmed_on.is_not(None),
            qty_needed() > 0,
        )
        .order_by(order_line.c.order_id, order_line.c.line_no)
    )
    return [
        DatedLine._make((*row[:6], row[7] if row[6] else IN_STOCK, *row[8:]))
        for row in rows.all()
    ]


def write_moved_dates(
    connection: Connection, moved: Sequence[MovedDate], *, known_on: date
) -> None:
    """Move the confirmed dates, and record each move: no message of stock moved it, and
    the new date is not stock's word."""
    update_rows(
        connection,
        order_line,
        ("confirmed_on", "date_told_at"),
        [(one.line_id, one.new_on, None) for one in moved],
    )
    insert_rows(
        connection,
        date_change,
        [
            {
                "order_line_id": one.line_id,
                "old_on": one.old_on,
                "new_on": one.new_on,
                "known_on": known_on,
                "cause": "stock",
                "note": one.why,
            }
            for one in moved
        ],
    )
