"""What does the text of one cell mean, by the format that the partner stated?

Nothing is guessed per cell: a number or a date that is in none of the stated formats
is a fault; of several the first that fits counts. A parser takes the stripped text and
returns a value or raises BadCell.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Literal, cast

from adv_domain.rules.orders.incoming import PartyId

Parser = Callable[[str], Any]
EARLIEST = date(1900, 1, 1)
LATEST = date(2199, 12, 31)
LARGEST = Decimal(10) ** 12
_HUNDRED = Decimal(100)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ud800-\udfff"
    # invisible, or turning the direction of what is read: two references that look
    # the same would be two (Unicode TR 36); joiners of scripts that need them stay
    r"\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_SPACES = re.compile(r"\s+")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST_SCHEME = 40
_INTEGER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_YES = frozenset(("1", "true", "yes", "y"))
_NO = frozenset(("0", "false", "no", "n"))


class BadCell(ValueError):
    """A cell does not say what its column must say."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """Which sign stands before the decimals, and which between thousands, if any."""

    decimal: str = "."
    thousands: str = ""


@dataclass(frozen=True, slots=True)
class Formats:
    """How the partner writes numbers, dates and percentages, and packs a table.

    Of several date or number formats the first that fits a cell counts.
    """

    dates: tuple[str, ...] = ("%Y-%m-%d",)
    numbers: tuple[NumberFormat, ...] = (NumberFormat(),)
    percent: Literal["percent", "fraction"] = "percent"
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


def text_of(cell: str, *, size: int) -> str:
    """Return the text with line breaks and runs of spaces as one space."""
    if unseen := _CONTROL.search(cell):
        sign = f"U+{ord(unseen[0]):04X}"
        message = f"holds a control or invisible character ({sign}); remove it"
        raise BadCell("control_character", message)
    flat = _SPACES.sub(" ", cell) if not cell.isalnum() else cell
    if len(flat) > size:
        raise BadCell("too_long", f"has {len(flat)} characters; at most {size} fit")
    return flat


def code_of(cell: str, *, known: frozenset[str], standard: str) -> str:
    """Return a code in capitals such as a currency or a country."""
    if cell.upper() not in known:
        raise BadCell("not_a_code", f"is not a code of {standard}")
    return cell.upper()


def shaped_code_of(cell: str, *, pattern: re.Pattern[str], example: str) -> str:
    """Return a code in capitals that looks right, be it known or not."""
    if pattern.fullmatch(cell.upper()) is None:
        raise BadCell("not_a_code", f"is not a code like {example}")
    return cell.upper()


def digits_of(cell: str, *, lengths: tuple[int, ...]) -> str:
    """Return a number that is a name, such as a GLN, without spaces."""
    number = cell.replace(" ", "")
    if not (number.isascii() and number.isdigit()) or len(number) not in lengths:
        wanted = " or ".join(map(str, lengths))
        raise BadCell("not_digits", f"must have {wanted} digits and nothing else")
    return number


def email_of(cell: str) -> str:
    """Return the one mail address, which a mail can be sent to as far as its form says.

    Nothing is looked up.
    """
    # costs 50 ms at start-up, and most files hold no address
    from email_validator import EmailNotValidError, validate_email

    remedy = "give one address alone, such as ana@example.com"
    if not cell.isprintable():
        raise BadCell("control_character", f"holds a control character; {remedy}")
    if cell.count("@") > 1:
        raise BadCell("not_an_email", f"holds more than one address; {remedy}")
    try:
        validate_email(cell, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        cause = str(error).rstrip(".")
        message = f"is no mail address ({cause}); {remedy}"
        raise BadCell("not_an_email", message) from error
    return cell


def party_ids_of(cell: str) -> tuple[PartyId, ...]:
    """Return the numbers of a party, each with its scheme, which may be empty."""
    found = []
    for part in text_of(cell, size=800).split(";"):
        scheme, equals, value = part.strip().partition("=")
        if not equals or not value or len(scheme) > _LONGEST_SCHEME:
            raise BadCell(
                "not_an_id", "must be numbers such as gln=8412345000013, between ;"
            )
        found.append(PartyId(scheme.lower().strip(), value.strip()))
    return tuple(sorted(set(found), key=lambda one: (one.scheme, one.value)))


def one_of(cell: str, *, allowed: frozenset[str]) -> str:
    """Return the word if it is one of those allowed."""
    if cell.lower() not in allowed:
        raise BadCell("not_allowed", f"must be one of {', '.join(sorted(allowed))}")
    return cell.lower()


def flag_of(cell: str) -> bool:
    """Return yes or no; 1 and 0, true and false, yes and no are understood."""
    word = cell.lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadCell("not_yes_or_no", "must be 1 or 0, true or false, yes or no")


def integer_of(cell: str, *, low: int, high: int) -> int:
    """Return a whole number within the bounds."""
    if _INTEGER.fullmatch(cell) is None:
        raise BadCell("not_a_whole_number", "is not a whole number")
    number = int(cell)
    if not low <= number <= high:
        raise BadCell("out_of_range", f"must lie between {low} and {high}")
    return number


def date_of(cell: str, *, forms: tuple[str, ...]) -> date:
    """Return the date; it must fit one of the partner's formats exactly."""
    found = (_day_in(cell, form) for form in forms)
    day = next((each for each in found if each is not None), None)
    if day is None:
        listed = " or ".join(forms)
        message = f"is no date in the form {listed}; correct it or state [formats] date"
        raise BadCell("not_a_date", message)
    if not EARLIEST <= day <= LATEST:
        raise BadCell("out_of_range", f"must lie between {EARLIEST} and {LATEST}")
    return day


