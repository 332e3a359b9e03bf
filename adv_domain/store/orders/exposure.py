"""What does each customer owe, and what more has been promised to him?

Money moves from an order to an invoice to a payment while this is read. It is read
in that order, so that what moves in between counts twice for a moment and never not
at all; what moves both ways, as open items and unapplied money do, is one statement.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    text,
    union,
    union_all,
)

from adv_domain.rules.orders.order_exposure import OpenLine
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    customer,
    instalment,
    invoice,
    order_line,
    payment,
    product,
    sales_order,
)

UNDER_WAY = ("accepted", "handed_off", "in_fulfilment", "fulfilled")
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
    lines: list[OpenLine]


@dataclass(frozen=True, slots=True)
class Standings:
    """What exposure is made of; untouched are orders of which nothing has moved.

    All amounts carry tax; looked_at are read net.
    """

    untouched: Sequence[Sum]
    looked_at: Sequence[OpenOrder]
    open_items: Sequence[Sum]
    unapplied: Sequence[Sum]
    prepaid: Sequence[Owed]


def read_standings(connection: Connection, customer_ids: Collection[int]) -> Standings:
    """Read what stands against the customers' limits in three statements."""
    untouched = _untouched_orders(connection, customer_ids)
    looked_at = _orders_looked_at(connection, customer_ids)
    money = _money(connection, customer_ids)
    return Standings(
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


_IS_PREPAID = sales_order.c.prepaid > text("0")


def _untouched_orders(
    connection: Connection, customer_ids: Collection[int]
) -> list[Sum]:
    rows = connection.execute(
        select(
            sales_order.c.customer_id,
            sales_order.c.currency,
            func.sum(sales_order.c.gross, type_=AMOUNT),
        )
        .where(
            among(connection, sales_order.c.customer_id, customer_ids),
            sales_order.c.state.in_(UNDER_WAY),
            sales_order.c.gross.is_not(None),
            ~_IS_PREPAID,
            ~_is_touched(),
        )
        .group_by(sales_order.c.customer_id, sales_order.c.currency)
    )
    return [Sum(*row) for row in rows]


def _orders_looked_at(
    connection: Connection, customer_ids: Collection[int]
) -> list[OpenOrder]:
    """Read orders that moved, are prepaid or whose worth is not kept.

    What was shipped of a cancelled order is still to be invoiced.
    """
    head = (
        sales_order.c.id,
        sales_order.c.state,
        sales_order.c.customer_id,
        sales_order.c.currency,
        sales_order.c.prepaid,
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
        )
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .join(product, product.c.id == order_line.c.product_id)
        .where(
            among(connection, sales_order.c.customer_id, customer_ids),
            or_(
                and_(
                    sales_order.c.state.in_(UNDER_WAY),
                    or_(sales_order.c.gross.is_(None), _IS_PREPAID, _is_touched()),
                ),
                and_(sales_order.c.state == "cancelled", sales_order.c.to_invoice),
            ),
            order_line.c.qty_invoiced + order_line.c.qty_cancelled < order_line.c.qty,
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


def _money(connection: Connection, customer_ids: Collection[int]) -> Sequence[Row[Any]]:
    """Read open items, unapplied money and prepaid orders' invoices as one picture."""
    return connection.execute(
        union_all(
            _by_class(
                "open_items",
                instalment.c.customer_id,
                instalment.c.currency,
                instalment.c.open_amount,
            ).where(
                among(connection, instalment.c.customer_id, customer_ids), _IS_OPEN
            ),
            _by_class(
                "unapplied",
                payment.c.customer_id,
                payment.c.currency,
                payment.c.unapplied_amount,
            ).where(
                among(connection, payment.c.customer_id, customer_ids),
                payment.c.unapplied_amount > text("0"),
            ),
            _prepaid(connection, customer_ids),
        )
    ).all()


# the zero is a literal: with a parameter no database would use the partial index
_IS_OPEN = instalment.c.open_amount != text("0")


def _by_class(
    name: str,
    customer_id: ColumnElement[Any],
    currency: ColumnElement[Any],
    amount: ColumnElement[Any],
) -> Select[Any]:
    nothing = cast(null(), AMOUNT)
    return select(
        literal(name).label("class_"),
        customer_id.label("customer_id"),
        currency.label("currency"),
        func.sum(amount, type_=AMOUNT).label("amount"),
        literal(0).label("order_id"),
        nothing.label("prepaid"),
        nothing.label("settled"),
    ).group_by(customer_id, currency)


def _prepaid(connection: Connection, customer_ids: Collection[int]) -> Select[Any]:
    """Select the invoices of prepaid orders under way or with something open."""
    of_customer = among(connection, sales_order.c.customer_id, customer_ids)
    open_items = among(connection, instalment.c.customer_id, customer_ids)
    asked = union(
        select(sales_order.c.id).where(
            of_customer, sales_order.c.state.in_(UNDER_WAY), _IS_PREPAID
        ),
        select(invoice.c.order_id)
        .join(instalment, instalment.c.invoice_id == invoice.c.id)
        .where(open_items, _IS_OPEN),
    ).subquery()
    return (
        select(
            literal("prepaid").label("class_"),
            sales_order.c.customer_id,
            sales_order.c.currency,
            func.sum(instalment.c.open_amount, type_=AMOUNT).label("amount"),
            sales_order.c.id.label("order_id"),
            sales_order.c.prepaid,
            func.sum(
                instalment.c.amount - instalment.c.open_amount, type_=AMOUNT
            ).label("settled"),
        )
        .join(invoice, invoice.c.order_id == sales_order.c.id)
        .join(instalment, instalment.c.invoice_id == invoice.c.id)
        .where(
            sales_order.c.id.in_(select(asked.c.id)),
            invoice.c.kind == "invoice",
            _IS_PREPAID,
        )
        .group_by(sales_order.c.id)
    )
