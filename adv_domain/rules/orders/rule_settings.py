"""Which rules does an order have to keep, how much does each weigh, who must act?"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from adv_domain.rules.faults import OrderFault
from adv_domain.rules.orders.arrears import ArrearsRules
from adv_domain.rules.orders.delivery_days import LeadTime
from adv_domain.rules.orders.order_case import CustomerFacts, OrderCase
from adv_domain.rules.orders.prices import PriceTolerance

CREDIT = "credit"
FAMILIES = (
    "price",
    "deadline",
    "quantity",
    "customer",
    "product",
    "address",
    "terms",
    CREDIT,
    "duplicate",
    "currency",
    "tax",
)
ENTRY_FAMILIES = tuple(family for family in FAMILIES if family != CREDIT)
"""The types of mistakes of order entry, whoever finds them and when."""

OFF, WARN, BLOCK, REJECT = "off", "warn", "block", "reject"
CREDIT_LIMIT = "credit_limit"
CHARGES, NEGATIVE_TOTAL = "charges", "negative_total"
OVERDUE, DUNNED = "overdue", "dunned"
OLD_RATE = "old_exchange_rate"
LIKELY_DUPLICATE = "likely_duplicate"
MISSING_ADDRESS = "missing_address"
BUYER_REFERENCE = "buyer_reference"
TAX_RATE = "tax_rate"
VAT_ID = "vat_id"
AGREED_TERMS_OVER_CAP = "agreed_terms_over_cap"
# what is told of an order and need not be a mistake of who entered it
_ONLY_TOLD = frozenset(
    (
        "price_replaced",
        LIKELY_DUPLICATE,
        MISSING_ADDRESS,
        BUYER_REFERENCE,
        TAX_RATE,
        VAT_ID,
        AGREED_TERMS_OVER_CAP,
    )
)


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """A rule's family for the KPIs, its weight and the team that must act."""

    code: str
    family: str
    severity: str
    owner: str

    @property
    def is_entry_error(self) -> bool:
        """Tell whether breaking it is a mistake of order entry; credit is none."""
        return self.family != CREDIT and self.code not in _ONLY_TOLD


DEFAULT_SETTINGS: Mapping[str, RuleSetting] = {
    code: RuleSetting(code=code, family=family, severity=severity, owner=owner)
    for code, family, severity, owner in (
        ("unknown_customer", "customer", BLOCK, "master data"),
        ("customer_blocked", CREDIT, BLOCK, "credit control"),
        ("duplicate_reference", "duplicate", BLOCK, "order desk"),
        (LIKELY_DUPLICATE, "duplicate", WARN, "order desk"),
        ("currency", "currency", BLOCK, "order desk"),
        ("empty_order", "quantity", REJECT, "order desk"),
        ("unknown_product", "product", BLOCK, "master data"),
        ("discontinued_product", "product", BLOCK, "sales"),
        ("quantity", "quantity", BLOCK, "order desk"),
        ("unit", "quantity", WARN, "order desk"),
        ("date_in_past", "deadline", BLOCK, "order desk"),
        ("date_in_future", "deadline", BLOCK, "order desk"),
        ("deadline", "deadline", BLOCK, "stock"),
        ("price", "price", BLOCK, "sales"),
        ("price_replaced", "price", WARN, "sales"),
        (CHARGES, "price", BLOCK, "sales"),
        (NEGATIVE_TOTAL, "price", BLOCK, "sales"),
        (MISSING_ADDRESS, "address", WARN, "order desk"),
        ("country_not_served", "address", BLOCK, "sales"),
        (BUYER_REFERENCE, "address", WARN, "order desk"),
        ("payment_terms", "terms", BLOCK, "sales"),
        ("terms_over_cap", "terms", BLOCK, "sales"),
        (AGREED_TERMS_OVER_CAP, "terms", WARN, "sales"),
        (TAX_RATE, "tax", WARN, "master data"),
        (VAT_ID, "tax", WARN, "master data"),
        (OVERDUE, CREDIT, WARN, "credit control"),
        (DUNNED, CREDIT, BLOCK, "credit control"),
        (CREDIT_LIMIT, CREDIT, BLOCK, "credit control"),
        (OLD_RATE, CREDIT, WARN, "credit control"),
    )
}


ENTRY_RULES = tuple(
    rule.code for rule in DEFAULT_SETTINGS.values() if rule.is_entry_error
)
"""The rules that find mistakes of order entry at validation."""


@dataclass(frozen=True, slots=True)
class ValidationRules:
    """The settings of all rules and the tolerances they use.

    quantity_step 0 allows any quantity; with no countries_served, every country is.
    group_tolerances are those of the customer groups that have one of their own;
    charge_tolerance is what an order may put on of its own; promises_all gives a day to
    lines that ask for none.
    """

    settings: Mapping[str, RuleSetting]
    price_tolerance: PriceTolerance
    charge_tolerance: PriceTolerance
    prices_are_agreed: bool
    lead_time: LeadTime
    max_quantity: Decimal
    quantity_step: Decimal
    arrears: ArrearsRules
    countries_served: frozenset[str] = frozenset()
    group_tolerances: Mapping[str, PriceTolerance] = field(default_factory=dict)
    promises_all: bool = False

    def price_tolerance_of(self, customer: CustomerFacts | None) -> PriceTolerance:
        """Return how far prices may be off for this customer."""
        group = customer.group if customer else None
        return self.group_tolerances.get(group or "", self.price_tolerance)


Rule = Callable[[OrderCase, ValidationRules], Iterable[OrderFault]]
"""Looks at the whole order and says all that it finds."""
