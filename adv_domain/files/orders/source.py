"""What does whoever takes orders in need of a file, whatever its format?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from adv_domain.rules.faults import FileFault
from adv_domain.rules.orders.incoming import IncomingOrder


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """One order of a file, or the faults for which it makes none.

    rows are the rows (a document's lines) that count as read, by their place in the
    file; there are few faults' or all lines' rows, and none where the fault stands
    in a header file. An order may carry faults that are warnings. customer is whose it
    is as far as that can be told where it makes no order.
    """

    order: IncomingOrder | None
    rows: tuple[int, ...]
    faults: tuple[FileFault, ...] = ()
    customer: str = ""


class OrderSource(Protocol):
    """The orders of one file; warnings are what was told and changes nothing."""

    @property
    def name(self) -> str:
        """The file whose rows are counted."""
        ...

    @property
    def warnings(self) -> Sequence[FileFault]: ...

    def orders(self) -> Iterator[ReadOrder]:
        """Yield each order of the file, whole or not at all."""
        ...

    def broken_rows(self) -> list[FileFault]:
        """Return the rows whose cells cannot be told apart; a document has none."""
        ...

    def row_count(self) -> int:
        """Count the rows of the file, read or not."""
        ...


@dataclass(frozen=True, slots=True)
class DocumentOrders:
    """The orders of a document: read as a whole, so that nothing half-read is taken."""

    name: str
    found: Sequence[ReadOrder]
    warnings: Sequence[FileFault] = ()

    def orders(self) -> Iterator[ReadOrder]:
        return iter(self.found)

    def broken_rows(self) -> list[FileFault]:
        return []

    def row_count(self) -> int:
        return sum(len(each.rows) for each in self.found)
