"""Do credit notes and cancelled invoices say of each other what stands in both?"""

from sqlalchemy import Connection, exists, func, select, text
from sqlalchemy import and_ as both
from sqlalchemy import or_ as either

from adv_domain.store.audit.check import CheckResult, by_query
from adv_domain.store.audit.documents import credited_amounts
from adv_domain.store.tables import (
    cancelled_billing,
    cancelled_invoice,
    credit_part,
    delivery_line,
    invoice,
    invoice_line,
    outbox,
)


def correction_checks(connection: Connection) -> list[CheckResult]:
    """Check what a cancellation says against its note, its mail and its deliveries."""
    return [
        _parts_are_of_one_customer(connection),
        _cancelled_by_their_note(connection),
        _choices_were_followed(connection),
    ]


def _parts_are_of_one_customer(connection: Connection) -> CheckResult:
    """A note over several invoices is for invoices of its own customer, in its money,
    and no later ones."""
    note = invoice.alias("note")
    return by_query(
        connection,
        "credit_parts_are_of_their_customer",
        looked_at=credit_part,
        broken=select(note.c.invoice_no, invoice.c.invoice_no.label("of_invoice"))
        .join_from(credit_part, note, note.c.id == credit_part.c.note_id)
        .join(invoice, invoice.c.id == credit_part.c.invoice_id)
        .where(
            either(
                note.c.kind != "credit_note",
                invoice.c.kind != "invoice",
                note.c.customer_id != invoice.c.customer_id,
                note.c.currency != invoice.c.currency,
                note.c.issued_on < invoice.c.issued_on,
            )
        ),
    )


def _cancelled_by_their_note(connection: Connection) -> CheckResult:
    """The note took the last of the invoice back, and not before the day it says."""
    note, cancelled = invoice.alias("note"), cancelled_invoice.c
    in_part = exists().where(
        credit_part.c.note_id == note.c.id,
        credit_part.c.invoice_id == invoice.c.id,
    )
    credited = credited_amounts()
    was_mailed = exists().where(
        outbox.c.entity == "invoice",
        outbox.c.entity_id == invoice.c.id,
        outbox.c.state == "sent",
    )
    return by_query(
        connection,
        "cancelled_invoices_have_their_note",
        looked_at=cancelled_invoice,
        broken=select(invoice.c.invoice_no, note.c.invoice_no.label("by_note"))
        .join_from(cancelled_invoice, invoice, invoice.c.id == cancelled.invoice_id)
        .join(note, note.c.id == cancelled.note_id)
        .outerjoin(credited, credited.c.corrects_id == invoice.c.id)
        .where(
            either(
                ~either(note.c.corrects_id == invoice.c.id, in_part),
                func.coalesce(credited.c.total, text("0")) != -invoice.c.gross,
                cancelled.cancelled_on > note.c.issued_on,
                both(cancelled.was_sent.is_(False), was_mailed),
            )
        ),
    )


def _choices_were_followed(connection: Connection) -> CheckResult:
    """Deliveries are let go of where they are billed anew, and nowhere else."""
    cancelled = cancelled_invoice.c
    of_invoice = invoice_line.c.invoice_id == cancelled.invoice_id
    let_go = exists().where(
        cancelled_billing.c.invoice_line_id == invoice_line.c.id, of_invoice
    )
    billed = exists().where(
        delivery_line.c.invoice_line_id == invoice_line.c.id, of_invoice
    )
    return by_query(
        connection,
        "cancelled_deliveries_are_as_chosen",
        looked_at=cancelled_invoice,
        broken=select(invoice.c.invoice_no, cancelled.choice)
        .join_from(cancelled_invoice, invoice, invoice.c.id == cancelled.invoice_id)
        .where(
            either(
                both(cancelled.choice == "recreate", billed),
                both(cancelled.choice != "recreate", let_go),
                both(cancelled.choice == "asked", cancelled.decided_on.is_not(None)),
                both(cancelled.choice != "asked", cancelled.decided_on.is_(None)),
            )
        ),
    )
