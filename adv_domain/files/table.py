"""Which rows and cells does a table hold, and which rows are broken?

Tables come as delimited text or, from xlsx.py, as a sheet of a workbook.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from adv_domain.files.text import SourceText, refused
from adv_domain.rules.faults import FileFault

DELIMITERS = ",;\t|"
MOST_COLUMNS = 2_000
_SAMPLE = 64 * 1024
_HEADER_WITHIN = 20
Cells = list[str]
NumberedRow = tuple[int, Cells]
Records = Callable[[], Iterator[NumberedRow | FileFault]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its header; rows are read anew at each iteration.

    records gives all rows below the header; delimiter shows the cells of a broken one;
    warnings tell what nobody reads. A text has an encoding, a workbook a sheet.
    """

    name: str
    header: tuple[str, ...]
    header_row: int
    delimiter: str
    records: Records
    warnings: tuple[FileFault, ...] = ()
    encoding: str = ""
    sheet: str = ""

    def rows(self) -> Iterator[NumberedRow | FileFault]:
        """Yield (row number, cells) of each row that has as many cells as the header.

        In place of a row with another number of cells, or one that no CSV reader
        accepts, comes the fault. Blank rows are passed over.
        """
        width = len(self.header)
        for record in self.records():
            if isinstance(record, FileFault):
                yield record
            elif len(record[1]) == width:
                if any(record[1]):
                    yield record
            elif any(cell.strip() for cell in record[1]):
                yield self._wrong_width(*record)

    def _wrong_width(self, row_no: int, cells: Cells) -> FileFault:
        more = len(cells) > len(self.header)
        cause = (
            f"perhaps a {_shown(self.delimiter)} inside a cell without quotes"
            if more
            else "perhaps the row was cut off"
        )
        return FileFault(
            self.name,
            row_no,
            "",
            "cell_count",
            f"the row has {len(cells)} cells, the header {len(self.header)}: {cause}; "
            "correct the row",
            self.delimiter.join(cells[:200])[:200],
        )


def table_of(
    source: SourceText, *, known: Sequence[str] = (), delimiter: str | None = None
) -> Table:
    """Find delimiter and header; known column names help to tell both.

    Raises FileRefused where there is no header row.
    """
    with source.open() as stream:
        sample = stream.read(_SAMPLE)
    chosen = delimiter or _delimiter_of(sample, known)
    header_row, header = header_of(source.name, _header_rows(sample, chosen), known)

    def records() -> Iterator[NumberedRow | FileFault]:
        return _records(source, chosen, header_row)

    return Table(
        source.name, header, header_row, chosen, records, encoding=source.encoding
    )


def header_of(
    name: str, rows: Iterator[Cells], known: Sequence[str]
) -> tuple[int, tuple[str, ...]]:
    """Return the number and the names of the header row.

    It is the first row that is not blank; below a title it is the one that has the
    most of the known names, and at least two. Raises FileRefused where there is none.
    """
    wanted = {normal_name(each) for each in known}
    found: list[tuple[int, int, Cells]] = []
    for row_no, cells in enumerate(rows, start=1):
        if any(cell.strip() for cell in cells):
            hits = len(wanted & {normal_name(cell) for cell in cells})
            found.append((hits, row_no, cells))
            if len(found) == _HEADER_WITHIN:
                break
    if not found:
        raise refused(name, "empty_file", "has no header row; send it again")
    best = max(found, key=lambda each: each[0])
    _, row_no, cells = best if best[0] > 1 else found[0]
    if len(cells) > MOST_COLUMNS:
        message = f"has {len(cells)} columns; at most {MOST_COLUMNS} are read"
        raise refused(name, "too_many_columns", f"{message}: send the table alone")
    return row_no, tuple(cell.strip() for cell in cells)


def _delimiter_of(sample: str, known: Sequence[str]) -> str:
    wanted = {normal_name(name) for name in known}
    hits = {each: _most_known(sample, each, wanted) for each in DELIMITERS}
    best = max(hits.values())
    winners = [each for each, count in hits.items() if count == best]
    if best > 1 and len(winners) == 1:
        return winners[0]
    sniffed = _sniffed(sample)
    first_line = next((line for line in sample.splitlines() if line.strip()), "")
    if sniffed and sniffed in first_line:
        return sniffed
    return max(DELIMITERS, key=first_line.count)


def _most_known(sample: str, delimiter: str, wanted: set[str]) -> int:
    rows = islice(_header_rows(sample, delimiter), _HEADER_WITHIN)
    counts = (len(wanted & {normal_name(cell) for cell in cells}) for cells in rows)
    return max(counts, default=0)


def _sniffed(sample: str) -> str | None:
    whole_lines = sample[: sample.rfind("\n") + 1] or sample
    try:
        return csv.Sniffer().sniff(whole_lines[:8192], delimiters=DELIMITERS).delimiter
    except csv.Error:
        return None


def _header_rows(sample: str, delimiter: str) -> Iterator[Cells]:
    try:
        # split as the rows will be: str.splitlines knows more line ends than CSV
        yield from csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    except csv.Error:
        return


def normal_name(name: str) -> str:
    """Return a column name as it is compared: no outer spaces, case ignored."""
    return name.strip().casefold()


def _records(
    source: SourceText, delimiter: str, header_row: int
) -> Iterator[NumberedRow | FileFault]:
    with source.open() as stream:
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        row_no = 0
        while True:
            try:
                for cells in reader:
                    row_no += 1
                    if row_no > header_row:
                        yield row_no, cells
                return
            except csv.Error as error:
                row_no += 1
                yield _unreadable(source.name, row_no, error)


def _unreadable(name: str, row_no: int, error: csv.Error) -> FileFault:
    return FileFault(
        name,
        row_no,
        "",
        "broken_row",
        f"the row is not readable ({error}); look for a quotation mark that is "
        "not closed or stands alone",
    )


def _shown(delimiter: str) -> str:
    names: dict[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
    return names.get(delimiter, delimiter)
