"""What has a customer paid ahead, and what does a final invoice deduct of it?

A final invoice takes off as much of each tax group as it bills of it: it never falls
below zero, and what is left waits for the next one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from adv_domain.rules.billing.charges import TaxedAt, bases_by_tax, bases_of_all
from adv_domain.rules.billing.invoicing import (
    ChargeInput,
    InvoiceLineInput,
    invoice_amounts,
    line_nets,
)
from adv_domain.rules.billing.rounding import Rounding
from adv_domain.rules.money import ZERO

_ONE = Decimal(1)

Bases = Mapping[TaxedAt, Decimal]
"""Amounts before tax by tax group."""


class Advance(NamedTuple):
    """An advance invoice of an order, and what of each group nothing deducts yet."""

    invoice_id: int
    invoice_no: str
    left: Bases


@dataclass(frozen=True, slots=True)
class Advances:
    """What an order's customer has paid ahead; gross is what of it is left.

    is_pending: an advance is paid, and its invoice not posted yet.
    """

    invoices: tuple[Advance, ...] = ()
    gross: Decimal = ZERO
    is_pending: bool = False

    @property
    def net(self) -> Decimal:
        """What of the advances is left before tax."""
        return sum([one for each in self.invoices for one in each.left.values()], ZERO)


NOTHING_AHEAD = Advances()


@dataclass(frozen=True, slots=True)
class Purse:
    """What a payment request asks for and has received.

    room is what its order can still take of money paid ahead: what it comes to, less
    what came for all of its requests.
    """

    asked: Decimal
    received: Decimal
    room: Decimal

    @property
    def is_full(self) -> bool:
        return self.received >= self.asked

    @property
    def state(self) -> str:
        return "paid" if self.is_full else "open"

    def takes(self, money: Decimal) -> Decimal:
        """Return what of the money is held for the order; the rest is credit."""
        return min(money, max(self.room, self.asked - self.received))

    def with_money(self, held: Decimal) -> "Purse":
        """Return the purse with what is held of one more payment."""
        return Purse(self.asked, self.received + held, self.room - held)


def deductions(
    advances: Advances,
    lines: Sequence[InvoiceLineInput],
    charges: Iterable[ChargeInput],
    currency: str,
) -> tuple[ChargeInput, ...]:
    """Return what an invoice of the lines and charges takes off, oldest advance first.

    Each names its advance invoice.
    """
    if not advances.invoices:
        return ()
    rest = bases_of_all(bases_by_tax(lines, line_nets(lines, currency)), charges)
    found = []
    for advance in advances.invoices:
        for group, left in sorted(advance.left.items()):
            taken = min(left, rest.get(group, ZERO))
            if taken > 0:
                rest[group] -= taken
                found.append(_taken_off(advance, group, taken))
    return tuple(found)


def left_after(
    advances: Advances, charges: Iterable[ChargeInput], *, gross: Decimal
) -> Advances:
    """Return what is left for the order's next invoice after one took charges off.

    gross is what that one deducts with tax.
    """
    taken = {
        (one.advance_id, TaxedAt(*one[2:5])): -one.amount
        for one in charges
        if one.advance_id is not None
    }
    return replace(
        advances,
        invoices=tuple(
            one._replace(
                left={
                    group: left - taken.get((one.invoice_id, group), ZERO)
                    for group, left in one.left.items()
                }
            )
            for one in advances.invoices
        ),
        gross=advances.gross - gross,
    )


def gross_taken(
    advances: Advances,
    charges: Sequence[ChargeInput],
    *,
    currency: str,
    rounding: Rounding,
) -> Decimal:
    """Return what is taken off with tax; the last deduction takes the rest of it."""
    taken = -sum([one.amount for one in charges], ZERO)
    if taken and taken == advances.net:
        return advances.gross
    return deducted_gross(charges, currency=currency, rounding=rounding)


def deducted_gross(
    charges: Iterable[ChargeInput], *, currency: str, rounding: Rounding
) -> Decimal:
    """Return what a document deducts, with tax; negative where it is given back."""
    inputs = tuple(
        InvoiceLineInput(-_ONE, one.amount, ZERO, *one[2:5])
        for one in charges
        if one.advance_id is not None
    )
    if not inputs:
        return ZERO
    return invoice_amounts(inputs, currency, rounding=rounding).gross


def _taken_off(advance: Advance, group: TaxedAt, taken: Decimal) -> ChargeInput:
    return ChargeInput(
        advance.invoice_no, -taken, *group, advance_id=advance.invoice_id
    )
