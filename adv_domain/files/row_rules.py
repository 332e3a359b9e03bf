"""Which rows count, and what do they take from other rows and cells?

A mapping says it by columns; here it stands by the places of the cells in a row.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from adv_domain.files.table import Cells, NumberedRow
from adv_domain.rules.faults import FileFault


@dataclass(frozen=True, slots=True)
class Told:
    """A place that nobody reads, and what is said where its cell is filled."""

    at: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows are passed over, by the places of their cells.

    told are those whose passing over is told; empty and words are not.
    """

    empty: tuple[int, ...] = ()
    words: tuple[tuple[int, tuple[str, ...]], ...] = ()
    told: tuple[Told, ...] = ()

    def leaves_out(self, cells: Cells) -> bool:
        return (
            any(not cells[at].strip() for at in self.empty)
            or any(cells[at].strip().casefold().startswith(w) for at, w in self.words)
            or any(is_filled(cells[told.at]) for told in self.told)
        )


@dataclass(frozen=True, slots=True)
class Carried:
    """The places whose empty cells take the value above, while the key is the same."""

    key: int
    places: tuple[int, ...]


def carried_down(
    carried: Carried, rows: Iterator[NumberedRow | FileFault]
) -> Iterator[NumberedRow | FileFault]:
    """Fill the empty cells; below a row that is not readable nothing is carried on."""
    above: Cells | None = None
    for item in rows:
        if isinstance(item, FileFault):
            above = None
            yield item
            continue
        cells = item[1]
        key = cells[carried.key].strip()
        if above is not None and key in ("", above[carried.key].strip()):
            for at in (carried.key, *carried.places):
                if not cells[at].strip():
                    cells[at] = above[at]
        above = cells
        yield item


def composed_of(
    composed: tuple[tuple[int, ...], ...], rows: Iterator[NumberedRow | FileFault]
) -> Iterator[NumberedRow | FileFault]:
    """Put the texts that are made of several cells behind the cells of each row."""
    for item in rows:
        if not isinstance(item, FileFault):
            cells = item[1]
            for places in composed:
                # shops write '05012 so that a spreadsheet keeps the nought
                parts = (cells[at].strip().removeprefix("'") for at in places)
                cells.append(", ".join(part for part in parts if part))
        yield item


def is_filled(cell: str) -> bool:
    """Tell whether a cell says something: blank and nought say nothing."""
    return bool(cell.strip().strip("0.,-"))
