"""Which orders do the rows of a file make up, header values repeated on each line?

Two passes: the first counts the rows of each order, the second hands an order out
as soon as its last row was read. So a sorted file of any size needs little memory
and rows may still stand in any order.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from adv_domain.files.cells import BadCell
from adv_domain.files.order_fields import HEADER_FIELDS
from adv_domain.files.orders.source import ReadOrder
from adv_domain.files.rows import RowSource, Values
from adv_domain.files.table import Cells
from adv_domain.rules.faults import FileFault
from adv_domain.rules.orders.incoming import (
    IncomingHeader,
    IncomingLine,
    IncomingOrder,
)
from adv_domain.rules.orders.order_content import incoming_order

_WIDTH = len(HEADER_FIELDS)
_BEFORE_DATE = 8
_REQUESTED_ON = 3
_LISTS = tuple(
    at
    for at, field in enumerate(HEADER_FIELDS)
    if field.name in ("buyer_ids", "charges")
)
_LEAVES_ORDERS_DOUBTFUL = ("cell_count", "repeated_key")
OrderKey = tuple[str, str, str]
"""Customer, reference, and what the rows are: an order, or a change of one."""


@dataclass(slots=True)
class _Group:
    """The rows of one order seen so far."""

    rows: list[int]
    values: list[Values]
    faults: list[FileFault]


@dataclass(frozen=True, slots=True)
class _Scan:
    """How many rows each order has, and which orders lack a broken row."""

    counts: dict[OrderKey, int]
    lacking: dict[OrderKey, str]


@dataclass(frozen=True, slots=True)
class RowOrders:
    """The orders that the rows of a table make up, as a source of orders."""

    rows: RowSource

    @property
    def name(self) -> str:
        return self.rows.name

    @property
    def warnings(self) -> tuple[FileFault, ...]:
        return self.rows.warnings

    def orders(self) -> Iterator[ReadOrder]:
        return read_orders(self.rows)

    def broken_rows(self) -> list[FileFault]:
        return self.rows.broken_rows()

    def row_count(self) -> int:
        return self.rows.row_count()


def read_orders(source: RowSource) -> Iterator[ReadOrder]:
    """Yield each order of the file, whole or not at all.

    An order with a faulty row is not taken: half an order would be shipped and
    invoiced as if it were the whole.
    """
    key_of = _key_reader(source)
    scan = _scanned(source, key_of)
    groups: dict[OrderKey, _Group] = {}
    for row_no, cells, values, faults in source.parsed():
        if not cells:
            yield ReadOrder(None, (row_no,) if row_no else (), tuple(faults))
            continue
        key = key_of(cells)
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group([], [], [])
        group.rows.append(row_no)
        if faults:
            group.faults.extend(faults)
        if values is not None:
            group.values.append(values)
        if len(group.rows) == scan.counts[key]:
            del groups[key]
            yield _read_order(source.name, group, key, scan.lacking.get(key))


def _key_reader(source: RowSource) -> Callable[[Cells], OrderKey]:
    """Make what tells to which order a row belongs: a change is a document of its own.

    A file without the column document holds orders only, and is read faster so.
    """
    at_customer, at_ref = source.pick("customer"), source.pick("customer_ref")
    at_document = source.pick("document")
    kinds = source.columns[[field.name for field in source.fields].index("document")]

    def _plain(cells: Cells) -> OrderKey:
        return cells[at_customer].strip(), cells[at_ref].strip(), ""

    def _with_kind(cells: Cells) -> OrderKey:
        cell = cells[at_document]
        try:
            kind = str(kinds[cell])
        except BadCell:
            kind = cell
        return cells[at_customer].strip(), cells[at_ref].strip(), kind

    return _with_kind if "document" in source.given else _plain


def _scanned(source: RowSource, key_of: Callable[[Cells], OrderKey]) -> _Scan:
    counts: dict[OrderKey, int] = {}
    broken: list[FileFault] = []
    cut_off: dict[OrderKey, str] = {}
    key: OrderKey | None = None
    for item in source.whole_rows():
        if isinstance(item, FileFault):
            broken.append(item)
            if source.carried is not None and key is not None:
                # the row may have been one more of the order above
                cut_off[key] = _place_of(item)
            continue
        cells = item[1]
        key = key_of(cells)
        counts[key] = counts.get(key, 0) + 1
    lacking = _lacking(source, counts, broken) if broken else {}
    return _Scan(counts, cut_off | lacking)


def _place_of(fault: FileFault) -> str:
    return f"row {fault.row} of {fault.file}"


def _lacking(
    source: RowSource, counts: dict[OrderKey, int], broken: list[FileFault]
) -> dict[OrderKey, str]:
    """Find the orders that a row with shifted cells belongs to, by its texts."""
    by_ref: dict[str, list[OrderKey]] = {}
    for key in counts:
        by_ref.setdefault(key[1], []).append(key)
    found = {}
    for fault in broken:
        if fault.code not in _LEAVES_ORDERS_DOUBTFUL:
            continue
        texts = {cell.strip() for cell in fault.value.split(source.lines.delimiter)}
        for word in texts:
            for key in by_ref.get(word, ()):
                if key[0] in texts or source.key is not None:
                    found[key] = _place_of(fault)
    return found


def _read_order(
    name: str, group: _Group, key: OrderKey, lacking: str | None
) -> ReadOrder:
    rows = tuple(group.rows)
    faults = group.faults or _group_faults(name, group)
    if not faults and lacking is None:
        return ReadOrder(_order(group), rows)
    told = {fault.row for fault in faults}
    cause = lacking or f"row {min(told)}"
    rest = [_not_taken(name, row_no, cause) for row_no in rows if row_no not in told]
    customer = group.values[0][0] if group.values else key[0]
    return ReadOrder(None, rows, (*faults, *rest), customer)


def _group_faults(name: str, group: _Group) -> list[FileFault]:
    faults = []
    first = group.values[0]
    numbers = set()
    for row_no, values in zip(group.rows, group.values, strict=True):
        if values[:_WIDTH] != first[:_WIDTH]:
            faults.extend(_conflicts(name, row_no, values, group))
        line_no = values[_WIDTH]
        if (line_no is None) != (first[_WIDTH] is None):
            faults.append(
                FileFault(
                    name,
                    row_no,
                    "line",
                    "missing",
                    "line numbers stand on some lines of the order only; number all",
                )
            )
        elif line_no is not None and line_no in numbers:
            faults.append(
                FileFault(
                    name,
                    row_no,
                    "line",
                    "repeated_line",
                    "the line number stands in the order already; number it anew",
                    str(line_no),
                )
            )
        numbers.add(line_no)
    return faults


def _conflicts(
    name: str, row_no: int, values: Values, group: _Group
) -> list[FileFault]:
    first, first_row = group.values[0], group.rows[0]
    return [
        FileFault(
            name,
            row_no,
            field.name,
            "header_conflict",
            f"{field.name} differs from row {first_row} of the same order; make "
            "both the same or give the orders different references",
            str(values[at]),
        )
        for at, field in enumerate(HEADER_FIELDS)
        if at != _REQUESTED_ON and values[at] != first[at]
    ]


def _not_taken(name: str, row_no: int, cause: str) -> FileFault:
    message = (
        f"the order is not taken because {cause} is wrong; "
        "correct that row and send the whole order again"
    )
    return FileFault(name, row_no, "", "order_not_taken", message)


def _order(group: _Group) -> IncomingOrder:
    first = group.values[0]
    dates = {values[_REQUESTED_ON] for values in group.values}
    one_date = len(dates) == 1
    header: list[Any] = first[:_WIDTH]
    for at in _LISTS:
        header[at] = header[at] or ()
    if not one_date:
        header[_REQUESTED_ON] = None
    lines = []
    for position, (row_no, values) in enumerate(
        zip(group.rows, group.values, strict=True), start=1
    ):
        line = values[_WIDTH:]
        line[0] = line[0] or position
        requested_on = None if one_date else values[_REQUESTED_ON]
        parts = [*line[:_BEFORE_DATE], requested_on, row_no, *line[_BEFORE_DATE:]]
        lines.append(IncomingLine(*parts))
    if first[_WIDTH] is not None:
        lines.sort(key=lambda line: line.line_no)
    return incoming_order(
        IncomingHeader(*header), lines, lines_are_numbered=first[_WIDTH] is not None
    )
