"""What payment term does a JSON document describe, and which line is wrong?

The form is the one of `adv terms preview` and of imports:

    {"lines": [{"share": "percent_of_total", "value": "30", "due": [["add_days", 0]]},
               {"share": "remainder", "due": [["add_days", 45], ["end_of_month"]]}],
     "base": "invoice", "roll": "none", "rounding": "remainder_line",
     "early_discount": {"percent": "2", "due": [["add_days", 10]], "base": "gross"}}

base, roll, rounding and early_discount may be left out (invoice, none,
remainder_line, no discount).
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from adv_domain.rules.money import ZERO
from adv_domain.rules.terms.date_steps import WEEKDAYS, DateStep, StepKind
from adv_domain.rules.terms.terms import (
    DiscountBase,
    EarlyDiscount,
    PaymentTerm,
    Roll,
    Rounding,
    Share,
    TermBase,
    TermError,
    TermLine,
)

_FIELDS = {"lines", "base", "roll", "rounding", "early_discount"}
_WHOLE = Decimal(1)
_PERCENT_DIGITS = -2
_MOST_DIGITS = 15
_Choice = TypeVar("_Choice", bound=StrEnum)


def term_from_text(text: str) -> PaymentTerm:
    """Read a term from JSON text; raises TermError naming the line."""
    try:
        form = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _wrong(0, f"this is not JSON ({error})") from error
    return term_from_form(form)


def term_from_form(form: object) -> PaymentTerm:
    """Read a term from decoded JSON; raises TermError naming the line.

    Numbers are strings, integers or Decimals; a float is refused, for it is no
    longer what the contract says.
    """
    fields = _fields(form, 0, _FIELDS)
    lines = tuple(
        _line(line_no, entry)
        for line_no, entry in enumerate(_list(fields.get("lines"), 0, "lines"), 1)
    )
    _check_lines(lines)
    return PaymentTerm(
        lines=lines,
        base=_choice(TermBase, fields.get("base", TermBase.INVOICE), 0, "base"),
        roll=_choice(Roll, fields.get("roll", Roll.NONE), 0, "roll"),
        early_discount=_early_discount(fields.get("early_discount")),
        rounding=_choice(
            Rounding, fields.get("rounding", Rounding.REMAINDER_LINE), 0, "rounding"
        ),
    )


def _check_lines(lines: tuple[TermLine, ...]) -> None:
    if not lines:
        raise _wrong(0, "at least one line is needed, a remainder")
    for line_no, line in enumerate(lines[:-1], start=1):
        if line.share is Share.REMAINDER:
            raise _wrong(line_no, "only the last line may take the remainder")
    if lines[-1].share is not Share.REMAINDER:
        raise _wrong(len(lines), "the last line must take the remainder")
    reached = ZERO
    for line_no, line in enumerate(lines, start=1):
        if line.share is Share.PERCENT_OF_TOTAL:
            reached += line.value
        if reached > _WHOLE:
            raise _wrong(line_no, "the percentages of the total exceed 100")


def _line(line_no: int, entry: object) -> TermLine:
    fields = _fields(entry, line_no, {"share", "value", "due"})
    share = _choice(Share, fields.get("share"), line_no, "share")
    return TermLine(
        share=share,
        value=_value(share, fields.get("value"), line_no),
        due=_steps(fields, line_no),
    )


def _value(share: Share, given: object, line_no: int) -> Decimal:
    if share is Share.REMAINDER:
        if given is not None:
            raise _wrong(line_no, "a remainder takes no value")
        return ZERO
    if share is Share.FIXED:
        amount = _number(given, line_no, "value")
        if amount <= 0:
            raise _wrong(
                line_no,
                f"a fixed amount must be above zero, not {amount}; "
                "it takes the sign of the total by itself",
            )
        return amount
    return _fraction(given, line_no, "value")


def _early_discount(form: object) -> EarlyDiscount | None:
    if form is None:
        return None
    fields = _fields(form, 0, {"percent", "due", "days", "base"}, "early_discount")
    base = fields.get("base", DiscountBase.GROSS)
    return EarlyDiscount(
        discount_rate=_fraction(fields.get("percent"), 0, "early_discount percent"),
        due=_discount_steps(fields),
        base=_choice(DiscountBase, base, 0, "early_discount base"),
    )


def _discount_steps(fields: Mapping[str, object]) -> tuple[DateStep, ...]:
    if "days" not in fields:
        return _steps(fields, 0)
    if "due" in fields:
        raise _wrong(0, "early_discount has days and due; leave one out")
    return (_step(["add_days", fields["days"]], 0),)


def _steps(fields: Mapping[str, object], line_no: int) -> tuple[DateStep, ...]:
    if "due" not in fields:
        raise _wrong(line_no, "due is missing; write [] for the base date itself")
    steps = _list(fields["due"], line_no, "due")
    return tuple(_step(entry, line_no) for entry in steps)


def _step(entry: object, line_no: int) -> DateStep:
    name, *given = _list(entry, line_no, "a date step") or [""]
    kind = _choice(StepKind, name, line_no, "the date step")
    if kind is StepKind.NEXT_DAY_OF_MONTH and len(given) == 1:
        given = list(given[0]) if isinstance(given[0], list | tuple) else given
    if kind is StepKind.NEXT_WEEKDAY:
        given = [_weekday(entry, line_no) for entry in given]
    _check_count(kind, len(given), line_no)
    return DateStep(kind, tuple(_whole_number(n, kind, line_no) for n in given))


def _check_count(kind: StepKind, count: int, line_no: int) -> None:
    if kind is StepKind.END_OF_MONTH:
        right = count == 0
    elif kind is StepKind.NEXT_DAY_OF_MONTH:
        right = count > 0
    else:
        right = count == 1
    if not right:
        raise _wrong(line_no, f"{kind} has {count} numbers; see the term's form")


_RANGES = {
    StepKind.SET_DAY: (1, 31),
    StepKind.NEXT_DAY_OF_MONTH: (1, 31),
    StepKind.NEXT_WEEKDAY: (0, 6),
}


def _whole_number(given: object, kind: StepKind, line_no: int) -> int:
    number = _number(given, line_no, kind)
    if number != int(number):
        raise _wrong(line_no, f"{kind} needs a whole number, not {given}")
    low, high = _RANGES.get(kind, (0, None))
    if high is None and number < low:
        raise _wrong(line_no, f"{kind} {number} is negative: a term never goes back")
    if high is not None and not low <= number <= high:
        raise _wrong(line_no, f"{kind} {number} is not between {low} and {high}")
    return int(number)


def _weekday(given: object, line_no: int) -> object:
    """Return the number of a day that is named; a number stands as it is."""
    name = given.lower() if isinstance(given, str) else given
    if name in WEEKDAYS:
        return WEEKDAYS.index(name)
    if isinstance(name, str) and not name.isdigit():
        days = ", ".join(WEEKDAYS)
        detail = f"{StepKind.NEXT_WEEKDAY} must be one of {days}, not {given!r}"
        raise _wrong(line_no, detail)
    return given


def _fraction(given: object, line_no: int, name: str) -> Decimal:
    percent = _number(given, line_no, name)
    if not 0 <= percent <= 100:
        raise _wrong(line_no, f"{name} {percent} is not between 0 and 100 per cent")
    return percent.scaleb(_PERCENT_DIGITS)


def _number(given: object, line_no: int, name: str) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        raise _wrong(line_no, f"{name} must be a number, not {given!r}")
    try:
        number = Decimal(given)
    except InvalidOperation as error:
        raise _wrong(line_no, f"{name} must be a number, not {given!r}") from error
    if not number.is_finite() or number.adjusted() > _MOST_DIGITS:
        raise _wrong(line_no, f"{name} must be a number, not {given!r}")
    return number


def _choice(kind: type[_Choice], given: object, line_no: int, name: str) -> _Choice:
    for choice in kind:
        if choice == given:
            return choice
    known = ", ".join(kind)
    raise _wrong(line_no, f"{name} {given!r} is unknown; known: {known}")


def _fields(
    form: object, line_no: int, known: set[str], what: str = "it"
) -> Mapping[str, object]:
    if not isinstance(form, Mapping):
        raise _wrong(line_no, f"{what} must be a JSON object")
    unknown = sorted(str(name) for name in form.keys() - known)
    if unknown:
        raise _wrong(line_no, f"unknown field {', '.join(unknown)}")
    return form


def _list(given: object, line_no: int, name: str) -> Sequence[object]:
    if not isinstance(given, list | tuple):
        raise _wrong(line_no, f"{name} must be a list")
    return given


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _wrong(line_no: int, detail: str) -> TermError:
    return TermError(line_no=line_no, detail=detail)
