"""What does a person correct in an order, and what does the order say then?

A correction mends what was entered wrongly, before the order is accepted; what the
customer wants otherwise later is a change of his own. Values come as a person writes
them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from adv_domain.rules.countries import COUNTRIES
from adv_domain.rules.money import CURRENCIES, ZERO
from adv_domain.rules.orders.incoming import IncomingLine, IncomingOrder
from adv_domain.rules.orders.order_content import incoming_order
from adv_domain.rules.orders.states import OrderState
from adv_domain.rules.plain_numbers import percentage, plain_number

CORRECTABLE = (OrderState.RECEIVED, OrderState.HELD)
AGREED = "agreed"
"""What a price is corrected to where the customer's own is to be forgotten."""
_DAY = "requested_on"
_DECIMALS = 6
_LARGEST = Decimal(10) ** 12
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d+)?", re.ASCII)
_HUNDRED = Decimal(100)


class CorrectionWrong(ValueError):
    """A correction cannot be read, or there is nothing that it could mend."""


@dataclass(frozen=True, slots=True)
class Correction:
    """New values by field, of the order itself and of one of its lines."""

    header: Mapping[str, Any]
    line_no: int | None
    line: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CorrectedField:
    """A field with its old and its new value as text; line_no 0 is the order's own."""

    line_no: int
    field: str
    old: str
    new: str

    def __str__(self) -> str:
        where = f"line {self.line_no} " if self.line_no else ""
        return f"{where}{self.field} {self.old or '-'} → {self.new or '-'}"


def read_correction(
    texts: Mapping[str, str], *, line_no: int | None = None
) -> Correction:
    """Read what is to be corrected, by field; an empty text leaves its field alone.

    With a line number requested_on is the line's. Raises CorrectionWrong, naming the
    field and how it is written.
    """
    given = {name: text.strip() for name, text in texts.items() if text.strip()}
    line = {name: text for name, text in given.items() if name in _LINE}
    header = {name: text for name, text in given.items() if name in _HEADER}
    if line_no is None:
        line.pop(_DAY, None)
    else:
        header.pop(_DAY, None)
    if line and line_no is None:
        raise CorrectionWrong(f"{', '.join(line)}: say of which line (line number)")
    if line_no is not None and not line:
        raise CorrectionWrong(f"line {line_no}: say what of it is to be corrected")
    if not header and not line:
        raise CorrectionWrong("say what is to be corrected, and to what")
    return Correction(
        header={_HEADER[name].goes_to: _read(name, header) for name in header},
        line_no=line_no,
        line={_LINE[name].goes_to: _read(name, line) for name in line},
    )


def corrected(order: IncomingOrder, correction: Correction) -> IncomingOrder:
    """Return the order as it is to be, in the normal form.

    A date for the whole order is that of each of its lines. Raises CorrectionWrong
    where there is no such line.
    """
    numbers = [line.line_no for line in order.lines]
    if correction.line_no is not None and correction.line_no not in numbers:
        listed = ", ".join(map(str, numbers)) or "none"
        raise CorrectionWrong(
            f"there is no line {correction.line_no}; there are: {listed}"
        )
    clears_dates = _DAY in correction.header
    return incoming_order(
        replace(order.header, **correction.header),
        [_line(line, correction, clears_dates) for line in order.lines],
        lines_are_numbered=order.lines_are_numbered,
        source_row=order.source_row,
    )


def corrected_fields(
    before: IncomingOrder, after: IncomingOrder
) -> list[CorrectedField]:
    """Return every field in which the two differ, the order's own first.

    The day wanted is told once where it is that of the whole order, else by line.
    """
    by_line = any(
        line.requested_on for order in (before, after) for line in order.lines
    )
    header = {
        name: field for name, field in _HEADER.items() if name != _DAY or not by_line
    }
    found = list(_differing(0, before.header, after.header, header))
    old_lines, new_lines = before.lines, after.lines
    if by_line:
        old_lines, new_lines = _dated(before), _dated(after)
    for old, new in zip(old_lines, new_lines, strict=True):
        found += _differing(old.line_no, old, new, _LINE)
    return found


@dataclass(frozen=True, slots=True)
class _Field:
    """Where a field goes in an order as it comes in, and how its text is read."""

    goes_to: str
    read: Callable[[str], Any]


