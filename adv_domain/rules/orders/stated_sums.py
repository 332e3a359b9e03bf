"""Do the sums that a document states agree with its lines?

A total that does not add up means that a line, a price or a charge was lost on the
way, so nothing of the document can be trusted. Each rounding may differ by one minor
unit, and so may each line where the document does not state the lines' own amounts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from adv_domain.rules.money import ZERO, minor_unit, rounded_to_minor


@dataclass(frozen=True, slots=True)
class LineSum:
    """What a line comes to: computed, None without a price, and as it is stated."""

    computed: Decimal | None
    stated: Decimal | None
    tax_rate: Decimal | None

    @property
    def amount(self) -> Decimal | None:
        return self.computed if self.stated is None else self.stated


@dataclass(frozen=True, slots=True)
class StatedSums:
    """The sums that a document states of itself, None where it states none.

    payable may be meant with or without tax, before or after what was paid.
    """

    lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    net: Decimal | None = None
    tax: Decimal | None = None
    gross: Decimal | None = None
    payable: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ChargeSum:
    """A charge on the whole document, negative for an allowance, and its tax rate."""

    amount: Decimal
    tax_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A stated sum and what the document comes to; at is the line, None for a sum."""

    name: str
    stated: Decimal
    computed: Decimal
    at: int | None = None


def disagreements(
    lines: Sequence[LineSum],
    charges: Sequence[ChargeSum],
    stated: StatedSums,
    *,
    currency: str,
) -> list[Disagreement]:
    """Return every stated sum that the document does not come to."""
    unit = minor_unit(currency)
    found = list(_of_lines(lines, unit))
    if any(line.amount is None for line in lines):
        return found
    amounts = [rounded_to_minor(line.amount or ZERO, currency) for line in lines]
    unstated = sum(line.stated is None for line in lines)
    slack = unit * (1 + unstated)
    total = sum(amounts, ZERO)
    found += _differing("lines", stated.lines, [total], slack)
    found += _of_charges(charges, stated, unit)
    net = total + _charged(charges, stated)
    found += _differing("net", stated.net, [net], slack)
    tax = _tax(lines, charges, stated, currency)
    if tax is not None:
        found += _differing("gross", stated.gross, [net + tax], slack)
    found += _differing("payable", stated.payable, _payables(net, tax, stated), slack)
    return found


def _of_lines(lines: Sequence[LineSum], unit: Decimal) -> Iterable[Disagreement]:
    for at, line in enumerate(lines):
        if line.computed is not None and line.stated is not None:
            yield from _differing("line", line.stated, [line.computed], unit, at=at)


def _of_charges(
    charges: Sequence[ChargeSum], stated: StatedSums, unit: Decimal
) -> Iterable[Disagreement]:
    """Hold the listed charges against their sums; most documents list none."""
    if not charges:
        return
    more = sum((one.amount for one in charges if one.amount > 0), ZERO)
    less = -sum((one.amount for one in charges if one.amount < 0), ZERO)
    yield from _differing("charges", stated.charges, [more], unit)
    yield from _differing("allowances", stated.allowances, [less], unit)


def _charged(charges: Sequence[ChargeSum], stated: StatedSums) -> Decimal:
    if charges:
        return sum((one.amount for one in charges), ZERO)
    return (stated.charges or ZERO) - (stated.allowances or ZERO)


def _tax(
    lines: Sequence[LineSum],
    charges: Sequence[ChargeSum],
    stated: StatedSums,
    currency: str,
) -> Decimal | None:
    """Return the tax as stated, else by the stated rates, else None."""
    if stated.tax is not None:
        return stated.tax
    taxed = [(line.amount or ZERO, line.tax_rate) for line in lines]
    taxed += [(one.amount, one.tax_rate) for one in charges]
    bases: dict[Decimal, Decimal] = {}
    for amount, rate in taxed:
        if rate is None:
            return None
        bases[rate] = bases.get(rate, ZERO) + amount
    parts = (rounded_to_minor(base * rate, currency) for rate, base in bases.items())
    return sum(parts, ZERO)


def _payables(net: Decimal, tax: Decimal | None, stated: StatedSums) -> list[Decimal]:
    taxed = net + tax if tax is not None else stated.gross
    totals = [net] if taxed is None else [net, taxed]
    paid, rounding = stated.prepaid or ZERO, stated.rounding or ZERO
    # a document that tells of money paid ahead may or may not take it off
    return [total - off + rounding for total in totals for off in {ZERO, paid}]


def _differing(
    name: str,
    stated: Decimal | None,
    computed: Sequence[Decimal],
    slack: Decimal,
    *,
    at: int | None = None,
) -> list[Disagreement]:
    if stated is None or any(abs(stated - one) <= slack for one in computed):
        return []
    return [Disagreement(name, stated, computed[0], at)]
