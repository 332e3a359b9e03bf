"""What does a credit note come to: lines, discounts, charges and rounding given back?

The negative of what it corrects. A discount in per cent goes back with the lines that
it was taken off; freight, fixed amounts, cash rounding and the cents that rounding tax
in parts has left go back with the last of the lines, so that all credit notes of an
invoice together undo it. Lines that come to more than the invoice has left, because
it deducted what was invoiced ahead, give back so much of the deduction, the last one
first: it is left again of the advance or milestone, to be deducted or credited there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from adv_domain.rules.billing.invoicing import (
    ChargeInput,
    InvoiceAmounts,
    InvoiceLineInput,
    invoice_amounts,
    line_nets,
)
from adv_domain.rules.billing.posting import CompanyTax
from adv_domain.rules.billing.rounding import Rounding, TaxRounding
from adv_domain.rules.credits.credited_sums import GroupLeft
from adv_domain.rules.money import ZERO, rounded_to_minor
from adv_domain.rules.tax import TaxMeaning

TaxKey = tuple[str, Decimal]
GroupKey = tuple[str, str, Decimal]
"""A tax group by kind, category and rate."""


class GroupLines(NamedTuple):
    """What the invoice's lines of a tax group came to, and what is left of them."""

    net: Decimal
    net_left: Decimal


