"""What text stands where on an invoice or credit note in its language?

A view holds strings only: the layout neither computes nor formats.
"""

from typing import Any

from babel import Locale

from adv_domain import wording
from adv_domain.documents.payment_code import PaymentCode, payment_code
from adv_domain.rules.billing.issued_documents import (
    DocumentLine,
    DocumentParty,
    IssuedDocument,
)

View = dict[str, Any]


def invoice_view(document: IssuedDocument, *, labels: dict[str, Any]) -> View:
    """Return every text of the document, labels included, as JSON values.

    Raises KeyError where a mention's code is not in the catalogue.
    """
    locale = wording.locale_of(document.language)
    return {
        "language": locale.language,
        "labels": labels["labels"],
        "title": labels["titles"][document.kind.value],
        "number": document.number,
        "issued_on_iso": document.issued_on.isoformat(),
        "currency": document.currency,
        "seller": _party(document.seller, locale=locale),
        "buyer": _party(document.buyer, locale=locale),
        "facts": _facts(document, labels=labels["labels"], locale=locale),
        "has_discounts": any(line.discount_rate for line in document.lines),
        "lines": _lines(document, units=labels["units"], locale=locale),
        "taxes": _taxes(document, locale=locale),
        "totals": _totals(document, labels=labels["labels"], locale=locale),
        "instalments": _instalments(document, labels=labels, locale=locale),
        "early_payment": _early_payment(document, labels=labels, locale=locale),
        "payment": _payment(document, labels=labels, locale=locale),
        "mentions": [labels["mentions"][code] for code in document.mentions]
        + list(document.legal_lines),
    }


def _party(party: DocumentParty, *, locale: Locale) -> View:
    country = locale.territories.get(party.country, party.country)
    return {
        "name": party.name,
        "address_lines": [line for line in (*party.address_lines, country) if line],
        "vat_id": party.vat_id,
        "registration": party.registration,
        "email": party.email,
    }


def _facts(
    document: IssuedDocument, *, labels: dict[str, str], locale: Locale
) -> list[View]:
    """List the labelled facts of the head; a fact without a value is left out."""
    delivered_on = document.delivered_on
    values = {
        "number": document.number,
        "issued_on": wording.date_text(document.issued_on, locale=locale),
        "delivered_on": wording.date_text(delivered_on, locale=locale)
        if delivered_on
        else "",
        "corrects": _listed(document.corrects),
        "reason": document.reason,
        "order_nos": _listed(document.order_nos),
        "customer_refs": _listed(document.customer_refs),
        "delivery_nos": _listed(document.delivery_nos),
        "buyer_reference": document.buyer_reference,
    }
    return [
        {"label": labels[name], "value": value}
        for name, value in values.items()
        if value
    ]


def _lines(
    document: IssuedDocument, *, units: dict[str, str], locale: Locale
) -> list[View]:
    # one order stands in the head already
    has_orders = len(document.order_nos) > 1
    return [
        _line(line, currency=document.currency, locale=locale)
        | {"qty": _qty(line, units=units, locale=locale)}
        | {"order_no": line.order_no if has_orders else ""}
        for line in document.lines
    ]


def _line(line: DocumentLine, *, currency: str, locale: Locale) -> View:
    return {
        "product_code": line.product_code,
        "description": line.description,
        "unit_price": wording.unit_price_text(
            line.unit_price, currency=currency, locale=locale
        ),
        "discount": wording.rate_text(line.discount_rate, locale=locale)
        if line.discount_rate
        else "",
        "net": wording.amount_text(line.net, currency=currency, locale=locale),
        "tax_rate": wording.rate_text(line.tax_rate, locale=locale),
    }


def _qty(line: DocumentLine, *, units: dict[str, str], locale: Locale) -> str:
    qty = wording.qty_text(line.qty, locale=locale)
    return f"{qty} {units.get(line.unit, line.unit)}".strip()


def _taxes(document: IssuedDocument, *, locale: Locale) -> list[View]:
    currency = document.currency
    return [
        {
            "rate": wording.rate_text(group.rate, locale=locale),
            "base": wording.amount_text(group.base, currency=currency, locale=locale),
            "tax": wording.amount_text(group.tax, currency=currency, locale=locale),
        }
        for group in document.taxes
    ]


def _totals(
    document: IssuedDocument, *, labels: dict[str, str], locale: Locale
) -> list[View]:
    amounts = {"net": document.net, "tax": document.tax, "gross": document.gross}
    return [
        {
            "label": labels[name],
            "value": wording.money_text(
                amount, currency=document.currency, locale=locale
            ),
        }
        for name, amount in amounts.items()
    ]


def _instalments(
    document: IssuedDocument, *, labels: dict[str, Any], locale: Locale
) -> list[View]:
    return [
        {
            "due_on": wording.date_text(part.due_on, locale=locale),
            "amount": wording.money_text(
                part.amount, currency=document.currency, locale=locale
            ),
            "means": labels["means"].get(part.means, part.means),
        }
        for part in document.instalments
    ]


def _early_payment(
    document: IssuedDocument, *, labels: dict[str, Any], locale: Locale
) -> str:
    early = document.early_payment
    if early is None:
        return ""
    text: str = labels["texts"]["early_payment"]
    return text.format(
        until=wording.date_text(early.until_on, locale=locale),
        rate=wording.rate_text(early.rate, locale=locale),
        amount=wording.money_text(
            early.payable, currency=document.currency, locale=locale
        ),
    )


def _payment(
    document: IssuedDocument, *, labels: dict[str, Any], locale: Locale
) -> View | None:
    """Return the account and the code, None where nothing is to be transferred."""
    by_transfer = any(part.means == "transfer" for part in document.instalments)
    if document.bank is None or document.gross <= 0 or not by_transfer:
        return None
    code = payment_code(document)
    return {
        "holder": document.bank.holder,
        "iban": _in_fours(document.bank.iban),
        "bic": document.bank.bic,
        "reference": _in_fours(document.payment_reference) or document.number,
        "qr": code.svg if code else "",
        "qr_caption": _qr_caption(code, labels=labels, locale=locale),
    }


def _qr_caption(
    code: PaymentCode | None, *, labels: dict[str, Any], locale: Locale
) -> str:
    if code is None:
        return ""
    text: str = labels["texts"]["qr_caption"]
    return text.format(
        amount=wording.money_text(code.amount, currency="EUR", locale=locale),
        due=wording.date_text(code.due_on, locale=locale),
    )


def _in_fours(code: str) -> str:
    """Write an IBAN or RF reference in groups of four, as on paper (ISO 13616)."""
    compact = code.replace(" ", "")
    return " ".join(compact[at : at + 4] for at in range(0, len(compact), 4))


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(value for value in values if value)
