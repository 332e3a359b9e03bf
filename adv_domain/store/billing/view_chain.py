"""Which other documents and which money hang on a document, before and after it?"""

from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, or_, select, union

from adv_domain.store.tables import (
    allocation,
    cancelled_billing,
    cancelled_invoice,
    credit_part,
    delivery_line,
    instalment,
    invoice,
    invoice_line,
    order_line,
    payment,
    run_undo,
    task,
)

# tasks that ask a person for a credit note, or what becomes of a cancelled invoice
_PROPOSALS = ("credit_note", "return_to_credit", "rebill", "unearned_discount")


def chain_of(connection: Connection, invoice_id: int) -> dict[str, list[Row[Any]]]:
    """Return them by name; a constant number of statements."""
    statements = {
        "allocations": _money(invoice_id),
        "corrections": _corrections(invoice_id),
        "corrected": _corrected(invoice_id),
        "cancelled": select(cancelled_invoice).where(
            cancelled_invoice.c.invoice_id == invoice_id
        ),
        "undone": select(run_undo)
        .join(invoice, invoice.c.run_id == run_undo.c.run_id)
        .where(invoice.c.id == invoice_id, invoice.c.kind == "invoice"),
        "billed_too": _billed_too(invoice_id),
        "proposals": _proposals(invoice_id),
    }
    return {name: list(connection.execute(one)) for name, one in statements.items()}


def _items(invoice_id: int) -> Select[Any]:
    return select(instalment.c.id).where(instalment.c.invoice_id == invoice_id)


def _money(invoice_id: int) -> Select[Any]:
    """Payments and credits; `other` is the document that a credit comes from or
    went to."""
    items = _items(invoice_id)
    is_given = allocation.c.credit_instalment_id.in_(items)
    other_item = case(
        (is_given, allocation.c.instalment_id),
        else_=allocation.c.credit_instalment_id,
    )
    item, other = instalment.alias("other_item"), invoice.alias("other")
    return (
        select(
            allocation,
            payment.c.booked_on,
            payment.c.payer_name,
            other.c.invoice_no.label("other"),
            is_given.label("is_given"),
        )
        .outerjoin(payment, payment.c.id == allocation.c.payment_id)
        .outerjoin(item, item.c.id == other_item)
        .outerjoin(other, other.c.id == item.c.invoice_id)
        .where(allocation.c.instalment_id.in_(items) | is_given)
        .order_by(allocation.c.id)
    )


def _corrections(invoice_id: int) -> Select[Any]:
    of_part = and_(
        credit_part.c.note_id == invoice.c.id, credit_part.c.invoice_id == invoice_id
    )
    return (
        select(
            invoice.c.invoice_no,
            invoice.c.issued_on,
            func.coalesce(credit_part.c.gross, invoice.c.gross).label("gross"),
            invoice.c.reason_code,
            invoice.c.reason,
        )
        .outerjoin(credit_part, of_part)
        .where(
            (invoice.c.corrects_id == invoice_id)
            | credit_part.c.invoice_id.is_not(None)
        )
        .order_by(invoice.c.id)
    )


def _corrected(invoice_id: int) -> Select[Any]:
    alone = select(invoice.c.corrects_id).where(invoice.c.id == invoice_id)
    parts = select(credit_part.c.invoice_id).where(credit_part.c.note_id == invoice_id)
    return (
        select(invoice.c.invoice_no, invoice.c.issued_on)
        .where(
            (invoice.c.id == alone.scalar_subquery()) | invoice.c.id.in_(parts),
        )
        .order_by(invoice.c.id)
    )


def _billed_too(invoice_id: int) -> Select[Any]:
    """Other invoices of the deliveries that it bills, or billed before it was
    cancelled."""
    lines = select(invoice_line.c.id).where(invoice_line.c.invoice_id == invoice_id)
    cancelled = cancelled_billing.c
    deliveries = union(
        select(delivery_line.c.id).where(delivery_line.c.invoice_line_id.in_(lines)),
        select(cancelled.delivery_line_id).where(cancelled.invoice_line_id.in_(lines)),
    ).subquery()
    known = select(deliveries)
    others = union(
        select(delivery_line.c.invoice_line_id).where(delivery_line.c.id.in_(known)),
        select(cancelled.invoice_line_id).where(cancelled.delivery_line_id.in_(known)),
    ).subquery()
    return (
        select(invoice.c.id, invoice.c.invoice_no, invoice.c.issued_on)
        .join(invoice_line, invoice_line.c.invoice_id == invoice.c.id)
        .where(invoice_line.c.id.in_(select(others)), invoice.c.id != invoice_id)
        .distinct()
        .order_by(invoice.c.id)
    )


def _proposals(invoice_id: int) -> Select[Any]:
    orders = (
        select(order_line.c.order_id)
        .join(invoice_line, invoice_line.c.order_line_id == order_line.c.id)
        .where(invoice_line.c.invoice_id == invoice_id)
    )
    entity, entity_id = task.c.entity, task.c.entity_id
    return (
        select(task.c.task_key, task.c.kind, task.c.text)
        .where(
            task.c.state == "open",
            task.c.kind.in_(_PROPOSALS),
            or_(
                and_(entity == "invoice", entity_id == invoice_id),
                and_(entity == "instalment", entity_id.in_(_items(invoice_id))),
                and_(entity == "order", entity_id.in_(orders)),
            ),
        )
        .order_by(task.c.id)
    )
