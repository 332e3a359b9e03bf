"""Which advances are left of orders that were cancelled, or came to less?"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, or_, select, union

from adv_domain.store.advances.advances import AHEAD
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    advance_payment,
    cancelled_invoice,
    customer,
    instalment,
    invoice,
    milestone,
    sales_order,
)

_AHEAD_OF_ORDERS = union(
    select(advance_payment.c.invoice_id).where(advance_payment.c.invoice_id != 0),
    select(milestone.c.invoice_id).where(milestone.c.invoice_id != 0),
)
_OVER = ("rejected", "cancelled", "fulfilled", "closed")
"""States of an order of which nothing more is shipped."""


def advances_to_give_back(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Claim advance invoices by id of which an order that is over has left something.

    What was shipped of the order is invoiced first, and deducts its part.
    """
    document = invoice.alias("document")
    left = (
        select(func.sum(AHEAD, type_=AMOUNT))
        .where(
            invoice.c.order_id == sales_order.c.id,
            or_(invoice.c.is_advance, invoice.c.deducted != 0),
        )
        .correlate(sales_order)
        .scalar_subquery()
    )
    return connection.execute(
        select(document.c.id.label("invoice_id"), sales_order.c.order_no)
        .join(sales_order, sales_order.c.id == document.c.order_id)
        .where(
            document.c.id > (after or 0),
            document.c.id.in_(_AHEAD_OF_ORDERS),
            sales_order.c.state.in_(_OVER),
            ~sales_order.c.to_invoice,
            ~_may_be_billed_anew(),
            left > 0,
        )
        .order_by(document.c.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True, of=document)
    ).all()


def _may_be_billed_anew() -> ColumnElement[bool]:
    """Say that a person is asked whether an invoice of the order comes anew."""
    return (
        exists()
        .where(
            cancelled_invoice.c.invoice_id == invoice.c.id,
            cancelled_invoice.c.choice == "asked",
            invoice.c.order_id == sales_order.c.id,
        )
        .correlate(sales_order)
    )


def read_given_up(connection: Connection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Read by advance invoice its order, whether it is a milestone's, which states no
    day, and the customer's language."""
    rows = connection.execute(
        select(
            invoice.c.id.label("invoice_id"),
            invoice.c.invoice_no,
            invoice.c.order_id,
            invoice.c.supplied_on.is_(None).label("is_milestone"),
            sales_order.c.order_no,
            sales_order.c.state,
            customer.c.language,
        )
        .join(sales_order, sales_order.c.id == invoice.c.order_id)
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(among(connection, invoice.c.id, ids))
    )
    return {row.invoice_id: row for row in rows}


def credit_left(connection: Connection, note_ids: Sequence[int]) -> dict[int, Decimal]:
    """Return by credit note what it has left to give, once set against its invoice."""
    owed = instalment.c
    rows = connection.execute(
        select(owed.invoice_id, func.sum(-owed.open_amount, type_=AMOUNT))
        .where(among(connection, owed.invoice_id, note_ids))
        .group_by(owed.invoice_id)
    )
    return dict(rows.tuples().all())


def owed_to_customer(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, Decimal]:
    """Return by order what its documents owe its customer, less what he owes."""
    rows = connection.execute(
        select(invoice.c.order_id, func.sum(-instalment.c.open_amount, type_=AMOUNT))
        .join(instalment, instalment.c.invoice_id == invoice.c.id)
        .where(among(connection, invoice.c.order_id, order_ids))
        .group_by(invoice.c.order_id)
    )
    return dict(rows.tuples().all())
