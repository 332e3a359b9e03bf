"""What does a posted document say, byte by byte, and under which seal?

Veri*Factu's record covers number, date and totals. The seal is a hash over all that
stands in a document's rows (lines, tax groups, charges, due dates too) and the seal
before it, so that any changed byte breaks it. What changes by its nature (open
amounts) is left out. An empty column and one at its default say nothing, so that
columns added later leave older seals whole.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column, Connection, String, Table, select

from adv_domain.rules.billing.chain import text_hash
from adv_domain.store.columns import JsonText, Moment, ScaledDecimal
from adv_domain.store.rows import among
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
_Row = Mapping[Any, Any]
_as_object = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":")
).encode


def seal_documents(
    invoices: Sequence[dict[str, Any]],
    parts: Mapping[str, Sequence[_Row]],
    *,
    previous: str,
) -> str:
    """Set the seal of each document in the order given; return the last one.

    parts are the rows of the other tables by the table's name.
    """
    for head, seal in zip(invoices, _seals(invoices, parts, previous), strict=True):
        previous = head["seal"] = seal
    return previous


def broken_seals(connection: Connection) -> Iterator[str | None]:
    """Yield a document's number where its rows are not those that were sealed.

    None for a sound one. Documents of a version before seals are passed over, as
    long as none after them is sealed.
    """
    previous = FIRST_SEAL
    for ids in _chained_ids(connection):
        heads = connection.execute(
            select(invoice)
            .where(among(connection, invoice.c.id, ids))
            .order_by(invoice.c.company_id, invoice.c.chain_position)
        ).all()
        mapped = [row._mapping for row in heads]  # noqa: SLF001  # SQLAlchemy's public row interface
        parts = {table.name: _rows_of(connection, table, ids) for table in _PARTS}
        contents = _contents(mapped, parts)
        for row, content in zip(heads, contents, strict=True):
            if row.seal is None and previous == FIRST_SEAL:
                yield None
                continue
            yield None if row.seal == _seal(previous, content) else row.invoice_no
            previous = row.seal or ""


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


def _rows_of(connection: Connection, table: Table, ids: Sequence[int]) -> list[_Row]:
    rows = connection.execute(
        select(table).where(among(connection, table.c.invoice_id, ids))
    )
    return [row._mapping for row in rows]  # noqa: SLF001  # SQLAlchemy's public row interface


def _seals(
    invoices: Sequence[_Row], parts: Mapping[str, Sequence[_Row]], previous: str
) -> Iterator[str]:
    for content in _contents(invoices, parts):
        previous = _seal(previous, content)
        yield previous


def _seal(previous: str, content: str) -> str:
    return text_hash(f"{previous};{content}")


def _contents(
    invoices: Sequence[_Row], parts: Mapping[str, Sequence[_Row]]
) -> Iterator[str]:
    """Yield what each document says, its parts in an order of their own."""
    grouped = [_by_invoice(name, parts[name]) for name in sorted(parts)]
    for head, said in zip(invoices, _texts("invoice", invoices), strict=True):
        of_document = [sorted(texts.get(head["id"], ())) for texts in grouped]
        yield said + "".join(text for texts in of_document for text in texts)


def _by_invoice(table: str, rows: Sequence[_Row]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row, text in zip(rows, _texts(table, rows), strict=True):
        found.setdefault(row["invoice_id"], []).append(text)
    return found


def _texts(table: str, rows: Sequence[_Row]) -> list[str]:
    """Write the rows column by column: a value that all rows share is written once."""
    if not rows:
        return []
    columns = [
        written
        for column in _COLUMNS[table]
        if column.name in rows[0]
        and any(written := _written(column, [row.get(column.name) for row in rows]))
    ]
    return [f"{table}({''.join(said)})" for said in zip(*columns, strict=True)]


def _written(column: "_Column", values: Sequence[Any]) -> list[str]:
    first = values[0]
    if all(value is first for value in values):
        return [column.said(first)] * len(values)
    name, write = column.name, column.write
    if write is _json:
        # a buyer is one object on all his documents
        known: dict[int, str] = {}
        return [
            known.get(id(one)) or known.setdefault(id(one), column.said(one))
            for one in values
        ]
    if column.default is None:
        return ["" if one is None else f"{name}={write(one)};" for one in values]
    return [column.said(one) for one in values]


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


@lru_cache(maxsize=8192)
def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _text(value: str) -> str:
    """Write a text with its length before it: it may hold whatever separates."""
    return f"{len(value)}:{value}"


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _flag(value: object) -> str:
    """Write yes or no as a server default says it."""
    return "true" if value else "false"


def _json(value: Any) -> str:
    return text_hash(_as_object(value))


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
    table.name: [
        _column(column)
        for column in sorted(table.c, key=lambda one: one.name)
        if column.name not in _NO_CONTENT[table.name]
    ]
    for table in (invoice, *_PARTS)
}
