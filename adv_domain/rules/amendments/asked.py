"""What did the customer's document ask for, and how is that kept?

The document is kept as it was read, so that it can be held against the order as it
stands on the day that decides: when its order has come, or the change before it is
settled.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from adv_domain.rules.amendments.terms import HeaderTerms, LineTerms
from adv_domain.rules.orders.incoming import DocumentKind, IncomingLine, IncomingOrder
from adv_domain.rules.plain_numbers import plain_number

_DAYS = frozenset({"requested_on", "deliver_from", "deliver_until"})
_NUMBERS = frozenset({"prepaid", "quantity", "price", "discount_rate", "tax_rate"})
_JSON = frozenset({"charges"})
_OTHER_NAMES = {"quantity": "qty", "price": "unit_price"}
"""Terms that an incoming line calls otherwise."""


@dataclass(frozen=True, slots=True)
class AskedChange:
    """A change as it was asked for; lines are pairs of line number and terms.

    A whole one is an order sent anew: what it does not say is no longer wanted. Any
    other says only what changes. Lines without the customer's numbers are told apart
    by their products.
    """

    is_cancel: bool
    is_whole: bool
    lines_are_numbered: bool
    header: HeaderTerms
    lines: tuple[tuple[int, LineTerms], ...]


def asked_change(
    order: IncomingOrder,
    *,
    payment_terms: str | None,
    charges: Sequence[Mapping[str, Any]] | None,
) -> AskedChange:
    """Return what the document asks for; payment_terms is the code of its term,
    charges are in the form in which an order keeps them."""
    header = order.header
    known: dict[str, Any] = {
        "payment_terms": payment_terms,
        "charges": charges or None,
        "asked_shipping_policy": header.shipping_policy,
        "asked_priority": header.priority,
    }
    return AskedChange(
        is_cancel=header.document == DocumentKind.CANCEL,
        is_whole=header.document == DocumentKind.ORDER,
        lines_are_numbered=order.lines_are_numbered,
        header=HeaderTerms._make(
            known[name] if name in known else getattr(header, name)
            for name in HeaderTerms._fields
        ),
        lines=tuple((line.line_no, _terms(line)) for line in order.lines),
    )


def _terms(line: IncomingLine) -> LineTerms:
    names = (_OTHER_NAMES.get(name, name) for name in LineTerms._fields)
    return LineTerms._make(getattr(line, name) for name in names)


def plain(value: Any) -> str | None:
    """Write a value of an order as text: ISO days, numbers without idle zeros, JSON."""
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    return None if value is None else str(value)


def form_of(asked: AskedChange) -> dict[str, Any]:
    """Write the change as texts, to be kept as JSON."""
    return {
        "is_cancel": asked.is_cancel,
        "is_whole": asked.is_whole,
        "lines_are_numbered": asked.lines_are_numbered,
        "header": _texts(asked.header._asdict()),
        "lines": [
            {"line": line_no, **_texts(terms._asdict())}
            for line_no, terms in asked.lines
        ],
    }


def change_in(form: Mapping[str, Any]) -> AskedChange:
    """Read the change back from its form."""
    return AskedChange(
        is_cancel=form["is_cancel"],
        is_whole=form["is_whole"],
        lines_are_numbered=form["lines_are_numbered"],
        header=HeaderTerms(**_values(form["header"], HeaderTerms._fields)),
        lines=tuple(
            (line["line"], LineTerms(**_values(line, LineTerms._fields)))
            for line in form["lines"]
        ),
    )


def _texts(values: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: plain(value) for name, value in values.items()}


def _values(texts: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _value(name, texts.get(name)) for name in names}


def _value(name: str, text: str | None) -> Any:
    if text is None:
        return None
    if name in _DAYS:
        return date.fromisoformat(text)
    if name in _JSON:
        return json.loads(text)
    if name == "asked_priority":
        return int(text)
    return Decimal(text) if name in _NUMBERS else text
