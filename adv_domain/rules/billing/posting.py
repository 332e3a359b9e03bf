"""What becomes of a billable order or a correction: lines, amounts, due dates, record?

Drafts are decided before the series is locked; what depends on the document's
number and date (due dates, reference, chained record) is added by `issued`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from adv_domain.rules.billing.chain import IssuedRecord, amount_text
from adv_domain.rules.billing.covered import Covers
from adv_domain.rules.billing.instalments import (
    EarlyPayment,
    Instalment,
    early_payment,
    instalments_on,
)
from adv_domain.rules.billing.invoicing import (
    InvoiceAmounts,
    InvoiceLineInput,
    invoice_amounts,
)
from adv_domain.rules.billing.term_dates import DueDate
from adv_domain.rules.billing.terms import PaymentTerm, TermBase
from adv_domain.rules.money import rounded_to_minor
from adv_domain.rules.tax import TaxTable, tax_rate

_DOMESTIC = "standard"
_RECORD_KINDS = {"invoice": "F1", "credit_note": "R1"}


class BillableLine(NamedTuple):
    """A quantity of an order line that is to be billed, with its delivery lines."""

    order_line_id: int | None
    product_code: str
    description: str
    qty: Decimal
    unit: str
    unit_price: Decimal | None
    discount_rate: Decimal
    tax_class: str
    delivery_line_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BillableOrder:
    """An order with something to bill, as its customer stands today.

    It was supplied from first_supplied_on to supplied_on.
    """

    order_id: int
    order_no: str
    customer_id: int
    currency: str
    tax_category: str
    payment_terms: str
    ordered_on: date
    first_supplied_on: date
    supplied_on: date
    covers: Covers
    lines: tuple[BillableLine, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A document decided but not yet numbered."""

    kind: str
    customer_id: int
    order_id: int | None
    currency: str
    payment_terms: str
    ordered_on: date
    first_supplied_on: date
    supplied_on: date
    covers: Covers
    lines: tuple[BillableLine, ...]
    inputs: tuple[InvoiceLineInput, ...]
    amounts: InvoiceAmounts
    corrects_id: int | None = None
    reason_code: str | None = None
    reason: str | None = None


class NothingBillable(ValueError):
    """The order is marked for invoicing but nothing of it is billable."""

    def __init__(self, order_no: str) -> None:
        super().__init__(
            f"order {order_no} waits for its invoice but no delivered quantity is "
            "unbilled; look at it with: adv order"
        )


class PriceUnknown(ValueError):
    """A line has no agreed price."""

    def __init__(self, *, order_no: str, product_code: str) -> None:
        super().__init__(
            f"order {order_no}: product {product_code} has no agreed price; "
            "release the order with a price, then run invoicing again"
        )


def tax_category_of(*, customer_category: str, product_class: str) -> str:
    """Return the line's tax category: a domestic buyer pays the product's class."""
    return product_class if customer_category == _DOMESTIC else customer_category


def draft_invoice(order: BillableOrder, *, taxes: TaxTable, territory: str) -> Draft:
    """Decide the invoice of an order's billable quantities.

    Raises NothingBillable, PriceUnknown and MissingTaxRate.
    """
    if not order.lines:
        raise NothingBillable(order.order_no)
    inputs = tuple(
        _input(order, line, taxes=taxes, territory=territory) for line in order.lines
    )
    return Draft(
        kind="invoice",
        customer_id=order.customer_id,
        order_id=order.order_id,
        currency=order.currency,
        payment_terms=order.payment_terms,
        ordered_on=order.ordered_on,
        first_supplied_on=order.first_supplied_on,
        supplied_on=order.supplied_on,
        covers=order.covers,
        lines=order.lines,
        inputs=inputs,
        amounts=invoice_amounts(inputs, order.currency),
    )


def _input(
    order: BillableOrder, line: BillableLine, *, taxes: TaxTable, territory: str
) -> InvoiceLineInput:
    if line.unit_price is None:
        raise PriceUnknown(order_no=order.order_no, product_code=line.product_code)
    category = tax_category_of(
        customer_category=order.tax_category, product_class=line.tax_class
    )
    rate = tax_rate(
        table=taxes, territory=territory, category=category, on=order.supplied_on
    )
    return InvoiceLineInput(
        line.qty, line.unit_price, line.discount_rate, category, rate
    )


def fiscal_year_of(on: date, *, starts_in: int) -> int:
    """Return the fiscal year of a day, named by the calendar year it begins in."""
    return on.year if on.month >= starts_in else on.year - 1


@dataclass(frozen=True, slots=True)
class Stated:
    """What a posted document states: kind, currency, tax and gross."""

    kind: str
    currency: str
    tax: Decimal
    gross: Decimal


def chain_record(
    stated: Stated,
    *,
    issuer_tax_id: str,
    document_no: str,
    issued_on: date,
    posted_at: datetime,
) -> IssuedRecord:
    """Return the record of a posted document that its hash covers."""
    return IssuedRecord(
        issuer_tax_id=issuer_tax_id,
        document_no=document_no,
        issued_on=issued_on,
        kind=_RECORD_KINDS[stated.kind],
        tax=amount_text(rounded_to_minor(stated.tax, stated.currency)),
        gross=amount_text(rounded_to_minor(stated.gross, stated.currency)),
        recorded_at=posted_at,
    )


class Due(NamedTuple):
    """When an invoice falls due, line by line of its term, until when it can be paid
    early, and in words where the law brought a date forward."""

    dates: tuple[DueDate, ...]
    early_until: DueDate | None
    shortened: str = ""


def due_parts(
    draft: Draft, *, term: PaymentTerm, due: Due
) -> tuple[tuple[Instalment, ...], EarlyPayment | None]:
    """Return the instalments of an invoice and what an early payer may pay."""
    amounts, currency = draft.amounts, draft.currency
    parts = instalments_on(due.dates, term=term, total=amounts.gross, currency=currency)
    early = early_payment(
        due.early_until,
        term=term,
        total=amounts.gross,
        currency=currency,
        net=amounts.net,
    )
    return parts, early


def due_at_once(
    draft: Draft, *, issued_on: date
) -> tuple[tuple[Instalment, ...], None]:
    """Return the one instalment of a credit note."""
    why = ("a credit is due at once",)
    return (Instalment(issued_on, draft.amounts.gross, why),), None


def term_base_of(draft: Draft, *, term: PaymentTerm, issued_on: date) -> date:
    """Return the date from which the term counts: invoice, delivery or order."""
    match term.base:
        case TermBase.INVOICE:
            return issued_on
        case TermBase.DELIVERY:
            return draft.supplied_on
        case TermBase.ORDER:
            return draft.ordered_on