def _text(longest: int) -> Callable[[str], str]:
    def _checked(text: str) -> str:
        if len(text) > longest:
            raise ValueError(f"at most {longest} characters")
        if not text.isprintable():
            raise ValueError("one line of plain text")
        return text

    return _checked


def _one_of(
    codes: frozenset[str] | Mapping[str, Any], what: str
) -> Callable[[str], str]:
    def _checked(text: str) -> str:
        code = text.upper()
        if code not in codes:
            raise ValueError(what)
        return code

    return _checked


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("a day like 2026-11-23") from None


def _number(text: str) -> Decimal:
    wanted = "a number such as 12.50, with at most six decimals"
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(wanted)
    number = Decimal(text)
    if abs(number) >= _LARGEST:
        raise ValueError(wanted)
    if _decimals(number) > _DECIMALS:
        raise ValueError(wanted)
    return number


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -int(exponent))


def _quantity(text: str) -> Decimal:
    number = _number(text)
    if number <= ZERO:
        raise ValueError("more than nothing; cancel or reject what is not wanted")
    return number


def _price(text: str) -> Decimal | None:
    if text.lower() == AGREED:
        return None
    number = _number(text)
    if number < ZERO:
        raise ValueError(f"not below zero; {AGREED!r} takes the agreed price")
    return number


def _discount(text: str) -> Decimal:
    rate = _number(text) / _HUNDRED
    if not ZERO <= rate <= 1 or _decimals(rate) > _DECIMALS:
        raise ValueError("per cent from 0 to 100, with at most four decimals")
    return rate


_HEADER: Mapping[str, _Field] = {
    "customer": _Field("customer", _text(40)),
    "reference": _Field("customer_ref", _text(80)),
    "ordered_on": _Field("ordered_on", _day),
    "currency": _Field("currency", _one_of(CURRENCIES, "an ISO code such as EUR")),
    "requested_on": _Field("requested_on", _day),
    "payment_terms": _Field("payment_terms", _text(40)),
    "buyer_reference": _Field("buyer_reference", _text(80)),
    "ship_to_name": _Field("ship_to_name", _text(200)),
    "address": _Field("ship_to_address", _text(400)),
    "postal_code": _Field("ship_to_postal_code", _text(20)),
    "city": _Field("ship_to_city", _text(120)),
    "country": _Field("ship_to_country", _one_of(COUNTRIES, "a code such as ES")),
}
_LINE: Mapping[str, _Field] = {
    "product": _Field("product", _text(80)),
    "quantity": _Field("qty", _quantity),
    "unit": _Field("unit", _text(12)),
    "price": _Field("unit_price", _price),
    "discount": _Field("discount_rate", _discount),
    "requested_on": _Field("requested_on", _day),
}
FIELDS = tuple(dict.fromkeys((*_HEADER, *_LINE)))
"""What can be corrected, as a person names it."""


def _read(name: str, given: Mapping[str, str]) -> Any:
    field = (_LINE if name in _LINE else _HEADER)[name]
    try:
        return field.read(given[name])
    except ValueError as error:
        raise CorrectionWrong(f"{name} {given[name]!r}: write {error}") from None


def _line(
    line: IncomingLine, correction: Correction, clears_dates: bool
) -> IncomingLine:
    if clears_dates and line.requested_on is not None:
        line = replace(line, requested_on=None)
    if line.line_no != correction.line_no:
        return line
    return replace(line, **correction.line)


def _dated(order: IncomingOrder) -> tuple[IncomingLine, ...]:
    """Return the lines, each with the day that counts for it."""
    day = order.header.requested_on
    return tuple(
        replace(line, requested_on=line.requested_on or day) for line in order.lines
    )


def _differing(
    line_no: int, old: Any, new: Any, fields: Mapping[str, _Field]
) -> Iterator[CorrectedField]:
    for name, field in fields.items():
        before, after = getattr(old, field.goes_to), getattr(new, field.goes_to)
        if before != after:
            yield CorrectedField(
                line_no, name, _written(name, before), _written(name, after)
            )


def _written(name: str, value: Any) -> str:
    if value is None:
        return AGREED if name == "price" else ""
    if name == "discount":
        return f"{percentage(value)} %"
    return plain_number(value) if isinstance(value, Decimal) else str(value)
