"""What does each customer owe, and what more has been promised to him?

Money moves from an order to an invoice to a payment while this is read. It is read
in that order, so that what moves in between counts twice for a moment and never not
at all; what moves both ways, as open items and unapplied money do, is one statement.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    text,
    union_all,
)

from adv_domain.rules.orders.order_exposure import OpenLine
from adv_domain.store.billing.order_charges import Charged, charges_left
from adv_domain.store.columns import AMOUNT
from adv_domain.store.orders.open_money import IS_PREPAID, UNDER_WAY, read_money
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    customer,
    order_line,
    product,
    sales_order,
)

_touched = order_line.alias("touched")


class Sum(NamedTuple):
    """One class of a customer's money in one currency."""

    customer_id: int
    currency: str
    amount: Decimal


class Owed(NamedTuple):
    """What is open on the invoices of a prepaid order, and what they were settled."""

    order_id: int
    customer_id: int
    currency: str
    prepaid: Decimal
    open_amount: Decimal
    settled: Decimal


class OpenOrder(NamedTuple):
    """An order that has to be looked at line by line, with what is left of it."""

    id: int
    state: str
    customer_id: int
    currency: str
    prepaid: Decimal
    ship_to_country: str | None
    charges: list[dict[str, str | None]] | None
    lines: list[OpenLine]


@dataclass(frozen=True, slots=True)
class Standings:
    """What exposure is made of; untouched are orders of which nothing has moved.

    All amounts carry tax; looked_at are read net. charges_left are those of looked_at
    that are not billed yet, by order.
    """

    untouched: Sequence[Sum]
    looked_at: Sequence[OpenOrder]
    open_items: Sequence[Sum]
    unapplied: Sequence[Sum]
    prepaid: Sequence[Owed]
    charges_left: Mapping[int, Decimal]


def read_standings(connection: Connection, customer_ids: Collection[int]) -> Standings:
    """Read what stands against the customers' limits in four statements at most."""
    untouched, to_look_at = _worths(connection, customer_ids)
    looked_at = _orders_looked_at(connection, to_look_at) if to_look_at else []
    charged = {
        one.id: Charged(one.currency, one.charges) for one in looked_at if one.charges
    }
    left = charges_left(connection, charged)
    money = read_money(connection, customer_ids, to_look_at)
    return Standings(
        charges_left=left,
        untouched=untouched,
        looked_at=looked_at,
        open_items=[Sum(*row[1:4]) for row in money if row.class_ == "open_items"],
        unapplied=[Sum(*row[1:4]) for row in money if row.class_ == "unapplied"],
        prepaid=[
            Owed(
                order_id=row.order_id,
                customer_id=row.customer_id,
                currency=row.currency,
                prepaid=row.prepaid,
                open_amount=row.amount,
                settled=row.settled,
            )
            for row in money
            if row.class_ == "prepaid"
        ],
    )


def _is_touched() -> ColumnElement[bool]:
    """Say that something of the order was shipped, invoiced or cancelled."""
    zero = text("0")
    return (
        select(_touched.c.id)
        .where(
            _touched.c.order_id == sales_order.c.id,
            or_(
                _touched.c.qty_shipped != zero,
                _touched.c.qty_invoiced != zero,
                _touched.c.qty_cancelled != zero,
            ),
        )
        .exists()
    )


def _worths(
    connection: Connection, customer_ids: Collection[int]
) -> tuple[list[Sum], set[int]]:
    """Sum up the untouched orders, and name the customers who have others."""
    is_untouched = and_(sales_order.c.gross.is_not(None), ~IS_PREPAID, ~_is_touched())
    flag = case((is_untouched, 1), else_=0).label("is_untouched")
    worth = func.sum(sales_order.c.gross, type_=AMOUNT)
    by = (sales_order.c.customer_id, sales_order.c.currency)
    of_customers = among(connection, sales_order.c.customer_id, customer_ids)
    rows = connection.execute(
        union_all(
            select(*by, flag, worth)
            .where(of_customers, sales_order.c.state.in_(UNDER_WAY))
            .group_by(*by, "is_untouched"),
            select(*by, literal(0), cast(null(), AMOUNT)).where(
                of_customers, *_CANCELLED_UNBILLED
            ),
        )
    ).all()
    untouched = [
        Sum(customer_id, currency, amount)
        for customer_id, currency, is_plain, amount in rows
        if is_plain
    ]
    return untouched, {row[0] for row in rows if not row[2]}


# literals: with parameters no database would use the partial index
_CANCELLED_UNBILLED = (
    sales_order.c.state == "cancelled",
    text("sales_order.to_invoice"),
)
"""What was shipped of a cancelled order is still to be invoiced."""


def _orders_looked_at(
    connection: Connection, customer_ids: Collection[int]
) -> list[OpenOrder]:
    """Read orders that moved, are prepaid or whose worth is not kept."""
    of_customers = among(connection, sales_order.c.customer_id, customer_ids)
    wanted = union_all(
        select(sales_order.c.id).where(
            of_customers,
            sales_order.c.state.in_(UNDER_WAY),
            or_(sales_order.c.gross.is_(None), IS_PREPAID, _is_touched()),
        ),
        select(sales_order.c.id).where(of_customers, *_CANCELLED_UNBILLED),
    )
    head = (
        sales_order.c.id,
        sales_order.c.state,
        sales_order.c.customer_id,
        sales_order.c.currency,
        sales_order.c.prepaid,
        sales_order.c.ship_to_country,
        sales_order.c.charges,
    )
    rows = connection.execute(
        select(
            *head,
            order_line.c.qty,
            order_line.c.qty_shipped,
            order_line.c.qty_invoiced,
            order_line.c.qty_cancelled,
            order_line.c.unit_price,
            order_line.c.discount_rate,
            customer.c.tax_category,
            product.c.tax_class,
            order_line.c.qty_ignored,
        )
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .join(product, product.c.id == order_line.c.product_id)
        .where(
            sales_order.c.id.in_(wanted),
            order_line.c.qty_invoiced
            + order_line.c.qty_cancelled
            + order_line.c.qty_ignored
            < order_line.c.qty,
        )
        .order_by(sales_order.c.id, order_line.c.line_no)
    )
    orders: dict[int, OpenOrder] = {}
    for row in rows:
        order = orders.get(row.id)
        if order is None:
            of_order = (*row[: len(head)], [])
            order = orders[row.id] = OpenOrder._make(of_order)
        order.lines.append(OpenLine._make(row[len(head) :]))
    return list(orders.values())
