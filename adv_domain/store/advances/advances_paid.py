"""Which advances that came in have no invoice yet?"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from adv_domain.rules.advances.advances import Groups
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    advance_payment,
    instalment,
    invoice,
    invoice_tax,
    payment,
    payment_request,
    sales_order,
)


def advances_to_invoice(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Claim money held for advances without an invoice by id: id, order_no, order_id.

    What came for one order comes together, in the order in which it came. Money that
    another run is at is left to the next one: that run locks it first.
    """
    return connection.execute(
        select(advance_payment.c.id, sales_order.c.order_no, payment_request.c.order_id)
        .join(payment_request, payment_request.c.id == advance_payment.c.request_id)
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .join(payment, payment.c.id == advance_payment.c.payment_id)
        .where(
            advance_payment.c.invoice_id.is_(None),
            advance_payment.c.id > (after or 0),
        )
        .order_by(advance_payment.c.id)
        .limit(limit)
        .with_for_update(
            key_share=True, skip_locked=True, of=[payment, advance_payment]
        )
    ).all()


def read_paid(connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Read the advances with what their payments have left, by id, and lock these."""
    return connection.execute(
        select(
            advance_payment.c.id,
            advance_payment.c.payment_id,
            advance_payment.c.paid_on,
            advance_payment.c.amount,
            payment_request.c.order_id,
            payment_request.c.bases,
            sales_order.c.order_no,
            sales_order.c.state.label("order_state"),
            sales_order.c.customer_id.label("buyer_id"),
            payment.c.unapplied_amount,
            payment.c.booked_on,
            payment.c.currency,
            payment.c.state.label("payment_state"),
            payment.c.customer_id,
            payment.c.reversed_amount,
            payment.c.reverses_id,
            payment.c.reason,
        )
        .join(payment_request, payment_request.c.id == advance_payment.c.request_id)
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .join(payment, payment.c.id == advance_payment.c.payment_id)
        .where(among(connection, advance_payment.c.id, ids))
        .order_by(advance_payment.c.id)
        .with_for_update(key_share=True, of=payment)
    ).all()


def read_invoiced_ahead(
    connection: Connection, order_ids: Collection[int]
) -> Mapping[int, Groups]:
    """Read by order what its advance invoices come to, less their credit notes."""
    tax = invoice_tax.c
    rows = connection.execute(
        select(
            invoice.c.order_id,
            tax.kind,
            tax.category,
            tax.rate,
            func.sum(tax.base, type_=AMOUNT),
            func.sum(tax.tax, type_=AMOUNT),
        )
        .join(invoice, invoice.c.id == tax.invoice_id)
        .where(among(connection, invoice.c.order_id, order_ids), invoice.c.is_advance)
        .group_by(invoice.c.order_id, tax.kind, tax.category, tax.rate)
    )
    found: dict[int, dict[tuple[str, str, Decimal], tuple[Decimal, Decimal]]] = {}
    for order_id, kind, category, rate, base, amount in rows:
        found.setdefault(order_id, {})[kind, category, rate] = (base, amount)
    return found


def worth_paid(connection: Connection) -> Sequence[Row[Any]]:
    """Return what came for advances without an invoice: amount, and asked, bases and
    currency of its request."""
    return connection.execute(
        select(
            advance_payment.c.amount,
            payment_request.c.amount.label("asked"),
            payment_request.c.bases,
            payment_request.c.currency,
        )
        .join(payment_request, payment_request.c.id == advance_payment.c.request_id)
        .where(advance_payment.c.invoice_id.is_(None))
        .order_by(advance_payment.c.id)
    ).all()


def mark_invoiced(connection: Connection, invoiced: Sequence[tuple[int, int]]) -> None:
    """Write which advance invoice each advance got."""
    update_rows(connection, advance_payment, ("invoice_id",), invoiced)


def hold_less(connection: Connection, held: Sequence[tuple[int, Decimal]]) -> None:
    """Write what is held of advances that came to more than is left to bill.

    Two statements, none where none did.
    """
    if not held:
        return
    update_rows(connection, advance_payment, ("amount",), held)
    money = advance_payment.alias("money")
    concerned = select(advance_payment.c.request_id).where(
        among(connection, advance_payment.c.id, [one for one, _ in held])
    )
    sum_ = (
        select(func.sum(money.c.amount, type_=AMOUNT))
        .where(money.c.request_id == payment_request.c.id)
        .scalar_subquery()
    )
    connection.execute(
        update(payment_request)
        .where(payment_request.c.id.in_(concerned))
        .values(received=sum_)
    )


def items_of(connection: Connection, invoice_ids: Sequence[int]) -> dict[int, int]:
    """Return the one open item of each advance invoice."""
    rows = connection.execute(
        select(instalment.c.invoice_id, instalment.c.id).where(
            among(connection, instalment.c.invoice_id, invoice_ids)
        )
    )
    return dict(rows.tuples().all())
