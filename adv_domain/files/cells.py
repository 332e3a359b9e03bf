"""What does the text of one cell mean, by the format that the partner stated?

Nothing is guessed per cell: a number or a date that is not in the stated format
is a fault. A parser takes the stripped text and returns a value or raises BadCell.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from adv_domain.rules.orders.incoming import PartyId

Parser = Callable[[str], Any]
EARLIEST = date(1900, 1, 1)
LATEST = date(2199, 12, 31)
LARGEST = Decimal(10) ** 12
_HUNDRED = Decimal(100)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
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
class Formats:
    """How the partner writes numbers, dates and percentages."""

    date: str = "%Y-%m-%d"
    decimal: str = "."
    thousands: str = ""
    percent: Literal["percent", "fraction"] = "percent"
    encoding: str | None = None
    delimiter: str | None = None


def text_of(cell: str, *, size: int) -> str:
    """Return the text with line breaks and runs of spaces as one space."""
    if _CONTROL.search(cell):
        raise BadCell("control_character", "holds a control character; remove it")
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
    return tuple(found)


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


def date_of(cell: str, *, form: str) -> date:
    """Return the date; its format is the partner's and must fit exactly."""
    try:
        if form == "%Y-%m-%d":
            if _ISO_DATE.fullmatch(cell) is None:
                raise ValueError(cell)
            day = date.fromisoformat(cell)
        else:
            # the time zone is of no meaning here: only the date part is kept
            day = datetime.strptime(cell, form).date()  # noqa: DTZ007
    except ValueError as error:
        message = f"is no date in the form {form}; correct it or state [formats] date"
        raise BadCell("not_a_date", message) from error
    if not EARLIEST <= day <= LATEST:
        raise BadCell("out_of_range", f"must lie between {EARLIEST} and {LATEST}")
    return day


@dataclass(frozen=True, slots=True)
class NumberRule:
    """How many decimals a column keeps and between which bounds numbers lie."""

    decimals: int
    low: Decimal | None = None
    high: Decimal | None = None


def decimal_parser(formats: Formats, rule: NumberRule) -> Parser:
    """Make the parser of a decimal column for the stated separators."""
    point = re.escape(formats.decimal)
    whole = r"\d+"
    if formats.thousands:
        whole = rf"(?:\d+|\d{{1,3}}(?:{re.escape(formats.thousands)}\d{{3}})+)"
    pattern = re.compile(rf"[+-]?{whole}(?:{point}\d+)?", re.ASCII)
    return partial(_decimal_of, formats=formats, pattern=pattern, rule=rule)


def rate_parser(formats: Formats, rule: NumberRule) -> Parser:
    """Make the parser of a percentage column; its values are fractions."""
    if formats.percent == "fraction":
        return decimal_parser(formats, rule)
    plain = decimal_parser(
        formats,
        NumberRule(
            decimals=rule.decimals - 2,
            low=None if rule.low is None else rule.low * _HUNDRED,
            high=None if rule.high is None else rule.high * _HUNDRED,
        ),
    )
    return lambda cell: plain(cell.removesuffix("%").rstrip()) / _HUNDRED


def _decimal_of(
    cell: str, *, formats: Formats, pattern: re.Pattern[str], rule: NumberRule
) -> Decimal:
    if pattern.fullmatch(cell) is None:
        raise BadCell(
            "not_a_number",
            f"is no number with '{formats.decimal}' before the decimals and "
            f"{_thousands_named(formats.thousands)}; correct it or state [formats]",
        )
    plain = cell.replace(formats.thousands, "") if formats.thousands else cell
    number = Decimal(plain.replace(formats.decimal, "."))
    if abs(number) >= LARGEST:
        raise BadCell("out_of_range", "is too large: twelve digits at most")
    if -int(number.as_tuple().exponent) > rule.decimals:
        number = _shortened(number, rule.decimals)
    if rule.low is not None and number < rule.low:
        raise BadCell("out_of_range", f"must be at least {rule.low}")
    if rule.high is not None and number > rule.high:
        raise BadCell("out_of_range", f"must be at most {rule.high}")
    return number


def _thousands_named(thousands: str) -> str:
    return f"'{thousands}' between thousands" if thousands else "no thousands separator"


def _shortened(number: Decimal, decimals: int) -> Decimal:
    shorter = number.quantize(Decimal(1).scaleb(-decimals))
    if shorter != number:
        raise BadCell("too_precise", f"has more than {decimals} decimals; round it")
    return shorter
