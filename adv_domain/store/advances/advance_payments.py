"""Which money is held for the advances of orders, until it is invoiced?"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, delete, func, select

from adv_domain.rules.advances.paid_ahead import Purse
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import (
    advance_payment,
    instalment,
    invoice,
    invoice_line,
    order_line,
    payment_request,
    sales_order,
)


class Receipt(NamedTuple):
    """Money that came for a request."""

    request_id: int
    payment_id: int
    amount: Decimal
    paid_on: date


class Standing(NamedTuple):
    """How a request stands after money came, or was taken back."""

    request_id: int
    received: Decimal
    state: str
    paid_on: date | None


_NAMES = ("received", "state", "paid_on")


def requests_named(
    connection: Connection, references: Collection[str]
) -> Sequence[Row[Any]]:
    """Read and lock the requests with one of the references."""
    return connection.execute(
        _requests()
        .where(among(connection, payment_request.c.reference, references))
        .order_by(payment_request.c.id)
    ).all()


def open_requests_of(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, Row[Any]]:
    """Read and lock the open requests of the orders, by order."""
    if not order_ids:
        return {}
    rows = connection.execute(
        _requests()
        .where(
            among(connection, payment_request.c.order_id, order_ids),
            payment_request.c.state == "open",
        )
        .order_by(payment_request.c.id)
    )
    return {row.order_id: row for row in rows}


def open_invoices_of(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[str]]:
    """Read by order the invoices of its goods that are not paid, oldest first."""
    if not order_ids:
        return {}
    rows = connection.execute(
        select(order_line.c.order_id, invoice.c.id, invoice.c.invoice_no)
        .join(invoice_line, invoice_line.c.invoice_id == invoice.c.id)
        .join(order_line, order_line.c.id == invoice_line.c.order_line_id)
        .join(instalment, instalment.c.invoice_id == invoice.c.id)
        .where(
            among(connection, order_line.c.order_id, order_ids),
            instalment.c.open_amount > 0,
        )
        .distinct()
        .order_by(invoice.c.id)
    )
    found: dict[int, list[str]] = {}
    for order_id, _, invoice_no in rows:
        found.setdefault(order_id, []).append(invoice_no)
    return found


def open_request_of(connection: Connection, order_no: str) -> Row[Any] | None:
    """Read and lock the open request of an order, None where there is none."""
    return connection.execute(
        _requests().where(
            sales_order.c.order_no == order_no, payment_request.c.state == "open"
        )
    ).one_or_none()


def _requests() -> Select[Any]:
    """Select requests; ahead is what came for all requests of the same order."""
    other = payment_request.alias("other")
    ahead = (
        select(func.sum(other.c.received, type_=AMOUNT))
        .where(other.c.order_id == payment_request.c.order_id)
        .scalar_subquery()
    )
    return (
        select(
            payment_request.c.id,
            payment_request.c.reference,
            payment_request.c.state,
            payment_request.c.amount,
            payment_request.c.received,
            payment_request.c.order_total,
            payment_request.c.currency,
            payment_request.c.order_id,
            ahead.label("ahead"),
            sales_order.c.order_no,
            sales_order.c.customer_id,
        )
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .with_for_update(key_share=True, of=payment_request)
    )


def purse_of(request: Row[Any]) -> Purse:
    """Return what the request asks for, has received, and can still take."""
    return Purse(
        asked=request.amount,
        received=request.received,
        room=request.order_total - request.ahead,
    )


def write_receipts(
    connection: Connection, receipts: Sequence[Receipt], standings: Iterable[Standing]
) -> None:
    """Write what came for the requests, and how they stand now."""
    insert_rows(connection, advance_payment, [one._asdict() for one in receipts])
    update_rows(connection, payment_request, _NAMES, list(standings))


def held_for(connection: Connection, payment_id: int) -> str | None:
    """Name the order for whose advance the payment is held until it is invoiced."""
    return connection.execute(
        select(sales_order.c.order_no)
        .join(payment_request, payment_request.c.order_id == sales_order.c.id)
        .join(advance_payment, advance_payment.c.request_id == payment_request.c.id)
        .where(
            advance_payment.c.payment_id == payment_id,
            advance_payment.c.invoice_id.is_(None),
        )
    ).scalar()


def let_go(connection: Connection, payment_ids: Collection[int]) -> list[int]:
    """Hold the payments for no advance any longer; return the orders concerned.

    What is invoiced stays: its invoice is open again where the money is gone. A
    request that was paid is open again.
    """
    rows = connection.execute(
        select(
            advance_payment.c.id,
            advance_payment.c.amount,
            payment_request.c.id.label("request_id"),
            payment_request.c.received,
            payment_request.c.state,
            payment_request.c.amount.label("asked"),
            payment_request.c.paid_on,
            payment_request.c.order_id,
        )
        .join(payment_request, payment_request.c.id == advance_payment.c.request_id)
        .where(
            among(connection, advance_payment.c.payment_id, payment_ids),
            advance_payment.c.invoice_id.is_(None),
        )
        .order_by(advance_payment.c.id)
        .with_for_update(key_share=True)
    ).all()
    standings: dict[int, Standing] = {}
    for row in rows:
        before = standings.get(row.request_id)
        left = (before.received if before else row.received) - row.amount
        is_open = row.state == "paid" and left < row.asked
        standings[row.request_id] = Standing(
            row.request_id,
            left,
            "open" if is_open else row.state,
            None if is_open else row.paid_on,
        )
    if rows:
        ids = [row.id for row in rows]
        connection.execute(
            delete(advance_payment).where(among(connection, advance_payment.c.id, ids))
        )
        update_rows(connection, payment_request, _NAMES, list(standings.values()))
    return sorted({row.order_id for row in rows})
