"""Which discounts and charges stand on a whole document, and at which tax?

After the lines and before the tax: first the document discount, off each tax group by
itself, then charges and freight. What has no tax of its own follows the goods: it is
shared out over their tax groups by what these come to, largest remainder, so that the
parts sum to the whole.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from adv_domain.rules.billing.invoicing import ChargeInput, InvoiceLineInput
from adv_domain.rules.billing.rounding import PER_DOCUMENT, Rounding
from adv_domain.rules.money import ZERO, rounded_to_minor, shared_out


class TaxedAt(NamedTuple):
    """The tax group of an amount: our category, its rate and the surcharge's."""

    category: str
    rate: Decimal
    surcharge_rate: Decimal = ZERO


class FixedCharge(NamedTuple):
    """A charge that the policy puts on documents, in one currency.

    tax_class is empty where it follows the goods; nothing is charged where the lines
    come to free_from or more.
    """

    description: str
    amount: Decimal
    currency: str
    tax_class: str = ""
    free_from: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DocumentConditions:
    """What the policy has decided for a customer's documents of one currency."""

    rounding: Rounding = PER_DOCUMENT
    discount_rate: Decimal = ZERO
    charges: tuple[FixedCharge, ...] = ()

    @property
    def has_amounts(self) -> bool:
        """Tell whether anything is taken off or put on."""
        return bool(self.discount_rate or self.charges)


PLAIN = DocumentConditions()


class OrderChargeDue(NamedTuple):
    """What is now due of a charge (or, negative, an allowance) of an order."""

    order_id: int
    charge_no: int
    description: str
    amount: Decimal
    at: TaxedAt | None = None


@dataclass(frozen=True, slots=True)
class OrderCharges:
    """An order's charges, what was billed of each, and how far the order is billed.

    done and whole are what its lines come to before tax: invoiced with this document,
    and in all.
    """

    order_id: int
    charges: tuple[tuple[Decimal, str, Decimal | None], ...] = ()
    billed: Mapping[int, Decimal] = field(default_factory=dict)
    done: Decimal = ZERO
    whole: Decimal = ZERO


def charge_amount(stated: Decimal, currency: str) -> Decimal:
    """Return what a charge comes to that an order states with too many decimals."""
    return rounded_to_minor(stated, currency)


def amounts_due(
    order: OrderCharges, currency: str
) -> Iterator[tuple[int, str, Decimal, Decimal | None]]:
    """Yield what is due now: number, description, amount and the rate that was stated.

    A charge is billed whole with the order's first invoice; an allowance as far as
    the order is invoiced, its rest with the last.
    """
    for number, (stated, reason, rate) in enumerate(order.charges, start=1):
        wanted = charge_amount(stated, currency)
        if stated < 0 and order.done < order.whole:
            wanted = rounded_to_minor(wanted * order.done / order.whole, currency)
        due = wanted - charge_amount(order.billed.get(number, ZERO), currency)
        if due:
            yield number, reason, due, rate


def bases_by_tax(
    lines: Sequence[InvoiceLineInput], nets: Sequence[Decimal]
) -> dict[TaxedAt, Decimal]:
    """Return what the lines of each tax group come to."""
    bases: dict[TaxedAt, Decimal] = {}
    for line, net in zip(lines, nets, strict=True):
        group = TaxedAt(*line[3:])
        bases[group] = bases.get(group, ZERO) + net
    return bases


def bases_of_all(
    bases: Mapping[TaxedAt, Decimal], charges: Iterable[ChargeInput]
) -> dict[TaxedAt, Decimal]:
    """Return what the lines of each tax group come to with the charges on top."""
    found = dict(bases)
    for charge in charges:
        group = TaxedAt(*charge[2:5])
        found[group] = found.get(group, ZERO) + charge.amount
    return found


def document_charges(
    bases: Mapping[TaxedAt, Decimal],
    *,
    conditions: DocumentConditions,
    fixed: Mapping[str, TaxedAt],
    of_order: Iterable[OrderChargeDue],
    currency: str,
) -> tuple[ChargeInput, ...]:
    """Return the discounts and charges of a document in the order they are taken.

    fixed is the tax of each tax class that the policy's charges name.
    """
    return (
        *_discounts(bases, conditions.discount_rate, currency),
        *_fixed(bases, conditions.charges, fixed, currency),
        *_of_order(bases, of_order, currency),
    )


def _discounts(
    bases: Mapping[TaxedAt, Decimal], rate: Decimal, currency: str
) -> Iterator[ChargeInput]:
    if not rate:
        return
    for group, base in sorted(bases.items()):
        amount = -rounded_to_minor(base * rate, currency)
        if amount:
            yield ChargeInput("", amount, *group, base=base, rate=rate)


def _fixed(
    bases: Mapping[TaxedAt, Decimal],
    charges: Iterable[FixedCharge],
    fixed: Mapping[str, TaxedAt],
    currency: str,
) -> Iterator[ChargeInput]:
    lines = sum(bases.values(), ZERO)
    for one in charges:
        if one.free_from is not None and lines >= one.free_from:
            continue
        at = fixed[one.tax_class] if one.tax_class else None
        amount = rounded_to_minor(one.amount, currency)
        for group, part in _placed(amount, at, bases, currency):
            yield ChargeInput(one.description, part, *group)


def _of_order(
    bases: Mapping[TaxedAt, Decimal], due: Iterable[OrderChargeDue], currency: str
) -> Iterator[ChargeInput]:
    for one in due:
        for group, part in _placed(one.amount, one.at, bases, currency):
            yield ChargeInput(
                one.description,
                part,
                *group,
                order_id=one.order_id,
                order_charge_no=one.charge_no,
            )


def _placed(
    amount: Decimal,
    at: TaxedAt | None,
    bases: Mapping[TaxedAt, Decimal],
    currency: str,
) -> Iterator[tuple[TaxedAt, Decimal]]:
    """Put an amount at its own tax, or share it out over the goods' tax groups."""
    if at is not None:
        yield at, amount
        return
    groups = sorted(bases)
    weights = [bases[group] for group in groups]
    if not sum(weights, ZERO) or min(weights) < 0 < max(weights):
        # goods that come to nothing, or partly back: what weighs most stands for all
        yield max(groups, key=lambda group: abs(bases[group])), amount
        return
    parts = shared_out(amount, weights, currency)
    for group, part in zip(groups, parts, strict=True):
        if part:
            yield group, part