_NO_LINES = GroupLines(ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class CreditableCharge:
    """A discount or charge of the invoice, and how much of it was given back."""

    charge: ChargeInput
    amount_credited: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        return self.charge.amount - self.amount_credited


@dataclass(frozen=True, slots=True)
class CreditableAmounts:
    """What of an invoice's amounts is no line, as it was posted, and what is left.

    rounding_left is the cash rounding that no credit note gave back yet, deducted_left
    what was deducted, with tax, taxes_left the tax of each group, groups_left base and
    taxes of each rate.
    """

    charges: tuple[CreditableCharge, ...] = ()
    rounding_left: Decimal = ZERO
    deducted_left: Decimal = ZERO
    taxes_left: Mapping[GroupKey, Decimal] = field(default_factory=dict)
    groups_left: tuple[GroupLeft, ...] = ()
    tax_rounding: TaxRounding = "document"
    meanings: Mapping[str, TaxMeaning] = field(default_factory=dict)
    tax_reasons: tuple[str, ...] = ()
    tax: Decimal = ZERO
    company_currency: str | None = None
    company_tax: Decimal = ZERO
    company_rate: Decimal = ZERO
    company_rate_on: date = date.min


def credited_amounts(
    stated: CreditableAmounts,
    inputs: Sequence[InvoiceLineInput],
    *,
    by_group: Mapping[TaxKey, GroupLines],
    is_all_that_is_left: bool,
    currency: str,
) -> InvoiceAmounts:
    """Compute a credit note of lines (quantities negative) with what goes with them.

    by_group are the invoice's lines by tax category and rate.
    """
    back = _credited_by_group(inputs, currency)
    given = list(
        _charges(stated.charges, back, by_group, is_all_that_is_left, currency)
    )
    if not is_all_that_is_left:
        given += _deductions(stated, back, given)
    charges = tuple(
        _given_back(one, amount, currency) for one, amount in given if amount
    )
    amounts = invoice_amounts(
        inputs, currency, charges=charges, rounding=Rounding(stated.tax_rounding)
    )
    if is_all_that_is_left:
        return _undoing(amounts, stated, currency)
    return _within_tax(amounts, stated, currency)


def _undoing(
    amounts: InvoiceAmounts, stated: CreditableAmounts, currency: str
) -> InvoiceAmounts:
    """Give back what is left of tax and cash rounding, to the cent."""
    left = [
        -stated.taxes_left.get((one.kind, one.category, one.rate), -one.tax)
        for one in amounts.taxes
    ]
    back = rounded_to_minor(-stated.rounding_left, currency)
    return replace(_with_taxes(amounts, left, currency), rounding=back)


def _within_tax(
    amounts: InvoiceAmounts, stated: CreditableAmounts, currency: str
) -> InvoiceAmounts:
    """Give back no more tax than a group has left, and all of it with its last base."""
    left: dict[GroupKey, tuple[Decimal, Decimal]] = {}
    for one in stated.groups_left:
        left["vat", one.category, one.rate] = (one.base, one.tax)
        key: GroupKey = ("surcharge", one.category, one.surcharge_rate)
        base, tax = left.get(key, (ZERO, ZERO))
        left[key] = (base + one.base, tax + one.surcharge)
    taxes = []
    for group in amounts.taxes:
        base, tax = left.get((group.kind, group.category, group.rate), (ZERO, ZERO))
        is_last = -group.base == base
        taxes.append(-tax if is_last else max(group.tax, min(-tax, ZERO)))
    return _with_taxes(amounts, taxes, currency)


def _with_taxes(
    amounts: InvoiceAmounts, taxes: Sequence[Decimal], currency: str
) -> InvoiceAmounts:
    given = [rounded_to_minor(one, currency) for one in taxes]
    tax = rounded_to_minor(sum(given, ZERO), currency)
    groups = tuple(
        replace(group, tax=one) for group, one in zip(amounts.taxes, given, strict=True)
    )
    return replace(amounts, taxes=groups, tax=tax, gross=amounts.net + tax)


def company_tax_back(stated: CreditableAmounts, tax: Decimal) -> CompanyTax | None:
    """Return the credited tax in the company's currency, at the invoice's own rate."""
    if stated.company_currency is None or not stated.tax:
        return None
    exact = tax * stated.company_tax / stated.tax
    return CompanyTax(
        stated.company_currency,
        rounded_to_minor(exact, stated.company_currency),
        stated.company_rate,
        stated.company_rate_on,
    )


def _charges(
    charges: Sequence[CreditableCharge],
    back: Mapping[TaxKey, Decimal],
    by_group: Mapping[TaxKey, GroupLines],
    is_all_that_is_left: bool,
    currency: str,
) -> Iterator[tuple[CreditableCharge, Decimal]]:
    """Yield what is given back of each, positive where it was charged."""
    for one in charges:
        group = (one.charge.tax_category, one.charge.tax_rate)
        lines, given = by_group.get(group, _NO_LINES), -back.get(group, ZERO)
        is_last = one.charge.rate is not None and given and given == lines.net_left
        if is_all_that_is_left or is_last:
            yield one, one.left
        elif one.charge.rate is not None and lines.net:
            share = one.charge.amount * given / lines.net
            amount = rounded_to_minor(share, currency)
            within = max if one.charge.amount < ZERO else min
            yield one, within(amount, one.left)


def _deductions(
    stated: CreditableAmounts,
    back: Mapping[TaxKey, Decimal],
    given: Sequence[tuple[CreditableCharge, Decimal]],
) -> list[tuple[CreditableCharge, Decimal]]:
    """Return what is given back of deductions: what exceeds what a rate has left."""
    over = {
        (one.category, one.rate): -back.get((one.category, one.rate), ZERO) - one.base
        for one in stated.groups_left
    }
    for one, amount in given:
        group = (one.charge.tax_category, one.charge.tax_rate)
        over[group] = over.get(group, ZERO) + amount
    found = []
    for one in reversed(stated.charges):
        group = (one.charge.tax_category, one.charge.tax_rate)
        part = min(over.get(group, ZERO), -one.left)
        if one.charge.advance_id is not None and part > 0:
            over[group] -= part
            found.append((one, -part))
    return found


def is_all_deducted(stated: CreditableAmounts, charges: Iterable[ChargeInput]) -> bool:
    """Tell whether the note's charges give back all that is left of deductions."""
    left = [one.left for one in stated.charges if one.charge.advance_id is not None]
    given = [one.amount for one in charges if one.advance_id is not None]
    return sum(left, ZERO) == -sum(given, ZERO)


def _given_back(one: CreditableCharge, amount: Decimal, currency: str) -> ChargeInput:
    given = rounded_to_minor(-amount, currency)
    base = one.charge.base
    if base is not None:
        base = rounded_to_minor(-base * amount / one.charge.amount, currency)
    return one.charge._replace(amount=given, base=base)


def _credited_by_group(
    inputs: Sequence[InvoiceLineInput], currency: str
) -> dict[TaxKey, Decimal]:
    found: dict[TaxKey, Decimal] = {}
    for line, net in zip(inputs, line_nets(inputs, currency), strict=True):
        group = (line.tax_category, line.tax_rate)
        found[group] = found.get(group, ZERO) + net
    return found
