"""Which labelled facts stand in the head of a document, beside the buyer?"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel import Locale

from adv_domain import wording
from adv_domain.rules.billing.issued_documents import (
    DeliveryNote,
    EarlierDocument,
    IssuedDocument,
)

Fact = dict[str, Any]
_Values = Sequence[str]


def head_facts(
    document: IssuedDocument, *, labels: Mapping[str, Any], locale: Locale
) -> list[Fact]:
    """List the facts; one without a value is left out.

    A value of several parts is told as one text and by its parts, which no line may
    tear: a number stays with its day.
    """
    dated = labels["texts"]["dated"]
    period = _period(document, locale=locale)
    # a period says the last day of supply too
    supplied_on = None if period else document.delivered_on
    values: dict[str, _Values] = {
        "number": (document.number,),
        "customer_no": (document.customer_no,),
        "issued_on": _day(document.issued_on, locale=locale),
        "delivered_on": _day(supplied_on, locale=locale),
        "paid_on": _day(document.paid_on, locale=locale),
        "period": period,
        "corrects": _earlier(document.corrects, dated=dated, locale=locale),
        "deducts": _earlier(document.deducts, dated=dated, locale=locale),
        "reason": (reason_text(document, labels=labels),),
        "order_nos": document.order_nos,
        "customer_refs": document.customer_refs,
        "delivery_nos": _delivered(document.delivery_notes, locale=locale),
        "buyer_reference": (document.buyer_reference,),
    }
    facts = (
        {
            "code": name,
            "label": labels["labels"][name],
            "value": ", ".join(part for part in parts if part),
            "parts": [part for part in parts if part],
        }
        for name, parts in values.items()
    )
    return [fact for fact in facts if fact["parts"]]


def reason_text(document: IssuedDocument, *, labels: Mapping[str, Any]) -> str:
    """Say why an invoice is corrected: what the reason is called, and in words."""
    name, reason = document.reason_name, document.reason
    if not name or not reason:
        return name or reason
    text: str = labels["texts"]["reason_named"]
    return text.format(name=name, reason=reason)


def _day(day: date | None, *, locale: Locale) -> _Values:
    return (wording.date_text(day, locale=locale),) if day else ()


def _period(document: IssuedDocument, *, locale: Locale) -> _Values:
    if document.period is None:
        return ()
    first, last = (wording.date_text(day, locale=locale) for day in document.period)
    return (f"{first} – {last}",)


def _earlier(
    documents: Sequence[EarlierDocument], *, dated: str, locale: Locale
) -> _Values:
    return [
        dated.format(
            number=one.number, date=wording.date_text(one.issued_on, locale=locale)
        )
        if one.issued_on
        else one.number
        for one in documents
    ]


def _delivered(notes: Sequence[DeliveryNote], *, locale: Locale) -> _Values:
    """List the deliveries; of several each with its day (RD 1619/2012 art. 6, 1, i)."""
    if len(notes) == 1:
        return (notes[0].number,)
    return [
        f"{one.number} ({wording.date_text(one.shipped_on, locale=locale)})"
        if one.shipped_on
        else one.number
        for one in notes
    ]
