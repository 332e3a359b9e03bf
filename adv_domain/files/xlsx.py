"""Which table does a workbook hold?"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from adv_domain.files.cells import Formats
from adv_domain.files.table import Cells, NumberedRow, Table, header_of
from adv_domain.files.text import refused
from adv_domain.files.xlsx_cells import CELL_LIMIT, SheetRows, holds_values, read_sheet
from adv_domain.files.xlsx_package import Package, SheetPart, opened_package
from adv_domain.files.xlsx_values import cell_reader
from adv_domain.rules.faults import UNREAD_CELLS, FileFault


def xlsx_table(
    name: str, data: bytes, *, known: Sequence[str] = (), formats: Formats
) -> Table:
    """Read the named sheet, else the first visible one that is not empty.

    Cells that are one over several rows count on each of them. Raises FileRefused.
    """
    with opened_package(name, data) as package:
        sheet, others = _chosen(package, formats.sheet)
        found = read_sheet(package, sheet, cell_reader(package, formats))
    at, header = header_of(name, (cells for _, cells in found.rows), known)
    header_row, rows = found.rows[at - 1][0], found.rows[at:]
    _fill_merged(name, found, below=header_row)

    def records() -> Iterator[NumberedRow | FileFault]:
        width = len(header)
        for row_no, cells in rows:
            yield row_no, (cells + [""] * (width - len(cells)))[:width]

    warnings = (*_unread(name, header, rows), *_other_sheets(name, sheet, others))
    return Table(name, header, header_row, "|", records, warnings, sheet=sheet.name)


def _chosen(package: Package, wanted: str | None) -> tuple[SheetPart, list[SheetPart]]:
    """Return the sheet to read, and those besides it that hold something."""
    if wanted is not None:
        asked = [each for each in package.sheets if each.name.strip() == wanted.strip()]
        if asked:
            return asked[0], []
        names = ", ".join(each.name for each in package.sheets)[:300]
        message = (
            f"has no sheet {wanted!r}, which the mapping names; it has {names}: "
            "correct the mapping"
        )
        raise refused(package.name, "missing_sheet", message, wanted)
    filled = [
        each
        for each in package.sheets
        if not each.is_hidden and holds_values(package, each)
    ]
    if filled:
        return filled[0], filled[1:]
    message = "has no visible sheet with anything in it; send it again"
    raise refused(package.name, "empty_file", message)


def _fill_merged(name: str, found: SheetRows, *, below: int) -> None:
    numbers = [row_no for row_no, _ in found.rows]
    left = CELL_LIMIT
    for first, column, last, _ in found.merged:
        start = bisect_right(numbers, first) - 1
        stop = bisect_right(numbers, last)
        if first <= below or start < 0 or numbers[start] != first:
            continue
        left -= stop - start
        if left < 0:
            message = "has too many merged cells; undo the merging, or send it as CSV"
            raise refused(name, "too_large", message)
        cells = found.rows[start][1]
        value = cells[column] if column < len(cells) else ""
        for _, others in found.rows[start + 1 : stop]:
            _fill(others, column, value)


def _fill(cells: Cells, column: int, value: str) -> None:
    cells.extend([""] * (column + 1 - len(cells)))
    cells[column] = cells[column] or value


def _unread(
    name: str, header: Sequence[str], rows: Sequence[NumberedRow]
) -> Iterator[FileFault]:
    """Tell of the first cell that stands under no column name."""
    named = [bool(each) for each in header]
    for row_no, cells in rows:
        if len(cells) <= len(named) and all(named):
            continue
        for at, cell in enumerate(cells):
            if cell.strip() and (at >= len(named) or not named[at]):
                column = column_letters(at)
                message = (
                    f"column {column} has no name in the header and was ignored; give "
                    "it one or empty it"
                )
                yield FileFault(name, row_no, column, UNREAD_CELLS, message, cell[:200])
                return


def _other_sheets(
    name: str, sheet: SheetPart, others: Sequence[SheetPart]
) -> Iterator[FileFault]:
    for other in others:
        message = (
            f"sheet {other.name} was not read, only {sheet.name}; send it as a file of "
            "its own, or name it under [formats] sheet in the mapping"
        )
        yield FileFault(name, 0, "", UNREAD_CELLS, message, other.name[:200])


def column_letters(at: int) -> str:
    """Return what a spreadsheet calls the column at this place, from 0."""
    letters = ""
    number = at + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
