"""Which strings does a mail about the dates of several orders show?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale

from adv_domain.mail.order_views import OrderHead
from adv_domain.mail.views import Context, Letterhead, letterhead_view
from adv_domain.wording import date_text, locale_of, qty_text


@dataclass(frozen=True, slots=True)
class MovedLine:
    """An order line that comes on another day; new_on None: nobody knows when.

    reason is why, in the reader's language, where it can be told.
    """

    product: str
    description: str
    qty: Decimal
    unit: str
    known_on: date
    new_on: date | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MovedOrder:
    """An order with the lines of it that come on another day."""

    head: OrderHead
    lines: Sequence[MovedLine]


def dates_view(
    orders: Sequence[MovedOrder], *, letterhead: Letterhead, contact_name: str
) -> Context:
    """Return the context of the templates delay_notice and back_on_time."""
    locale = locale_of(letterhead.language)
    lines = [line for order in orders for line in order.lines]
    return {
        **letterhead_view(letterhead),
        "contact_name": contact_name,
        "order_count": len(orders),
        "customer_reference": _reference(orders[0].head),
        "has_unknown": any(line.new_on is None for line in lines),
        "orders": [
            {
                "order_no": order.head.order_no,
                "customer_reference": _reference(order.head),
                "lines": [_line_view(line, locale) for line in order.lines],
            }
            for order in orders
        ],
    }


def _line_view(line: MovedLine, locale: Locale) -> Context:
    return {
        "product": line.product,
        "description": line.description,
        "qty": qty_text(line.qty, locale=locale, unit=line.unit),
        "known_on": date_text(line.known_on, locale=locale),
        "new_on": date_text(line.new_on, locale=locale) if line.new_on else "",
        "reason": line.reason,
    }


def _reference(head: OrderHead) -> str:
    return head.customer_reference or head.order_no
