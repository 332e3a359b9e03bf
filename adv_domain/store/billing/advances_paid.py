"""Which advances that came in have no invoice yet?"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among
from adv_domain.store.tables import instalment, payment, payment_request, sales_order


def advances_to_invoice(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Claim paid requests without an invoice by id: id and order_no."""
    return connection.execute(
        select(payment_request.c.id, sales_order.c.order_no)
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .where(
            payment_request.c.state == "paid",
            payment_request.c.invoice_id.is_(None),
            payment_request.c.id > (after or 0),
        )
        .order_by(payment_request.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=payment_request)
    ).all()


def read_paid(connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Read the requests with what their payments have left, by id, and lock these."""
    return connection.execute(
        select(
            payment_request.c.id,
            payment_request.c.order_id,
            payment_request.c.bases,
            payment_request.c.paid_on,
            payment_request.c.payment_id,
            payment.c.unapplied_amount,
            payment.c.booked_on,
            payment.c.state.label("payment_state"),
            payment.c.customer_id,
            payment.c.reversed_amount,
            payment.c.reverses_id,
            payment.c.reason,
        )
        .join(payment, payment.c.id == payment_request.c.payment_id)
        .where(among(connection, payment_request.c.id, ids))
        .order_by(payment_request.c.id)
        .with_for_update(of=payment)
    ).all()


def mark_invoiced(connection: Connection, invoiced: Sequence[tuple[int, int]]) -> None:
    """Write which advance invoice each request got."""
    update_rows(connection, payment_request, ("invoice_id",), invoiced)


def items_of(connection: Connection, invoice_ids: Sequence[int]) -> dict[int, int]:
    """Return the one open item of each advance invoice."""
    rows = connection.execute(
        select(instalment.c.invoice_id, instalment.c.id).where(
            among(connection, instalment.c.invoice_id, invoice_ids)
        )
    )
    return dict(rows.tuples().all())
