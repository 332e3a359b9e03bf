"""How does a partner write dates and numbers, as the mapping's [formats] say?"""

import re
from typing import Any, cast

from adv_domain.files.cells import Formats, NumberFormat
from adv_domain.files.mapping_reading import Reading
from adv_domain.files.table import DELIMITERS

_KEYS = (
    "date",
    "decimal",
    "thousands",
    "numbers",
    "percent",
    "encoding",
    "delimiter",
    "sheet",
)
_SEPARATORS = (".", ",", " ", "'", "\u00a0", "\u202f", "\u2019")
_EXAMPLE = re.compile(r"1(\D?)234([.,])56")


def formats_of(reading: Reading) -> Formats:
    """Read [formats], noting each mistake."""
    stated = dict(reading.section("formats"))
    reading.expect("formats", stated, *_KEYS)
    dates = reading.several("formats.date", stated.pop("date", "%Y-%m-%d"))
    examples = stated.pop("numbers", None)
    texts = reading.texts("formats", stated)
    formats = Formats(
        dates=dates,
        numbers=_numbers(reading, texts, examples),
        **cast(
            "dict[str, Any]",
            {
                key: texts[key]
                for key in ("percent", "encoding", "delimiter", "sheet")
                if key in texts
            },
        ),
    )
    reading.mistakes.extend(_mistakes(formats))
    return formats


def _numbers(
    reading: Reading, texts: dict[str, str], examples: object
) -> tuple[NumberFormat, ...]:
    if examples is None:
        return (NumberFormat(texts.get("decimal", "."), texts.get("thousands", "")),)
    if "decimal" in texts or "thousands" in texts:
        reading.mistakes.append(
            "formats.numbers says it all: leave decimal and thousands out"
        )
    listed = reading.several("formats.numbers", examples)
    return tuple(_as_in(reading, example) for example in listed)


def _as_in(reading: Reading, example: str) -> NumberFormat:
    found = _EXAMPLE.fullmatch(example)
    if found is None:
        reading.mistakes.append(
            f"formats.numbers {example!r} must show how the partner writes the number "
            '1234.56, such as "1.234,56" or "1234.56"'
        )
        return NumberFormat()
    return NumberFormat(decimal=found[2], thousands=found[1])


def _mistakes(formats: Formats) -> list[str]:
    mistakes = []
    for number in formats.numbers:
        mistakes += _number_mistakes(number)
    if formats.percent not in ("percent", "fraction"):
        mistakes.append('formats.percent must be "percent" (15) or "fraction" (0.15)')
    if formats.delimiter is not None and formats.delimiter not in tuple(DELIMITERS):
        mistakes.append('formats.delimiter must be one of ",", ";", "\\t", "|"')
    if not all(_names_a_day(form) for form in formats.dates):
        mistakes.append('formats.date must be like "%d/%m/%Y": day, month and year')
    return mistakes + _encoding_mistakes(formats.encoding)


def _number_mistakes(number: NumberFormat) -> list[str]:
    mistakes = []
    if number.decimal not in (".", ","):
        mistakes.append('formats.decimal must be "." or ","')
    if number.thousands and number.thousands not in _SEPARATORS:
        mistakes.append("formats.thousands must be a point, comma, space or apostrophe")
    if number.thousands == number.decimal:
        mistakes.append("formats.thousands and formats.decimal must differ")
    return mistakes


def _names_a_day(form: str) -> bool:
    has_year = "%Y" in form or "%y" in form
    has_month = any(part in form for part in ("%m", "%b", "%B"))
    return has_year and has_month and "%d" in form


def _encoding_mistakes(encoding: str | None) -> list[str]:
    if encoding is None:
        return []
    try:
        # base64 and the like are codecs too: bytes.decode refuses them
        b"a".decode(encoding)
    except (LookupError, ValueError) as error:
        if not isinstance(error, UnicodeError):
            return [f"formats.encoding {encoding!r} is not known; for example cp1252"]
    return []
