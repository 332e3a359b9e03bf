"""How do the rows of a posted document become the frozen value that is printed?"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from adv_domain.rules.billing.covered import Covers
from adv_domain.rules.billing.issued_documents import (
    BankDetails,
    CompanyTax,
    DocumentCharge,
    DocumentInstalment,
    DocumentKind,
    DocumentLine,
    DocumentParty,
    EarlierDocument,
    EarlyPayment,
    IssuedDocument,
    TaxGroup,
)
from adv_domain.rules.billing.mentions import MentionCase, mention_codes
from adv_domain.rules.money import ZERO
from adv_domain.rules.registered_ids import endpoint_of, legal_id_of
from adv_domain.rules.terms.terms import DiscountBase
from adv_domain.store.billing.covers import from_json
from adv_domain.store.billing.documents import DocumentRows

_HUNDRED = Decimal(100)
_INTRA_COMMUNITY = "K"


class NameMissing(ValueError):
    """A document was posted without the name of its seller or buyer."""

    def __init__(self, *, invoice_no: str, side: str) -> None:
        super().__init__(f"{invoice_no} was posted without the {side}'s name")
        self.invoice_no = invoice_no
        self.side = side


def issued_document(rows: DocumentRows) -> IssuedDocument:
    """Return the document as it was posted.

    A credit note asks for no payment, so it has no instalments. Raises NameMissing.
    """
    head = rows.head
    kind = DocumentKind(head.kind)
    is_invoice = kind is DocumentKind.INVOICE
    # an advance invoice is issued for money that has come in; a milestone's has no day
    is_paid = is_invoice and head.is_advance and head.supplied_on is not None
    covers = from_json(head.covers)
    return IssuedDocument(
        kind=kind,
        number=head.invoice_no,
        issued_on=head.issued_on,
        currency=head.currency,
        language=head.language,
        seller=party_of(head.seller, invoice_no=head.invoice_no, side="seller"),
        buyer=party_of(head.buyer, invoice_no=head.invoice_no, side="buyer"),
        lines=_lines(rows),
        charges=_charges(rows),
        taxes=_taxes(rows),
        net=head.net,
        tax=head.tax,
        gross=head.gross,
        company_tax=_company_tax(head),
        rounding=head.rounding,
        prepaid=head.gross + head.rounding if is_paid else ZERO,
        instalments=_instalments(rows) if is_invoice and not is_paid else (),
        early_payment=_early_payment(head) if is_invoice else None,
        bank=bank_of(head.seller),
        debited_iban=head.buyer.get("iban") or "",
        payment_reference=head.rf_reference or "",
        delivered_on=_delivered_on(rows),
        paid_on=head.supplied_on if is_paid else None,
        period=(covers.supplied_from, head.supplied_on)
        if covers.supplied_from
        else None,
        destination=covers.destination,
        order_nos=tuple(order.order_no for order in covers.orders),
        customer_refs=tuple(order.customer_ref for order in covers.orders),
        delivery_notes=covers.delivery_notes,
        customer_no=head.buyer.get("code") or "",
        buyer_reference=_buyer_reference(rows, covers),
        corrects=covers.corrects or _corrects(rows),
        deducts=_deducts(rows) if is_invoice else (),
        is_advance=head.is_advance,
        reason=head.reason or "",
        reason_name=head.reason_name or "",
        vat_due=head.seller.get("vat_due") or "supply",
        seller_territory=head.seller.get("tax_territory") or "",
        mentions=_mentions(rows, covers),
        legal_lines=tuple(head.seller.get("legal_lines") or ()),
    )


def party_of(frozen: Mapping[str, Any], *, invoice_no: str, side: str) -> DocumentParty:
    """Return seller or buyer as they were copied at posting; raises NameMissing."""
    if not frozen.get("name"):
        raise NameMissing(invoice_no=invoice_no, side=side)
    vat_id, email = frozen.get("vat_id") or "", frozen.get("email") or ""
    return DocumentParty(
        name=frozen["name"],
        address_lines=tuple(frozen.get("address_lines") or ()),
        street=frozen.get("street") or "",
        postal_code=frozen.get("postal_code") or "",
        city=frozen.get("city") or "",
        region=frozen.get("region") or "",
        country=frozen.get("country") or "",
        vat_id=vat_id,
        legal_id=legal_id_of(given=frozen.get("legal_id") or "", vat_id=vat_id),
        registration=frozen.get("registration") or "",
        email=email,
        phone=frozen.get("phone") or "",
        endpoint=endpoint_of(given=frozen.get("endpoint_id") or "", email=email),
    )


def _corrects(rows: DocumentRows) -> tuple[EarlierDocument, ...]:
    row = rows.corrected
    if row is None:
        return ()
    return (EarlierDocument(number=row.invoice_no, issued_on=row.issued_on),)


def _deducts(rows: DocumentRows) -> tuple[EarlierDocument, ...]:
    numbers = [row.description for row in rows.charges if row.advance_id is not None]
    return tuple(EarlierDocument(number=one) for one in dict.fromkeys(numbers))


def _delivered_on(rows: DocumentRows) -> date | None:
    """Return the day of supply; an advance has none, except where the law wants one,
    nor has what was invoiced before its delivery, nor the credit note of that."""
    needs_day = any(row.vat_code == _INTRA_COMMUNITY for row in rows.taxes)
    corrected = rows.corrected
    is_advance = rows.head.is_advance or (corrected and corrected.is_advance)
    if is_advance and not needs_day:
        return None
    if corrected is not None and corrected.supplied_on is None:
        return None
    day: date | None = rows.head.supplied_on
    return day


def _vat_codes(rows: DocumentRows) -> Mapping[str, str]:
    return {row.category: row.vat_code for row in rows.taxes}


def _lines(rows: DocumentRows) -> tuple[DocumentLine, ...]:
    codes = _vat_codes(rows)
    return tuple(
        DocumentLine(
            description=line.description,
            product_code=line.product_code,
            qty=line.qty,
            unit=line.unit,
            unit_price=line.unit_price,
            discount_rate=line.discount_rate,
            net=line.net,
            tax_category=codes.get(line.tax_category, "S"),
            tax_rate=line.tax_rate,
            surcharge_rate=line.surcharge_rate,
            order_no=line.order_no or "",
            order_line_ref=line.line_ref or str(line.order_line_no or ""),
            customer_article=line.customer_article or "",
            gtin=line.gtin or "",
        )
        for line in rows.lines
    )


def _charges(rows: DocumentRows) -> tuple[DocumentCharge, ...]:
    codes = _vat_codes(rows)
    return tuple(
        DocumentCharge(
            description=row.description,
            amount=row.amount,
            base=row.base,
            rate=row.rate,
            tax_category=codes.get(row.tax_category, "S"),
            tax_rate=row.tax_rate,
            surcharge_rate=row.surcharge_rate,
            is_deduction=row.advance_id is not None,
        )
        for row in rows.charges
    )


def _taxes(rows: DocumentRows) -> tuple[TaxGroup, ...]:
    return tuple(
        TaxGroup(
            category=row.vat_code,
            rate=row.rate,
            base=row.base,
            tax=row.tax,
            exemption_reason=row.exemption_reason or "",
            exemption_code=row.exemption_code or "",
            kind=row.kind,
        )
        for row in rows.taxes
    )


def _company_tax(head: Any) -> CompanyTax | None:
    if head.company_currency is None:
        return None
    return CompanyTax(
        currency=head.company_currency,
        amount=head.company_tax,
        rate=head.company_rate,
        dated_on=head.company_rate_on,
    )


def _instalments(rows: DocumentRows) -> tuple[DocumentInstalment, ...]:
    return tuple(
        DocumentInstalment(
            due_on=row.due_on, amount=row.amount, means=row.means_of_payment
        )
        for row in rows.instalments
    )


def _early_payment(head: Any) -> EarlyPayment | None:
    if head.early_until is None or head.early_amount is None:
        return None
    definition = (head.terms or {}).get("definition") or {}
    granted = definition.get("early_discount") or {}
    return EarlyPayment(
        until_on=head.early_until,
        rate=Decimal(str(granted.get("percent", "0"))) / _HUNDRED,
        payable=head.early_amount,
        of_net=granted.get("base") == DiscountBase.NET,
    )


def bank_of(seller: Mapping[str, Any]) -> BankDetails | None:
    """Return the account that the seller named at posting, None where he had none."""
    iban = seller.get("iban")
    if not iban:
        return None
    return BankDetails(holder=seller["name"], iban=iban, bic=seller.get("bic") or "")


def _buyer_reference(rows: DocumentRows, covers: Covers) -> str:
    by_order = [order.buyer_reference for order in covers.orders]
    named = ", ".join(one for one in dict.fromkeys(by_order) if one)
    return named or rows.head.buyer.get("buyer_reference") or ""


def _mentions(rows: DocumentRows, covers: Covers) -> tuple[str, ...]:
    head = rows.head
    return mention_codes(
        MentionCase(
            seller_country=head.seller.get("country") or "",
            has_early_payment=head.early_until is not None,
            is_to_consumer=head.buyer.get("party_kind") == "consumer",
            vat_due=head.seller.get("vat_due") or "supply",
            supply=covers.supply,
        )
    )
