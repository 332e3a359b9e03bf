"""What does a file of master data say about a customer?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.faults import FieldFault


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """One customer as its owner describes it.

    priority to papers are what stock must know of him with each order.
    """

    code: str
    name: str
    country: str | None
    currency: str | None
    language: str | None
    email: str | None
    phone: str | None
    vat_id: str | None
    party_kind: str
    address: str | None
    postal_code: str | None
    city: str | None
    region: str | None
    calendar_region: str | None
    tax_territory: str | None
    tax_category: str
    payment_terms: str | None
    means_of_payment: str
    iban: str | None
    price_list: str | None
    credit_limit: Decimal | None
    credit_limit_source: str | None
    credit_limit_until: date | None
    customer_group: str | None
    account_manager: str | None
    buyer_reference: str | None
    routing_id: str | None
    gln: str | None
    endpoint_id: str | None
    legal_id: str | None
    einvoice: str | None
    dunning_policy: str | None
    delay_threshold_days: int | None
    progress_mails: str | None
    delivery_weekdays: str | None
    order_book: str | None
    priority: int | None
    value_class: str | None
    shipping_policy: str | None
    packing: str | None
    papers: str | None
    invoicing: str | None
    milestones: str | None
    advance_rate: Decimal | None
    is_blocked: bool

    def faults(self) -> list[FieldFault]:
        return []
