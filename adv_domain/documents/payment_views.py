"""How does a document say when, how and by which account it is paid?"""

from collections.abc import Mapping
from typing import Any

from babel import Locale

from adv_domain import wording
from adv_domain.documents.payment_code import PaymentCode, payment_code
from adv_domain.rules.billing.issued_documents import IssuedDocument

Labels = Mapping[str, Any]


def payment_view(
    document: IssuedDocument, *, labels: Labels, locale: Locale
) -> dict[str, Any]:
    """Return the due dates, the account to pay to, and the terms as one sentence."""
    return {
        "instalments": _instalments(document, labels=labels, locale=locale),
        "payment_note": _note(document, texts=labels["texts"]),
        "payment": _account(document, labels=labels, locale=locale),
        "terms": _terms(document, labels=labels, locale=locale),
    }


def early_payment_text(
    document: IssuedDocument, *, labels: Labels, locale: Locale
) -> str:
    """Return the offer to pay early, empty where there is none."""
    early = document.early_payment
    if early is None:
        return ""
    text: str = labels["texts"]["early_payment"]
    rate = wording.rate_text(early.rate, locale=locale)
    if early.of_net:
        rate = labels["texts"]["rate_of_net"].format(rate=rate)
    return text.format(
        until=_unbroken(wording.date_text(early.until_on, locale=locale)),
        rate=rate,
        amount=wording.money_text(
            early.payable, currency=document.currency, locale=locale
        ),
    )


def _instalments(
    document: IssuedDocument, *, labels: Labels, locale: Locale
) -> list[dict[str, str]]:
    if document.payable <= 0:
        return []
    return [
        {
            "due_on": wording.date_text(part.due_on, locale=locale),
            "amount": wording.money_text(
                part.amount, currency=document.currency, locale=locale
            ),
            "means": labels["means"].get(part.means, part.means),
        }
        for part in document.instalments
        if part.amount
    ]


def _note(document: IssuedDocument, *, texts: Mapping[str, str]) -> str:
    """Say what happens without the buyer: a debit, or a credit that is set off."""
    if document.is_credit_note or document.payable < 0:
        return texts["credit_terms"]
    if not document.payable:
        return texts["nothing_due"]
    if all(part.means != "direct_debit" for part in document.instalments):
        return ""
    iban = document.debited_iban.replace(" ", "")
    if not iban:
        return texts["direct_debit_unknown"]
    return texts["direct_debit"].format(iban=f"{iban[:4]} … {iban[-4:]}")


def _account(
    document: IssuedDocument, *, labels: Labels, locale: Locale
) -> dict[str, str] | None:
    """Return the account and the code, None where nothing is to be transferred."""
    by_transfer = any(part.means == "transfer" for part in document.instalments)
    if document.bank is None or not by_transfer or document.payable <= 0:
        return None
    code = payment_code(document)
    return {
        "holder": document.bank.holder,
        "iban": _in_fours(document.bank.iban),
        "bic": document.bank.bic,
        "reference": _in_fours(document.payment_reference)
        if document.payment_reference.startswith("RF")
        else document.payment_reference or document.number,
        "qr": code.svg if code else "",
        "qr_caption": _qr_caption(code, labels=labels, locale=locale),
    }


def _terms(document: IssuedDocument, *, labels: Labels, locale: Locale) -> str:
    """Say in one text what the page says by its table and sentences."""
    texts: Mapping[str, str] = labels["texts"]
    parts = [
        texts["terms_part"].format(amount=part["amount"], due=part["due_on"])
        for part in _instalments(document, labels=labels, locale=locale)
    ]
    said = [
        texts["terms"].format(parts="; ".join(parts)) if parts else "",
        early_payment_text(document, labels=labels, locale=locale),
        _note(document, texts=texts),
    ]
    return " ".join(one for one in said if one) or texts["nothing_due"]


def _qr_caption(code: PaymentCode | None, *, labels: Labels, locale: Locale) -> str:
    if code is None:
        return ""
    text: str = labels["texts"]["qr_caption"]
    return text.format(
        amount=wording.money_text(code.amount, currency="EUR", locale=locale),
        due=_unbroken(wording.date_text(code.due_on, locale=locale)),
    )


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _in_fours(code: str) -> str:
    """Write an IBAN or RF reference in groups of four, as on paper (ISO 13616)."""
    compact = code.replace(" ", "")
    return " ".join(compact[at : at + 4] for at in range(0, len(compact), 4))
