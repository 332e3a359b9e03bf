"""What of orders was asked and paid ahead, which invoices deduct it, what is left?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, or_, select, union

from adv_domain.rules.money import ZERO
from adv_domain.store.advances.advances import AHEAD
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    advance_payment,
    invoice,
    invoice_charge,
    payment_request,
    sales_order,
)


class Deduction(NamedTuple):
    """What a document takes off of an advance, before tax; a credit note that gives it
    back takes off less than nothing."""

    invoice_no: str
    issued_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AdvanceInvoice:
    """An advance invoice; all but gross is before tax, credited is what notes gave
    back of it."""

    invoice_id: int
    invoice_no: str
    issued_on: date
    gross: Decimal
    net: Decimal
    credited: Decimal
    deducted: tuple[Deduction, ...]

    @property
    def left(self) -> Decimal:
        """What nothing deducts or credits yet, before tax."""
        taken = sum([one.amount for one in self.deducted], ZERO)
        return self.net - self.credited - taken


@dataclass(frozen=True, slots=True)
class OrderAdvances:
    """All that was asked of an order in advance, and what became of it.

    invoiced is with tax and less what was credited; so is left, which nothing deducts.
    """

    order_no: str
    currency: str
    requests: tuple[Row[Any], ...]
    payments: tuple[Row[Any], ...]
    invoices: tuple[AdvanceInvoice, ...]
    invoiced: Decimal
    left: Decimal

    @property
    def asked(self) -> Decimal:
        """What is asked for and has not come."""
        due = [
            one.amount - one.received for one in self.requests if one.state == "open"
        ]
        return sum(due, ZERO)

    @property
    def held(self) -> Decimal:
        """What came and has no invoice yet."""
        return sum([one.amount for one in self.payments if not one.invoice_no], ZERO)

    @property
    def deducted(self) -> Decimal:
        """What invoices took off, with tax."""
        return self.invoiced - self.left


def read_advances_of(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, OrderAdvances]:
    """Read by id those of the orders that were asked for an advance.

    One statement, three more where one was.
    """
    requests = _by_order(
        connection.execute(
            select(payment_request, sales_order.c.order_no)
            .join(sales_order, sales_order.c.id == payment_request.c.order_id)
            .where(among(connection, payment_request.c.order_id, order_ids))
            .order_by(payment_request.c.order_id, payment_request.c.request_no)
        ).all()
    )
    if not requests:
        return {}
    payments = _by_order(_payments(connection, list(requests)))
    documents = _by_order(_documents(connection, list(requests)))
    deducted = _deductions(connection, documents)
    return {
        order_id: OrderAdvances(
            order_no=found[0].order_no,
            currency=found[0].currency,
            requests=tuple(found),
            payments=tuple(payments.get(order_id, ())),
            invoices=_invoices(documents.get(order_id, ()), deducted),
            invoiced=sum(
                [one.gross for one in documents.get(order_id, ()) if one.is_advance],
                ZERO,
            ),
            left=sum([one.ahead for one in documents.get(order_id, ())], ZERO),
        )
        for order_id, found in requests.items()
    }


def orders_with_advances(connection: Connection, customer_id: int) -> Sequence[int]:
    """Return a customer's orders with something asked, held or left ahead."""
    of_customer = sales_order.c.customer_id == customer_id
    asked = (
        select(payment_request.c.order_id)
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .where(of_customer, payment_request.c.state == "open")
    )
    held = (
        select(payment_request.c.order_id)
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .join(advance_payment, advance_payment.c.request_id == payment_request.c.id)
        .where(of_customer, advance_payment.c.invoice_id.is_(None))
    )
    left = (
        select(invoice.c.order_id)
        .where(
            invoice.c.customer_id == customer_id,
            or_(invoice.c.is_advance, invoice.c.deducted != 0),
        )
        .group_by(invoice.c.order_id)
        .having(func.sum(AHEAD, type_=AMOUNT) != Decimal(0))
    )
    found = union(asked, held, left).subquery()
    return list(
        connection.execute(
            select(found.c.order_id).order_by(found.c.order_id)
        ).scalars()
    )


