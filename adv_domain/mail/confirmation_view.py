"""Which strings does the confirmation of an order show?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale

from adv_domain.mail.order_views import OrderHead, head_view
from adv_domain.mail.views import Context, Letterhead
from adv_domain.rules.money import Money
from adv_domain.wording import (
    date_text,
    locale_of,
    long_date_text,
    money_text,
    price_text,
    qty_text,
    rate_text,
)


@dataclass(frozen=True, slots=True)
class ConfirmedLine:
    """An order line as accepted; price per unit after discount and amount, net.

    delivery_on is None where no date is known; wished_on is his wish where it is
    another day.
    """

    product: str
    description: str
    qty: Decimal
    unit: str
    price: Money
    amount: Money
    delivery_on: date | None
    wished_on: date | None = None


@dataclass(frozen=True, slots=True)
class ConfirmedCharge:
    """What the invoice will state beside the lines, less than zero for a discount.

    rate is that of a discount in per cent.
    """

    description: str
    amount: Money
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What the customer should know of his order; line 0 is the whole order."""

    line_no: int
    text: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a confirmation says; is_change where it replaces an earlier one.

    net_total is what the invoice will come to before tax: the lines and the charges.

    awaits_payment: the goods leave once the order is paid.
    """

    ordered_on: date
    net_total: Money
    payment_terms: str
    lines: Sequence[ConfirmedLine]
    charges: Sequence[ConfirmedCharge] = ()
    remarks: Sequence[Remark] = ()
    is_change: bool = False
    awaits_payment: bool = False


def confirmation_view(
    confirmation: Confirmation,
    *,
    order: OrderHead,
    letterhead: Letterhead,
    contact_name: str,
) -> Context:
    """Return the context of the template order_confirmation."""
    locale = locale_of(letterhead.language)
    return {
        **head_view(order, letterhead),
        "contact_name": contact_name,
        "is_change": confirmation.is_change,
        "ordered_on": long_date_text(confirmation.ordered_on, locale=locale),
        "net_total": _money(confirmation.net_total, locale),
        "payment_terms": confirmation.payment_terms,
        "awaits_payment": confirmation.awaits_payment,
        "lines": [_line_view(line, locale) for line in confirmation.lines],
        "charges": [_charge_view(one, locale) for one in confirmation.charges],
        "remarks": [
            {"line": str(one.line_no) if one.line_no else "", "text": one.text}
            for one in confirmation.remarks
        ],
    }


def _line_view(line: ConfirmedLine, locale: Locale) -> Context:
    price, currency = line.price.amount, line.price.currency
    return {
        "product": line.product,
        "description": line.description,
        "qty": qty_text(line.qty, locale=locale, unit=line.unit),
        "price": price_text(price, currency=currency, locale=locale),
        "amount": _money(line.amount, locale),
        "delivery_on": _date(line.delivery_on, locale),
        "wished_on": _date(line.wished_on, locale),
    }


def _charge_view(charge: ConfirmedCharge, locale: Locale) -> Context:
    rate = "" if charge.rate is None else rate_text(charge.rate, locale=locale)
    return {
        "description": f"{charge.description} {rate}".rstrip(),
        "amount": _money(charge.amount, locale),
    }


def _date(day: date | None, locale: Locale) -> str:
    return "" if day is None else date_text(day, locale=locale)


def _money(money: Money, locale: Locale) -> str:
    return money_text(money.amount, currency=money.currency, locale=locale)
