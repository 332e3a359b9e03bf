"""How are many rows written at once, and where do their keys come from?"""

import json
from collections import namedtuple
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Engine,
    Result,
    String,
    Table,
    TableValuedAlias,
    any_,
    column,
    event,
    func,
    literal,
    select,
    text,
    tuple_,
)

from adv_domain.store.engine import is_sqlite

Columns = Mapping[str, Sequence[Any]]
_copy_listeners: list[Callable[[str], None]] = []


def take_ids(connection: Connection, table: Table, count: int) -> range | list[int]:
    """Take a block of keys for rows that refer to each other.

    On SQLite the write lock is held, so the highest key in the table decides; on
    PostgreSQL the table's own sequence gives them, gaps allowed.
    """
    if count == 0:
        return []
    if is_sqlite(connection):
        last = connection.execute(select(func.max(table.c.id))).scalar() or 0
        return range(last + 1, last + 1 + count)
    statement = text("SELECT nextval(:sequence) FROM generate_series(1, :count)")
    sequence = f"{table.name}_id_seq"
    rows = connection.execute(statement, {"sequence": sequence, "count": count})
    return [int(row[0]) for row in rows]


def named_rows(result: Result[Any]) -> list[Any]:
    """Return the rows as plain named tuples, for what reads many columns of many.

    Measured: a column by its name costs 20 ns of these, 360 of SQLAlchemy's own rows.
    """
    return list(map(_named(tuple(result.keys()))._make, result))


@lru_cache(maxsize=256)
def _named(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns)  # its columns are the statement's


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> int:
    """Insert the rows in one statement: executemany on SQLite, COPY on PostgreSQL.

    All rows must have the same columns as the first; columns left out take their
    server default. Returns how many rows were written.
    """
    return insert_columns(connection, table, columns_of(rows))


def columns_of(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Turn rows into columns; all rows must have the same as the first."""
    if not rows:
        return {}
    names = list(rows[0])
    # one name would come without its tuple
    cells = map(itemgetter(*names, names[0]), rows)
    return dict(zip(names, zip(*cells, strict=True), strict=False))


def insert_columns(connection: Connection, table: Table, columns: Columns) -> int:
    """Insert rows given as columns; otherwise as insert_rows."""
    if not columns:
        return 0
    ready = list(zip(*bound_columns(connection, table, columns), strict=True))
    listed = ", ".join(f'"{name}"' for name in columns)
    if is_sqlite(connection):
        marks = ", ".join("?" * len(columns))
        statement = f'INSERT INTO "{table.name}" ({listed}) VALUES ({marks})'
        connection.exec_driver_sql(statement, ready)
    else:
        _copy(connection, f'COPY "{table.name}" ({listed}) FROM STDIN', ready)
    return len(ready)


def bound_columns(
    connection: Connection, table: Table, columns: Columns
) -> list[Sequence[Any]]:
    """Turn columns of values into what the driver takes.

    Past SQLAlchemy's making of parameters row by row: that costs twice what SQLite
    itself does for an insert.
    """
    dialect = connection.dialect
    ready: list[Sequence[Any]] = []
    for name, values in columns.items():
        process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        ready.append(_processed(process, values) if process else values)
    return ready


def _processed(process: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Process the values; one that is the very object before it, only once.

    A batch's day, moment and seller stand in every row of it.
    """
    ready: list[Any] = []
    before, result = None, process(None)
    for value in values:
        if value is not before:
            before, result = value, process(value)
        ready.append(result)
    return ready


def _copy(
    connection: Connection, statement: str, rows: Sequence[Sequence[Any]]
) -> None:
    raw = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[union-attr]  # psycopg connection
        for row in rows:
            copy.write_row(row)
    for note in _copy_listeners:
        note(statement)


def as_table(connection: Connection, values: Collection[str]) -> TableValuedAlias:
    """Make a table of one column, value, of the texts: one bound parameter."""
    listed = list(values)
    if is_sqlite(connection):
        return func.json_each(json.dumps(listed)).table_valued("value")
    unnested = func.unnest(literal(listed, ARRAY(String)))
    return unnested.table_valued(
        column("value", String), name="listed"
    ).render_derived()


def among(
    connection: Connection, wanted: ColumnElement[Any], values: Collection[Any]
) -> ColumnElement[bool]:
    """Say that the column is one of the values, as one bound parameter.

    An ordinary IN renders a parameter per value: slow to compile and bounded in
    number. Here the list travels as JSON on SQLite and as an array on PostgreSQL.
    """
    listed = list(values)
    if is_sqlite(connection):
        each = func.json_each(json.dumps(listed)).table_valued("value")
        return wanted.in_(select(each.c.value))
    return wanted == any_(literal(listed, ARRAY(wanted.type)))


def among_pairs(
    connection: Connection,
    wanted: tuple[ColumnElement[str], ColumnElement[str]],
    pairs: Collection[tuple[str, str]],
) -> ColumnElement[bool]:
    """Say that the two columns are together one of the pairs.

    Two conditions with `among` would try every first with every second; a join
    with the pairs lets SQLite scan the table instead of its index.
    """
    listed = list(pairs)
    if is_sqlite(connection):
        each = func.json_each(json.dumps(listed)).table_valued("value")
        parts = [func.json_extract(each.c.value, path) for path in ("$[0]", "$[1]")]
        return tuple_(*wanted).in_(select(*parts))
    texts = [literal([pair[at] for pair in listed], ARRAY(String)) for at in (0, 1)]
    unnested = func.unnest(*texts).table_valued(
        column("first", String), column("second", String), name="pairs"
    )
    each = unnested.render_derived()
    return tuple_(*wanted).in_(select(each.c.first, each.c.second))


@contextmanager
def counted_statements(engine: Engine) -> Iterator[list[str]]:
    """Collect every execute, executemany and COPY that runs on the engine."""
    seen: list[str] = []

    def _note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", _note)
    _copy_listeners.append(seen.append)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", _note)
        _copy_listeners.remove(seen.append)
