"""What of documents is no line (charges, roundings, tax), and what is left of it?"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from adv_domain.rules.billing.invoicing import ChargeInput
from adv_domain.rules.credits.credited_amounts import (
    CreditableAmounts,
    CreditableCharge,
    GroupKey,
)
from adv_domain.rules.credits.credited_sums import groups_left
from adv_domain.rules.money import rounded_to_minor
from adv_domain.rules.tax import TaxMeaning
from adv_domain.store.advances.advances import deducted_by_group
from adv_domain.store.columns import AMOUNT
from adv_domain.store.credits.credit_parts import parts_given, taxes_given
from adv_domain.store.rows import among
from adv_domain.store.tables import invoice, invoice_charge, invoice_line, invoice_tax

_ZERO = Decimal(0)
_ByGroup = dict[int, dict[GroupKey, Decimal]]


def read_stated(
    connection: Connection, heads: Sequence[Row[Any]]
) -> dict[int, CreditableAmounts]:
    """Read by id what of posted documents is no line, in eight statements.

    Two more where there is an advance invoice.
    """
    ids = [head.id for head in heads]
    charges = _charges(connection, ids)
    rounding, deducted = _given(connection, ids)
    left, bases = _taxes_left(connection, ids)
    surcharges = _surcharge_rates(connection, ids)
    base_left, tax_left = _not_deducted(connection, heads, bases, left)
    meanings = _meanings(connection, ids)
    return {
        head.id: CreditableAmounts(
            charges=tuple(charges.get(head.id, ())),
            rounding_left=head.rounding + rounding.get(head.id, _ZERO),
            deducted_left=head.deducted + deducted.get(head.id, _ZERO),
            taxes_left=left.get(head.id, {}),
            groups_left=groups_left(
                base_left.get(head.id, {}),
                tax_left.get(head.id, {}),
                surcharges.get(head.id, {}),
            ),
            tax_rounding=head.tax_rounding,
            meanings=meanings.get(head.id, {}),
            tax_reasons=tuple(head.tax_reasons or ()),
            tax=head.tax,
            company_currency=head.company_currency,
            company_tax=head.company_tax or _ZERO,
            company_rate=head.company_rate or _ZERO,
            company_rate_on=head.company_rate_on or date.min,
        )
        for head in heads
    }


def _charges(
    connection: Connection, ids: Sequence[int]
) -> dict[int, list[CreditableCharge]]:
    """Read the charges; on credit notes each has the number of what it gives back."""
    given: Mapping[tuple[int, int], Decimal] = {
        (corrects_id, charge_no): amount
        for corrects_id, charge_no, amount in connection.execute(
            select(
                invoice.c.corrects_id,
                invoice_charge.c.charge_no,
                func.sum(invoice_charge.c.amount, type_=AMOUNT),
            )
            .join(invoice_charge, invoice_charge.c.invoice_id == invoice.c.id)
            .where(among(connection, invoice.c.corrects_id, ids))
            .group_by(invoice.c.corrects_id, invoice_charge.c.charge_no)
        )
    }
    found: dict[int, list[CreditableCharge]] = {}
    for row in connection.execute(
        select(invoice_charge)
        .where(among(connection, invoice_charge.c.invoice_id, ids))
        .order_by(invoice_charge.c.invoice_id, invoice_charge.c.charge_no)
    ):
        credited = given.get((row.invoice_id, row.charge_no), _ZERO)
        one = CreditableCharge(_charge(row), -credited)
        found.setdefault(row.invoice_id, []).append(one)
    return found


def _charge(row: Row[Any]) -> ChargeInput:
    return ChargeInput(
        description=row.description,
        amount=row.amount,
        tax_category=row.tax_category,
        tax_rate=row.tax_rate,
        surcharge_rate=row.surcharge_rate,
        base=row.base,
        rate=row.rate,
        order_id=row.order_id,
        order_charge_no=row.order_charge_no,
        charge_no=row.charge_no,
        advance_id=row.advance_id,
    )


def _given(
    connection: Connection, ids: Sequence[int]
) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """Return by invoice what its notes gave back of cash rounding and deductions."""
    rows = connection.execute(
        select(
            invoice.c.corrects_id,
            func.sum(invoice.c.rounding, type_=AMOUNT),
            func.sum(invoice.c.deducted, type_=AMOUNT),
        )
        .where(among(connection, invoice.c.corrects_id, ids))
        .group_by(invoice.c.corrects_id)
    ).all()
    found = {row[0]: row[1] for row in rows}
    for invoice_id, (_, rounding) in parts_given(connection, ids).items():
        found[invoice_id] = found.get(invoice_id, _ZERO) + rounding
    return found, {row[0]: row[2] for row in rows}


def _taxes_left(
    connection: Connection, ids: Sequence[int]
) -> tuple[_ByGroup, _ByGroup]:
    """Sum up tax and base of each group over a document and its credit notes."""
    tax, root = invoice_tax.c, func.coalesce(invoice.c.corrects_id, invoice.c.id)
    found: _ByGroup = {}
    bases: _ByGroup = {}
    for root_id, kind, category, rate, left, base in connection.execute(
        select(
            root.label("root"),
            tax.kind,
            tax.category,
            tax.rate,
            func.sum(tax.tax, type_=AMOUNT),
            func.sum(tax.base, type_=AMOUNT),
        )
        .join(invoice, invoice.c.id == tax.invoice_id)
        .where(
            among(connection, invoice.c.id, ids)
            | among(connection, invoice.c.corrects_id, ids)
        )
        .group_by("root", tax.kind, tax.category, tax.rate)
    ):
        found.setdefault(root_id, {})[kind, category, rate] = left
        bases.setdefault(root_id, {})[kind, category, rate] = base
    for root_id, group, given, base in taxes_given(connection, ids):
        taxes, known = found[root_id], bases[root_id]
        taxes[group] = taxes.get(group, _ZERO) + given
        known[group] = known.get(group, _ZERO) + base
    return found, bases


def _not_deducted(
    connection: Connection, heads: Sequence[Row[Any]], bases: _ByGroup, taxes: _ByGroup
) -> tuple[_ByGroup, _ByGroup]:
    """Return bases and taxes less what final invoices deduct of advance invoices.

    These deduct also what was credited for a price: it is left neither here nor there.
    """
    currency = {head.id: head.currency for head in heads if head.is_advance}
    if not currency:
        return bases, taxes
    base_left = {one: dict(groups) for one, groups in bases.items()}
    tax_left = {one: dict(groups) for one, groups in taxes.items()}
    for row in _credited_for_good(connection, list(currency)):
        group_key = (row.kind, row.category, row.rate)
        base_left[row.corrects_id][group_key] -= row.base
        tax_left[row.corrects_id][group_key] -= row.tax
    deducted = deducted_by_group(connection, list(currency))
    for (invoice_id, group), amount in deducted.items():
        for kind, rate in (("vat", group.rate), ("surcharge", group.surcharge_rate)):
            key = (kind, group.category, rate)
            if key in base_left[invoice_id]:
                tax = rounded_to_minor(amount * rate, currency[invoice_id])
                base_left[invoice_id][key] += amount
                tax_left[invoice_id][key] += tax
    return _lower(bases, base_left), _lower(taxes, tax_left)


def _lower(one: _ByGroup, other: _ByGroup) -> _ByGroup:
    return {
        invoice_id: {
            group: min(amount, other[invoice_id][group])
            for group, amount in groups.items()
        }
        for invoice_id, groups in one.items()
    }


def _credited_for_good(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """Read what was credited of advance invoices that did not give them back."""
    tax = invoice_tax.c
    return list(
        connection.execute(
            select(
                invoice.c.corrects_id,
                tax.kind,
                tax.category,
                tax.rate,
                tax.base,
                tax.tax,
            )
            .join(invoice, invoice.c.id == tax.invoice_id)
            .where(among(connection, invoice.c.corrects_id, ids), ~invoice.c.is_advance)
        )
    )


def _surcharge_rates(
    connection: Connection, ids: Sequence[int]
) -> dict[int, dict[tuple[str, Decimal], Decimal]]:
    """Return the surcharge that goes with each category and rate, if any."""
    line = invoice_line.c
    found: dict[int, dict[tuple[str, Decimal], Decimal]] = {}
    for row in connection.execute(
        select(line.invoice_id, line.tax_category, line.tax_rate, line.surcharge_rate)
        .where(
            among(connection, line.invoice_id, ids), line.surcharge_rate != text("0")
        )
        .distinct()
    ):
        key = (row.tax_category, row.tax_rate)
        found.setdefault(row.invoice_id, {})[key] = row.surcharge_rate
    return found


def _meanings(
    connection: Connection, ids: Sequence[int]
) -> dict[int, dict[str, TaxMeaning]]:
    found: dict[int, dict[str, TaxMeaning]] = {}
    for row in connection.execute(
        select(invoice_tax).where(
            among(connection, invoice_tax.c.invoice_id, ids),
            invoice_tax.c.kind == "vat",
        )
    ):
        found.setdefault(row.invoice_id, {})[row.category] = TaxMeaning(
            row.vat_code, row.exemption_code, row.exemption_reason
        )
    return found
