"""What text stands where on an invoice or credit note in its language?

A view holds strings only: the layout neither computes nor formats, and the texts of
the e-invoice are the same ones.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from babel import Locale

from adv_domain import wording
from adv_domain.documents.amount_views import (
    charge_rows,
    company_tax_text,
    line_rows,
    tax_rows,
    tax_words,
    totals,
)
from adv_domain.documents.fact_views import head_facts
from adv_domain.documents.payment_views import early_payment_text, payment_view
from adv_domain.rules.addresses import address_lines
from adv_domain.rules.billing.issued_documents import (
    Destination,
    DocumentParty,
    IssuedDocument,
)
from adv_domain.rules.billing.mentions import tax_mention
from adv_domain.rules.vat_ids import bears_country

View = dict[str, Any]
_FITS_BESIDE = 80
"""Characters that have room beside the buyer; what is longer gets the page's width."""
# as people write a SIREN and a SIRET
_GROUPS = {"0002": (3, 3, 3), "0009": (3, 3, 3, 5)}


def invoice_view(document: IssuedDocument, *, labels: Mapping[str, Any]) -> View:
    """Return every text of the document, labels included, as JSON values.

    Raises KeyError where a mention's code is not in the catalogue.
    """
    locale = wording.locale_of(document.language)
    words = tax_words(document, labels=labels)
    facts = head_facts(document, labels=labels, locale=locale)
    return {
        "language": locale.language,
        "labels": words,
        "title": labels["titles"][_title(document)],
        "is_request": document.is_request,
        "number": document.number,
        "issued_on_iso": document.issued_on.isoformat(),
        "currency": document.currency,
        "seller": _party(document.seller, labels=labels, locale=locale),
        "buyer": _party(document.buyer, labels=labels, locale=locale),
        "destination": _destination(document.destination, locale=locale),
        "facts": [one for one in facts if len(one["value"]) <= _FITS_BESIDE],
        "long_facts": [one for one in facts if len(one["value"]) > _FITS_BESIDE],
        "has_discounts": any(line.discount_rate for line in document.lines),
        "lines": line_rows(document, labels=labels, locale=locale),
        "charges": charge_rows(document, labels=words, locale=locale),
        "taxes": [
            row | {"mention": text}
            for row, text in zip(
                tax_rows(document, labels=labels, locale=locale),
                _tax_mentions(document, words=labels["mentions"]),
                strict=True,
            )
        ],
        "totals": totals(document, labels=words, locale=locale),
        "early_payment": early_payment_text(document, labels=labels, locale=locale),
        **payment_view(document, labels=labels, locale=locale),
        "mentions": [
            *_mentions(document, words=labels["mentions"]),
            *company_tax_text(document, labels=labels, locale=locale),
        ],
    }


def _title(document: IssuedDocument) -> str:
    is_advance = document.is_advance and not document.is_credit_note
    return "advance_invoice" if is_advance else document.kind.value


def _party(
    party: DocumentParty, *, labels: Mapping[str, Any], locale: Locale
) -> dict[str, Any]:
    country = locale.territories.get(party.country, party.country)
    return {
        "name": party.name,
        "address_lines": [line for line in (*party.address_lines, country) if line],
        "vat_id": party.vat_id,
        "tax_id": _tax_id(party, labels=labels["labels"]),
        "legal_id": _legal_id(party, labels=labels),
        "registration": party.registration,
        "email": party.email,
        "phone": party.phone,
    }


def _legal_id(party: DocumentParty, *, labels: Mapping[str, Any]) -> str:
    if party.legal_id is None:
        return ""
    scheme, value = party.legal_id
    name = labels["schemes"].get(scheme, labels["labels"]["registration_no"])
    return f"{name} {_in_groups(value, _GROUPS.get(scheme, ()))}"


def _tax_id(party: DocumentParty, *, labels: Mapping[str, str]) -> str:
    """Name the number what it is: a VAT number bears its country's letters."""
    if not party.vat_id:
        return ""
    is_vat_id = bears_country(party.vat_id, country=party.country)
    return f"{labels['vat_id' if is_vat_id else 'tax_id']} {party.vat_id}"


def _in_groups(number: str, sizes: Sequence[int]) -> str:
    """Write a number in its groups; one of another length stays as it is."""
    if len(number) != sum(sizes):
        return number
    ends = list(accumulate(sizes))
    parts = (number[end - size : end] for end, size in zip(ends, sizes, strict=True))
    return "\N{NO-BREAK SPACE}".join(parts)


def _destination(where: Destination | None, *, locale: Locale) -> View | None:
    """Return where the goods went, None where only the country is known."""
    if where is None or where == Destination(country=where.country):
        return None
    lines = address_lines(
        street=where.street,
        postal_code=where.postal_code,
        city=where.city,
        region=where.region,
        country=where.country,
    )
    country = locale.territories.get(where.country, where.country)
    return {"name": where.name, "address_lines": [*lines, country]}


def _tax_mentions(document: IssuedDocument, *, words: Mapping[str, str]) -> list[str]:
    """Return what each tax group must say, empty where its rate says it all."""
    groups = document.taxes
    codes = [
        tax_mention(
            one.category,
            seller_country=document.seller.country,
            seller_territory=document.seller_territory,
        )
        for one in groups
    ]
    return [
        (group.exemption_reason or words[code]) if code else ""
        for group, code in zip(groups, codes, strict=True)
    ]


def _mentions(document: IssuedDocument, *, words: Mapping[str, str]) -> list[View]:
    """List what the law wants said, each once; the tax and our own have no code."""
    of_taxes = dict.fromkeys(_tax_mentions(document, words=words))
    return [
        *({"code": "", "text": text} for text in of_taxes if text),
        *({"code": code, "text": words[code]} for code in document.mentions),
        *({"code": "", "text": text} for text in document.legal_lines),
    ]
