"""What does an e-invoice say, whatever its syntax?

The semantic model of EN 16931-1, as far as the product fills it; the BT and BG numbers
are the norm's. Amounts have the currency's digits and are those of the posted
document; on a credit note (type 381) they are positive.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.registered_ids import RegisteredId

SPECIFICATION = "urn:cen.eu:en16931:2017"
"""BT-24, the plain norm, without any country's or network's own rules."""
GTIN = "0160"
"""The scheme of BT-157: a GS1 trade item number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """BG-1: a free text (BT-22) and, where a country wants one, its subject (BT-21)."""

    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """BG-5, BG-8, BG-15; only the country is always there."""

    country: str
    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """BG-4 the seller, BG-7 the buyer.

    identifier: BT-29, BT-46. vat_id: BT-31, BT-48. tax_no: BT-32. legal_id: BT-30,
    BT-47. endpoint: BT-34, BT-49. law: BT-33. phone, email: BG-6, BG-9.
    """

    name: str
    address: Address
    identifier: str = ""
    vat_id: str = ""
    tax_no: str = ""
    legal_id: RegisteredId | None = None
    law: str = ""
    endpoint: RegisteredId | None = None
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """BG-20, BG-27 an allowance, BG-21 a charge; amounts and percent are positive.

    tax_category and tax_rate only stand on the document's, not on a line's.
    """

    is_charge: bool
    amount: Decimal
    reason: str
    reason_code: str = ""
    base: Decimal | None = None
    percent: Decimal | None = None
    tax_category: str = ""
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """BG-25: quantity BT-129, net BT-131, price BT-146, item BG-31."""

    number: str
    name: str
    qty: Decimal
    unit_code: str
    price: Decimal
    net: Decimal
    tax_category: str
    tax_rate: Decimal | None
    gtin: str = ""
    seller_item: str = ""
    buyer_item: str = ""
    order_line: str = ""
    allowances: tuple[Allowance, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxBreakdown:
    """BG-23: base BT-116, tax BT-117; rate in per cent, none outside VAT."""

    category: str
    rate: Decimal | None
    base: Decimal
    tax: Decimal
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """BG-16: code BT-81, reference BT-83, account BG-17, debited account BT-91."""

    code: str
    reference: str = ""
    iban: str = ""
    holder: str = ""
    bic: str = ""
    debited_iban: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """BG-13: name BT-70, day BT-72, address BG-15."""

    on: date | None = None
    name: str = ""
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """BG-22, in its order: BT-106 to BT-110, BT-112 to BT-115.

    company_tax is BT-111, the tax in company_currency (BT-6), where that is another.
    """

    lines: Decimal
    allowances: Decimal
    charges: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    prepaid: Decimal
    rounding: Decimal
    payable: Decimal
    company_currency: str = ""
    company_tax: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preceding:
    """BG-3: an invoice that is corrected or whose advance is deducted."""

    number: str
    issued_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EInvoice:
    """The whole document.

    number BT-1, issued_on BT-2, type_code BT-3, currency BT-5, due_on BT-9,
    buyer_reference BT-10, purchase_order BT-13, sales_order BT-14, delivery_note
    BT-16, terms BT-20, period BG-14. vat_due (BT-8) is "debits", "payment" or empty;
    tax_point_on (BT-7) is the day of an advance's money, where that makes the tax due.
    """

    number: str
    issued_on: date
    type_code: str
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    taxes: tuple[TaxBreakdown, ...]
    totals: Totals
    terms: str
    due_on: date | None = None
    vat_due: str = ""
    tax_point_on: date | None = None
    process: str = ""
    buyer_reference: str = ""
    purchase_order: str = ""
    sales_order: str = ""
    delivery_note: str = ""
    notes: tuple[Note, ...] = ()
    preceding: tuple[Preceding, ...] = ()
    delivery: Delivery | None = None
    period: tuple[date, date] | None = None
    payment: Payment | None = None
    allowances: tuple[Allowance, ...] = ()

    @property
    def is_credit_note(self) -> bool:
        return self.type_code == "381"
