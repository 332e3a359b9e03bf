"""Which column of a partner's table is which of ours?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adv_domain.files.fields import Field
from adv_domain.files.suggesting.looks import Look, look_of, looks_like
from adv_domain.files.suggesting.names import guess, known_names
from adv_domain.files.table import Table

_SAMPLE = 500
_LIKELY = 0.78
_TELLING: tuple[Look, ...] = ("currency", "email")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the partner's and what its first cells hold."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """A column of ours, the partner's that is probably it, and why."""

    field: Field
    column: Column
    why: str


@dataclass(frozen=True, slots=True)
class _Likely:
    score: float
    field: Field
    column: Column
    why: str


def columns_of(table: Table) -> tuple[Column, ...]:
    """Return the named columns of a table; of two of a name none is told apart."""
    rows = []
    for row in table.rows():
        if isinstance(row, tuple):
            rows.append([cell.strip() for cell in row[1]])
            if len(rows) == _SAMPLE:
                break
    names = Counter(name.casefold() for name in table.header)
    return tuple(
        Column(name, tuple(cells[at] for cells in rows))
        for at, name in enumerate(table.header)
        if name and names[name.casefold()] == 1
    )


def every_known_name(kind: str, fields: Sequence[Field]) -> list[str]:
    """Return all names by which columns of a kind of file are known."""
    names = [field.name for field in fields]
    return names + [name for each in names for name, _ in known_names(kind, each)]


def guesses(
    kind: str, fields: Sequence[Field], columns: Sequence[Column]
) -> list[Guess]:
    """Pair columns, the likeliest first, each once; then by what cells alone tell."""
    found: dict[str, Guess] = {}
    taken: set[str] = set()
    order = {field.name: at for at, field in enumerate(fields)}
    for each in sorted(
        _likely(kind, fields, columns),
        key=lambda one: (-one.score, not one.field.required, order[one.field.name]),
    ):
        if each.field.name not in found and each.column.name not in taken:
            found[each.field.name] = Guess(each.field, each.column, each.why)
            taken.add(each.column.name)
    left = [column for column in columns if column.name not in taken]
    for guessed in _by_looks(fields, found, left):
        found[guessed.field.name] = guessed
    return sorted(found.values(), key=lambda one: order[one.field.name])


def _likely(
    kind: str, fields: Sequence[Field], columns: Sequence[Column]
) -> Iterator[_Likely]:
    for field in fields:
        look = look_of(field)
        for column in columns:
            named = guess(kind, field.name, column.name)
            if named.score < _LIKELY:
                continue
            if look is not None and not looks_like(column.cells, look):
                continue
            yield _Likely(named.score, field, column, named.why)


def _by_looks(
    fields: Sequence[Field], found: dict[str, Guess], left: Sequence[Column]
) -> Iterator[Guess]:
    """Guess by cells alone where one column only holds such codes."""
    for look in _TELLING:
        wanted = [
            field
            for field in fields
            if field.name not in found and look_of(field) == look
        ]
        fitting = [
            column
            for column in left
            if any(column.cells) and looks_like(column.cells, look)
        ]
        if len(wanted) == len(fitting) == 1:
            yield Guess(wanted[0], fitting[0], f"its cells look like a {look}")
