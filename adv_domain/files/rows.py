"""Which values of ours stand in each row of a partner's file, or pair of files?

Columns are found once, by the mapping; then each row is one pass over its cells.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import getitem, itemgetter
from typing import Any

from adv_domain.files.cells import BadCell
from adv_domain.files.fields import Column, Field
from adv_domain.files.mapping_rows import Join
from adv_domain.files.row_rules import (
    Carried,
    Selection,
    Told,
    carried_down,
    composed_of,
    is_filled,
)
from adv_domain.files.table import Cells, NumberedRow, Table
from adv_domain.rules.faults import NOT_TAKEN, FileFault

Values = list[Any]
ReadRow = tuple[int, Values | None, list[FileFault]]
"""Row number, the values in the order of the fields, what is wrong.

There are either values or faults. Row number 0: the fault stands in the header
file and is no row of the file whose rows are counted.
"""

ParsedRow = tuple[int, Cells, Values | None, list[FileFault]]


@dataclass(frozen=True, slots=True)
class JoinKey:
    """The columns that tie a header file to its line file, by position."""

    join: Join
    header: Table
    in_header: int
    in_lines: int


@dataclass(frozen=True, slots=True)
class RowSource:
    """The rows of one file, or of a header file joined with its line file.

    given names the fields of which the file or the mapping says something; the
    others have their default in every row. warnings tell of what nobody reads.
    Behind the cells of the file stand fixed, then the texts composed of several cells.
    """

    fields: tuple[Field, ...]
    lines: Table
    key: JoinKey | None
    columns: tuple[Column, ...]
    picks: tuple[int, ...]
    given: frozenset[str]
    fixed: tuple[str, ...]
    composed: tuple[tuple[int, ...], ...] = ()
    skip: Selection | None = None
    carried: Carried | None = None
    tells: tuple[Told, ...] = ()
    refuses: tuple[Told, ...] = ()
    warnings: tuple[FileFault, ...] = ()

    @property
    def name(self) -> str:
        """The file whose rows are counted: the line file where there are two."""
        return self.lines.name

    def broken_rows(self) -> list[FileFault]:
        """Pass over all rows once; return those whose cells cannot be told apart."""
        tables = [self.key.header, self.lines] if self.key else [self.lines]
        return [
            item
            for table in tables
            for item in table.rows()
            if isinstance(item, FileFault)
        ]

    def rows(self) -> Iterator[ReadRow]:
        """Yield each row; rows that the mapping skips are passed over.

        Row numbers count as a person does in a spreadsheet, the header as row 1.
        """
        return ((row_no, values, bad) for row_no, _, values, bad in self.parsed())

    def parsed(self) -> Iterator[ParsedRow]:
        """Yield each row as rows() does, with the texts of its cells."""
        read = self._reader()
        for item in self._joined():
            if isinstance(item, FileFault):
                yield item.row if item.file == self.name else 0, [], None, [item]
                continue
            row_no, cells = item
            if self.skip and self.skip.leaves_out(cells):
                yield from self._told(row_no, cells, self.skip.told)
                continue
            if self.tells:
                yield from self._told(row_no, cells, self.tells)
            if self.refuses and (refused := list(self._refused(row_no, cells))):
                yield row_no, cells, None, refused
                continue
            try:
                values = read(cells)
            except BadCell:
                yield row_no, cells, None, self._faults_of(row_no, cells)
            else:
                yield row_no, cells, values, []

    def _reader(self) -> Callable[[Cells], Values]:
        """Make what reads the values of a row.

        Fields that are the same in every row are read once: most rows say a quarter
        of what they may.
        """
        width = self.width
        said = [at for at, pick in enumerate(self.picks) if not self._is_fixed(pick)]
        columns = [self.columns[at] for at in said]
        picked = _all_of([self.picks[at] for at in said])
        fixed = [at for at in range(len(self.fields)) if at not in said]
        same = [self.columns[at][self.fixed[self.picks[at] - width]] for at in fixed]
        places = {at: place for place, at in enumerate(said + fixed)}
        ordered = _all_of([places[at] for at in range(len(self.fields))])
        return lambda cells: list(
            ordered([*map(getitem, columns, picked(cells)), *same])
        )

    def _is_fixed(self, pick: int) -> bool:
        return self.width <= pick < self.width + len(self.fixed)

    @property
    def width(self) -> int:
        """How many cells a row has before those that stand in each row."""
        header = self.key.header.header if self.key else ()
        return len(self.lines.header) + len(header)

    def _told(
        self, row_no: int, cells: Cells, wanted: tuple[Told, ...]
    ) -> Iterator[ParsedRow]:
        for fault in self._filled(row_no, cells, wanted, NOT_TAKEN):
            yield 0, [], None, [fault]

    def _refused(self, row_no: int, cells: Cells) -> Iterator[FileFault]:
        return self._filled(row_no, cells, self.refuses, "refused_value")

    def _filled(
        self, row_no: int, cells: Cells, wanted: tuple[Told, ...], code: str
    ) -> Iterator[FileFault]:
        for told in wanted:
            value = cells[told.at].strip()
            if is_filled(value):
                yield FileFault(
                    self.name,
                    row_no,
                    told.column,
                    code,
                    f"{told.column}: {told.message}",
                    value[:200],
                )

    def whole_rows(self) -> Iterator[NumberedRow | FileFault]:
        """Yield the texts of each row that counts, or what is wrong with its cells."""
        skip = self.skip
        if skip is None:
            return self._joined()
        return (
            item
            for item in self._joined()
            if isinstance(item, FileFault) or not skip.leaves_out(item[1])
        )

    def row_count(self) -> int:
        """Count the rows of the file whose rows are counted, broken ones too."""
        return sum(
            not isinstance(item, FileFault) or item.file == self.name
            for item in self.whole_rows()
        )

    def pick(self, name: str) -> int:
        """Return where the named field stands among the cells."""
        names = [field.name for field in self.fields]
        return self.picks[names.index(name)]

    def _joined(self) -> Iterator[NumberedRow | FileFault]:
        fixed = list(self.fixed)
        rows = self._with_header(self.key, fixed) if self.key else self._plain(fixed)
        if self.carried is not None:
            rows = carried_down(self.carried, rows)
        return composed_of(self.composed, rows) if self.composed else rows

    def _plain(self, fixed: Cells) -> Iterator[NumberedRow | FileFault]:
        for item in self.lines.rows():
            if isinstance(item, FileFault):
                yield item
            else:
                yield item[0], item[1] + fixed

    def _with_header(
        self, key: JoinKey, fixed: Cells
    ) -> Iterator[NumberedRow | FileFault]:
        heads, faults = _heads(key)
        yield from faults
        used = set()
        for item in self.lines.rows():
            if isinstance(item, FileFault):
                yield item
                continue
            value = item[1][key.in_lines].strip()
            head = heads.get(value)
            used.add(value)
            if head is None:
                yield _unknown(self.name, key, item[0], value)
            else:
                yield item[0], item[1] + head[1] + fixed
        for value, (row_no, _) in heads.items():
            if value not in used:
                yield _without_lines(self.name, key, row_no, value)

    def _faults_of(self, row_no: int, cells: Cells) -> list[FileFault]:
        faults = []
        for field, column, at in zip(
            self.fields, self.columns, self.picks, strict=True
        ):
            try:
                column[cells[at]]
            except BadCell as bad:
                value = cells[at].strip()[:200]
                message = f"{field.name} {bad.message}"
                faults.append(
                    FileFault(self.name, row_no, field.name, bad.code, message, value)
                )
        return faults


def _all_of(places: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Make what picks these places; itemgetter gives no tuple of one or none."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: [values[at] for at in places]


def _heads(key: JoinKey) -> tuple[dict[str, NumberedRow], list[FileFault]]:
    heads: dict[str, NumberedRow] = {}
    faults = []
    for item in key.header.rows():
        if isinstance(item, FileFault):
            faults.append(item)
        elif item[1][key.in_header].strip() in heads:
            faults.append(_repeated(key, item))
        else:
            heads[item[1][key.in_header].strip()] = item
    return heads, faults


def _repeated(key: JoinKey, row: NumberedRow) -> FileFault:
    value = row[1][key.in_header].strip()
    message = "the key stands in an earlier row too; leave one of them"
    return FileFault(
        key.header.name, row[0], key.join.key, "repeated_key", message, value
    )


def _unknown(name: str, key: JoinKey, row_no: int, value: str) -> FileFault:
    message = f"the row belongs to no row of {key.header.name}; add it there"
    return FileFault(name, row_no, key.join.key, "unknown_key", message, value)


def _without_lines(name: str, key: JoinKey, row_no: int, value: str) -> FileFault:
    message = f"no row of {name} belongs to this row; add its lines there"
    return FileFault(
        key.header.name, row_no, key.join.key, "without_lines", message, value
    )
