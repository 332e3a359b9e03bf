"""Which rules does the company hold its orders to, how strictly, and who must act?"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from adv_domain.policy_file import Amount, Days, Name, Rate, Section

Severity = Literal["off", "warn", "block", "reject"]
RuleCode = Literal[
    "unknown_customer",
    "unknown_product",
    "discontinued_product",
    "price",
    "price_replaced",
    "charges",
    "negative_total",
    "deadline",
    "date_in_past",
    "date_in_future",
    "quantity",
    "unit",
    "duplicate_reference",
    "likely_duplicate",
    "overdue",
    "dunned",
    "credit_limit",
    "old_exchange_rate",
    "currency",
    "customer_blocked",
    "empty_order",
    "missing_address",
    "country_not_served",
    "buyer_reference",
    "payment_terms",
    "terms_over_cap",
    "agreed_terms_over_cap",
    "tax_rate",
    "vat_id",
]
_WITHOUT_WHICH_NOTHING_SHIPS: tuple[RuleCode, ...] = (
    "unknown_customer",
    "unknown_product",
    "empty_order",
    "negative_total",
)


@dataclass(frozen=True, slots=True)
class Tolerance(Section):
    """How far a price may be off for one customer group: the greater of the two."""

    rate: Rate = Decimal(0)
    amount: Amount = Decimal(0)


@dataclass(frozen=True, slots=True)
class Validation(Section):
    """How strict each order rule is, who must act, and the tolerances."""

    severity: dict[RuleCode, Severity] = field(default_factory=dict)
    owner: dict[RuleCode, Name] = field(default_factory=dict)
    prices: Literal["agreed", "as_ordered"] = "agreed"
    price_tolerance_rate: Rate = Decimal("0.01")
    price_tolerance_amount: Amount = Decimal("0.01")
    charge_tolerance_rate: Rate = Decimal("0.25")
    charge_tolerance_amount: Amount = Decimal(50)
    group_tolerances: dict[Name, Tolerance] = field(default_factory=dict)
    price_that_stands: Literal["customer", "ours", "lower"] = "customer"
    lead_days: Days = 1
    lead_time: Literal["calendar", "working"] = "calendar"
    likely_duplicate_days: Days = 6
    countries_served: tuple[Name, ...] = ()
    order_cut_off_hour: Annotated[int, Ge(0), Le(23)] | None = None
    max_quantity: Annotated[Decimal, Gt(0)] = Decimal(100_000)
    quantity_step: Amount = Decimal(0)
    block_at_dunning_level: Annotated[int, Ge(1)] | None = 4

    def __post_init__(self) -> None:
        for code in _WITHOUT_WHICH_NOTHING_SHIPS:
            if self.severity.get(code, "block") not in {"block", "reject"}:
                raise ValueError(
                    f"severity.{code} must be block or reject: such an order can be "
                    "neither shipped nor invoiced"
                )
        if self.prices == "as_ordered" and self.price_that_stands != "customer":
            raise ValueError(
                f"price_that_stands is {self.price_that_stands!r}, but with prices = "
                '"as_ordered" the customer\'s price always stands: leave one out'
            )
