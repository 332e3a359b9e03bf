"""How is a CSV written that no spreadsheet runs as a formula, and read back equal?"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_ESCAPE = "'"
Cell = str | int | Decimal | date | bool | None


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a CSV in UTF-8 with a byte order mark, so that spreadsheets read it.

    A text that begins with = + - @, tab or line return gets an apostrophe before
    it; reading takes it off again. Numbers stay as they are.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([_text(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    rest = value[1:2]
    escaped_before = value.startswith(_ESCAPE) and rest in (*_DANGEROUS, _ESCAPE)
    if value.startswith(_DANGEROUS) or (escaped_before and rest):
        return _ESCAPE + value
    return value
