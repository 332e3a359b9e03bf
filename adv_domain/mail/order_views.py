"""Which strings does a mail about the prices of an order show?

In all mails about orders the unit of a line is the reader's word, nothing for pieces.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from adv_domain.mail.views import Context, Letterhead, letterhead_view
from adv_domain.rules.money import Money
from adv_domain.wording import locale_of, price_text, qty_text


@dataclass(frozen=True, slots=True)
class OrderHead:
    """Our number and the customer's own, which may be empty."""

    order_no: str
    customer_reference: str = ""


@dataclass(frozen=True, slots=True)
class ReplacedPrice:
    """An order line whose price is not the one ordered; both per unit and net."""

    product: str
    description: str
    qty: Decimal
    unit: str
    asked: Money
    agreed: Money


def price_view(
    lines: Sequence[ReplacedPrice], *, order: OrderHead, letterhead: Letterhead
) -> Context:
    """Return the context of the template price_notice."""
    locale = locale_of(letterhead.language)

    def _price(price: Money) -> str:
        return price_text(price.amount, currency=price.currency, locale=locale)

    return {
        **head_view(order, letterhead),
        "lines": [
            {
                "product": line.product,
                "description": line.description,
                "qty": qty_text(line.qty, locale=locale, unit=line.unit),
                "asked": _price(line.asked),
                "agreed": _price(line.agreed),
            }
            for line in lines
        ],
    }


def head_view(order: OrderHead, letterhead: Letterhead) -> Context:
    return {
        **letterhead_view(letterhead),
        "order_no": order.order_no,
        "customer_reference": order.customer_reference or order.order_no,
    }
