"""Which orders are in an order file, and what is wrong with it?"""

from dataclasses import dataclass
from pathlib import Path

from adv_domain.files.order_fields import ORDER_COLUMNS
from adv_domain.files.orders.formats import mapping_of, order_source
from adv_domain.files.sources import load_mapping, read_inputs
from adv_domain.files.text import FileRefused
from adv_domain.rules.faults import FileFault
from adv_domain.rules.orders.incoming import IncomingOrder


@dataclass(frozen=True, slots=True)
class OrderFile:
    """All orders of a file and all its faults."""

    orders: tuple[IncomingOrder, ...]
    faults: tuple[FileFault, ...]


def read_order_file(path: Path, mapping_path: Path | None = None) -> OrderFile:
    """Read a whole order file; of any format.

    Raises CannotOpen for a path that is no readable file, InvalidMapping.
    """
    mapping = load_mapping(mapping_path, fields=ORDER_COLUMNS)
    try:
        mapping = mapping_of(path, mapping)
        file, joined = read_inputs(path, mapping)
        source = order_source(file, mapping, joined=joined)
        found = list(source.orders())
    except FileRefused as refusal:
        return OrderFile((), (refusal.fault,))
    return OrderFile(
        orders=tuple(each.order for each in found if each.order is not None),
        faults=(*source.warnings, *(fault for each in found for fault in each.faults)),
    )
