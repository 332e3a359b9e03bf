"""What lies in stock, what is on its way, and what do open lines take of it?"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from adv_domain.rules.stock.handoff import DEFAULT_PRIORITY
from adv_domain.rules.stock.supply import Receipt, StockLevel
from adv_domain.store.columns import UNIT
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    customer,
    delivery,
    delivery_line,
    expected_receipt,
    order_line,
    sales_order,
    stock,
)

# a partial index each; it needs its states as literals
_OPEN_STATES = ("state = 'accepted'", "state IN ('handed_off', 'in_fulfilment')")


class OpenLine(NamedTuple):
    """An open line of an order that is accepted, with what gives it its place."""

    line_id: int
    order_id: int
    order_no: str
    line_no: int
    product_code: str
    qty: Decimal
    first_confirmed_on: date | None
    confirmed_on: date | None
    is_said: bool
    requested_on: date | None
    priority: int

    @property
    def promised_on(self) -> date | None:
        """The day that gives it its place: the one of stock, else its first one."""
        return self.confirmed_on if self.is_said else self.first_confirmed_on


def stock_levels(
    connection: Connection,
    *,
    locations: Collection[str] = (),
    codes: Collection[str] | None = None,
) -> dict[str, list[StockLevel]]:
    """Read the levels by product: at these locations, all where none is named."""
    statement = select(
        stock.c.product_code, stock.c.location, stock.c.on_hand, stock.c.as_of
    ).order_by(stock.c.product_code, stock.c.location)
    if locations:
        statement = statement.where(stock.c.location.in_(sorted(locations)))
    if codes is not None:
        statement = statement.where(among(connection, stock.c.product_code, codes))
    found: dict[str, list[StockLevel]] = {}
    for row in connection.execute(statement).all():
        found.setdefault(row[0], []).append(StockLevel._make(row[1:]))
    return found


def receipts(
    connection: Connection,
    *,
    came_after: date,
    locations: Collection[str] = (),
    codes: Collection[str] | None = None,
) -> dict[str, list[Receipt]]:
    """Read by product the receipts of which something is to come, and those that came
    after a day."""
    table = expected_receipt
    to_come = and_(
        ~table.c.is_cancelled,
        func.coalesce(
            table.c.received_qty < table.c.qty, table.c.received_on.is_(None)
        ),
    )
    statement = (
        select(
            table.c.product_code,
            table.c.id,
            table.c.receipt_ref,
            table.c.location,
            table.c.qty,
            table.c.expected_on,
            table.c.received_qty,
            table.c.received_on,
            table.c.is_cancelled,
        )
        .where(or_(to_come, table.c.received_on > came_after))
        .order_by(table.c.product_code, table.c.id)
    )
    if locations:
        statement = statement.where(table.c.location.in_(sorted(locations)))
    if codes is not None:
        statement = statement.where(among(connection, table.c.product_code, codes))
    found: dict[str, list[Receipt]] = {}
    for row in connection.execute(statement).all():
        found.setdefault(row[0], []).append(Receipt._make(row[1:]))
    return found


def left_after(
    connection: Connection, day: date
) -> dict[str, list[tuple[date, Decimal]]]:
    """Read by product what left on each day after one, as negative quantities."""
    qty = func.sum(-delivery_line.c.qty - delivery_line.c.qty_over, type_=UNIT)
    rows = connection.execute(
        select(order_line.c.product_code, delivery.c.shipped_on, qty)
        .join(delivery_line, delivery_line.c.delivery_id == delivery.c.id)
        .join(order_line, order_line.c.id == delivery_line.c.order_line_id)
        .where(delivery.c.shipped_on > day)
        .group_by(order_line.c.product_code, delivery.c.shipped_on)
    )
    found: dict[str, list[tuple[date, Decimal]]] = {}
    for code, shipped_on, left in rows:
        found.setdefault(code, []).append((shipped_on, left))
    return found


def reserved_qtys(connection: Connection) -> dict[str, Decimal]:
    """Add up by product what the open lines of accepted orders need."""
    rows = connection.execute(
        select(order_line.c.product_code, func.sum(qty_needed(), type_=UNIT))
        .where(_is_open())
        .group_by(order_line.c.product_code)
    )
    return {row[0]: row[1] for row in rows}


def open_lines(
    connection: Connection, codes: Collection[str]
) -> dict[str, list[OpenLine]]:
    """Read the open lines of accepted orders by product."""
    found: dict[str, list[OpenLine]] = {}
    statement = _open_lines().where(among(connection, order_line.c.product_code, codes))
    for row in connection.execute(statement).all():
        line = OpenLine._make(row)
        found.setdefault(line.product_code, []).append(line)
    return found


def products_of_order(connection: Connection, order_id: int) -> list[str]:
    """Return the products of an order's open lines."""
    rows = connection.execute(
        select(order_line.c.product_code)
        .where(order_line.c.order_id == order_id, _is_open())
        .distinct()
        .order_by(order_line.c.product_code)
    )
    return list(rows.scalars())


def _open_lines() -> Select[Any]:
    return (
        select(
            order_line.c.id,
            order_line.c.order_id,
            sales_order.c.order_no,
            order_line.c.line_no,
            order_line.c.product_code,
            qty_needed(),
            order_line.c.first_confirmed_on,
            order_line.c.confirmed_on,
            is_said(),
            func.coalesce(order_line.c.requested_on, sales_order.c.requested_on),
            func.coalesce(
                sales_order.c.priority, customer.c.priority, DEFAULT_PRIORITY
            ),
        )
        .join(sales_order, sales_order.c.id == order_line.c.order_id)
        .outerjoin(customer, customer.c.id == sales_order.c.customer_id)
        .where(_is_open())
        .order_by(order_line.c.id)
    )


def qty_needed() -> ColumnElement[Decimal]:
    """What is still to leave of a line; what stock gave up a person decides on."""
    return (
        order_line.c.qty
        - order_line.c.qty_shipped
        - order_line.c.qty_cancelled
        - order_line.c.qty_given_up
    )


def is_said() -> ColumnElement[bool]:
    """Tell whether stock itself named the line's confirmed date."""
    return order_line.c.date_told_at.is_not(None)


def _is_open() -> ColumnElement[bool]:
    accepted = union_all(
        *(
            select(sales_order.c.id).where(literal_column(states))
            for states in _OPEN_STATES
        )
    )
    return and_(
        order_line.c.order_id.in_(accepted),
        order_line.c.state != "cancelled",
        qty_needed() > 0,
    )
