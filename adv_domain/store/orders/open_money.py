"""What have customers to pay, what have they paid ahead, and for which orders?"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    cast,
    func,
    literal,
    null,
    select,
    text,
    union,
    union_all,
)

from adv_domain.store.advances.advances import AHEAD
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import instalment, invoice, payment, sales_order

# as the partial index has it
HAS_AHEAD = text("(is_advance OR deducted <> 0)")
UNDER_WAY = ("accepted", "handed_off", "in_fulfilment", "fulfilled")
IS_PREPAID = sales_order.c.prepaid > text("0")


def read_money(
    connection: Connection, customer_ids: Collection[int], to_look_at: Collection[int]
) -> Sequence[Row[Any]]:
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
            # invoiced ahead and paid: what no final invoice has taken off is his too
            _by_class(
                "unapplied", invoice.c.customer_id, invoice.c.currency, AHEAD
            ).where(among(connection, invoice.c.customer_id, customer_ids), HAS_AHEAD),
            _prepaid(connection, customer_ids, to_look_at),
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


def _prepaid(
    connection: Connection, customer_ids: Collection[int], to_look_at: Collection[int]
) -> Select[Any]:
    """Select the invoices of prepaid orders under way or with something open.

    Customers with a prepaid order under way are among those to look at.
    """
    of_customer = among(connection, sales_order.c.customer_id, to_look_at)
    open_items = among(connection, instalment.c.customer_id, customer_ids)
    asked = union(
        select(sales_order.c.id).where(
            of_customer, sales_order.c.state.in_(UNDER_WAY), IS_PREPAID
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
            IS_PREPAID,
        )
        .group_by(sales_order.c.id)
    )
