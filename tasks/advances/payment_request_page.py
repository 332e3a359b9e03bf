"""What stands on the page of a payment request?

The order as it is to be invoiced, and the share of it that is asked for.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from adv_domain import wording
from adv_domain.rules.billing.issued_documents import (
    DocumentCharge,
    DocumentInstalment,
    DocumentKind,
    DocumentLine,
    IssuedDocument,
    TaxGroup,
)
from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.tax import TAXED
from adv_domain.store.billing.document_rows import buyer_of, seller_of
from adv_domain.store.billing.issued import bank_of, party_of
from tasks.billing.books import Books

_NO_INVOICE = ("no_invoice",)


def request_no_of(request: Row[Any]) -> str:
    """Return how people name the request; it is no number of a series."""
    return f"{request.order_no}-{request.request_no}"


def request_page(
    request: Row[Any], order: Draft, *, books: Books, share_text: str
) -> IssuedDocument:
    """Return the document; order is the draft of the whole order.

    share_text says in the reader's language which share of which order is asked for.
    """
    seller, buyer = seller_of(books.company), buyer_of(books.buyers[order.customer_id])
    number, amounts = request_no_of(request), order.amounts
    locale = wording.locale_of(request.language)
    return IssuedDocument(
        kind=DocumentKind.PAYMENT_REQUEST,
        number=number,
        issued_on=request.asked_on,
        currency=order.currency,
        language=request.language,
        seller=party_of(seller, invoice_no=number, side="seller"),
        buyer=party_of(buyer, invoice_no=number, side="buyer"),
        lines=tuple(_lines(order)),
        charges=tuple(_charges(order)),
        taxes=tuple(_taxes(order)),
        net=amounts.net,
        tax=amounts.tax,
        gross=amounts.gross,
        rounding=amounts.rounding,
        prepaid=request.ahead,
        due_later=amounts.payable - request.ahead - request.amount,
        instalments=(DocumentInstalment(due_on=request.due_on, amount=request.amount),),
        bank=bank_of(seller),
        payment_reference=request.reference,
        order_nos=(request.order_no,),
        customer_refs=(request.customer_ref,),
        reason=share_text.format(
            rate=wording.rate_text(request.rate, locale=locale), order=request.order_no
        ),
        seller_territory=books.company.tax_territory or "",
        mentions=_NO_INVOICE,
        legal_lines=tuple(books.company.legal_lines or ()),
    )


def _code(order: Draft, category: str) -> str:
    return order.meanings.get(category, TAXED).vat_code


def _lines(order: Draft) -> Iterator[DocumentLine]:
    nets = order.amounts.line_nets
    for line, given, net in zip(order.lines, order.inputs, nets, strict=True):
        yield DocumentLine(
            description=line.description,
            product_code=line.product_code,
            qty=line.qty,
            unit=line.unit,
            unit_price=given.unit_price,
            discount_rate=given.discount_rate,
            net=net,
            tax_category=_code(order, given.tax_category),
            tax_rate=given.tax_rate,
            surcharge_rate=given.surcharge_rate,
        )


def _charges(order: Draft) -> Iterator[DocumentCharge]:
    for one in order.amounts.charges:
        yield DocumentCharge(
            description=one.description,
            amount=one.amount,
            base=one.base,
            rate=one.rate,
            tax_category=_code(order, one.tax_category),
            tax_rate=one.tax_rate,
            surcharge_rate=one.surcharge_rate,
        )


def _taxes(order: Draft) -> Iterator[TaxGroup]:
    for one in order.amounts.taxes:
        yield TaxGroup(
            category=_code(order, one.category),
            rate=one.rate,
            base=one.base,
            tax=one.tax,
            exemption_reason=order.meanings.get(one.category, TAXED).exemption_reason
            or "",
            kind=one.kind,
        )
