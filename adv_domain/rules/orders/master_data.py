"""What does a file of master data say about a customer, product, price or rate?

The records carry what a row says, None where it says nothing; what is checked
here needs more than one column.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from adv_domain.rules.credits.rebates import RebateRecord
from adv_domain.rules.faults import FieldFault
from adv_domain.rules.money import minor_unit
from adv_domain.rules.orders.customer_record import CustomerRecord
from adv_domain.rules.stock.acknowledgement_record import AcknowledgementRecord
from adv_domain.rules.stock.supply_records import ReceiptRecord, StockRecord
from adv_domain.rules.terms.term_reach import entered_term
from adv_domain.rules.terms.terms import TermError

_GIVEN_IN_JSON = "given-"


def decimals_fault(field: str, amount: Decimal, currency: str) -> FieldFault | None:
    """Say that an amount has more decimals than its currency, None where it fits."""
    if not amount % minor_unit(currency):
        return None
    return field, "too_precise", f"has more decimals than {currency} has; round it"


def is_term_itself(payment_terms: str) -> bool:
    """Tell whether the terms are given in their JSON form instead of by code."""
    return payment_terms.startswith("{")


def code_of_term(payment_terms: str) -> str:
    """Return the code under which terms given in JSON form are kept: equal terms,
    equal code.
    """
    return _GIVEN_IN_JSON + sha256(payment_terms.encode()).hexdigest()[:16]


def is_given_term(code: str) -> bool:
    """Tell whether the code stands for terms that were given in their JSON form."""
    return code.startswith(_GIVEN_IN_JSON)


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """One product; the list price is per unit, before discounts and tax."""

    code: str
    name: str
    unit: str
    tax_class: str
    category: str | None
    list_price: Decimal | None
    currency: str | None
    lead_time_days: int
    min_order_qty: Decimal | None
    pack_size: Decimal | None
    is_discontinued: bool
    gtin: str | None
    nature: str

    def faults(self) -> list[FieldFault]:
        return []


@dataclass(frozen=True, slots=True)
class CustomerArticleRecord:
    """By which number of his own a customer orders a product."""

    customer_code: str
    article: str
    product_code: str

    def faults(self) -> list[FieldFault]:
        return []


@dataclass(frozen=True, slots=True)
class PriceRecord:
    """One agreed price or discount, valid from a quantity and between two days.

    For a product, a category, or with * as the product for all.
    """

    scope: str
    scope_code: str | None
    product_code: str | None
    category: str | None
    currency: str | None
    min_qty: Decimal
    unit_price: Decimal | None
    discount_rate: Decimal | None
    valid_from: date
    valid_to: date | None

    def faults(self) -> list[FieldFault]:
        found: list[FieldFault] = []
        if self.unit_price is None and self.discount_rate is None:
            found.append(("price", "missing", "neither price nor discount is given"))
        if self.scope != "all" and not self.scope_code:
            message = f"is empty; name the {self.scope} for whom the price holds"
            found.append(("scope_code", "missing", message))
        if self.scope == "all" and self.scope_code:
            message = (
                f"names {self.scope_code}, but scope all holds for everybody: write "
                "customer, group or list as scope, or leave it empty"
            )
            found.append(("scope_code", "contradiction", message))
        found += self._product_faults()
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            message = "must be after valid_from: it is the first day without the price"
            found.append(("valid_to", "out_of_range", message))
        return found

    def _product_faults(self) -> list[FieldFault]:
        if not self.product_code and not self.category:
            message = "is empty; name a product or a category, or write * for all"
            return [("product", "missing", message)]
        if self.product_code and self.category:
            message = f"names {self.category} beside a product; leave one of them empty"
            return [("category", "contradiction", message)]
        return []


@dataclass(frozen=True, slots=True)
class TaxRateRecord:
    """The rate of a tax category in a territory from a day on."""

    territory: str
    category: str
    rate: Decimal
    vat_code: str
    exemption_code: str | None
    exemption_reason: str | None
    surcharge_rate: Decimal | None
    valid_from: date
    valid_to: date | None

    def faults(self) -> list[FieldFault]:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            message = "must be after valid_from: it is the first day without the rate"
            return [("valid_to", "out_of_range", message)]
        return []


@dataclass(frozen=True, slots=True)
class PaymentTermRecord:
    """A payment term in its JSON form (design.md section 5)."""

    code: str
    name: str
    definition: dict[str, Any]

    def faults(self) -> list[FieldFault]:
        try:
            entered_term(self.definition)
        except TermError as error:
            return [("definition", "not_a_term", str(error))]
        return []


@dataclass(frozen=True, slots=True)
class SurveyRecord:
    """One answer to one question of a satisfaction survey, on its scale."""

    answer: str | None
    customer: str | None
    item: str
    score: Decimal
    scale_min: int
    scale_max: int
    answered_on: date

    def faults(self) -> list[FieldFault]:
        if not self.scale_min <= self.score <= self.scale_max:
            message = f"must lie on the scale {self.scale_min} to {self.scale_max}"
            return [("score", "out_of_range", message)]
        return []


@dataclass(frozen=True, slots=True)
class LegacyInvoiceRecord:
    """An invoice of another system, open or settled; the amount includes tax."""

    invoice: str
    customer: str
    issued_on: date
    due_on: date
    amount: Decimal
    currency: str | None
    settled_on: date | None
    disputed: bool
    tax: Decimal | None
    level: int | None
    level_on: date | None

    def faults(self) -> list[FieldFault]:
        found: list[FieldFault] = []
        if self.settled_on is not None and self.amount < 0:
            message = "is negative and settled: take over open credit only"
            found.append(("amount", "settled_credit", message))
        if self.settled_on is not None and self.settled_on < self.issued_on:
            found.append(("settled_on", "out_of_range", "lies before issued_on"))
        if self.currency is not None:
            wrong = decimals_fault("amount", self.amount, self.currency)
            found.extend([wrong] if wrong else [])
        if self.tax is not None and abs(self.tax) > abs(self.amount):
            found.append(("tax", "out_of_range", "is more than the amount"))
        return found


@dataclass(frozen=True, slots=True)
class ExchangeRateRecord:
    """How much of a currency one unit of the base is worth from a day on."""

    currency: str
    base: str | None
    rate: Decimal
    valid_from: date
    source: str | None

    def faults(self) -> list[FieldFault]:
        if self.rate <= 0:
            return [("rate", "out_of_range", "must be above zero")]
        return []


MasterRecord = (
    CustomerRecord
    | ProductRecord
    | CustomerArticleRecord
    | PriceRecord
    | StockRecord
    | ReceiptRecord
    | AcknowledgementRecord
    | RebateRecord
    | TaxRateRecord
    | ExchangeRateRecord
    | PaymentTermRecord
    | SurveyRecord
    | LegacyInvoiceRecord
)
