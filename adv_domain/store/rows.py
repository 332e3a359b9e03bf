"""How are many rows written at once, and where do their keys come from?"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Engine,
    Table,
    any_,
    event,
    func,
    literal,
    select,
    text,
)

from adv_domain.store.engine import is_sqlite

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


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> int:
    """Insert the rows in one statement: executemany on SQLite, COPY on PostgreSQL.

    All rows must have the same columns as the first; columns left out take their
    server default. Returns how many rows were written.
    """
    if not rows:
        return 0
    if is_sqlite(connection):
        connection.execute(table.insert(), cast("list[dict[str, Any]]", rows))
        return len(rows)
    _copy(connection, table, rows)
    return len(rows)


def _copy(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    names = list(rows[0])
    dialect = connection.dialect
    processors = [
        table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        for name in names
    ]
    columns = ", ".join(f'"{name}"' for name in names)
    statement = f'COPY "{table.name}" ({columns}) FROM STDIN'
    raw = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[union-attr]  # psycopg connection
        for row in rows:
            copy.write_row(
                [
                    process(row[name]) if process else row[name]
                    for name, process in zip(names, processors, strict=True)
                ]
            )
    for note in _copy_listeners:
        note(statement)


def among(
    connection: Connection, column: ColumnElement[Any], values: Collection[Any]
) -> ColumnElement[bool]:
    """Say that the column is one of the values, as one bound parameter.

    An ordinary IN renders a parameter per value: slow to compile and bounded in
    number. Here the list travels as JSON on SQLite and as an array on PostgreSQL.
    """
    listed = list(values)
    if is_sqlite(connection):
        each = func.json_each(json.dumps(listed)).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(literal(listed, ARRAY(column.type)))


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
