"""How is a CSV written that no spreadsheet runs as a formula, and read back equal?"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from adv_domain.files.spreadsheet_text import escaped

Cell = str | int | Decimal | date | bool | None


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a CSV in UTF-8 with a byte order mark, so that spreadsheets read it.

    Texts are written escaped; numbers stay as they are.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([escaped(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return escaped(value) if isinstance(value, str) else str(value)