def _day_in(cell: str, form: str) -> date | None:
    try:
        if form == "%Y-%m-%d":
            return date.fromisoformat(cell) if _ISO_DATE.fullmatch(cell) else None
        # the time zone is of no meaning here: only the date part is kept
        return datetime.strptime(cell, form).date()  # noqa: DTZ007
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class NumberRule:
    """How many decimals a column keeps and between which bounds numbers lie."""

    decimals: int
    low: Decimal | None = None
    high: Decimal | None = None


def decimal_parser(formats: Formats, rule: NumberRule) -> Parser:
    """Make the parser of a decimal column for the stated separators."""
    patterns = tuple((_pattern(form), form) for form in formats.numbers)
    return partial(_decimal_of, patterns=patterns, rule=rule)


def rate_parser(formats: Formats, rule: NumberRule) -> Parser:
    """Make the parser of a percentage column; its values are fractions.

    A cell with a per cent sign means per cent, whatever is stated for those without.
    """
    of_hundred = decimal_parser(
        formats,
        NumberRule(
            decimals=rule.decimals - 2,
            low=None if rule.low is None else rule.low * _HUNDRED,
            high=None if rule.high is None else rule.high * _HUNDRED,
        ),
    )
    plain = decimal_parser(formats, rule)
    is_fraction = formats.percent == "fraction"

    def read(cell: str) -> Decimal:
        if is_fraction and not cell.endswith("%"):
            return cast("Decimal", plain(cell))
        return cast("Decimal", of_hundred(cell.removesuffix("%").rstrip())) / _HUNDRED

    return read


def _pattern(form: NumberFormat) -> re.Pattern[str]:
    whole = r"\d+"
    if form.thousands:
        whole = rf"(?:\d+|\d{{1,3}}(?:{re.escape(form.thousands)}\d{{3}})+)"
    return re.compile(rf"[+-]?{whole}(?:{re.escape(form.decimal)}\d+)?", re.ASCII)


def _decimal_of(
    cell: str,
    *,
    patterns: tuple[tuple[re.Pattern[str], NumberFormat], ...],
    rule: NumberRule,
) -> Decimal:
    fitting = (form for pattern, form in patterns if pattern.fullmatch(cell))
    form = next(fitting, None)
    if form is None:
        named = " or ".join(_named(each) for _, each in patterns)
        message = f"is no number with {named}; correct it or state [formats]"
        raise BadCell("not_a_number", message)
    plain = cell.replace(form.thousands, "") if form.thousands else cell
    number = Decimal(plain.replace(form.decimal, "."))
    if abs(number) >= LARGEST:
        raise BadCell("out_of_range", "is too large: twelve digits at most")
    if -int(number.as_tuple().exponent) > rule.decimals:
        number = _shortened(number, rule.decimals)
    if rule.low is not None and number < rule.low:
        raise BadCell("out_of_range", f"must be at least {rule.low}")
    if rule.high is not None and number > rule.high:
        raise BadCell("out_of_range", f"must be at most {rule.high}")
    return number


def _named(form: NumberFormat) -> str:
    between = f"'{form.thousands}' between" if form.thousands else "nothing between"
    return f"'{form.decimal}' before the decimals and {between} thousands"


def _shortened(number: Decimal, decimals: int) -> Decimal:
    shorter = number.quantize(Decimal(1).scaleb(-decimals))
    if shorter != number:
        raise BadCell("too_precise", f"has more than {decimals} decimals; round it")
    return shorter
