"""What does the value of a cell say, as a person sees it in the spreadsheet?

Numbers are taken from the text that the workbook holds, never by way of a float: to
the 15 digits that spreadsheets keep, so 9.8000000000000007 is 9.8. They and dates are
written as the partner's stated formats want them, and read by these like any text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Context, Decimal, InvalidOperation
from typing import Literal

from adv_domain.files.cells import Formats
from adv_domain.files.xlsx_package import Attributes, Handlers, Package

_STYLES = "xl/styles.xml"
_STRINGS = "xl/sharedStrings.xml"
_DATE_IDS = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))
_TIME_IDS = frozenset((18, 19, 20, 21, 45, 46, 47))
_PERCENT_IDS = frozenset((9, 10))
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLAIN = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.*)?", re.ASCII)
_DIGITS_KEPT = 15
_SANE_DIGITS = 40
_KEPT = Context(prec=_DIGITS_KEPT)
# half a second: 08:00 may be stored as 0.3333333333
_ALMOST = Decimal("0.000005")
_DAY_ZERO = date(1899, 12, 30)
_DAY_ZERO_1904 = date(1904, 1, 1)
# a spreadsheet believes in 29 February 1900, day 60
_FIRST_SURE_DAY = 61
_LAST_DAY = 2_958_465

Shown = Literal["number", "date", "time", "percent"]


@dataclass(frozen=True, slots=True)
class CellReader:
    """Turns the stored values of a workbook into texts; equal ones once."""

    strings: Sequence[str]
    shown: Sequence[Shown]
    formats: Formats
    counts_from_1904: bool
    known: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def text(self, kind: str, style: str, stored: str) -> str:
        """Return the text of a cell by its type, style and stored value."""
        key = (kind, style, stored)
        found = self.known.get(key)
        if found is None:
            found = self._text(*key)
            if len(self.known) < 100_000:
                self.known[key] = found
        return found

    def _text(self, kind: str, style: str, stored: str) -> str:
        match kind:
            case "s":
                return self.strings[_index(stored)]
            case "b":
                return "yes" if stored.strip() == "1" else "no"
            case "inlineStr" | "str":
                return decoded(stored)
            case "e":
                return stored.strip()
            case "d":
                return self._iso_day(stored.strip())
            case _:
                return self._number(style, stored.strip())

    def _number(self, style: str, stored: str) -> str:
        at = int(style) if style.isdigit() else 0
        shown = self.shown[at] if at < len(self.shown) else "number"
        number = _exact(stored)
        if number is None or abs(number.adjusted()) > _SANE_DIGITS:
            return stored
        if shown == "date" and (day := self._day(number)):
            return self._written(day)
        if shown == "time" and 0 <= number < 1:
            return str(timedelta(seconds=int(number * 86400 + Decimal("0.5"))))
        if shown == "percent":
            return f"{self._plain(number * 100)}%"
        # a code of digits alone stays as it is, whatever its length
        return stored if stored.isdigit() else self._plain(number)

    def _plain(self, number: Decimal) -> str:
        short = _KEPT.create_decimal(number).normalize()
        if not -_DIGITS_KEPT <= short.adjusted() < _DIGITS_KEPT:
            # digits may be lost: shown as the spreadsheet does, for a fault
            return f"{short:.{_DIGITS_KEPT - 1}E}"
        return f"{short:f}".replace(".", self.formats.numbers[0].decimal)

    def _day(self, number: Decimal) -> date | None:
        days = int(number + _ALMOST)
        if self.counts_from_1904:
            return _DAY_ZERO_1904 + timedelta(days) if 0 <= days < _LAST_DAY else None
        if _FIRST_SURE_DAY <= days <= _LAST_DAY:
            return _DAY_ZERO + timedelta(days)
        return None

    def _iso_day(self, stored: str) -> str:
        found = _ISO_DAY.fullmatch(stored)
        try:
            return self._written(date.fromisoformat(found[1])) if found else stored
        except ValueError:
            return stored

    def _written(self, day: date) -> str:
        # a moment's time zone cannot be told of a bare day
        forms = (form for form in self.formats.dates if "%z" not in form.lower())
        form = next(forms, "%Y-%m-%d")
        # strftime leaves out leading zeros of years below 1000 on some systems
        return day.isoformat() if form == "%Y-%m-%d" else day.strftime(form)


def _index(stored: str) -> int:
    # a negative one would count from the end
    if not stored.isdigit():
        raise ValueError(stored)
    return int(stored)


def _exact(stored: str) -> Decimal | None:
    try:
        number = Decimal(stored)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def decoded(text: str) -> str:
    """Return the text with the characters that XML cannot hold, written _x000D_."""
    if "_x" not in text:
        return text
    return _CODED.sub(lambda found: chr(int(found[1], 16)), text)


def cell_reader(package: Package, formats: Formats) -> CellReader:
    """Read the shared texts and the styles of a workbook; raises FileRefused."""
    return CellReader(
        strings=_strings(package),
        shown=_shown(package),
        formats=formats,
        counts_from_1904=package.counts_from_1904,
    )


def _strings(package: Package) -> list[str]:
    texts = _SharedTexts()
    if package.has(_STRINGS):
        package.parse(_STRINGS, Handlers(texts.start, texts.end, texts.text))
    return texts.found


@dataclass(slots=True)
class _SharedTexts:
    """The texts read so far; how a text is spoken (rPh) is no part of it."""

    found: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    is_text: bool = False
    is_phonetic: bool = False

    def start(self, tag: str, _: Attributes) -> None:
        if tag == "t":
            self.is_text = not self.is_phonetic
        elif tag == "rPh":
            self.is_phonetic = True

    def end(self, tag: str) -> None:
        if tag == "t":
            self.is_text = False
        elif tag == "rPh":
            self.is_phonetic = False
        elif tag == "si":
            self.found.append(decoded("".join(self.parts)))
            self.parts.clear()

    def text(self, data: str) -> None:
        if self.is_text:
            self.parts.append(data)


def _shown(package: Package) -> list[Shown]:
    """Return how the numbers of each style are shown."""
    formats: dict[str, str] = {}
    styles: list[str] = []
    within: list[str] = []

    def start(tag: str, given: Attributes) -> None:
        if tag == "numFmt":
            formats[given.get("numFmtId", "")] = given.get("formatCode", "")
        elif tag == "xf" and within and within[-1] == "cellXfs":
            styles.append(given.get("numFmtId", "0"))
        within.append(tag)

    def end(_: str) -> None:
        within.pop()

    if package.has(_STYLES):
        package.parse(_STYLES, Handlers(start, end))
    return [_shown_by(number, formats.get(number)) for number in styles]


def _shown_by(number: str, code: str | None) -> Shown:
    if code is None:
        at = int(number) if number.isdigit() else 0
        known: dict[Shown, frozenset[int]] = {
            "date": _DATE_IDS,
            "time": _TIME_IDS,
            "percent": _PERCENT_IDS,
        }
        return next((shown for shown, ids in known.items() if at in ids), "number")
    return _shown_by_code(_LITERALS.sub("", code).casefold())


def _shown_by_code(bare: str) -> Shown:
    signs = set(bare)
    if "general" in bare:
        return "number"
    if "%" in signs:
        return "percent"
    if signs & set("hs") and not signs & set("yd"):
        return "time"
    return "date" if signs & set("ydm") else "number"
