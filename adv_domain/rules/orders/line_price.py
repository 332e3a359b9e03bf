"""What is the price of one unit and the discount of a line, by what a document says?

Documents state prices for a hundred pieces, allowances in per cent or amounts, and
charges; a line of ours has the price of one unit and one discount, six decimals each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from adv_domain.rules.money import ZERO, minor_unit, rounded_to_minor

_SIX_DECIMALS = Decimal("0.000001")
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance or a charge on a line; rate is a fraction of its price."""

    is_charge: bool
    rate: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class StatedPrice:
    """What a document says of a line's price: for base_qty units, with adjustments."""

    price: Decimal
    base_qty: Decimal
    qty: Decimal
    adjustments: Sequence[Adjustment] = ()


@dataclass(frozen=True, slots=True)
class LinePrice:
    """The price of one unit and the discount; net is what the line comes to exactly."""

    unit_price: Decimal
    discount_rate: Decimal
    net: Decimal

    def is_exact(self, qty: Decimal, currency: str) -> bool:
        """Tell whether price and discount, as kept, come to the same amount."""
        kept = qty * self.unit_price * (_ONE - self.discount_rate)
        return rounded_to_minor(kept, currency) == rounded_to_minor(self.net, currency)


def line_price_of(stated: StatedPrice, *, currency: str) -> LinePrice:
    """Return price and discount; more charges than allowances raise the price."""
    each = stated.price / stated.base_qty
    gross = stated.qty * each
    rate = _stated_rate(stated.adjustments, gross, minor_unit(currency))
    if rate is not None:
        return LinePrice(_kept(each), rate, gross * (_ONE - rate))
    net = gross + sum((_signed(one, gross) for one in stated.adjustments), ZERO)
    if net == gross or not stated.qty:
        return LinePrice(_kept(each), ZERO, gross)
    if gross and 0 <= net / gross <= 1:
        return LinePrice(_kept(each), _kept(_ONE - net / gross), net)
    return LinePrice(_kept(net / stated.qty), ZERO, net)


def _signed(one: Adjustment, gross: Decimal) -> Decimal:
    amount = one.amount
    if amount is None:
        amount = gross * (one.rate or ZERO)
    return amount if one.is_charge else -amount


def _stated_rate(
    adjustments: Sequence[Adjustment], gross: Decimal, unit: Decimal
) -> Decimal | None:
    """Return the rate of the one allowance there is, None where that is not all.

    The amount stated beside a per cent is that per cent, rounded.
    """
    if len(adjustments) != 1:
        return None
    only = adjustments[0]
    if only.is_charge or only.rate is None:
        return None
    by_rate = gross * only.rate
    amount = by_rate if only.amount is None else only.amount
    if abs(amount - by_rate) >= unit or not 0 <= only.rate <= 1:
        return None
    return _kept(only.rate)


def _kept(value: Decimal) -> Decimal:
    kept = value.quantize(_SIX_DECIMALS, rounding=ROUND_HALF_UP)
    return value if value == kept else kept
