"""How are the lines, charges, taxes and totals of a document written out?"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel import Locale

from adv_domain import wording
from adv_domain.rules.billing.issued_documents import (
    DocumentCharge,
    DocumentLine,
    IssuedDocument,
    TaxGroup,
)
from adv_domain.rules.billing.mentions import tax_name
from adv_domain.rules.billing.unit_codes import unit_word
from adv_domain.rules.money import ZERO

Row = dict[str, Any]
_OUTSIDE_VAT = "O"


def line_rows(
    document: IssuedDocument, *, labels: Mapping[str, Any], locale: Locale
) -> list[Row]:
    """Write the lines; each names its order where there are several, and why it bears
    no tax where others bear none for another reason."""
    # one order stands in the head already, one reason beside the tax
    has_orders = len(document.order_nos) > 1
    untaxed = {group.category for group in document.taxes if not group.rate}
    reasons = labels["tax_categories"] if len(untaxed) > 1 else {}
    return [
        _line(line, currency=document.currency, locale=locale)
        | {"qty": _qty(line, units=labels["units"], locale=locale)}
        | {"order_no": line.order_no if has_orders else ""}
        | {"tax_note": "" if line.tax_rate else reasons.get(line.tax_category, "")}
        for line in document.lines
    ]


def charge_rows(
    document: IssuedDocument, *, labels: Mapping[str, str], locale: Locale
) -> list[Row]:
    """Write the discounts and charges on the whole document."""
    return [
        {
            "name": _charge_name(charge, document=document, labels=labels),
            "description": _charge_text(
                charge, document=document, labels=labels, locale=locale
            ),
            "tax_rate": wording.rate_text(charge.tax_rate, locale=locale),
            "amount": wording.amount_text(
                charge.amount, currency=document.currency, locale=locale
            ),
        }
        for charge in document.charges
    ]


def tax_words(
    document: IssuedDocument, *, labels: Mapping[str, Any]
) -> Mapping[str, str]:
    """Return the labels of the page, with the tax called what it is: IGIC, IPSI."""
    name = tax_name(
        {group.category for group in document.taxes},
        seller_territory=document.seller_territory,
    )
    words: Mapping[str, str] = labels["labels"]
    if document.is_request or document.is_credit_note:
        # who is asked, or gets money back, is not invoiced
        words = {**words, "bill_to": words["customer"]}
    own = labels["taxes"].get(name)
    if own is None:
        return words
    amount = labels["texts"]["tax_amount_of"].format(tax=own)
    return {**words, "tax_rate": own, "tax": own, "tax_amount": amount}


def company_tax_text(
    document: IssuedDocument, *, labels: Mapping[str, Any], locale: Locale
) -> list[Row]:
    """State the tax in the seller's currency, where the document has another."""
    stated = document.company_tax
    if stated is None:
        return []
    text = labels["texts"]["company_tax"].format(
        tax=tax_words(document, labels=labels)["tax"],
        amount=wording.money_text(
            stated.amount, currency=stated.currency, locale=locale
        ),
        rate=wording.qty_text(stated.rate, locale=locale),
        foreign=document.currency,
        own=stated.currency,
        date=wording.date_text(stated.dated_on, locale=locale),
    )
    return [{"code": "", "text": text}]


def tax_rows(
    document: IssuedDocument, *, labels: Mapping[str, Any], locale: Locale
) -> list[Row]:
    """Write the tax groups; beside the rate stands that it is a surcharge's, or why
    nothing is due."""
    currency = document.currency
    return [
        {
            "rate": _tax_rate(group, labels=labels, locale=locale),
            "base": wording.amount_text(group.base, currency=currency, locale=locale),
            "tax": wording.amount_text(group.tax, currency=currency, locale=locale),
        }
        for group in document.taxes
    ]


def totals(
    document: IssuedDocument, *, labels: Mapping[str, str], locale: Locale
) -> list[Row]:
    """Write the totals down to what is to be paid, which is the last of them."""
    surcharge = sum(
        (group.tax for group in document.taxes if group.kind == "surcharge"), ZERO
    )
    rows = [
        (labels["net"], document.net),
        (labels["tax"], document.tax - surcharge),
        *([(labels["surcharge"], surcharge)] if surcharge else []),
        (labels["gross"], document.gross),
    ]
    if document.prepaid:
        rows.append((labels["prepaid"], -document.prepaid))
    if document.rounding:
        rows.append((labels["rounding"], document.rounding))
    if document.due_later:
        rows.append((labels["due_later"], -document.due_later))
    if document.payable != document.gross:
        rows.append((labels["payable"], document.payable))
    return [_total(label, amount, document, locale) for label, amount in rows]


def _total(
    label: str, amount: Decimal, document: IssuedDocument, locale: Locale
) -> Row:
    text = wording.money_text(amount, currency=document.currency, locale=locale)
    return {"label": label, "value": text}


def _tax_rate(group: TaxGroup, *, labels: Mapping[str, Any], locale: Locale) -> str:
    rate = wording.rate_text(group.rate, locale=locale)
    if group.kind == "surcharge":
        return f"{labels['labels']['surcharge']} {rate}"
    if group.rate:
        return rate
    reason = labels["tax_categories"].get(group.category, "")
    # what is outside the tax has no rate, not one of zero
    return reason if group.category == _OUTSIDE_VAT else f"{rate} {reason}".strip()


def _charge_name(
    charge: DocumentCharge, *, document: IssuedDocument, labels: Mapping[str, str]
) -> str:
    """Return what a charge is called: its own words, else discount or charge."""
    if charge.is_deduction:
        return f"{labels['deducts']} {charge.description}"
    is_discount = (charge.amount < 0) != document.is_credit_note
    return charge.description or labels["discount" if is_discount else "charge"]


def _charge_text(
    charge: DocumentCharge,
    *,
    document: IssuedDocument,
    labels: Mapping[str, str],
    locale: Locale,
) -> str:
    name = _charge_name(charge, document=document, labels=labels)
    if charge.rate is None:
        return name
    return f"{name} {wording.rate_text(charge.rate, locale=locale)}"


def _line(line: DocumentLine, *, currency: str, locale: Locale) -> Row:
    return {
        "product_code": line.product_code,
        "your_item": line.customer_article,
        "description": line.description,
        "unit_price": wording.unit_price_text(
            line.unit_price, currency=currency, locale=locale
        ),
        "discount": wording.rate_text(line.discount_rate, locale=locale)
        if line.discount_rate
        else "",
        "net": wording.amount_text(line.net, currency=currency, locale=locale),
        "tax_rate": ""
        if line.tax_category == _OUTSIDE_VAT
        else wording.rate_text(line.tax_rate, locale=locale),
    }


def _qty(line: DocumentLine, *, units: Mapping[str, str], locale: Locale) -> str:
    unit = unit_word(line.unit, words=units, qty=line.qty)
    return wording.qty_text(line.qty, locale=locale, unit=unit)
