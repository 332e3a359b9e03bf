"""What of an undone invoicing run is out of reach (mails, money, earlier notes), and
what of it is still asked?
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    false,
    func,
    select,
    true,
    union_all,
)

from adv_domain.store.columns import AMOUNT
from adv_domain.store.tables import (
    allocation,
    cancelled_invoice,
    credit_part,
    customer,
    instalment,
    invoice,
    outbox,
)

_LEFT = ("sent", "sending", "unknown")


@dataclass(frozen=True, slots=True)
class Leftover:
    """An invoice of an undone run and a credit note of it, of which something is out
    of reach.

    given is what the note gave back of the invoice; is_joint: the note is over others
    too, and was there before. Mail and money stand with the invoice's last note.
    """

    invoice_no: str
    credit_note: str
    customer: str
    currency: str
    given: Decimal
    is_joint: bool
    sent_to: str | None
    sent_at: datetime | None
    mail_state: str | None
    paid: Decimal
    credit_left: Decimal


def leftovers(connection: Connection, run_id: int) -> list[Leftover]:
    """Return what of the run could not be undone, by invoice; one statement."""
    note, of_run = invoice.alias("note"), invoice.c.run_id == run_id
    given = _notes(run_id).subquery()
    rows: Sequence[Row[Any]] = connection.execute(
        select(
            invoice.c.invoice_no,
            note.c.invoice_no.label("credit_note"),
            customer.c.code,
            invoice.c.currency,
            -given.c.gross,
            given.c.is_joint,
            outbox.c.to_address,
            outbox.c.sent_at,
            outbox.c.state,
            _paid(),
            _credit_left(note.c.id),
        )
        .join(given, given.c.invoice_id == invoice.c.id)
        .join(note, note.c.id == given.c.note_id)
        .join(customer, customer.c.id == invoice.c.customer_id)
        .outerjoin(
            outbox,
            (outbox.c.entity == "invoice")
            & (outbox.c.entity_id == invoice.c.id)
            & outbox.c.state.in_(_LEFT),
        )
        .where(of_run, invoice.c.kind == "invoice")
        .order_by(invoice.c.id, given.c.is_joint.desc(), note.c.id)
    ).all()
    found = _told_once([Leftover(*row) for row in rows])
    return [
        one
        for one in found
        if one.mail_state or one.paid or one.credit_left or one.is_joint
    ]


def _told_once(found: Sequence[Leftover]) -> list[Leftover]:
    """Leave mail and money with the last note of each invoice."""
    last = {one.invoice_no: one for one in found}
    zero = Decimal(0)
    return [
        one
        if one is last[one.invoice_no]
        else replace(one, sent_to=None, sent_at=None, mail_state=None, paid=zero)
        for one in found
    ]


def _notes(run_id: int) -> CompoundSelect[Any]:
    """Return the credit notes of the run's invoices, those over several by part."""
    note = invoice.alias("own_note")
    ids = select(invoice.c.id).where(invoice.c.run_id == run_id)
    return union_all(
        select(
            note.c.corrects_id.label("invoice_id"),
            note.c.id.label("note_id"),
            note.c.gross,
            false().label("is_joint"),
        ).where(note.c.corrects_id.in_(ids)),
        select(
            credit_part.c.invoice_id,
            credit_part.c.note_id,
            credit_part.c.gross,
            true().label("is_joint"),
        ).where(credit_part.c.invoice_id.in_(ids)),
    )


def _paid() -> ColumnElement[Any]:
    return (
        select(func.coalesce(func.sum(allocation.c.amount, type_=AMOUNT), 0))
        .join(instalment, instalment.c.id == allocation.c.instalment_id)
        .where(
            instalment.c.invoice_id == invoice.c.id,
            allocation.c.payment_id.is_not(None),
            allocation.c.reversed_on.is_(None),
        )
        .scalar_subquery()
    )


def _credit_left(note_id: ColumnElement[int]) -> ColumnElement[Any]:
    return (
        select(func.coalesce(func.sum(instalment.c.open_amount, type_=AMOUNT), 0))
        .where(instalment.c.invoice_id == note_id)
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """An invoice of an undone run of which a part had been credited before: what
    becomes of its deliveries is still asked."""

    invoice_no: str
    customer: str
    currency: str
    credited_before: Decimal


def asked_of_run(connection: Connection, run_id: int) -> list[AskedAgain]:
    """Return the run's invoices that wait for a choice and were credited before."""
    note, last = invoice.alias("note"), cancelled_invoice.c.note_id
    by_notes = (
        select(func.coalesce(func.sum(note.c.gross, type_=AMOUNT), 0))
        .where(note.c.corrects_id == invoice.c.id, note.c.id != last)
        .scalar_subquery()
    )
    in_parts = (
        select(func.coalesce(func.sum(credit_part.c.gross, type_=AMOUNT), 0))
        .where(credit_part.c.invoice_id == invoice.c.id, credit_part.c.note_id != last)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            invoice.c.invoice_no,
            customer.c.code,
            invoice.c.currency,
            by_notes,
            in_parts,
        )
        .join(cancelled_invoice, cancelled_invoice.c.invoice_id == invoice.c.id)
        .join(customer, customer.c.id == invoice.c.customer_id)
        .where(invoice.c.run_id == run_id, cancelled_invoice.c.choice == "asked")
        .order_by(invoice.c.id)
    )
    found = [
        AskedAgain(number, code, currency, -(in_notes + joint))
        for number, code, currency, in_notes, joint in rows
    ]
    return [one for one in found if one.credited_before]
