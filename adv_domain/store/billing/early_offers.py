"""What do invoices offer who pays early, once their credit notes are counted?"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, case, func, select, union_all

from adv_domain.rules.credits.credit_reasons import EARLY_DISCOUNT
from adv_domain.rules.money import ZERO
from adv_domain.rules.terms.early_offer import (
    Credited,
    EarlyOffer,
    StatedOffer,
    offer_left,
)
from adv_domain.rules.terms.term_form import term_from_form
from adv_domain.rules.terms.terms import EarlyDiscount
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import credit_part, credit_part_tax, invoice


def offers_of_credited(
    connection: Connection, ids: Collection[int]
) -> dict[int, EarlyOffer | None]:
    """Return by invoice what its offer is now; only of those with a credit note.

    None: nothing is offered any more. The others' offer stands as they state it.
    """
    if not ids:
        return {}
    notes = _notes(connection, ids)
    rows = connection.execute(
        select(
            invoice.c.id,
            invoice.c.early_until,
            invoice.c.early_amount,
            (invoice.c.gross + invoice.c.rounding).label("payable"),
            invoice.c.net,
            invoice.c.currency,
            invoice.c.terms,
            notes.c.credited,
            notes.c.credited_net,
            notes.c.given,
        )
        .join(notes, notes.c.invoice_id == invoice.c.id)
        .where(invoice.c.early_until.is_not(None), invoice.c.early_amount.is_not(None))
    )
    return {row.id: _offer(row) for row in rows}


def _offer(row: Row[Any]) -> EarlyOffer | None:
    stated = StatedOffer(
        row.early_until, row.payable, row.early_amount, row.net, row.currency
    )
    credited = Credited(
        -(row.credited or ZERO), -(row.credited_net or ZERO), -(row.given or ZERO)
    )
    return offer_left(stated, credited, _rule(row.terms))


def _rule(terms: dict[str, Any] | None) -> EarlyDiscount | None:
    definition = (terms or {}).get("definition")
    return term_from_form(definition).early_discount if definition else None


def _notes(connection: Connection, ids: Collection[int]) -> Any:
    """Sum by invoice its notes, those of the early discount apart."""
    parts = _all_parts(connection, ids)
    is_discount = func.coalesce(parts.c.reason_code, "") == EARLY_DISCOUNT
    return (
        select(
            parts.c.invoice_id,
            _sum(case((~is_discount, parts.c.payable))).label("credited"),
            _sum(case((~is_discount, parts.c.net))).label("credited_net"),
            _sum(case((is_discount, parts.c.payable))).label("given"),
        )
        .group_by(parts.c.invoice_id)
        .subquery()
    )


def _all_parts(connection: Connection, ids: Collection[int]) -> Any:
    """Say what each note, of one invoice or of several, gave of each invoice."""
    note = invoice.alias("note")
    taxes = (
        select(
            credit_part_tax.c.note_id,
            credit_part_tax.c.invoice_id,
            _sum(credit_part_tax.c.tax).label("tax"),
        )
        .where(among(connection, credit_part_tax.c.invoice_id, ids))
        .group_by(credit_part_tax.c.note_id, credit_part_tax.c.invoice_id)
        .subquery()
    )
    of_several = (
        select(
            credit_part.c.invoice_id,
            note.c.reason_code,
            (credit_part.c.gross + credit_part.c.rounding).label("payable"),
            (credit_part.c.gross - func.coalesce(taxes.c.tax, ZERO)).label("net"),
        )
        .join(note, note.c.id == credit_part.c.note_id)
        .outerjoin(
            taxes,
            (taxes.c.note_id == credit_part.c.note_id)
            & (taxes.c.invoice_id == credit_part.c.invoice_id),
        )
        .where(among(connection, credit_part.c.invoice_id, ids))
    )
    of_one = select(
        note.c.corrects_id.label("invoice_id"),
        note.c.reason_code,
        (note.c.gross + note.c.rounding).label("payable"),
        note.c.net,
    ).where(note.c.kind == "credit_note", among(connection, note.c.corrects_id, ids))
    return union_all(of_one, of_several).subquery()


def _sum(column: Any) -> Any:
    return func.sum(column, type_=AMOUNT)
