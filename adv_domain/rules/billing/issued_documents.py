"""What stands on an issued invoice or credit note, and on a payment request?

The values are the document's frozen copy: what the seller, the buyer, the terms and
the tax were at posting, never what the master data say now. The page and the
e-invoice are both made of it, so that they cannot differ.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from adv_domain.rules.billing.invoicing import TaxKind
from adv_domain.rules.billing.mentions import VatDue
from adv_domain.rules.money import ZERO
from adv_domain.rules.registered_ids import RegisteredId


class DocumentKind(StrEnum):
    """What is issued; all kinds share one layout. A payment request is no invoice: it
    has no number of a series, and no e-invoice is made of it."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT_REQUEST = "payment_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentParty:
    """Seller or buyer as copied at posting; the address is without its country.

    address_lines are printed; street, postal_code, city and region are the same for
    machines. registration is any line of a trade register.
    """

    name: str
    address_lines: tuple[str, ...] = ()
    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    vat_id: str = ""
    legal_id: RegisteredId | None = None
    registration: str = ""
    email: str = ""
    phone: str = ""
    endpoint: RegisteredId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where the goods went, where that is said; the country alone may be known."""

    country: str
    name: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""


class DeliveryNote(NamedTuple):
    """A delivery that is billed; documents of earlier versions know no day of it."""

    number: str
    shipped_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankDetails:
    """The account that a credit transfer goes to."""

    holder: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One line; net is after the discount, rounded to the currency.

    tax_category is the code of UNCL5305. order_line_ref, customer_article and
    gtin are what the customer ordered by: his machine matches by them.
    """

    description: str
    qty: Decimal
    unit_price: Decimal
    net: Decimal
    tax_rate: Decimal
    tax_category: str = "S"
    surcharge_rate: Decimal = ZERO
    product_code: str = ""
    unit: str = ""
    discount_rate: Decimal = ZERO
    order_no: str = ""
    order_line_ref: str = ""
    customer_article: str = ""
    gtin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCharge:
    """A discount (negative) or charge (positive) on the whole document, before tax.

    On a credit note the signs are turned round like all amounts. base and rate say
    how the amount came about where it is a percentage. A deduction takes off the
    advance invoice that its description names.
    """

    description: str
    amount: Decimal
    tax_rate: Decimal
    tax_category: str = "S"
    surcharge_rate: Decimal = ZERO
    base: Decimal | None = None
    rate: Decimal | None = None
    is_deduction: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxGroup:
    """The tax of one category and rate, computed on the sum of its lines.

    exemption_reason, the company's own words, and exemption_code (VATEX) stand in for
    the wording of the category. kind is "surcharge" for a second tax (recargo de
    equivalencia) on the base of the VAT of its category.
    """

    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal
    exemption_reason: str = ""
    exemption_code: str = ""
    kind: TaxKind = "vat"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyTax:
    """The document's tax in the seller's currency (BT-111), and the rate it is by."""

    currency: str
    amount: Decimal
    rate: Decimal
    dated_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentInstalment:
    """One part of the total and the day on which it falls due."""

    due_on: date
    amount: Decimal
    means: str = "transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyPayment:
    """The amount that settles the document when paid until the date; rate is of the
    gross, or of the net amount."""

    until_on: date
    rate: Decimal
    payable: Decimal
    of_net: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierDocument:
    """A document that this one corrects or settles up with."""

    number: str
    issued_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedDocument:
    """A posted invoice or credit note, whole; amounts are of one currency.

    net is the sum of lines and charges, gross = net + tax, and what is to be paid is
    gross − prepaid + rounding; a payment request shows the order and leaves due_later
    of it to the invoices. mentions are codes of the label catalogue's [mentions];
    legal_lines are the company's own lines, printed as they are. deducts are advance
    invoices whose amounts this one takes off; paid_on is the day of an advance's money.
    """

    kind: DocumentKind
    number: str
    issued_on: date
    currency: str
    language: str
    seller: DocumentParty
    buyer: DocumentParty
    lines: tuple[DocumentLine, ...]
    taxes: tuple[TaxGroup, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    charges: tuple[DocumentCharge, ...] = ()
    company_tax: CompanyTax | None = None
    prepaid: Decimal = ZERO
    rounding: Decimal = ZERO
    due_later: Decimal = ZERO
    instalments: tuple[DocumentInstalment, ...] = ()
    early_payment: EarlyPayment | None = None
    bank: BankDetails | None = None
    debited_iban: str = ""
    payment_reference: str = ""
    delivered_on: date | None = None
    paid_on: date | None = None
    period: tuple[date, date] | None = None
    destination: Destination | None = None
    order_nos: tuple[str, ...] = ()
    customer_refs: tuple[str, ...] = ()
    delivery_notes: tuple[DeliveryNote, ...] = ()
    customer_no: str = ""
    buyer_reference: str = ""
    corrects: tuple[EarlierDocument, ...] = ()
    deducts: tuple[EarlierDocument, ...] = ()
    is_advance: bool = False
    reason: str = ""
    reason_name: str = ""
    vat_due: VatDue = "supply"
    seller_territory: str = ""
    mentions: tuple[str, ...] = ()
    legal_lines: tuple[str, ...] = ()

    @property
    def payable(self) -> Decimal:
        """What the buyer owes for the document, or is owed."""
        return self.gross - self.prepaid + self.rounding - self.due_later

    @property
    def delivery_nos(self) -> tuple[str, ...]:
        return tuple(one.number for one in self.delivery_notes)

    @property
    def is_credit_note(self) -> bool:
        return self.kind is DocumentKind.CREDIT_NOTE

    @property
    def is_request(self) -> bool:
        return self.kind is DocumentKind.PAYMENT_REQUEST
