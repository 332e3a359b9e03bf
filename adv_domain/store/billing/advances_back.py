"""Which advances are left of orders that were cancelled?"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from adv_domain.store.billing.advances import AHEAD
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import customer, invoice, payment_request, sales_order


def advances_to_give_back(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Claim advance invoices by id of which a cancelled order has left something.

    What was shipped of the order before is invoiced first, and deducts its part.
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
        select(payment_request.c.invoice_id, sales_order.c.order_no)
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .where(
            payment_request.c.invoice_id > (after or 0),
            sales_order.c.state == "cancelled",
            ~sales_order.c.to_invoice,
            left > 0,
        )
        .order_by(payment_request.c.invoice_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=payment_request)
    ).all()


def read_given_up(connection: Connection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Read by advance invoice its order, and the customer's language."""
    rows = connection.execute(
        select(
            payment_request.c.invoice_id,
            payment_request.c.order_id,
            sales_order.c.order_no,
            customer.c.language,
        )
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(among(connection, payment_request.c.invoice_id, ids))
    )
    return {row.invoice_id: row for row in rows}
