"""What must be known of an order to judge it?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.orders.delivery_days import DeliveryCalendar
from adv_domain.rules.orders.prices import LinePrice
from adv_domain.rules.orders.pricing import PriceDecision
from adv_domain.rules.orders.twins import Twin


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What validation must know of a customer; dunning_level is his highest."""

    code: str
    currency: str
    is_blocked: bool = False
    dunning_level: int = 0
    group: str | None = None


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What validation must know of a product; 0 days mean the policy's lead time."""

    code: str
    lead_time_days: int = 0
    is_discontinued: bool = False


@dataclass(frozen=True, slots=True)
class LineCase:
    """An order line with its price decided; product None where it is unknown."""

    line_no: int
    product_code: str
    product: ProductFacts | None
    qty: Decimal
    requested_on: date | None
    price: LinePrice
    agreed: PriceDecision | None


@dataclass(frozen=True, slots=True)
class OrderCase:
    """An order to be judged on a day; customer None where he is unknown.

    counted_on is the day from which lead times count, calendar the days on which its
    goods can be delivered, twin the older order that asks for the same.
    """

    customer_code: str
    customer: CustomerFacts | None
    customer_ref: str
    occurrence: int
    currency: str
    ordered_on: date
    requested_on: date | None
    counted_on: date
    calendar: DeliveryCalendar
    twin: Twin | None
    lines: tuple[LineCase, ...]
    looked_at_on: date
