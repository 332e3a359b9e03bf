"""What do the cells of a column look like: days, numbers, codes, and written how?"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from adv_domain.files.cells import BadCell, date_of
from adv_domain.files.fields import Field
from adv_domain.rules.countries import COUNTRIES
from adv_domain.rules.money import CURRENCIES

Look = Literal["date", "number", "whole", "percent", "currency", "country", "email"]

_DAYS = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d.%m.%y",
    "%d-%m-%y",
)
_TIMES = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", " %H:%M:%S %z", "T%H:%M:%S%z")
DATE_FORMATS = tuple(day + time for time in _TIMES for day in _DAYS)
_NUMBERS = {
    "1234.56": r"\d+(\.\d+)?",
    "1234,56": r"\d+(,\d+)?",
    "1.234,56": r"(\d+|\d{1,3}(\.\d{3})+)(,\d+)?",
    "1,234.56": r"(\d+|\d{1,3}(,\d{3})+)(\.\d+)?",
    "1 234,56": r"(\d+|\d{1,3}( \d{3})+)(,\d+)?",
    "1\u00a0234,56": r"(\d+|\d{1,3}(\u00a0\d{3})+)(,\d+)?",
    "1\u202f234,56": r"(\d+|\d{1,3}(\u202f\d{3})+)(,\d+)?",
    "1'234.56": r"(\d+|\d{1,3}('\d{3})+)(\.\d+)?",
}
NUMBER_FORMATS = tuple(_NUMBERS)
_PATTERNS = {
    form: re.compile(rf"[+-]?{body}", re.ASCII) for form, body in _NUMBERS.items()
}
_WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LOOK_BY_WORDS: tuple[tuple[str, Look], ...] = (
    ("date", "date"),
    ("number,", "number"),
    ("whole number", "whole"),
    ("per cent", "percent"),
    ("currency", "currency"),
    ("country", "country"),
    ("one mail address", "email"),
)
_ENOUGH = 0.9
Fits = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats in which cells are written, and others that would fit as well."""

    chosen: tuple[str, ...]
    also: tuple[str, ...] = ()


def look_of(field: Field) -> Look | None:
    """Return what the cells of a column of ours must look like, if anything."""
    words = field.form.words
    return next(
        (look for start, look in _LOOK_BY_WORDS if words.startswith(start)), None
    )


def looks_like(cells: Sequence[str], look: Look) -> bool:
    """Tell whether nearly all cells, blank ones apart, look so; none says nothing."""
    filled = [cell for cell in cells if cell]
    fitting = sum(_fits(cell, look) for cell in filled)
    return fitting >= _ENOUGH * len(filled)


def _fits(cell: str, look: Look) -> bool:
    match look:
        case "date":
            return any(_is_day(cell, form) for form in DATE_FORMATS)
        case "number" | "percent":
            bare = cell.removesuffix("%").strip()
            return any(pattern.fullmatch(bare) for pattern in _PATTERNS.values())
        case "whole":
            return _WHOLE.fullmatch(cell) is not None
        case "currency":
            return cell.upper() in CURRENCIES
        case "country":
            # a name is translated by [values]
            return cell.upper() in COUNTRIES or not any(map(str.isdigit, cell))
        case "email":
            return _EMAIL.fullmatch(cell) is not None


def _is_day(cell: str, form: str) -> bool:
    try:
        date_of(cell, forms=(form,))
    except BadCell:
        return False
    return True


def date_formats(cells: Iterable[str]) -> Formats:
    """Find the format, or the few of them, in which all days are written."""
    return _formats(cells, DATE_FORMATS, _is_day)


def number_formats(cells: Iterable[str]) -> Formats:
    """Find how all numbers are written, as a partner would write 1234.56."""
    bare = (cell.removesuffix("%").strip() for cell in cells)
    return _formats(
        bare,
        NUMBER_FORMATS,
        lambda cell, form: _PATTERNS[form].fullmatch(cell) is not None,
    )


def _formats(cells: Iterable[str], forms: Sequence[str], fits: Fits) -> Formats:
    left = {cell for cell in cells if cell}
    chosen: list[str] = []
    also: tuple[str, ...] = ()
    while left:
        fitted = {form: {cell for cell in left if fits(cell, form)} for form in forms}
        best = max(forms, key=lambda form: len(fitted[form]))
        if not fitted[best]:
            break
        if not chosen:
            also = tuple(
                form for form in forms if form != best and fitted[form] == fitted[best]
            )
        chosen.append(best)
        left -= fitted[best]
    return Formats(tuple(chosen), also)


def is_fraction(cells: Iterable[str]) -> bool:
    """Tell whether rates look like shares of one: none above it, some with decimals."""
    numbers = [cell.replace(",", ".") for cell in cells if cell and "%" not in cell]
    some = [number for number in numbers if "." in number]
    return bool(some) and all(
        _PATTERNS["1234.56"].fullmatch(number) and Decimal(number) <= 1
        for number in numbers
    )


def are_whole(cells: Iterable[str]) -> bool:
    """Tell whether all numbers are whole, so that no decimal sign is to be seen."""
    return all(_WHOLE.fullmatch(cell) for cell in cells if cell)
