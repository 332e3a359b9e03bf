"""Order files that tests write: our own columns, good unless a test says otherwise."""

from collections.abc import Sequence
from typing import Any

from adv_domain.files.mapping import OWN, Mapping
from adv_domain.files.order_fields import ORDER_FIELDS
from adv_domain.files.order_rows import read_orders
from adv_domain.files.orders.source import ReadOrder
from adv_domain.files.rows import RowSource
from adv_domain.files.sources import InputFile, row_source

COLUMNS = (
    "customer,customer_ref,ordered_on,requested_on,line,product,quantity,unit,"
    "price,discount_percent,currency"
)


def a_row(**changes: Any) -> str:
    values = {
        "customer": "C1",
        "customer_ref": "R1",
        "ordered_on": "2024-05-02",
        "requested_on": "2024-05-20",
        "line": "1",
        "product": "P1",
        "quantity": "3",
        "unit": "PCE",
        "price": "9.80",
        "discount_percent": "10",
        "currency": "EUR",
    }
    values |= {name: str(value) for name, value in changes.items()}
    return ",".join(values.values())


def a_file(*rows: str, header: str = COLUMNS) -> bytes:
    return "\n".join((header, *rows, "")).encode()


def a_source(
    data: bytes, mapping: Mapping = OWN, *, joined: bytes | None = None
) -> RowSource:
    second = None if joined is None else InputFile("lines.csv", joined)
    return row_source(
        InputFile("orders.csv", data), ORDER_FIELDS, mapping, joined=second
    )


def read(data: bytes, mapping: Mapping = OWN) -> list[ReadOrder]:
    return list(read_orders(a_source(data, mapping)))


def codes(found: Sequence[ReadOrder]) -> list[tuple[int, str, str]]:
    return [
        (fault.row, fault.field, fault.code) for each in found for fault in each.faults
    ]
