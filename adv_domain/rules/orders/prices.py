"""What does an order line cost, between what was asked and what was agreed?

A price that the customer named stands where it is near enough to the agreed one:
it is what he will check the invoice against. The agreed price fills what he left
out, and is what a price further off is held for.
"""

from dataclasses import dataclass
from decimal import Decimal

from adv_domain.rules.billing.invoicing import line_net
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.pricing import PriceDecision, net_unit_price

# a slip of the keyboard, whose amount no column keeps; the quantity rule names it
_BEYOND_REASON = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class AskedPrice:
    """What the customer wrote on the line; a price of None means yours."""

    unit_price: Decimal | None
    discount_rate: Decimal


@dataclass(frozen=True, slots=True)
class PriceTolerance:
    """How far a named price may be off: the greater of rate and amount."""

    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LinePrice:
    """The price that stands on the line, where it comes from, the net amount.

    unit_price and net are None where neither side named a price, net alone where the
    amount is beyond all reason.
    """

    unit_price: Decimal | None
    discount_rate: Decimal
    source: str
    net: Decimal | None


def line_price(
    asked: AskedPrice, agreed: PriceDecision | None, *, qty: Decimal, currency: str
) -> LinePrice:
    """Return the price that stands: the one asked for, else the agreed one."""
    if asked.unit_price is not None:
        unit_price, discount_rate = asked.unit_price, asked.discount_rate
        source = "as ordered" if agreed is None else f"as ordered; {agreed.reason}"
    elif agreed is not None:
        unit_price = agreed.unit_price
        discount_rate = asked.discount_rate or agreed.discount_rate
        source = agreed.reason
    else:
        return LinePrice(None, asked.discount_rate, "no price", None)
    if abs(qty) * unit_price >= _BEYOND_REASON:
        return LinePrice(unit_price, discount_rate, source, None)
    net = line_net(
        qty=qty, unit_price=unit_price, discount_rate=discount_rate, currency=currency
    )
    return LinePrice(unit_price, discount_rate, source, net)


def price_deviation(
    price: LinePrice, agreed: PriceDecision, *, tolerance: PriceTolerance
) -> Decimal | None:
    """Return how far the net unit price is off, None within the tolerance."""
    if price.unit_price is None:
        return None
    expected = agreed.net_price
    off = net_unit_price(price.unit_price, price.discount_rate) - expected
    if off == ZERO or abs(off) <= max(abs(expected) * tolerance.rate, tolerance.amount):
        return None
    return off
