"""Which strings does the mail about goods that left show?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.mail.order_views import OrderHead, head_view
from adv_domain.mail.views import Context, Letterhead
from adv_domain.wording import date_text, locale_of, qty_text


@dataclass(frozen=True, slots=True)
class ShippedNote:
    """A delivery note: its number, its day, and who carries it."""

    delivery_no: str
    shipped_on: date
    carrier: str = ""
    tracking: str = ""


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """Goods of a line that left; late_from: the confirmed date that was not kept."""

    product: str
    description: str
    qty: Decimal
    unit: str
    late_from: date | None = None


@dataclass(frozen=True, slots=True)
class RestLine:
    """What is still to come of a line; None where its day is not known."""

    product: str
    description: str
    qty: Decimal
    unit: str
    expected_on: date | None


@dataclass(frozen=True, slots=True)
class Shipped:
    """What left of an order, and what is still to come."""

    notes: Sequence[ShippedNote]
    lines: Sequence[ShippedLine]
    rest: Sequence[RestLine]


def shipment_view(
    shipped: Shipped, *, order: OrderHead, letterhead: Letterhead, contact_name: str
) -> Context:
    """Return the context of the templates shipment and part_shipment."""
    locale = locale_of(letterhead.language)

    def _date(day: date | None) -> str:
        return "" if day is None else date_text(day, locale=locale)

    return {
        **head_view(order, letterhead),
        "contact_name": contact_name,
        "is_late": any(line.late_from for line in shipped.lines),
        "deliveries": [
            {
                "delivery_no": note.delivery_no,
                "shipped_on": _date(note.shipped_on),
                "carrier": note.carrier,
                "tracking": note.tracking,
            }
            for note in shipped.notes
        ],
        "lines": [
            {
                "product": line.product,
                "description": line.description,
                "qty": qty_text(line.qty, locale=locale, unit=line.unit),
                "late_from": _date(line.late_from),
            }
            for line in shipped.lines
        ],
        "rest": [
            {
                "product": line.product,
                "description": line.description,
                "qty": qty_text(line.qty, locale=locale, unit=line.unit),
                "new_on": _date(line.expected_on),
            }
            for line in shipped.rest
        ],
    }
