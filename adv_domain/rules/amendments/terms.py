"""What of an order can be changed, and how does the order stand?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.states import OrderState


class HeaderTerms(NamedTuple):
    """What an order says once, and a change may say otherwise.

    charges are in the form in which an order keeps them; the last three are None where
    the order leaves, and is invoiced, as its customer's do.
    """

    requested_on: date | None = None
    deliver_from: date | None = None
    deliver_until: date | None = None
    currency: str | None = None
    payment_terms: str | None = None
    incoterm: str | None = None
    incoterm_place: str | None = None
    ship_to_id: str | None = None
    ship_to_name: str | None = None
    ship_to_address: str | None = None
    ship_to_postal_code: str | None = None
    ship_to_city: str | None = None
    ship_to_region: str | None = None
    ship_to_country: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    buyer_reference: str | None = None
    instructions: str | None = None
    prepaid: Decimal | None = None
    charges: Sequence[Mapping[str, Any]] | None = None
    asked_shipping_policy: str | None = None
    asked_priority: int | None = None
    milestones: str | None = None


class LineTerms(NamedTuple):
    """What a line asks for; a price of None means the agreed one.

    requested_on is the line's own day, None where the order's counts.
    """

    product: str
    quantity: Decimal
    unit: str | None = None
    price: Decimal | None = None
    discount_rate: Decimal = ZERO
    requested_on: date | None = None
    description: str | None = None
    customer_article: str | None = None
    gtin: str | None = None
    line_ref: str | None = None
    note: str | None = None
    tax_category: str | None = None
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class StandingLine:
    """A line of an order as it stands, and what has become of it.

    Its quantity is what was ordered less what was cancelled; a line given up whole
    has none, and keeps its number.
    """

    line_id: int | None
    line_no: int
    terms: LineTerms
    qty_shipped: Decimal = ZERO
    qty_invoiced: Decimal = ZERO
    is_billed_by_order: bool = False

    @property
    def is_gone(self) -> bool:
        return self.terms.quantity == 0

    @property
    def qty_done(self) -> Decimal:
        """What was shipped or invoiced, under the terms that stand."""
        return max(self.qty_shipped, self.qty_invoiced)

    @property
    def qty_bound(self) -> Decimal:
        """What no change can take back; an invoice of what was ordered is credited."""
        return self.qty_shipped if self.is_billed_by_order else self.qty_done


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """An order as it stands; waits_for is the change that stock was asked about.

    is_planned: it has the milestones by which it is invoiced.
    """

    order_id: int
    order_no: str
    state: OrderState
    header: HeaderTerms
    lines: Mapping[int, StandingLine]
    waits_for: int | None = None
    is_planned: bool = False

    @property
    def live_lines(self) -> dict[int, StandingLine]:
        return {no: line for no, line in self.lines.items() if not line.is_gone}

    @property
    def is_begun(self) -> bool:
        """Tell whether anything of it was shipped or invoiced."""
        return any(line.qty_done for line in self.lines.values())


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What an order is to say: its header, and its lines by number."""

    header: HeaderTerms
    lines: Mapping[int, LineTerms]


def wanted_on(line: LineTerms, header: HeaderTerms) -> date | None:
    """Return the day for which a line is wanted: its own, else the order's."""
    return line.requested_on or header.requested_on
