"""Do the parts of every invoice and credit note sum to the whole?"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Subquery,
    func,
    select,
    text,
    union_all,
)
from sqlalchemy import and_ as both

from adv_domain.store.audit.check import CheckResult, by_query
from adv_domain.store.tables import (
    credit_part,
    credit_part_tax,
    instalment,
    invoice,
    invoice_charge,
    invoice_line,
    invoice_tax,
)

_POSTED = invoice.c.origin == "posted"
_ZERO = text("0")


def document_checks(connection: Connection) -> list[CheckResult]:
    """Check lines, tax groups, instalments and credit notes against their invoice."""
    return [
        _instalments_sum_to_total(connection),
        _instalments_have_its_sign(connection),
        _lines_sum_to_net(connection),
        _lines_sum_to_tax_bases(connection),
        _taxes_sum_to_tax(connection),
        _gross_is_net_plus_tax(connection),
        _credit_notes_within_invoice(connection),
        _credit_notes_not_before_invoice(connection),
        _credit_parts_make_their_note(connection),
    ]


def _instalments_sum_to_total(connection: Connection) -> CheckResult:
    total = _sum(instalment.c.amount, instalment.c.invoice_id)
    return by_query(
        connection,
        "instalments_sum_to_total",
        looked_at=invoice,
        broken=_where_not(total, invoice.c.gross + invoice.c.rounding),
    )


def _instalments_have_its_sign(connection: Connection) -> CheckResult:
    return by_query(
        connection,
        "instalments_have_the_invoice_sign",
        looked_at=instalment,
        broken=select(invoice.c.invoice_no, instalment.c.instalment_no)
        .join_from(instalment, invoice, invoice.c.id == instalment.c.invoice_id)
        .where(
            both(instalment.c.amount > _ZERO, invoice.c.gross < _ZERO)
            | both(instalment.c.amount < _ZERO, invoice.c.gross > _ZERO)
        ),
    )


def _lines_sum_to_net(connection: Connection) -> CheckResult:
    """The discounts and charges on the whole document count as lines here."""
    parts = _net_parts().subquery()
    total = _sum(parts.c.net, parts.c.invoice_id)
    return by_query(
        connection,
        "lines_sum_to_net",
        looked_at=select(invoice.c.id).where(_POSTED),
        broken=_where_not(total, invoice.c.net).where(_POSTED),
    )


def _lines_sum_to_tax_bases(connection: Connection) -> CheckResult:
    tax = invoice_tax.c
    line = _net_parts().subquery().c
    of_lines = (
        select(
            line.invoice_id,
            line.tax_category,
            line.tax_rate,
            func.sum(line.net).label("total"),
        )
        .group_by(line.invoice_id, line.tax_category, line.tax_rate)
        .subquery()
    )
    same_group = both(
        of_lines.c.invoice_id == tax.invoice_id,
        of_lines.c.tax_category == tax.category,
        of_lines.c.tax_rate == tax.rate,
        tax.kind == "vat",
    )
    of_surcharges = _surcharged_parts()
    same_surcharge = both(
        of_surcharges.c.invoice_id == tax.invoice_id,
        of_surcharges.c.tax_category == tax.category,
        of_surcharges.c.surcharge_rate == tax.rate,
        tax.kind == "surcharge",
    )
    found = func.coalesce(of_lines.c.total, of_surcharges.c.total, _ZERO)
    return by_query(
        connection,
        "lines_sum_to_tax_bases",
        looked_at=invoice_tax,
        broken=select(invoice.c.invoice_no, tax.category)
        .join_from(invoice_tax, invoice, invoice.c.id == tax.invoice_id)
        .outerjoin(of_lines, same_group)
        .outerjoin(of_surcharges, same_surcharge)
        .where(found != tax.base),
    )


def _taxes_sum_to_tax(connection: Connection) -> CheckResult:
    total = _sum(invoice_tax.c.tax, invoice_tax.c.invoice_id)
    return by_query(
        connection,
        "taxes_sum_to_tax",
        looked_at=select(invoice.c.id).where(_POSTED),
        broken=_where_not(total, invoice.c.tax).where(_POSTED),
    )


def _gross_is_net_plus_tax(connection: Connection) -> CheckResult:
    return by_query(
        connection,
        "gross_is_net_plus_tax",
        looked_at=invoice,
        broken=select(invoice.c.invoice_no).where(
            invoice.c.net + invoice.c.tax != invoice.c.gross
        ),
    )


def credited_amounts() -> Subquery:
    """Sum up by invoice (corrects_id) what all credit notes give back: total."""
    note = invoice.alias("note")
    given = union_all(
        select(note.c.corrects_id, note.c.gross).where(note.c.corrects_id.is_not(None)),
        select(credit_part.c.invoice_id, credit_part.c.gross),
    ).subquery()
    return (
        select(given.c.corrects_id, func.sum(given.c.gross).label("total"))
        .group_by(given.c.corrects_id)
        .subquery()
    )


def _credit_notes_within_invoice(connection: Connection) -> CheckResult:
    total = credited_amounts()
    return by_query(
        connection,
        "credit_notes_within_their_invoice",
        looked_at=total,
        broken=select(invoice.c.invoice_no)
        .join(total, total.c.corrects_id == invoice.c.id)
        .where(invoice.c.gross + total.c.total < _ZERO),
    )


def _credit_notes_not_before_invoice(connection: Connection) -> CheckResult:
    note = invoice.alias("note")
    return by_query(
        connection,
        "credit_note_not_before_its_invoice",
        looked_at=select(note.c.id).where(note.c.corrects_id.is_not(None)),
        broken=select(note.c.invoice_no)
        .join(invoice, invoice.c.id == note.c.corrects_id)
        .where(note.c.issued_on < invoice.c.issued_on),
    )


def _credit_parts_make_their_note(connection: Connection) -> CheckResult:
    """A note over several invoices gives back of them what it says, at each rate."""
    tax, part = invoice_tax.c, credit_part_tax.c
    noted = select(credit_part.c.note_id)
    given = union_all(
        select(tax.invoice_id.label("note_id"), tax.kind, tax.category, tax.rate)
        .add_columns(tax.base, tax.tax)
        .where(tax.invoice_id.in_(noted)),
        select(
            part.note_id, part.kind, part.category, part.rate, -part.base, -part.tax
        ),
    ).subquery()
    sums = given.c
    return by_query(
        connection,
        "credit_parts_make_their_note",
        looked_at=credit_part,
        broken=select(invoice.c.invoice_no, sums.category)
        .join(given, sums.note_id == invoice.c.id)
        .group_by(invoice.c.invoice_no, sums.kind, sums.category, sums.rate)
        .having((func.sum(sums.base) != _ZERO) | (func.sum(sums.tax) != _ZERO)),
    )


def _net_parts() -> CompoundSelect[Any]:
    """Return lines and charges alike: invoice, category, rate and net."""
    line, charge = invoice_line.c, invoice_charge.c
    return union_all(
        select(
            line.invoice_id,
            line.tax_category,
            line.tax_rate,
            line.surcharge_rate,
            line.net,
        ),
        select(
            charge.invoice_id,
            charge.tax_category,
            charge.tax_rate,
            charge.surcharge_rate,
            charge.amount.label("net"),
        ),
    )


def _surcharged_parts() -> Subquery:
    """Sum up what bears a surcharge beside its tax: invoice, category and rate."""
    part = _net_parts().subquery().c
    return (
        select(
            part.invoice_id,
            part.tax_category,
            part.surcharge_rate,
            func.sum(part.net).label("total"),
        )
        .where(part.surcharge_rate != _ZERO)
        .group_by(part.invoice_id, part.tax_category, part.surcharge_rate)
        .subquery()
    )


def _sum(amount: ColumnElement[Any], invoice_id: ColumnElement[Any]) -> Select[Any]:
    return select(
        invoice_id.label("invoice_id"), func.sum(amount).label("total")
    ).group_by(invoice_id)


def _where_not(total: Select[Any], amount: ColumnElement[Any]) -> Select[Any]:
    """Return the numbers of the invoices whose parts do not sum to the amount."""
    parts = total.subquery()
    return (
        select(invoice.c.invoice_no)
        .outerjoin(parts, parts.c.invoice_id == invoice.c.id)
        .where(func.coalesce(parts.c.total, _ZERO) != amount)
    )
