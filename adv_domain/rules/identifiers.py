"""How are document numbers and payment references built, checked and compared?"""

import re
from dataclasses import dataclass

_RF_MODULUS = 97
_RF_LONGEST = 21
_LETTERS_AS_NUMBERS = {ord("A") + at: str(10 + at) for at in range(26)}
_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Z]+")
_RF_SHAPE = re.compile(r"RF[0-9]{2}[0-9A-Z]{1,21}")
# A look-ahead, so that a reference right behind another one is seen as well.
_RF_IN_TEXT = re.compile(r"(?<![0-9A-Z])(?=(RF ?[0-9]{2}(?: ?[0-9A-Z]{1,4}){1,6}))")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How the numbers of a series look: prefix, fiscal year, digits of the count."""

    prefix: str
    width: int = 6
    separator: str = "-"


class NumberOutOfSeries(ValueError):
    """A series cannot hold this number; numbers begin at 1."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{number} is no document number; a series begins at 1")
        self.number = number


def document_no(*, series: NumberFormat, year: int, number: int) -> str:
    """Return the number that people read, such as F-2025-000123.

    A count that outgrows the width gets longer, so that it stays unique. Raises
    NumberOutOfSeries below 1.
    """
    if number < 1:
        raise NumberOutOfSeries(number)
    parts = (series.prefix, str(year), f"{number:0{series.width}d}")
    return series.separator.join(part for part in parts if part)


def normalised_reference(text: str) -> str:
    """Return only the capital letters and digits, so that spellings compare.

    "f 2025/000123" and "F-2025-000123" are the same reference.
    """
    return _NOT_ALPHANUMERIC.sub("", text.upper())


def creditor_reference(reference: str) -> str:
    """Return the RF creditor reference (ISO 11649) of a document number.

    Separators are left out. Raises ValueError where nothing or more than 21
    characters are left.
    """
    body = normalised_reference(reference)
    if not 1 <= len(body) <= _RF_LONGEST:
        raise ValueError(
            f"{reference!r} has {len(body)} letters and digits; "
            f"a creditor reference holds 1 to {_RF_LONGEST}"
        )
    check = _RF_MODULUS + 1 - _remainder(f"{body}RF00")
    return f"RF{check:02d}{body}"


def is_creditor_reference(text: str) -> bool:
    """Tell whether the text, spaces aside, is an RF reference with right digits."""
    compact = text.replace(" ", "").upper()
    if not compact.isascii() or not _RF_SHAPE.fullmatch(compact):
        return False
    return _remainder(compact[4:] + compact[:4]) == 1


def creditor_references_in(text: str) -> tuple[str, ...]:
    """Find the valid RF references in a free text, in order and without spaces.

    A payer writes them in groups of four and more words behind them, so of each
    candidate the longest valid beginning is taken.
    """
    found: list[str] = []
    for match in _RF_IN_TEXT.finditer(text.upper()):
        words = match.group(1).split(" ")
        for count in range(len(words), 0, -1):
            candidate = "".join(words[:count])
            if is_creditor_reference(candidate):
                found.append(candidate)
                break
    return tuple(found)


def _remainder(text: str) -> int:
    """Return the text modulo 97 with letters as numbers, A = 10 to Z = 35."""
    return int(text.translate(_LETTERS_AS_NUMBERS)) % _RF_MODULUS
