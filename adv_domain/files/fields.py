"""Which kind of value stands in a column, and how is it read fast?"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from adv_domain.files.cells import (
    BadCell,
    Formats,
    NumberRule,
    Parser,
    code_of,
    date_of,
    decimal_parser,
    digits_of,
    email_of,
    flag_of,
    integer_of,
    one_of,
    party_ids_of,
    rate_parser,
    shaped_code_of,
    text_of,
)
from adv_domain.files.charges import charges_of, charges_text
from adv_domain.files.spreadsheet_text import SUSPECTS, unescaped
from adv_domain.rules.countries import COUNTRIES
from adv_domain.rules.money import CURRENCIES
from adv_domain.rules.orders.incoming import PartyId
from adv_domain.rules.registered_ids import NotARegisteredId, legal_id
from adv_domain.rules.terms.term_reach import entered_term
from adv_domain.rules.terms.terms import TermError

_CACHE_LIMIT = 20_000
_CURRENCY = re.compile(r"[A-Z]{3}")
_VATEX = re.compile(r"VATEX-[A-Z]{2}-[A-Z0-9-]{1,20}")


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Form:
    """How a cell is written, in words and by an example, and what makes its parser.

    write turns a value into what a writer of cells takes, in our own form.
    """

    words: str
    make: Callable[[Formats], Parser]
    example: str = ""
    write: Callable[[Any], Any] = _as_it_is


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name for a column, and what its use says of columns that are absent."""

    name: str
    implies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A column of ours: its name, how its cells are read, and its default.

    aliases are understood where no mapping names columns.
    """

    name: str
    form: Form
    required: bool = False
    default: str = ""
    aliases: tuple[Alias, ...] = ()


class Column(dict[str, Any]):
    """The values of one column by their text, each distinct text read once.

    Looking up a text is one dict access, which is what makes reading hundreds of
    thousands of rows cheap. Raises BadCell for a text that is not understood.
    """

    __slots__ = ("_codes", "_default", "_field", "_parse")

    def __init__(
        self,
        field: Field,
        formats: Formats,
        *,
        default: str = "",
        codes: dict[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._field = field
        self._parse = field.form.make(formats)
        # defaults are written in our own form, whatever the partner's
        stated = default or field.default
        self._default = field.form.make(Formats())(stated) if stated else None
        self._codes = codes or {}

    def __missing__(self, cell: str) -> Any:
        value = self._read(cell)
        if len(self) < _CACHE_LIMIT:
            self[cell] = value
        return value

    def _read(self, cell: str) -> Any:
        text = cell.strip()
        if text[:1] in SUSPECTS:
            text = unescaped(text)
        if self._codes:
            text = self._codes.get(text.casefold(), text)
        if text:
            return self._parse(text)
        if self._field.required and self._default is None:
            raise BadCell("missing", "is empty; fill it in")
        return self._default


def text(size: int = 200) -> Form:
    """Read free text of at most so many characters."""
    words = f"text, at most {size} characters"
    return Form(words, lambda _: partial(text_of, size=size))


def currency() -> Form:
    """Read an active ISO 4217 code."""
    read = partial(code_of, known=CURRENCIES, standard="ISO 4217, such as EUR")
    return Form("currency, ISO 4217", lambda _: read, "EUR")


def asked_currency() -> Form:
    """Read what looks like a currency: an order in none is held for its fault."""
    read = partial(shaped_code_of, pattern=_CURRENCY, example="EUR")
    return Form("currency, ISO 4217", lambda _: read, "EUR")


def country() -> Form:
    """Read an ISO 3166 code of two letters."""
    read = partial(code_of, known=COUNTRIES, standard="ISO 3166, such as ES")
    return Form("country, ISO 3166 of two letters", lambda _: read, "ES")


def digits(*lengths: int) -> Form:
    """Read a number that is a name, such as a GLN: so many digits, spaces left out."""
    words = f"{' or '.join(map(str, lengths))} digits"
    example = "8412345000013"
    return Form(words, lambda _: partial(digits_of, lengths=lengths), example)


def email() -> Form:
    """Read one mail address."""
    return Form("one mail address", lambda _: email_of, "ana@example.com")


def legal_registration() -> Form:
    """Read a company's registration, scheme and number."""
    words = "scheme:number of ISO/IEC 6523; 0002 is the SIREN"
    return Form(words, lambda _: _legal_id_of, "0002:303265045")


