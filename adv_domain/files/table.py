"""Which rows and cells does a delimited text hold, and which rows are broken?"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adv_domain.files.text import SourceText, refused
from adv_domain.rules.faults import FileFault

DELIMITERS = ",;\t|"
_SAMPLE = 64 * 1024
Cells = list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A delimited text with its header; rows are read anew at each iteration."""

    source: SourceText
    delimiter: str
    header: tuple[str, ...]
    header_row: int

    @property
    def name(self) -> str:
        return self.source.name

    def rows(self) -> Iterator["NumberedRow | FileFault"]:
        """Yield (row number, cells) of each row that has as many cells as the header.

        In place of a row with another number of cells, or one that no CSV reader
        accepts, comes the fault. Blank rows are passed over.
        """
        width = len(self.header)
        for record in _records(self):
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
            self.delimiter.join(cells)[:200],
        )


NumberedRow = tuple[int, Cells]


def table_of(
    source: SourceText, *, known: Sequence[str] = (), delimiter: str | None = None
) -> Table:
    """Find delimiter and header; known column names help to tell the delimiter.

    Raises FileRefused where there is no header row.
    """
    with source.open() as stream:
        sample = stream.read(_SAMPLE)
    chosen = delimiter or _delimiter_of(sample, known)
    for header_row, cells in enumerate(_header_rows(sample, chosen), start=1):
        if any(cell.strip() for cell in cells):
            names = tuple(cell.strip() for cell in cells)
            return Table(source, chosen, names, header_row)
    raise refused(source.name, "empty_file", "has no header row; send it again")


def _delimiter_of(sample: str, known: Sequence[str]) -> str:
    wanted = {normal_name(name) for name in known}
    hits = {each: len(wanted & set(_first_names(sample, each))) for each in DELIMITERS}
    best = max(hits.values())
    winners = [each for each, count in hits.items() if count == best]
    if best > 1 and len(winners) == 1:
        return winners[0]
    sniffed = _sniffed(sample)
    first_line = next((line for line in sample.splitlines() if line.strip()), "")
    if sniffed and sniffed in first_line:
        return sniffed
    return max(DELIMITERS, key=first_line.count)


def _sniffed(sample: str) -> str | None:
    whole_lines = sample[: sample.rfind("\n") + 1] or sample
    try:
        return csv.Sniffer().sniff(whole_lines[:8192], delimiters=DELIMITERS).delimiter
    except csv.Error:
        return None


def _first_names(sample: str, delimiter: str) -> list[str]:
    for cells in _header_rows(sample, delimiter):
        if any(cell.strip() for cell in cells):
            return [normal_name(cell) for cell in cells]
    return []


def _header_rows(sample: str, delimiter: str) -> Iterator[Cells]:
    try:
        # split as the rows will be: str.splitlines knows more line ends than CSV
        yield from csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    except csv.Error:
        return


def normal_name(name: str) -> str:
    """Return a column name as it is compared: no outer spaces, case ignored."""
    return name.strip().casefold()


def _records(table: Table) -> Iterator[NumberedRow | FileFault]:
    with table.source.open() as stream:
        reader = csv.reader(stream, delimiter=table.delimiter, strict=True)
        row_no = 0
        while True:
            try:
                for cells in reader:
                    row_no += 1
                    if row_no > table.header_row:
                        yield row_no, cells
                return
            except csv.Error as error:
                row_no += 1
                yield _unreadable(table, row_no, error)


def _unreadable(table: Table, row_no: int, error: csv.Error) -> FileFault:
    return FileFault(
        table.name,
        row_no,
        "",
        "broken_row",
        f"the row is not readable ({error}); look for a quotation mark that is "
        "not closed or stands alone",
    )


def _shown(delimiter: str) -> str:
    names: dict[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
    return names.get(delimiter, delimiter)
