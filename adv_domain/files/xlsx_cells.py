"""Which texts stand in the rows of a sheet?"""

from collections.abc import Callable
from dataclasses import dataclass, field

from adv_domain.files.table import MOST_COLUMNS, Cells, NumberedRow
from adv_domain.files.text import refused
from adv_domain.files.xlsx_package import Attributes, Handlers, Package, SheetPart
from adv_domain.files.xlsx_values import CellReader

CELL_LIMIT = 10_000_000
_LAST_ROW = 1_048_576
_DIGITS = "0123456789"
_LONGEST_FORMULA = 200

Merged = tuple[int, int, int, int]
"""First row, first column, last row, last column of cells that are one."""


@dataclass(slots=True)
class SheetRows:
    """The rows of a sheet that are not blank, without blanks at their end."""

    rows: list[NumberedRow] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)


def read_sheet(package: Package, sheet: SheetPart, cells: CellReader) -> SheetRows:
    """Read a sheet whole; raises FileRefused for one that is broken or too large.

    A formula that has no result comes as its text, with = before it; one that failed
    as what the spreadsheet shows, such as #N/A.
    """
    scan = _Scan(package.name, cells.text)
    package.parse(sheet.part, Handlers(scan.start, scan.end, scan.text))
    return scan.found


def holds_values(package: Package, sheet: SheetPart) -> bool:
    """Tell whether a sheet holds any value or formula."""

    def start(tag: str, _: Attributes) -> None:
        if tag in ("v", "t", "f"):
            raise _Found

    try:
        package.parse(sheet.part, Handlers(start))
    except _Found:
        return True
    return False


class _Found(Exception):
    """A value was found; the rest needs no reading."""


@dataclass(slots=True)
class _Scan:
    """The place in the sheet that has been read so far, and what it held."""

    name: str
    text_of: Callable[[str, str, str], str]
    found: SheetRows = field(default_factory=SheetRows)
    columns: dict[str, int] = field(default_factory=dict)
    size: int = 0
    row_no: int = 0
    cells: Cells = field(default_factory=list)
    at: int = -1
    kind: str = ""
    style: str = ""
    stored: list[str] = field(default_factory=list)
    formula: list[str] | None = None
    into: list[str] | None = None
    is_phonetic: bool = False

    def start(self, tag: str, given: Attributes) -> None:
        if tag == "c":
            self._begin_cell(given)
        elif tag == "v" or (tag == "t" and not self.is_phonetic):
            self.into = self.stored
        elif tag == "f":
            self.into = self.formula = []
        elif tag == "row":
            self._begin_row(given)
        elif tag == "rPh":
            self.is_phonetic = True
        elif tag == "mergeCell":
            self._note_merged(given.get("ref", ""))

    def text(self, data: str) -> None:
        if self.into is not None:
            self.into.append(data)

    def end(self, tag: str) -> None:
        if tag == "c":
            self._end_cell()
        elif tag == "row":
            self._end_row()
        elif tag in ("v", "t", "f"):
            self.into = None
        elif tag == "rPh":
            self.is_phonetic = False

    def _begin_row(self, given: Attributes) -> None:
        row_no = int(given.get("r") or self.row_no + 1)
        if not self.row_no < row_no <= _LAST_ROW:
            raise ValueError(row_no)
        self.row_no, self.cells, self.at = row_no, [], -1

    def _begin_cell(self, given: Attributes) -> None:
        reference = given.get("r")
        at = self.at + 1
        if reference is not None:
            letters = reference.rstrip(_DIGITS)
            known = self.columns.get(letters)
            at = self._column(letters) if known is None else known
        self.at = at
        self.kind, self.style = given.get("t", "n"), given.get("s", "")
        self.stored, self.formula = [], None

    def _column(self, letters: str) -> int:
        if not 0 < len(letters) <= 3 or not letters.isascii() or not letters.isupper():
            raise ValueError(letters)
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - ord("A") + 1
        self.columns[letters] = number - 1
        return number - 1

    def _end_cell(self) -> None:
        text = self._cell_text()
        if not text:
            return
        missing = self.at - len(self.cells)
        if missing < 0:
            raise ValueError(self.at)
        if self.at >= MOST_COLUMNS:
            message = (
                f"has more than {MOST_COLUMNS} columns, in row {self.row_no}; "
                "send the table alone"
            )
            raise refused(self.name, "too_many_columns", message)
        self.cells.extend([""] * missing)
        self.cells.append(text)

    def _cell_text(self) -> str:
        stored = "".join(self.stored)
        if stored:
            return self.text_of(self.kind, self.style, stored)
        if self.formula is None or self.kind == "str":
            return ""
        return "=" + "".join(self.formula)[:_LONGEST_FORMULA]

    def _end_row(self) -> None:
        if not any(cell.strip() for cell in self.cells):
            return
        self.size += len(self.cells)
        if self.size > CELL_LIMIT:
            message = f"holds more than {CELL_LIMIT} cells; split it or send it as CSV"
            raise refused(self.name, "too_large", message)
        self.found.rows.append((self.row_no, self.cells))

    def _note_merged(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        places = []
        for corner in (first, last or first):
            letters = corner.rstrip(_DIGITS)
            places += [int(corner[len(letters) :]), self._column(letters)]
        if places[2] > places[0]:
            self.found.merged.append((places[0], places[1], places[2], places[3]))
