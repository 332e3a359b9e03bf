"""What do the lines and charges of an invoice amount to, with tax and rounding?

EN 16931: each line net is rounded first (BR-CO-10 sums the rounded lines), tax is
computed on the sum per category and rate (BR-CO-17), gross is net plus tax. All
figures are bare Decimals of the invoice's one currency.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from adv_domain.rules.billing.rounding import (
    PER_DOCUMENT,
    Rounding,
    cash_rounding,
)
from adv_domain.rules.money import ZERO, minor_unit

PRICE_ORDER = (
    "list price: the product's own, where nothing was agreed",
    "agreement: of the customer, his group, his price list or all, in its place",
    "quantity break: of an agreement the highest one that the quantity reaches",
    "line discount: off the unit price; the line is rounded once, after it",
    "document discount: off the sum of the lines, for each tax rate by itself",
    "charges and freight: on top, at their own tax or that of the goods",
    "tax: on what the lines and charges of a rate come to, and the surcharge beside it",
    "cash rounding: on what is to be paid, where cash has no smaller coin",
)
"""In which order an amount comes about, from list price to what is to be paid."""

TaxKind = Literal["vat", "surcharge"]


class InvoiceLineInput(NamedTuple):
    """What the amount of one line hangs on; a tuple for the sake of hot loops.

    unit_price is exact and never rounded; the rates are fractions. qty is negative on
    a credit note. surcharge_rate is a second tax on the same base.
    """

    qty: Decimal
    unit_price: Decimal
    discount_rate: Decimal
    tax_category: str
    tax_rate: Decimal
    surcharge_rate: Decimal = ZERO


class ChargeInput(NamedTuple):
    """A discount (negative) or charge on the whole document, rounded, before tax.

    base and rate say how the amount came about where it is a percentage; order_id and
    order_charge_no name the order's own charge that it bills. charge_no is that of the
    charge which a credit note gives back, 0 elsewhere. advance_id is the advance
    invoice that it deducts, which its description names.
    """

    description: str
    amount: Decimal
    tax_category: str
    tax_rate: Decimal
    surcharge_rate: Decimal = ZERO
    base: Decimal | None = None
    rate: Decimal | None = None
    order_id: int | None = None
    order_charge_no: int | None = None
    charge_no: int = 0
    advance_id: int | None = None


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """The tax of all lines and charges of one category and rate.

    A surcharge stands beside the VAT of its category, on the same base.
    """

    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal
    kind: TaxKind = "vat"


@dataclass(frozen=True, slots=True)
class InvoiceAmounts:
    """line_nets stand in the order of the lines; taxes by kind, category and rate.

    rounding is what cash rounding adds to gross.
    """

    line_nets: tuple[Decimal, ...]
    taxes: tuple[TaxGroup, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    charges: tuple[ChargeInput, ...] = ()
    rounding: Decimal = ZERO

    @property
    def payable(self) -> Decimal:
        """What is to be paid, or paid back."""
        return self.gross + self.rounding


def line_net(
    *, qty: Decimal, unit_price: Decimal, discount_rate: Decimal, currency: str
) -> Decimal:
    """Return qty × price less discount, rounded once, half up, to the currency."""
    exact = qty * unit_price
    if discount_rate:
        exact -= exact * discount_rate
    return exact.quantize(minor_unit(currency), ROUND_HALF_UP)


def line_nets(lines: Sequence[InvoiceLineInput], currency: str) -> list[Decimal]:
    """Return the net of each line."""
    unit = minor_unit(currency)
    nets = []
    for line in lines:
        net = line[0] * line[1]
        if line[2]:
            net -= net * line[2]
        nets.append(net.quantize(unit, ROUND_HALF_UP))
    return nets


def invoice_amounts(
    lines: Sequence[InvoiceLineInput],
    currency: str,
    *,
    charges: Sequence[ChargeInput] = (),
    rounding: Rounding = PER_DOCUMENT,
) -> InvoiceAmounts:
    """Compute the amounts of one invoice or, with negative quantities, credit note."""
    unit = minor_unit(currency)
    nets = line_nets(lines, currency)
    taxed = [(net, *line[3:]) for net, line in zip(nets, lines, strict=True)]
    taxed += [(one.amount, *one[2:5]) for one in charges]
    taxes = _tax_groups(taxed, unit, is_per_line=rounding.tax == "line")
    net = sum([one[0] for one in taxed], ZERO).quantize(unit)
    tax = sum([group.tax for group in taxes], ZERO).quantize(unit)
    gross = net + tax
    return InvoiceAmounts(
        tuple(nets),
        taxes,
        net,
        tax,
        gross,
        tuple(charges),
        cash_rounding(gross, rounding.cash_step, currency),
    )


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


def _tax_groups(
    taxed: Iterable[tuple[Decimal, str, Decimal, Decimal]],
    unit: Decimal,
    *,
    is_per_line: bool,
) -> tuple[TaxGroup, ...]:
    """Group net amounts by category and rate: VAT first, then the surcharges.

    A surcharge has the base of the VAT beside it. taxed are net amounts, each with
    its category, rate and the surcharge's rate.
    """
    vat: dict[tuple[str, Decimal], list[Decimal]] = {}
    surcharged: dict[tuple[str, Decimal], list[Decimal]] = {}
    for net, category, rate, surcharge_rate in taxed:
        vat.setdefault((category, rate), []).append(net)
        if surcharge_rate:
            surcharged.setdefault((category, surcharge_rate), []).append(net)
    found = _groups("vat", vat, unit, is_per_line=is_per_line)
    if surcharged:
        found += _groups("surcharge", surcharged, unit, is_per_line=is_per_line)
    return tuple(found)


def _groups(
    kind: TaxKind,
    nets_by_key: Mapping[tuple[str, Decimal], list[Decimal]],
    unit: Decimal,
    *,
    is_per_line: bool,
) -> list[TaxGroup]:
    found = []
    for (category, rate), nets in sorted(nets_by_key.items()):
        base = sum(nets, ZERO)
        tax = (
            sum([_tax(net, rate, unit) for net in nets], ZERO)
            if is_per_line
            else _tax(base, rate, unit)
        )
        found.append(TaxGroup(category, rate, base, tax, kind))
    return found


def _tax(base: Decimal, rate: Decimal, unit: Decimal) -> Decimal:
    return (base * rate).quantize(unit, ROUND_HALF_UP)
