"""What does a posted document say, byte by byte, and under which seal?

Veri*Factu's record covers number, date and totals. The seal is a hash over all that
stands in a document's rows (lines, tax groups, charges, due dates too) and the seal
before it, so that any changed byte breaks it. What changes by its nature (open
amounts) is left out. An empty column and one at its default say nothing, so that
columns added later leave older seals whole.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column, Connection, Row, String, Table, select

from adv_domain.rules.billing.chain import text_hash
from adv_domain.rules.plain_numbers import plain_number
from adv_domain.store.columns import (
    JsonReady,
    JsonText,
    Moment,
    ScaledDecimal,
    json_ready,
)
from adv_domain.store.rows import Columns, among
from adv_domain.store.stored import stored, unreadable
from adv_domain.store.tables import (
    instalment,
    invoice,
    invoice_charge,
    invoice_line,
    invoice_tax,
)

FIRST_SEAL = ""
_AT_A_TIME = 1_000
_NO_CONTENT = {
    "invoice": {"seal"},
    "invoice_line": {"invoice_id"},
    "invoice_tax": {"id", "invoice_id"},
    "invoice_charge": {"id", "invoice_id"},
    "instalment": {
        "id",
        "invoice_id",
        "open_amount",
        "settled_on",
        "legacy_level",
        "legacy_level_on",
    },
}
_PARTS = (invoice_line, invoice_tax, invoice_charge, instalment)


def seals_of(
    heads: Columns, parts: Mapping[Table, Columns], *, previous: str
) -> list[str]:
    """Return the seal of each document in the order given, behind the previous one."""
    seals = []
    for content in _contents(heads, parts):
        previous = _seal(previous, content)
        seals.append(previous)
    return seals


def broken_seals(connection: Connection) -> Iterator[str | None]:
    """Yield a document's number where its rows are not those that were sealed.

    None for a sound one; the columns follow in which nothing of their kind stands.
    Documents of a version before seals are passed over, as long as none after them
    is sealed. Inside as_stored.
    """
    previous = FIRST_SEAL
    for ids in _chained_ids(connection):
        heads = connection.execute(
            select(*stored(*invoice.c))
            .where(among(connection, invoice.c.id, ids))
            .order_by(invoice.c.company_id, invoice.c.chain_position)
        ).all()
        parts = {table: _rows_of(connection, table, ids) for table in _PARTS}
        garbled = _garbled({invoice: heads, **parts})
        contents = _readable_contents(heads, parts, without=garbled)
        for row in heads:
            content = contents.get(row.id)
            if row.seal is None and previous == FIRST_SEAL and content is not None:
                yield None
                continue
            is_sound = content is not None and row.seal == _seal(previous, content)
            yield None if is_sound else row.invoice_no + garbled.get(row.id, "")
            previous = row.seal or ""


def _rows_of(
    connection: Connection, table: Table, ids: Sequence[int]
) -> Sequence[Row[Any]]:
    return connection.execute(
        select(*stored(*table.c)).where(among(connection, table.c.invoice_id, ids))
    ).all()


def _garbled(tables: Mapping[Table, Sequence[Row[Any]]]) -> dict[int, str]:
    """Tell by document in which columns nothing of their kind stands."""
    found: dict[int, str] = {}
    for table, rows in tables.items():
        for row in rows:
            for name in unreadable(row):
                owner = row.id if table is invoice else row.invoice_id
                found[owner] = f"{found.get(owner, '')} {table.name}.{name}"
    return found


def _readable_contents(
    heads: Sequence[Row[Any]],
    parts: Mapping[Table, Sequence[Row[Any]]],
    *,
    without: Collection[int],
) -> dict[int, str]:
    """Return by document what it says, without those that cannot be read."""
    whole = [row for row in heads if row.id not in without]
    if not whole:
        return {}
    of_whole = {
        table: _columns([row for row in rows if row.invoice_id not in without])
        for table, rows in parts.items()
    }
    contents = _contents(_columns(whole), of_whole)
    return dict(zip((row.id for row in whole), contents, strict=True))


def _columns(rows: Sequence[Row[Any]]) -> Columns:
    if not rows:
        return {}
    return dict(zip(rows[0]._fields, zip(*rows, strict=True), strict=True))


def _chained_ids(connection: Connection) -> Iterator[Sequence[int]]:
    ids = list(
        connection.execute(
            select(invoice.c.id)
            .where(invoice.c.chain_position.is_not(None))
            .order_by(invoice.c.company_id, invoice.c.chain_position)
        ).scalars()
    )
    for start in range(0, len(ids), _AT_A_TIME):
        yield ids[start : start + _AT_A_TIME]


def _seal(previous: str, content: str) -> str:
    return text_hash(f"{previous};{content}")


def _contents(heads: Columns, parts: Mapping[Table, Columns]) -> Iterator[str]:
    """Yield what each document says, its parts in an order of their own."""
    grouped = [
        _by_invoice(table, parts[table])
        for table in sorted(parts, key=lambda one: one.name)
    ]
    for invoice_id, said in zip(heads["id"], _texts(invoice, heads), strict=True):
        of_document = [sorted(texts.get(invoice_id, ())) for texts in grouped]
        yield said + "".join(text for texts in of_document for text in texts)


def _by_invoice(table: Table, columns: Columns) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    if columns:
        for key, text in zip(
            columns["invoice_id"], _texts(table, columns), strict=True
        ):
            found.setdefault(key, []).append(text)
    return found


def _texts(table: Table, columns: Columns) -> list[str]:
    """Write the rows column by column: a value that several have is written once."""
    written = [
        said
        for column in _COLUMNS[table]
        if column.name in columns
        and any(said := _written(column, columns[column.name]))
    ]
    return [f"{table.name}({''.join(said)})" for said in zip(*written, strict=True)]


def _written(column: "_Column", values: Sequence[Any]) -> list[str]:
    if values.count(values[0]) == len(values):
        return [column.said(values[0])] * len(values)
    if column.write is _json:
        # a buyer is one object on all his documents, and has no hash
        objects = {id(value): value for value in values}
        texts = {key: column.said(value) for key, value in objects.items()}
        return [texts[id(value)] for value in values]
    said = {value: column.said(value) for value in set(values)}
    return [said[value] for value in values]


class _Column(NamedTuple):
    """A column of a document and how its values are written."""

    name: str
    write: Callable[[Any], str]
    default: str | None

    def said(self, value: Any) -> str:
        """Write name=value, nothing for an empty one and for the default."""
        if value is None:
            return ""
        text = self.write(value)
        return "" if text == self.default else f"{self.name}={text};"


def _plain(value: Decimal) -> str:
    return plain_number(value) if value else "0"


def _text(value: str) -> str:
    """Write a text with its length before it: it may hold whatever separates."""
    return f"{len(value)}:{value}"


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _flag(value: object) -> str:
    """Write yes or no as a server default says it."""
    return "true" if value else "false"


def _json(value: Any) -> str:
    return text_hash(value if isinstance(value, JsonReady) else json_ready(value))


def _column(column: Column[Any]) -> _Column:
    given = column.server_default
    default = None if given is None else str(given.arg)  # type: ignore[attr-defined]  # always a text
    if isinstance(column.type, JsonText):
        return _Column(column.name, _json, default)
    if isinstance(column.type, ScaledDecimal):
        return _Column(column.name, _plain, default)
    if isinstance(column.type, Moment):
        return _Column(column.name, _moment, default)
    if isinstance(column.type, Boolean):
        return _Column(column.name, _flag, default)
    if isinstance(column.type, String):
        unquoted = None if default is None else _text(default.strip("'"))
        return _Column(column.name, _text, unquoted)
    return _Column(column.name, str, default)


_COLUMNS = {
    table: [
        _column(column)
        for column in sorted(table.c, key=lambda one: one.name)
        if column.name not in _NO_CONTENT[table.name]
    ]
    for table in (invoice, *_PARTS)
}
