"""What of an invoice's early-payment discount has no credit note given yet?"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import Connection, func, select, union_all

from adv_domain.rules.credits.credit_reasons import EARLY_DISCOUNT
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import credit_part, invoice


def early_discounts_left(
    connection: Connection, ids: Sequence[int]
) -> dict[int, Decimal]:
    """Return the discount left by invoice, with tax; only of those that offer one."""
    note = invoice.alias("note")
    given = union_all(
        select(note.c.corrects_id.label("invoice_id"), note.c.gross).where(
            note.c.reason_code == EARLY_DISCOUNT,
            among(connection, note.c.corrects_id, ids),
        ),
        select(credit_part.c.invoice_id, credit_part.c.gross)
        .join(note, note.c.id == credit_part.c.note_id)
        .where(
            note.c.reason_code == EARLY_DISCOUNT,
            among(connection, credit_part.c.invoice_id, ids),
        ),
    ).subquery()
    total = (
        select(given.c.invoice_id, func.sum(given.c.gross, type_=AMOUNT).label("gross"))
        .group_by(given.c.invoice_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            invoice.c.id,
            invoice.c.gross,
            invoice.c.rounding,
            invoice.c.early_amount,
            total.c.gross,
        )
        .outerjoin(total, total.c.invoice_id == invoice.c.id)
        .where(
            among(connection, invoice.c.id, ids), invoice.c.early_amount.is_not(None)
        )
    )
    return {
        invoice_id: gross + rounding - early + (back or Decimal(0))
        for invoice_id, gross, rounding, early, back in rows
    }


def discount_notes(connection: Connection, ids: Sequence[int]) -> list[tuple[int, str]]:
    """Return invoice and number of each credit note that gave its early discount."""
    rows = connection.execute(
        select(invoice.c.corrects_id, invoice.c.invoice_no)
        .where(
            invoice.c.reason_code == EARLY_DISCOUNT,
            among(connection, invoice.c.corrects_id, ids),
        )
        .order_by(invoice.c.id)
    )
    return [(invoice_id, number) for invoice_id, number in rows if invoice_id]
