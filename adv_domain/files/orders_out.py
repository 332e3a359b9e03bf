"""How are orders written as a table in our own columns, to be read back equal?"""

from collections.abc import Iterator, Sequence
from dataclasses import fields

from adv_domain.files.csv_out import Cell, csv_bytes
from adv_domain.files.fields import Field
from adv_domain.files.order_fields import HEADER_FIELDS, LINE_FIELDS, ORDER_FIELDS
from adv_domain.files.xlsx_out import xlsx_bytes
from adv_domain.rules.orders.incoming import IncomingHeader, IncomingLine, IncomingOrder

_ALWAYS = frozenset(
    (
        "customer",
        "customer_ref",
        "ordered_on",
        "requested_on",
        "currency",
        "line",
        "product",
        "description",
        "quantity",
        "unit",
        "price",
        "discount_percent",
    )
)
_NOT_OF_COLUMNS = ("requested_on", "source_row", "price_base_qty")
_HEADER_NAMES = [field.name for field in fields(IncomingHeader)]
_LINE_NAMES = [
    field.name for field in fields(IncomingLine) if field.name not in _NOT_OF_COLUMNS
]
_REQUESTED_ON = _HEADER_NAMES.index("requested_on")
Row = list[Cell]


class WithoutLines(ValueError):
    """A document without lines has no row in a table."""

    def __init__(self, customer_ref: str) -> None:
        super().__init__(
            f"{customer_ref} has no lines and cannot be written as rows; write it as "
            "JSON or XML"
        )
        self.customer_ref = customer_ref


def orders_csv(orders: Sequence[IncomingOrder]) -> bytes:
    """Write the orders as CSV, a row a line; raises WithoutLines."""
    header, rows = _table(orders)
    return csv_bytes(header, rows)


def orders_xlsx(orders: Sequence[IncomingOrder]) -> bytes:
    """Write the orders as a workbook; raises WithoutLines and TooManyRows."""
    header, rows = _table(orders)
    return xlsx_bytes(header, rows, sheet="Orders")


def _table(orders: Sequence[IncomingOrder]) -> tuple[list[str], Iterator[Row]]:
    """Return the names of the columns that say something, and the rows."""
    used = set(_ALWAYS)
    for row in _rows(orders):
        for field, value in zip(ORDER_FIELDS, row, strict=True):
            if field.name not in used and not _is_default(field, value):
                used.add(field.name)
    places = [at for at, field in enumerate(ORDER_FIELDS) if field.name in used]
    names = [ORDER_FIELDS[at].name for at in places]
    return names, ([row[at] for at in places] for row in _rows(orders))


def _is_default(field: Field, value: Cell) -> bool:
    return value in (None, "") or str(value) == field.default


def _rows(orders: Sequence[IncomingOrder]) -> Iterator[Row]:
    for order in orders:
        if not order.lines:
            raise WithoutLines(order.header.customer_ref)
        head = [
            _cell(field, getattr(order.header, name))
            for field, name in zip(HEADER_FIELDS, _HEADER_NAMES, strict=True)
        ]
        for line in order.lines:
            row = head + [
                _cell(field, getattr(line, name))
                for field, name in zip(LINE_FIELDS, _LINE_NAMES, strict=True)
            ]
            row[_REQUESTED_ON] = line.requested_on or order.header.requested_on
            if not order.lines_are_numbered:
                row[len(head)] = None
            yield row


def _cell(field: Field, value: object) -> Cell:
    return None if value is None else field.form.write(value)
