"""How do the rows of a posted document become the frozen value that is printed?"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adv_domain.rules.billing.issued_documents import (
    BankDetails,
    DocumentInstalment,
    DocumentKind,
    DocumentLine,
    DocumentParty,
    EarlyPayment,
    IssuedDocument,
    TaxGroup,
    mention_codes,
)
from adv_domain.store.billing.documents import DocumentRows

_HUNDRED = Decimal(100)


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
    return IssuedDocument(
        kind=kind,
        number=head.invoice_no,
        issued_on=head.issued_on,
        currency=head.currency,
        language=head.language,
        seller=_party(head.seller, invoice_no=head.invoice_no, side="seller"),
        buyer=_party(head.buyer, invoice_no=head.invoice_no, side="buyer"),
        lines=_lines(rows),
        taxes=_taxes(rows),
        net=head.net,
        tax=head.tax,
        gross=head.gross,
        instalments=_instalments(rows) if is_invoice else (),
        early_payment=_early_payment(head) if is_invoice else None,
        bank=_bank(head.seller),
        payment_reference=head.rf_reference or "",
        delivered_on=head.supplied_on,
        order_nos=tuple(order.order_no for order in rows.orders),
        customer_refs=tuple(order.customer_ref for order in rows.orders),
        delivery_nos=rows.delivery_nos,
        buyer_reference=_buyer_reference(rows),
        corrects=(rows.corrected_no,) if rows.corrected_no else (),
        reason=head.reason or "",
        mentions=_mentions(rows),
    )


def _party(frozen: Mapping[str, Any], *, invoice_no: str, side: str) -> DocumentParty:
    if not frozen.get("name"):
        raise NameMissing(invoice_no=invoice_no, side=side)
    return DocumentParty(
        name=frozen["name"],
        address_lines=tuple(frozen.get("address_lines") or ()),
        country=frozen.get("country") or "",
        vat_id=frozen.get("vat_id") or "",
        registration=frozen.get("registration") or "",
        email=frozen.get("email") or "",
    )


def _lines(rows: DocumentRows) -> tuple[DocumentLine, ...]:
    return tuple(
        DocumentLine(
            description=line.description,
            product_code=line.product_code,
            qty=line.qty,
            unit=line.unit,
            unit_price=line.unit_price,
            discount_rate=line.discount_rate,
            net=line.net,
            tax_rate=line.tax_rate,
            order_no=line.order_no or "",
        )
        for line in rows.lines
    )


def _taxes(rows: DocumentRows) -> tuple[TaxGroup, ...]:
    return tuple(
        TaxGroup(category=row.vat_code, rate=row.rate, base=row.base, tax=row.tax)
        for row in rows.taxes
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
    )


def _bank(seller: Mapping[str, Any]) -> BankDetails | None:
    iban = seller.get("iban")
    if not iban:
        return None
    return BankDetails(holder=seller["name"], iban=iban, bic=seller.get("bic") or "")


def _buyer_reference(rows: DocumentRows) -> str:
    by_order = [order.buyer_reference for order in rows.orders if order.buyer_reference]
    return ", ".join(by_order) or rows.head.buyer.get("buyer_reference") or ""


def _mentions(rows: DocumentRows) -> tuple[str, ...]:
    return mention_codes(
        tax_categories=[row.vat_code for row in rows.taxes],
        seller_country=rows.head.seller.get("country") or "",
        has_early_payment=rows.head.early_until is not None,
    )
