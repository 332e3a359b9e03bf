"""What do the lines of an invoice amount to, net, tax by rate and gross?

EN 16931: each line net is rounded first (BR-CO-10 sums the rounded lines), tax
is computed on the sum per category and rate (BR-CO-17), gross is net plus tax.
All figures are bare Decimals of the invoice's one currency.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from adv_domain.rules.money import ZERO, minor_unit


class InvoiceLineInput(NamedTuple):
    """What the amount of one line hangs on; a tuple for the sake of hot loops.

    unit_price is exact and never rounded; discount_rate and tax_rate are
    fractions. qty is negative on a credit note.
    """

    qty: Decimal
    unit_price: Decimal
    discount_rate: Decimal
    tax_category: str
    tax_rate: Decimal


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """The tax of all lines of one category and rate."""

    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceAmounts:
    """line_nets stand in the order of the lines; taxes by category and rate."""

    line_nets: tuple[Decimal, ...]
    taxes: tuple[TaxGroup, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal


def line_net(
    *, qty: Decimal, unit_price: Decimal, discount_rate: Decimal, currency: str
) -> Decimal:
    """Return qty × price less discount, rounded once, half up, to the currency."""
    exact = qty * unit_price
    if discount_rate:
        exact -= exact * discount_rate
    return exact.quantize(minor_unit(currency), ROUND_HALF_UP)


def invoice_amounts(lines: Sequence[InvoiceLineInput], currency: str) -> InvoiceAmounts:
    """Compute the amounts of one invoice or, with negative quantities, credit note."""
    unit = minor_unit(currency)
    nets = []
    bases: dict[tuple[str, Decimal], Decimal] = {}
    for qty, unit_price, discount_rate, category, rate in lines:
        net = qty * unit_price
        if discount_rate:
            net -= net * discount_rate
        net = net.quantize(unit, ROUND_HALF_UP)
        nets.append(net)
        group = (category, rate)
        bases[group] = bases.get(group, ZERO) + net
    taxes = tuple(
        TaxGroup(category, rate, base, _tax(base, rate, unit))
        for (category, rate), base in sorted(bases.items())
    )
    net = sum(nets, ZERO).quantize(unit)
    tax = sum([group.tax for group in taxes], ZERO).quantize(unit)
    return InvoiceAmounts(tuple(nets), taxes, net, tax, net + tax)


def gross_of(
    bases: Mapping[str, Decimal], rates: Mapping[str, Decimal], currency: str
) -> Decimal:
    """Return what one invoice of these bases by tax category would come to.

    bases are sums of rounded line nets; a category without a rate counts net.
    """
    unit = minor_unit(currency)
    gross = ZERO
    for category, base in bases.items():
        gross += base + _tax(base, rates.get(category, ZERO), unit)
    return gross


def _tax(base: Decimal, rate: Decimal, unit: Decimal) -> Decimal:
    return (base * rate).quantize(unit, ROUND_HALF_UP)
