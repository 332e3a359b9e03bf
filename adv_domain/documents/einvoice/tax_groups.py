"""Into which groups of VAT does the norm put a document's taxes?

EN 16931 knows one tax on a line: a second one on the same base (recargo de
equivalencia) breaks BR-S-08. What bears both is a group of its own at both rates
together, 26.2 % of 21 % and 5.2 %; the surcharge by itself stands in a note. Of our
own categories several may share code and rate; the norm has one group for them.
"""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from adv_domain.rules.billing.issued_documents import (
    DocumentCharge,
    DocumentLine,
    IssuedDocument,
    TaxGroup,
)
from adv_domain.rules.billing.rounding import shared_tax
from adv_domain.rules.money import ZERO, rounded_to_minor

_Key = tuple[str, Decimal]
_SurchargedKey = tuple[str, Decimal, Decimal]


def combined_groups(document: IssuedDocument) -> tuple[TaxGroup, ...]:
    """Return the groups, each of one code and rate; their sums are the document's."""
    vat = _merged(group for group in document.taxes if group.kind == "vat")
    surcharged = _surcharged(document)
    for surcharge in document.taxes:
        if surcharge.kind != "surcharge":
            continue
        bases = {
            key[1]: base
            for key, base in surcharged.items()
            if (key[0], key[2]) == (surcharge.category, surcharge.rate)
        }
        parts = shared_tax(surcharge.tax, list(bases.values()), document.currency)
        for (rate, base), tax in zip(bases.items(), parts, strict=True):
            _move(vat, (surcharge.category, rate), surcharge, base, tax, document)
    return tuple(vat.values())


def _merged(groups: Iterable[TaxGroup]) -> dict[_Key, TaxGroup]:
    found: dict[_Key, TaxGroup] = {}
    for group in groups:
        key = (group.category, group.rate)
        known = found.get(key)
        found[key] = (
            group
            if known is None
            else replace(known, base=known.base + group.base, tax=known.tax + group.tax)
        )
    return found


def _surcharged(
    document: IssuedDocument,
) -> dict[_SurchargedKey, Decimal]:
    """Return what bears a surcharge, by code, rate and the surcharge's rate."""
    found: dict[_SurchargedKey, Decimal] = {}
    parts: list[tuple[DocumentLine | DocumentCharge, Decimal]]
    parts = [(line, line.net) for line in document.lines]
    parts += [(charge, charge.amount) for charge in document.charges]
    for part, net in parts:
        if part.surcharge_rate:
            key = (part.tax_category, part.tax_rate, part.surcharge_rate)
            found[key] = found.get(key, ZERO) + net
    return found


def _move(
    vat: dict[_Key, TaxGroup],
    key: _Key,
    surcharge: TaxGroup,
    base: Decimal,
    tax: Decimal,
    document: IssuedDocument,
) -> None:
    """Move a base from its VAT group to the one at both rates, with both taxes."""
    group = vat[key]
    own = rounded_to_minor(base * group.rate, document.currency)
    if base == group.base:
        own = group.tax
        del vat[key]
    else:
        vat[key] = replace(group, base=group.base - base, tax=group.tax - own)
    rate = group.rate + surcharge.rate
    vat[group.category, rate] = replace(group, rate=rate, base=base, tax=own + tax)
