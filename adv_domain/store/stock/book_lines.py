"""Which lines stand in a customer's open-order book?"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from adv_domain.rules.stock.order_book import BookLine, HeldDate, date_in_book
from adv_domain.store.rows import among
from adv_domain.store.stock.late_lines import last_told_on
from adv_domain.store.stock.order_books import BookReader
from adv_domain.store.tables import order_line, product, sales_order, untold_date

_OPEN_ORDERS = ("received", "held", "accepted", "handed_off", "in_fulfilment")


def read_lines(
    connection: Connection, readers: Sequence[BookReader], *, on: date
) -> dict[int, list[BookLine]]:
    """Read the open lines of the customers, and those that their last book told of.

    By customer; open lines in the order of the orders and their lines, then those
    that are open no more; each with the date that the book of the day says. Two
    statements.
    """
    lines: dict[int, list[BookLine]] = {one.customer_id: [] for one in readers}
    mine = among(connection, sales_order.c.customer_id, list(lines))
    open_ids = set()
    for row in connection.execute(_lines().where(mine, _is_open())):
        lines[row.customer_id].append(_line(row, is_open=True, on=on))
        open_ids.add(row.id)
    told = {line_id for reader in readers for line_id in reader.told or ()}
    ended = _lines().where(among(connection, order_line.c.id, told - open_ids))
    for row in connection.execute(ended):
        lines[row.customer_id].append(_line(row, is_open=False, on=on))
    return lines


def _is_open() -> Any:
    rest = order_line.c.qty - order_line.c.qty_shipped - order_line.c.qty_cancelled
    return and_(
        sales_order.c.state.in_(_OPEN_ORDERS),
        order_line.c.state != "cancelled",
        rest > 0,
    )


def _lines() -> Select[Any]:
    return (
        select(
            sales_order.c.customer_id,
            sales_order.c.order_no,
            sales_order.c.customer_ref,
            sales_order.c.ordered_on,
            order_line.c.id,
            order_line.c.line_no,
            order_line.c.product_code,
            order_line.c.customer_article,
            func.coalesce(order_line.c.description, product.c.name).label("text"),
            order_line.c.unit,
            order_line.c.qty,
            order_line.c.qty_shipped,
            order_line.c.qty_cancelled,
            func.coalesce(order_line.c.requested_on, sales_order.c.requested_on).label(
                "requested_on"
            ),
            order_line.c.first_confirmed_on,
            order_line.c.confirmed_on,
            order_line.c.state.label("line_state"),
            untold_date.c.id.label("untold_id"),
            last_told_on().label("told_on"),
        )
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .outerjoin(product, product.c.id == order_line.c.product_id)
        .outerjoin(untold_date, untold_date.c.order_line_id == order_line.c.id)
        .order_by(sales_order.c.customer_id, sales_order.c.id, order_line.c.line_no)
    )


def _line(row: Row[Any], *, is_open: bool, on: date) -> BookLine:
    held = HeldDate(
        first_confirmed_on=row.first_confirmed_on,
        confirmed_on=row.confirmed_on,
        is_given_up=row.line_state == "exception",
        is_untold=row.untold_id is not None,
        told_on=row.told_on,
    )
    return BookLine(
        line_id=row.id,
        order_no=row.order_no,
        customer_ref=row.customer_ref,
        line_no=row.line_no,
        product=row.product_code,
        customer_article=row.customer_article or "",
        description=row.text or "",
        unit=row.unit,
        qty=row.qty,
        qty_shipped=row.qty_shipped,
        qty_cancelled=row.qty_cancelled,
        ordered_on=row.ordered_on,
        requested_on=row.requested_on,
        first_confirmed_on=row.first_confirmed_on,
        confirmed_on=date_in_book(held, on=on),
        is_open=is_open,
    )
