"""What does an order line cost, between what was asked and what was agreed?

The agreed price fills what the customer left out. A price that he named is held
against the agreed one; the policy says which of the two stands where they differ:
his, which is what he will check the invoice against, ours, or the lower one.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from adv_domain.rules.billing.invoicing import line_net
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.agreement_name import agreement_name
from adv_domain.rules.orders.pricing import PriceDecision, net_unit_price

# a slip of the keyboard, whose amount no column keeps; the quantity rule names it
_BEYOND_REASON = Decimal(10) ** 12


CUSTOMERS, OURS, LOWER = "customer", "ours", "lower"
"""Whose price stands where the customer's is not the agreed one."""
ORIGINS = (ORDERED, AGREED, REPLACED, NOWHERE) = (
    "ordered",
    "agreed",
    "replaced",
    "none",
)
"""Where a line's price comes from: the first word of its source."""


class AskedPrice(NamedTuple):
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


class LinePrice(NamedTuple):
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
    def net_price(self) -> Decimal | None:
        """Return what one unit costs after discount."""
        if self.unit_price is None:
            return None
        return net_unit_price(self.unit_price, self.discount_rate)

    @property
    def is_replaced(self) -> bool:
        """Tell whether another price stands than the customer named."""
        return self.source.startswith(REPLACED)


def line_price(
    asked: AskedPrice,
    agreed: PriceDecision | None,
    *,
    qty: Decimal,
    currency: str,
    standing: str = CUSTOMERS,
) -> LinePrice:
    """Return the price that stands, and how far the one asked for is off."""
    unit_price, discount_rate = asked
    if agreed is not None and unit_price is None:
        unit_price = agreed.unit_price
        discount_rate = discount_rate or agreed.discount_rate
    if unit_price is None:
        return LinePrice(None, discount_rate, NOWHERE, None)
    source, off = ORDERED, ZERO
    if agreed is not None:
        off = net_unit_price(unit_price, discount_rate) - agreed.net_price
        if off and _ours_stands(off, standing):
            unit_price, discount_rate = agreed.unit_price, agreed.discount_rate
            source = REPLACED
        elif asked.unit_price is None and not off:
            source = AGREED
        source = f"{source} {agreement_name(agreed.rows)}"
    net = None
    if abs(qty) * unit_price < _BEYOND_REASON:
        net = line_net(
            qty=qty,
            unit_price=unit_price,
            discount_rate=discount_rate,
            currency=currency,
        )
    return LinePrice(unit_price, discount_rate, source, net, off)


def _ours_stands(off: Decimal, standing: str) -> bool:
    return standing == OURS or (standing == LOWER and off > 0)
