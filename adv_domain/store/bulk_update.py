"""How are many rows changed at once, each in its own way?

SQLite takes one executemany past SQLAlchemy's parameter making (measured: 1.4
against 5 microseconds a row); PostgreSQL one UPDATE … FROM unnest(arrays), where
an executemany would go back and forth for each row.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from adv_domain.store.engine import is_sqlite
from adv_domain.store.rows import bound_columns


def update_rows(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    added: Collection[str] = (),
) -> None:
    """Set the named columns row by row in one statement; a row is (id, *values).

    The columns in added are raised by the value instead.
    """
    if not rows:
        return
    columns = dict(zip(("id", *names), zip(*rows, strict=True), strict=True))
    ready = bound_columns(connection, table, columns)
    kept = {name: f'"{table.name}"."{name}" + ' for name in added}
    if is_sqlite(connection):
        _on_sqlite(connection, table, names, ready, kept)
    else:
        _on_postgresql(connection, table, names, ready, kept)


def _on_sqlite(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    columns: Sequence[Sequence[Any]],
    kept: dict[str, str],
) -> None:
    assignments = ", ".join(f'"{name}" = {kept.get(name, "")}?' for name in names)
    statement = f'UPDATE "{table.name}" SET {assignments} WHERE id = ?'
    ids, *values = columns
    connection.exec_driver_sql(statement, list(zip(*values, ids, strict=True)))


def _on_postgresql(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    columns: Sequence[Sequence[Any]],
    kept: dict[str, str],
) -> None:
    dialect = connection.dialect
    arrays = ", ".join(
        f"%s::{table.c[name].type.compile(dialect)}[]" for name in ("id", *names)
    )
    listed = ", ".join(f'"{name}"' for name in ("id", *names))
    assignments = ", ".join(
        f'"{name}" = {kept.get(name, "")}fresh."{name}"' for name in names
    )
    statement = (
        f'UPDATE "{table.name}" SET {assignments} '
        f"FROM unnest({arrays}) AS fresh({listed}) "
        f'WHERE "{table.name}".id = fresh.id'
    )
    connection.exec_driver_sql(statement, tuple(list(column) for column in columns))
