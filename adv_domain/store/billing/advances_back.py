"""Which advances are left of orders that were cancelled, or came to less?"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, or_, select

from adv_domain.store.billing.advances import AHEAD
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    advance_payment,
    cancelled_invoice,
    customer,
    invoice,
    payment_request,
    sales_order,
)

_OVER = ("cancelled", "fulfilled", "closed")
"""States of an order of which nothing more is shipped."""


def advances_to_give_back(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Claim advance invoices by id of which an order that is over has left something.

    What was shipped of the order is invoiced first, and deducts its part.
    """
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
        select(advance_payment.c.invoice_id, sales_order.c.order_no)
        .join(payment_request, payment_request.c.id == advance_payment.c.request_id)
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .where(
            advance_payment.c.invoice_id > (after or 0),
            sales_order.c.state.in_(_OVER),
            ~sales_order.c.to_invoice,
            ~_may_be_billed_anew(),
            left > 0,
        )
        .order_by(advance_payment.c.invoice_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=advance_payment)
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
    """Read by advance invoice its order, and the customer's language."""
    rows = connection.execute(
        select(
            advance_payment.c.invoice_id,
            payment_request.c.order_id,
            sales_order.c.order_no,
            sales_order.c.state,
            customer.c.language,
        )
        .join(payment_request, payment_request.c.id == advance_payment.c.request_id)
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(among(connection, advance_payment.c.invoice_id, ids))
    )
    return {row.invoice_id: row for row in rows}
