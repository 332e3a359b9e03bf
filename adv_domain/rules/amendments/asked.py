"""What did the customer's document ask for, and how is that kept?

The document is kept as it was read, so that it can be held against the order as it
stands on the day that decides: when its order has come, or the change before it is
settled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from adv_domain.rules.amendments.terms import HeaderTerms, LineTerms
from adv_domain.rules.orders.incoming import DocumentKind, IncomingLine, IncomingOrder

_DAYS = frozenset({"requested_on"})
_NUMBERS = frozenset({"prepaid", "quantity", "price", "discount_rate"})


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


def asked_change(order: IncomingOrder, *, payment_terms: str | None) -> AskedChange:
    """Return what the document asks for; payment_terms is the code of its term."""
    header = order.header
    return AskedChange(
        is_cancel=header.document == DocumentKind.CANCEL,
        is_whole=header.document == DocumentKind.ORDER,
        lines_are_numbered=order.lines_are_numbered,
        header=HeaderTerms(
            requested_on=header.requested_on,
            currency=header.currency,
            payment_terms=payment_terms,
            ship_to_name=header.ship_to_name,
            ship_to_address=header.ship_to_address,
            ship_to_country=header.ship_to_country,
            buyer_reference=header.buyer_reference,
            instructions=header.instructions,
            prepaid=header.prepaid,
        ),
        lines=tuple((line.line_no, _terms(line)) for line in order.lines),
    )


def _terms(line: IncomingLine) -> LineTerms:
    return LineTerms(
        product=line.product,
        description=line.description,
        customer_article=line.customer_article,
        quantity=line.qty,
        unit=line.unit,
        price=line.unit_price,
        discount_rate=line.discount_rate,
        requested_on=line.requested_on,
    )


def plain(value: Decimal | date | str | None) -> str | None:
    """Write a value of an order as text: ISO days, numbers without idle zeros."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
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
    return Decimal(text) if name in _NUMBERS else text
