"""What becomes of a billable order or a correction: lines, amounts, due dates, record?

Drafts are decided before the series is locked; what depends on the document's
number and date (due dates, reference, chained record) is added by `issued`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from adv_domain.rules.advances.paid_ahead import NOTHING_AHEAD, Advances
from adv_domain.rules.billing.chain import IssuedRecord, amount_text
from adv_domain.rules.billing.charges import OrderCharges
from adv_domain.rules.billing.covered import Covers
from adv_domain.rules.billing.invoicing import InvoiceAmounts, InvoiceLineInput
from adv_domain.rules.billing.rounding import TaxRounding
from adv_domain.rules.billing.supplies import Buyer, Place
from adv_domain.rules.money import ZERO, rounded_to_minor
from adv_domain.rules.tax import TaxMeaning
from adv_domain.rules.terms.instalments import (
    EarlyPayment,
    Instalment,
    early_payment,
    instalments_on,
)
from adv_domain.rules.terms.term_dates import DueDate
from adv_domain.rules.terms.terms import PaymentTerm, TermBase

_RECORD_KINDS = {"invoice": "F1", "credit_note": "R1"}


class BillableLine(NamedTuple):
    """A quantity of an order line that is to be billed, with its delivery lines.

    lowers_line_no: on a credit note the line of the corrected invoice that it lowers
    by an amount, of which no quantity is given back.
    """

    order_line_id: int | None
    product_code: str
    description: str
    qty: Decimal
    unit: str
    unit_price: Decimal | None
    discount_rate: Decimal
    tax_class: str
    delivery_line_ids: tuple[int, ...]
    nature: str = "goods"
    lowers_line_no: int | None = None


@dataclass(frozen=True, slots=True)
class BillableOrder:
    """An order with something to bill, as its customer stands today.

    It was supplied from first_supplied_on to supplied_on. collect_on is the end of the
    period on whose invoice others may stand too (rules billing.collecting), which then
    has several order_ids. is_before_supply: not all of it has left yet; the days of
    supply are that of the invoice, by which taxes and terms go.
    """

    order_ids: tuple[int, ...]
    order_no: str
    customer_id: int
    currency: str
    buyer: Buyer
    payment_terms: str
    ordered_on: date
    first_supplied_on: date
    supplied_on: date
    covers: Covers
    lines: tuple[BillableLine, ...]
    customer_code: str = ""
    customer_group: str | None = None
    charges: tuple[OrderCharges, ...] = ()
    collect_on: date | None = None
    advances: Advances = NOTHING_AHEAD
    is_before_supply: bool = False

    @property
    def place(self) -> Place | None:
        """Where the goods go, where that is said."""
        where = self.covers.destination
        return None if where is None else Place(where.country, where.postal_code)


@dataclass(frozen=True, slots=True)
class CompanyTax:
    """The tax in the company's own currency (BT-111), and the rate of its day."""

    currency: str
    amount: Decimal
    rate: Decimal
    dated_on: date


@dataclass(frozen=True, slots=True)
class Draft:
    """A document decided but not yet numbered.

    is_advance: an advance invoice, or what gives one back. deducted is what it takes
    off of advance invoices, with tax. is_before_supply: it states no day of supply.
    parts_hash is over what a credit note over several invoices gives back of each.
    """

    kind: str
    customer_id: int
    order_ids: tuple[int, ...]
    currency: str
    payment_terms: str
    ordered_on: date
    first_supplied_on: date
    supplied_on: date
    covers: Covers
    lines: tuple[BillableLine, ...]
    inputs: tuple[InvoiceLineInput, ...]
    amounts: InvoiceAmounts
    meanings: Mapping[str, TaxMeaning] = field(default_factory=dict)
    tax_rounding: TaxRounding = "document"
    tax_reasons: tuple[str, ...] = ()
    company_tax: CompanyTax | None = None
    is_advance: bool = False
    deducted: Decimal = ZERO
    is_before_supply: bool = False
    corrects_id: int | None = None
    reason_code: str | None = None
    reason: str | None = None
    parts_hash: str | None = None

    @property
    def order_id(self) -> int | None:
        """Return the one order that it is about, None where it collects several."""
        return self.order_ids[0] if len(self.order_ids) == 1 else None


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
    parts = instalments_on(
        due.dates, term=term, total=amounts.payable, currency=currency
    )
    early = early_payment(
        due.early_until,
        term=term,
        total=amounts.payable,
        currency=currency,
        net=amounts.net,
    )
    return parts, early


def due_at_once(
    draft: Draft, *, issued_on: date
) -> tuple[tuple[Instalment, ...], None]:
    """Return the one instalment of a credit note or of an advance, which is paid."""
    is_credit = draft.kind == "credit_note"
    why = ("a credit is due at once" if is_credit else "an advance is paid already",)
    return (Instalment(issued_on, draft.amounts.payable, why),), None


def term_base_of(draft: Draft, *, term: PaymentTerm, issued_on: date) -> date:
    """Return the date from which the term counts: invoice, delivery or order."""
    match term.base:
        case TermBase.INVOICE:
            return issued_on
        case TermBase.DELIVERY:
            return draft.supplied_on
        case TermBase.ORDER:
            return draft.ordered_on
