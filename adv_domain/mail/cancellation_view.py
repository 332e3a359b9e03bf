"""Which strings does the mail show that says what will not be delivered?"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from adv_domain.mail.order_views import OrderHead, head_view
from adv_domain.mail.views import Context, Letterhead
from adv_domain.wording import locale_of, qty_text


@dataclass(frozen=True, slots=True)
class CancelledLine:
    """What of an order line will not be delivered."""

    product: str
    description: str
    qty: Decimal
    unit: str


def cancellation_view(
    lines: Sequence[CancelledLine],
    *,
    has_rest: bool,
    order: OrderHead,
    letterhead: Letterhead,
    contact_name: str,
) -> Context:
    """Return the context of the template cancellation; has_rest: more is to come."""
    locale = locale_of(letterhead.language)
    return {
        **head_view(order, letterhead),
        "contact_name": contact_name,
        "has_rest": has_rest,
        "lines": [
            {
                "product": line.product,
                "description": line.description,
                "qty": qty_text(line.qty, locale=locale, unit=line.unit),
            }
            for line in lines
        ],
    }
