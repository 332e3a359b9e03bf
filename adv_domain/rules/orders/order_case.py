"""What must be known of an order to judge it?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from adv_domain.rules.orders.arrears import NO_ARREARS, Arrears
from adv_domain.rules.orders.delivery_days import DeliveryCalendar
from adv_domain.rules.orders.order_terms import OrderTerms
from adv_domain.rules.orders.prices import LinePrice
from adv_domain.rules.orders.pricing import PriceDecision
from adv_domain.rules.orders.twins import Twin
from adv_domain.rules.stock.handoff import DEFAULT_PRIORITY
from adv_domain.rules.stock.shipping import ShippingPolicy


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What validation must know of a customer.

    has_invoice_address tells whether a public body's invoices find their desk: by a
    buyer reference or a routing id. vat_fault names what is wrong with the VAT id
    that his kind of sale needs, "" where nothing is.
    """

    code: str
    currency: str
    is_blocked: bool = False
    arrears: Arrears = NO_ARREARS
    group: str | None = None
    priority: int = DEFAULT_PRIORITY
    party_kind: str = "business"
    country: str = ""
    has_address: bool = True
    has_invoice_address: bool = False
    tax_category: str = "standard"
    vat_id: str = ""
    vat_fault: str = ""


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What validation must know of a product; 0 days mean the policy's lead time.

    It is sold from min_order_qty on and in multiples of pack_size, None for any.
    """

    code: str
    lead_time_days: int = 0
    is_discontinued: bool = False
    tax_class: str = "standard"
    min_order_qty: Decimal | None = None
    pack_size: Decimal | None = None
    unit: str = ""


class ShipTo(NamedTuple):
    """Where an order itself says that its goods go; country may be unknown."""

    is_given: bool
    country: str | None


class Taxed(NamedTuple):
    """The categories that have a rate in the company's territory on a day."""

    territory: str
    categories: frozenset[str]


@dataclass(frozen=True, slots=True)
class LineCase:
    """An order line with its price decided; product None where it is unknown.

    amended_on is the day on which the customer asked for it as it is now, None where
    he has since he ordered.
    """

    line_no: int
    product_code: str
    product: ProductFacts | None
    qty: Decimal
    requested_on: date | None
    price: LinePrice
    agreed: PriceDecision | None
    amended_on: date | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class OrderCase:
    """An order to be judged on a day; customer None where he is unknown.

    counted_on is the day from which lead times count, calendar the days on which its
    goods can be delivered, twin the older order that asks for the same, charges what
    each charge on the whole order and, negative, each allowance comes to before tax.
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
    ship_to: ShipTo
    buyer_reference: str | None
    taxed: Taxed
    terms: OrderTerms
    lines: tuple[LineCase, ...]
    looked_at_on: date
    shipping_policy: str = ShippingPolicy.PARTIAL
    charges: tuple[Decimal, ...] = ()
