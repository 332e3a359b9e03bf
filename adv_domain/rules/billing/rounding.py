"""How is a document rounded: its tax, what is paid in cash, and the parts of both?

Rounding the tax once per document and rounding it on each line differ by half a minor
unit a line at most (invariant 4); what is shared out always sums to the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from adv_domain.rules.money import ZERO, minor_unit, shared_out

TaxRounding = Literal["document", "line"]


@dataclass(frozen=True, slots=True)
class Rounding:
    """Where tax is rounded, and the smallest coin where what is paid is rounded too."""

    tax: TaxRounding = "document"
    cash_step: Decimal | None = None


PER_DOCUMENT = Rounding()


def cash_rounding(gross: Decimal, step: Decimal | None, currency: str) -> Decimal:
    """Return what brings an amount to a multiple of the step, half up; none without.

    Away from zero at the half, so that a credit note mirrors its invoice.
    """
    if step is None:
        return ZERO
    steps = (gross / step).quantize(Decimal(1), ROUND_HALF_UP)
    return (steps * step - gross).quantize(minor_unit(currency))


def shared_tax(tax: Decimal, nets: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Share the tax of a group out to its lines by what they weigh.

    By the largest remainder, so that the shares sum to the group's tax; where the
    lines sum to nothing there is no tax to share, or it stands on the first.
    """
    if not sum(nets, ZERO):
        return [tax, *(ZERO for _ in nets[1:])]
    return shared_out(tax, nets, currency)
