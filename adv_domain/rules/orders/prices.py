"""What does an order line cost, between what was asked and what was agreed?

The agreed price fills what the customer left out. A price that he named is held
against the agreed one; the policy says which of the two stands where they differ:
his, which is what he will check the invoice against, ours, or the lower one.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from adv_domain.rules.billing.invoicing import line_net
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.agreement_name import agreement_name
from adv_domain.rules.orders.pricing import PriceDecision, net_unit_price

# a slip of the keyboard, whose amount no column keeps; the quantity rule names it
_BEYOND_REASON = Decimal(10) ** 12


class Standing(StrEnum):
    """Whose price stands where the customer's is not the agreed one."""

    CUSTOMER = "customer"
    OURS = "ours"
    LOWER = "lower"


class Origin(StrEnum):
    """Where a line's price comes from: the first word of its source."""

    ORDERED = "ordered"
    AGREED = "agreed"
    REPLACED = "replaced"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AskedPrice:
    """What the customer wrote on the line; a price of None means yours."""

    unit_price: Decimal | None
    discount_rate: Decimal


@dataclass(frozen=True, slots=True)
class PriceTolerance:
    """How far a named price may be off, per unit: the greater of rate and amount.

    The amount is in a currency; in others the rate alone counts.
    """

    rate: Decimal
    amount: Decimal
    currency: str

    def allows(self, off: Decimal, *, expected: Decimal, currency: str) -> bool:
        """Tell whether a price may be so far off the expected one."""
        if self.currency == currency and abs(off) <= self.amount:
            return True
        return abs(off) <= abs(expected) * self.rate


@dataclass(frozen=True, slots=True)
class LinePrice:
    """The price that stands on the line, where it comes from, the net amount.

    unit_price and net are None where neither side named a price, net alone where the
    amount is beyond all reason. off is how far, per unit and after discount, what the
    customer asked for is from what was agreed.
    """

    unit_price: Decimal | None
    discount_rate: Decimal
    source: str
    net: Decimal | None
    off: Decimal = ZERO

    @property
    def is_replaced(self) -> bool:
        """Tell whether another price stands than the customer named."""
        return self.source.startswith(Origin.REPLACED)


def line_price(
    asked: AskedPrice,
    agreed: PriceDecision | None,
    *,
    qty: Decimal,
    currency: str,
    standing: str = Standing.CUSTOMER,
) -> LinePrice:
    """Return the price that stands, and how far the one asked for is off."""
    unit_price, discount_rate = _asked(asked, agreed)
    if unit_price is None:
        return LinePrice(None, discount_rate, Origin.NONE, None)
    origin, off = Origin.ORDERED, ZERO
    if agreed is not None:
        off = net_unit_price(unit_price, discount_rate) - agreed.net_price
        if off and _ours_stands(off, standing):
            unit_price, discount_rate = agreed.unit_price, agreed.discount_rate
            origin = Origin.REPLACED
        elif asked.unit_price is None and not off:
            origin = Origin.AGREED
    net = None
    if abs(qty) * unit_price < _BEYOND_REASON:
        net = line_net(
            qty=qty,
            unit_price=unit_price,
            discount_rate=discount_rate,
            currency=currency,
        )
    return LinePrice(unit_price, discount_rate, _source(origin, agreed), net, off)


def _asked(
    asked: AskedPrice, agreed: PriceDecision | None
) -> tuple[Decimal | None, Decimal]:
    """Return what he asked for, with the agreement in place of what he left out."""
    if asked.unit_price is not None or agreed is None:
        return asked.unit_price, asked.discount_rate
    return agreed.unit_price, asked.discount_rate or agreed.discount_rate


def _ours_stands(off: Decimal, standing: str) -> bool:
    return standing == Standing.OURS or (standing == Standing.LOWER and off > 0)


def _source(origin: Origin, agreed: PriceDecision | None) -> str:
    return origin if agreed is None else f"{origin} {agreement_name(agreed.rows)}"