def orders_of_advances(connection: Connection, invoice_id: int) -> Sequence[int]:
    """Return the orders whose advances the document is of, or takes something off."""
    charged = select(invoice_charge.c.advance_id).where(
        invoice_charge.c.invoice_id == invoice_id,
        invoice_charge.c.advance_id.is_not(None),
    )
    return list(
        connection.execute(
            select(invoice.c.order_id)
            .where(
                or_(invoice.c.id == invoice_id, invoice.c.id.in_(charged)),
                invoice.c.is_advance,
                invoice.c.order_id.is_not(None),
            )
            .distinct()
            .order_by(invoice.c.order_id)
        ).scalars()
    )


def _payments(connection: Connection, order_ids: Sequence[int]) -> Sequence[Row[Any]]:
    return connection.execute(
        select(
            payment_request.c.order_id,
            payment_request.c.reference,
            advance_payment.c.payment_id,
            advance_payment.c.amount,
            advance_payment.c.paid_on,
            invoice.c.invoice_no,
        )
        .join(payment_request, payment_request.c.id == advance_payment.c.request_id)
        .outerjoin(invoice, invoice.c.id == advance_payment.c.invoice_id)
        .where(among(connection, payment_request.c.order_id, order_ids))
        .order_by(payment_request.c.order_id, advance_payment.c.id)
    ).all()


def _documents(connection: Connection, order_ids: Sequence[int]) -> Sequence[Row[Any]]:
    return connection.execute(
        select(
            invoice.c.id,
            invoice.c.order_id,
            invoice.c.kind,
            invoice.c.invoice_no,
            invoice.c.issued_on,
            invoice.c.net,
            invoice.c.gross,
            invoice.c.is_advance,
            invoice.c.corrects_id,
            AHEAD.label("ahead"),
        )
        .where(
            among(connection, invoice.c.order_id, order_ids),
            or_(invoice.c.is_advance, invoice.c.deducted != 0),
        )
        .order_by(invoice.c.id)
    ).all()


def _deductions(
    connection: Connection, documents: Mapping[int, Sequence[Row[Any]]]
) -> Mapping[int, list[Deduction]]:
    """Read what is taken off by advance invoice, oldest document first."""
    ids = [one.id for found in documents.values() for one in found if one.is_advance]
    if not ids:
        return {}
    rows = connection.execute(
        select(
            invoice_charge.c.advance_id,
            invoice.c.invoice_no,
            invoice.c.issued_on,
            func.sum(-invoice_charge.c.amount, type_=AMOUNT),
        )
        .join(invoice, invoice.c.id == invoice_charge.c.invoice_id)
        .where(among(connection, invoice_charge.c.advance_id, ids))
        .group_by(
            invoice_charge.c.advance_id,
            invoice.c.id,
            invoice.c.invoice_no,
            invoice.c.issued_on,
        )
        .order_by(invoice.c.id)
    )
    found: dict[int, list[Deduction]] = {}
    for advance_id, *one in rows:
        found.setdefault(advance_id, []).append(Deduction(*one))
    return found


def _invoices(
    documents: Sequence[Row[Any]], deducted: Mapping[int, Sequence[Deduction]]
) -> tuple[AdvanceInvoice, ...]:
    credited: dict[int, Decimal] = {}
    for one in documents:
        if one.is_advance and one.corrects_id is not None:
            before = credited.get(one.corrects_id, ZERO)
            credited[one.corrects_id] = before - one.net
    return tuple(
        AdvanceInvoice(
            invoice_id=one.id,
            invoice_no=one.invoice_no,
            issued_on=one.issued_on,
            gross=one.gross,
            net=one.net,
            credited=credited.get(one.id, ZERO),
            deducted=tuple(deducted.get(one.id, ())),
        )
        for one in documents
        if one.is_advance and one.kind == "invoice"
    )


def _by_order(rows: Sequence[Row[Any]]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.order_id, []).append(row)
    return found
