"""What stands on an issued invoice or credit note, and what must be printed with it?

The values are the document's frozen copy: what the seller, the buyer, the terms and
the tax were at posting, never what the master data say now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

# EN 16931 tax categories (code list UNCL5305) whose invoices carry a mention
# (Directive 2006/112/EC, art. 226 points 11 and 11a; art. 138 and 146)
_MENTION_OF_CATEGORY = {
    "AE": "reverse_charge",
    "K": "intra_community_supply",
    "G": "export",
    "E": "exempt",
    "O": "outside_scope",
}


class DocumentKind(StrEnum):
    """What is issued; both kinds share one layout."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentParty:
    """Seller or buyer as copied at posting; the address is without its country.

    registration is any line of a trade register.
    """

    name: str
    address_lines: tuple[str, ...] = ()
    country: str = ""
    vat_id: str = ""
    registration: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankDetails:
    """The account that a credit transfer goes to."""

    holder: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One line; net is after the discount, rounded to the currency."""

    description: str
    qty: Decimal
    unit_price: Decimal
    net: Decimal
    tax_rate: Decimal
    product_code: str = ""
    unit: str = ""
    discount_rate: Decimal = Decimal(0)
    order_no: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxGroup:
    """The tax of one category and rate, computed on the sum of its lines."""

    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentInstalment:
    """One part of the total and the day on which it falls due."""

    due_on: date
    amount: Decimal
    means: str = "transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyPayment:
    """The amount that settles the document when paid until the date."""

    until_on: date
    rate: Decimal
    payable: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedDocument:
    """A posted invoice or credit note, whole; amounts are of one currency.

    mentions are codes of the label catalogue's [mentions]; legal_lines are the
    company's own lines, printed as they are.
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
    instalments: tuple[DocumentInstalment, ...] = ()
    early_payment: EarlyPayment | None = None
    bank: BankDetails | None = None
    payment_reference: str = ""
    delivered_on: date | None = None
    order_nos: tuple[str, ...] = ()
    customer_refs: tuple[str, ...] = ()
    delivery_nos: tuple[str, ...] = ()
    buyer_reference: str = ""
    corrects: tuple[str, ...] = ()
    reason: str = ""
    mentions: tuple[str, ...] = ()
    legal_lines: tuple[str, ...] = ()


def mention_codes(
    *, tax_categories: Sequence[str], seller_country: str, has_early_payment: bool
) -> tuple[str, ...]:
    """Return the mentions that the tax and the seller's country require, in order.

    A French seller states the penalty, the 40 EUR compensation and, where none is
    granted, that there is no early-payment discount (Code de commerce L441-9).
    """
    by_tax = (_MENTION_OF_CATEGORY.get(category) for category in tax_categories)
    codes = [code for code in by_tax if code]
    if seller_country == "FR":
        codes.append("late_payment_france")
        if not has_early_payment:
            codes.append("no_early_payment_discount")
    return tuple(dict.fromkeys(codes))
