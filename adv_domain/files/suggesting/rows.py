"""Which rows of a partner's table are totals, and which lean on the row above?"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from adv_domain.files.suggesting.guesses import Guess
from adv_domain.files.suggesting.names import plain
from adv_domain.files.table import Cells, Table

_TOTALS = ("total", "subtotal", "sum", "suma", "sous total", "somme", "grand total")


@dataclass(frozen=True, slots=True)
class RowHints:
    """Columns that begin with a word for a total, by column; columns to carry down."""

    totals: dict[str, str]
    carried: tuple[str, ...] = ()


def row_hints(
    table: Table, guesses: Sequence[Guess], *, key: str, of_order: Sequence[str]
) -> RowHints:
    """Look through all rows; key and of_order are ours, where rows make up orders."""
    places = {
        guessed.field.name: table.header.index(guessed.column.name)
        for guessed in guesses
    }
    heads = [name for name in of_order if name in places and name != key]
    totals: dict[str, str] = {}
    leaning = _Leaning(places.get(key), {name: places[name] for name in heads})
    for row in table.rows():
        if not isinstance(row, tuple):
            continue
        cells = row[1]
        first = next((at for at, cell in enumerate(cells) if cell.strip()), 0)
        if _is_total(cells[first]):
            totals.setdefault(table.header[first], cells[first].strip().split()[0])
        else:
            leaning.note(cells)
    return RowHints(totals, leaning.columns())


@dataclass(slots=True)
class _Leaning:
    """The columns that are filled where an order begins and blank where it goes on."""

    key: int | None
    heads: dict[str, int]
    above: str | None = None
    first: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)

    def note(self, cells: Cells) -> None:
        if self.key is None:
            return
        value = cells[self.key].strip()
        goes_on = self.above is not None and value in ("", self.above)
        filled = {name for name, at in self.heads.items() if cells[at].strip()}
        if goes_on:
            self.found |= self.first - filled
        else:
            self.first = filled
        self.above = value or self.above

    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in self.heads if name in self.found)


def _is_total(cell: str) -> bool:
    return plain(cell).startswith(_TOTALS)
