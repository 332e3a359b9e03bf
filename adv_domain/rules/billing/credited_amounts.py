"""What does a credit note come to: lines, discounts, charges and rounding given back?

The negative of what it corrects. A discount in per cent goes back with the lines that
it was taken off; freight, fixed amounts, cash rounding and the cents that rounding tax
in parts has left go back with the last of the lines, so that all credit notes of an
invoice together undo it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from adv_domain.rules.billing.credited_sums import GroupLeft
from adv_domain.rules.billing.invoicing import (
    ChargeInput,
    InvoiceAmounts,
    InvoiceLineInput,
    invoice_amounts,
    line_nets,
)
from adv_domain.rules.billing.posting import CompanyTax
from adv_domain.rules.billing.rounding import Rounding, TaxRounding
from adv_domain.rules.money import ZERO, rounded_to_minor
from adv_domain.rules.tax import TaxMeaning

TaxKey = tuple[str, Decimal]
GroupKey = tuple[str, str, Decimal]
"""A tax group by kind, category and rate."""


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

    rounding_left is the cash rounding that no credit note gave back yet, taxes_left the
    tax of each group, groups_left base and taxes of each rate.
    """

    charges: tuple[CreditableCharge, ...] = ()
    rounding_left: Decimal = ZERO
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
    net_by_group: Mapping[TaxKey, Decimal],
    is_all_that_is_left: bool,
    currency: str,
) -> InvoiceAmounts:
    """Compute a credit note of lines (quantities negative) with what goes with them.

    net_by_group is what the invoice's lines came to, by tax category and rate.
    """
    back = _credited_by_group(inputs, currency)
    charges = tuple(
        _given_back(one, amount, currency)
        for one, amount in _charges(
            stated.charges, back, net_by_group, is_all_that_is_left, currency
        )
        if amount
    )
    amounts = invoice_amounts(
        inputs, currency, charges=charges, rounding=Rounding(stated.tax_rounding)
    )
    return _undoing(amounts, stated, currency) if is_all_that_is_left else amounts


def _undoing(
    amounts: InvoiceAmounts, stated: CreditableAmounts, currency: str
) -> InvoiceAmounts:
    """Give back what is left of tax and cash rounding, to the cent."""
    taxes = tuple(
        replace(
            group,
            tax=rounded_to_minor(
                -stated.taxes_left.get(
                    (group.kind, group.category, group.rate), -group.tax
                ),
                currency,
            ),
        )
        for group in amounts.taxes
    )
    tax = rounded_to_minor(sum([group.tax for group in taxes], ZERO), currency)
    return replace(
        amounts,
        taxes=taxes,
        tax=tax,
        gross=amounts.net + tax,
        rounding=rounded_to_minor(-stated.rounding_left, currency),
    )


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
    net_by_group: Mapping[TaxKey, Decimal],
    is_all_that_is_left: bool,
    currency: str,
) -> Iterator[tuple[CreditableCharge, Decimal]]:
    """Yield what is given back of each, positive where it was charged."""
    for one in charges:
        group = (one.charge.tax_category, one.charge.tax_rate)
        whole = net_by_group.get(group, ZERO)
        if is_all_that_is_left:
            yield one, one.left
        elif one.charge.rate is not None and whole:
            share = one.charge.amount * -back.get(group, ZERO) / whole
            amount = rounded_to_minor(share, currency)
            yield one, max(amount, one.left) if amount < 0 else min(amount, one.left)


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