def exemption() -> Form:
    """Read a code of the VATEX list."""
    read = partial(shaped_code_of, pattern=_VATEX, example="VATEX-EU-132")
    return Form("code of the VATEX list", lambda _: read, "VATEX-EU-132")


def choice(*allowed: str) -> Form:
    """Read one of the listed words."""
    words = f"one of {', '.join(allowed)}"
    return Form(
        words, lambda _: partial(one_of, allowed=frozenset(allowed)), allowed[0]
    )


def party_ids() -> Form:
    """Read the numbers by which a party is named."""
    words = "numbers of a party as scheme=number, separated by ;"
    example = "gln=8412345000013; vat=ESB12345674"
    return Form(words, lambda _: party_ids_of, example, _party_ids_text)


def _party_ids_text(ids: Sequence[PartyId]) -> str:
    return "; ".join(f"{each.scheme}={each.value}" for each in ids)


def charges() -> Form:
    """Read the charges and allowances on a whole order."""
    words = "JSON list of charges on the order, allowances negative"
    example = '[{"amount": "4.90", "reason": "freight"}]'
    return Form(words, lambda _: charges_of, example, charges_text)


def flag() -> Form:
    """Read yes or no."""
    return Form("yes or no", lambda _: flag_of, "no")


def day() -> Form:
    """Read a date in the partner's format."""
    return Form(
        "date", lambda formats: partial(date_of, forms=formats.dates), "2026-03-31"
    )


def whole(*, low: int = 0, high: int = 999_999) -> Form:
    """Read a whole number within bounds."""
    words = f"whole number, {low} to {high}"
    return Form(words, lambda _: partial(integer_of, low=low, high=high), str(low or 1))


def number(
    *, decimals: int = 6, low: Decimal | None = None, high: Decimal | None = None
) -> Form:
    """Read a decimal in the partner's format."""
    rule = NumberRule(decimals=decimals, low=low, high=high)
    words = f"number, at most {decimals} decimals"
    if low is not None:
        words += f", {low} or more"
    return Form(words, lambda formats: decimal_parser(formats, rule), "12.50")


def rate() -> Form:
    """Read 0 to 100 percent into a fraction; [formats] percent says how written."""
    rule = NumberRule(decimals=6, low=Decimal(0), high=Decimal(1))
    return Form(
        "per cent, 0 to 100",
        lambda formats: rate_parser(formats, rule),
        "21",
        lambda share: (share * 100).normalize(),
    )


def json_object() -> Form:
    """Read a JSON object, such as the lines of a payment term."""
    return Form("JSON object", lambda _: _json_of)


def terms(size: int = 40) -> Form:
    """Read a payment term: its code, or the term itself in its JSON form."""
    words = "code of a payment term, or the term in its JSON form"
    return Form(words, lambda _: partial(_terms_of, size=size), "net30")


def _terms_of(cell: str, *, size: int) -> str:
    if not cell.startswith("{"):
        return text_of(cell, size=size)
    form = _json_of(cell)
    try:
        entered_term(form)
    except TermError as error:
        raise BadCell("not_a_term", f"is no payment term: {error}") from error
    return json.dumps(form, sort_keys=True)


def _legal_id_of(cell: str) -> str:
    try:
        return ":".join(legal_id(cell))
    except NotARegisteredId as error:
        raise BadCell("not_an_id", error.why) from error


def _json_of(cell: str) -> dict[str, Any]:
    try:
        value = json.loads(cell, parse_float=str, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadCell("not_json", f"is not readable as JSON: {error}") from error
    if not isinstance(value, dict):
        raise BadCell("not_json", "must be a JSON object in braces")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")
