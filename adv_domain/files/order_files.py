"""Which orders are in an order file, and what is wrong with it?"""

from dataclasses import dataclass
from pathlib import Path

from adv_domain.files.order_fields import ORDER_COLUMNS, ORDER_FIELDS
from adv_domain.files.order_rows import read_orders
from adv_domain.files.sources import load_mapping, read_inputs, row_source
from adv_domain.files.text import FileRefused
from adv_domain.rules.faults import FileFault
from adv_domain.rules.orders.incoming import IncomingOrder


@dataclass(frozen=True, slots=True)
class OrderFile:
    """All orders of a file and all its faults."""

    orders: tuple[IncomingOrder, ...]
    faults: tuple[FileFault, ...]


def read_order_file(path: Path, mapping_path: Path | None = None) -> OrderFile:
    """Read a whole order file; for large ones use read_orders, which yields them.

    Raises CannotOpen for a path that is no readable file, InvalidMapping.
    """
    mapping = load_mapping(mapping_path, fields=ORDER_COLUMNS)
    try:
        file, joined = read_inputs(path, mapping)
        source = row_source(file, ORDER_FIELDS, mapping, joined=joined)
        found = list(read_orders(source))
    except FileRefused as refusal:
        return OrderFile((), (refusal.fault,))
    return OrderFile(
        orders=tuple(each.order for each in found if each.order is not None),
        faults=(*source.warnings, *(fault for each in found for fault in each.faults)),
    )
