"""Which strings does a mail about an order show: confirmation, delay, price?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.mail.views import Context, Letterhead, letterhead_view
from adv_domain.rules.money import Money
from adv_domain.wording import (
    date_text,
    locale_of,
    long_date_text,
    money_text,
    qty_text,
    unit_price_text,
)


@dataclass(frozen=True, slots=True)
class OrderHead:
    """Our number and the customer's own, which may be empty."""

    order_no: str
    customer_reference: str = ""


@dataclass(frozen=True, slots=True)
class DelayedLine:
    """An order line whose confirmed date slipped."""

    product: str
    description: str
    qty: Decimal
    confirmed_on: date
    new_on: date


@dataclass(frozen=True, slots=True)
class ConfirmedLine:
    """An order line as accepted; price per unit and amount of the line, net."""

    product: str
    description: str
    qty: Decimal
    price: Money
    amount: Money
    delivery_on: date


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a confirmation says of the whole order."""

    ordered_on: date
    net_total: Money
    payment_terms: str
    lines: Sequence[ConfirmedLine]


@dataclass(frozen=True, slots=True)
class ReplacedPrice:
    """An order line whose price is not the one ordered; both per unit and net."""

    product: str
    description: str
    qty: Decimal
    asked: Money
    agreed: Money


def delay_view(
    lines: Sequence[DelayedLine],
    *,
    order: OrderHead,
    letterhead: Letterhead,
    reason: str = "",
) -> Context:
    """Return the context of the template delay_notice."""
    locale = locale_of(letterhead.language)
    return {
        **_head_view(order, letterhead),
        "reason": reason,
        "lines": [
            {
                "product": line.product,
                "description": line.description,
                "qty": qty_text(line.qty, locale=locale),
                "confirmed_on": date_text(line.confirmed_on, locale=locale),
                "new_on": date_text(line.new_on, locale=locale),
            }
            for line in lines
        ],
    }


def confirmation_view(
    confirmation: Confirmation, *, order: OrderHead, letterhead: Letterhead
) -> Context:
    """Return the context of the template order_confirmation."""
    locale = locale_of(letterhead.language)

    def _money(money: Money) -> str:
        return money_text(money.amount, currency=money.currency, locale=locale)

    return {
        **_head_view(order, letterhead),
        "ordered_on": long_date_text(confirmation.ordered_on, locale=locale),
        "net_total": _money(confirmation.net_total),
        "payment_terms": confirmation.payment_terms,
        "lines": [
            {
                "product": line.product,
                "description": line.description,
                "qty": qty_text(line.qty, locale=locale),
                "price": _money(line.price),
                "amount": _money(line.amount),
                "delivery_on": date_text(line.delivery_on, locale=locale),
            }
            for line in confirmation.lines
        ],
    }


def price_view(
    lines: Sequence[ReplacedPrice], *, order: OrderHead, letterhead: Letterhead
) -> Context:
    """Return the context of the template price_notice."""
    locale = locale_of(letterhead.language)

    def _price(price: Money) -> str:
        currency = price.currency
        text = unit_price_text(price.amount, currency=currency, locale=locale)
        return f"{text}\N{NO-BREAK SPACE}{currency}"

    return {
        **_head_view(order, letterhead),
        "lines": [
            {
                "product": line.product,
                "description": line.description,
                "qty": qty_text(line.qty, locale=locale),
                "asked": _price(line.asked),
                "agreed": _price(line.agreed),
            }
            for line in lines
        ],
    }


def _head_view(order: OrderHead, letterhead: Letterhead) -> Context:
    return {
        **letterhead_view(letterhead),
        "order_no": order.order_no,
        "customer_reference": order.customer_reference or order.order_no,
    }
