"""Which documents cannot be e-invoices after EN 16931, and what do others lack?"""

from collections.abc import Iterator

from adv_domain.rules.billing.issued_documents import DocumentParty, IssuedDocument
from adv_domain.rules.money import minor_digits
from adv_domain.rules.vat_ids import vat_id_with_country

_MOST_DECIMALS = 2
_OUTSIDE_VAT = "O"


class EInvoiceIncomplete(Exception):
    """A document lacks what the law wants on an e-invoice of its kind."""

    def __init__(self, *, number: str, missing: tuple[str, ...]) -> None:
        super().__init__(
            f"{number} makes no valid e-invoice: {'; '.join(missing)}. Complete the "
            "master record, then credit the document and bill it again; or send it as "
            "a plain PDF (customer column einvoice: none)"
        )
        self.number = number
        self.missing = missing


def inexpressible(document: IssuedDocument) -> str | None:
    """Return why the norm has no room for the document, None where it has.

    Amounts have at most two decimals (BR-DEC); what is outside VAT stands alone
    (BR-O-11 to 14). Such a document goes as a plain PDF.
    """
    stated = document.company_tax
    for currency in (document.currency, stated.currency if stated else ""):
        if minor_digits(currency) > _MOST_DECIMALS:
            return f"{currency} has more decimals than an e-invoice"
    categories = {group.category for group in document.taxes}
    if _OUTSIDE_VAT in categories and len(categories) > 1:
        return "taxed and outside VAT on one document"
    return None


def check_complete(document: IssuedDocument) -> None:
    """Raise EInvoiceIncomplete naming all that is missing.

    These are the rules that a posted document can break; the rest follows from how it
    is written.
    """
    missing = tuple(_missing(document))
    if missing:
        raise EInvoiceIncomplete(number=document.number, missing=missing)


def _missing(document: IssuedDocument) -> Iterator[str]:
    seller, buyer = document.seller, document.buyer
    categories = {group.category for group in document.taxes}
    if not document.lines:
        yield "it has no lines"
    for side, party in (("seller", seller), ("buyer", buyer)):
        if not party.country:
            yield f"the {side} has no country"
    if not _vat_id(seller) and categories != {_OUTSIDE_VAT}:
        yield "the seller has no VAT number (policy, company.vat_id)"
    if "AE" in categories and not (_vat_id(buyer) or buyer.legal_id):
        yield "reverse charge needs the buyer's VAT number (vat_id)"
    if "K" in categories:
        yield from _missing_intra_community(document)


def _missing_intra_community(document: IssuedDocument) -> Iterator[str]:
    if not _vat_id(document.buyer):
        yield "an intra-Community supply needs the buyer's VAT number (vat_id)"
    if document.delivered_on is None and document.period is None:
        yield "an intra-Community supply needs the day of delivery"


def _vat_id(party: DocumentParty) -> str:
    return vat_id_with_country(party.vat_id, country=party.country)
