"""How are numbers, rates and addresses of an order written into a document?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.money import rounded_to_minor
from adv_domain.rules.orders.incoming import (
    DEFAULT_CURRENCY,
    IncomingLine,
    IncomingOrder,
    PartyId,
)
from adv_domain.rules.plain_numbers import percentage

_HUNDRED = Decimal(100)
_ONE = Decimal(1)
_SEPARATOR = ", "


@dataclass(frozen=True, slots=True)
class Seller:
    """Whom an order is placed with, and the day on which it is written out."""

    name: str
    written_on: date


def number(value: Decimal | None) -> str | None:
    """Write a number without an exponent, None for none."""
    return None if value is None else f"{value:f}"


def per_cent(rate: Decimal | None) -> str | None:
    """Write a fraction as per cent, without idle zeros."""
    return None if rate is None else percentage(rate)


def unless_one(value: Decimal) -> str | None:
    """Write a base quantity; one unit goes without saying."""
    return None if value == _ONE else number(value)


def stated_price(line: IncomingLine) -> str | None:
    """Write the price for the base quantity of the line."""
    if line.unit_price is None:
        return None
    return number(line.unit_price * line.price_base_qty)


def line_name(line: IncomingLine) -> str:
    """Return by what a line goes: the customer's own name of it, else its number."""
    return line.line_ref or str(line.line_no)


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """A line before and after its discount, rounded; None without a price."""

    gross: Decimal
    discount: Decimal
    net: Decimal


def line_amounts(line: IncomingLine, currency: str) -> LineAmounts | None:
    """Return what a line comes to, None where it has no price."""
    net = line.net(currency)
    if net is None or line.unit_price is None:
        return None
    gross = line.qty * line.unit_price
    return LineAmounts(
        gross=rounded_to_minor(gross, currency),
        discount=rounded_to_minor(gross * line.discount_rate, currency),
        net=net,
    )


def currency_of(order: IncomingOrder) -> str:
    """Return the currency by which amounts of the order are rounded."""
    return order.header.currency or DEFAULT_CURRENCY


def address_parts(address: str | None, most: int) -> list[str]:
    """Split an address at its commas, so that joining the parts gives it back."""
    if not address:
        return []
    parts = address.split(_SEPARATOR)
    if any(not part or part != part.strip() for part in parts):
        return [address]
    first, rest = parts[: most - 1], parts[most - 1 :]
    return [*first, _SEPARATOR.join(rest)] if rest else first


def account_of(customer: str, ids: Sequence[PartyId]) -> str | None:
    """Return the number that we gave the customer, None where he goes by another."""
    return None if any(one.value == customer for one in ids) else customer
