"""Which posted invoices lack their PDF, and what stands on them?"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, select

from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import (
    customer,
    document,
    instalment,
    invoice,
    invoice_charge,
    invoice_line,
    invoice_tax,
    order_line,
    sales_order,
)

Rows = Sequence[Row[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRows:
    """All rows of one posted document, each group in the order of its numbers."""

    head: Row[Any]
    lines: Rows
    charges: Rows
    taxes: Rows
    instalments: Rows
    corrected: Row[Any] | None

    @property
    def invoice_id(self) -> int:
        return int(self.head.id)

    @property
    def invoice_no(self) -> str:
        return str(self.head.invoice_no)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDocument:
    """A file of a document that lies below the home folder; kind is pdf or ubl."""

    invoice_id: int
    kind: str
    language: str
    path: str
    sha256: str
    size: int


def undocumented(connection: Connection, *, after: int | None, limit: int) -> list[int]:
    """Return the next posted invoices and credit notes without a PDF, by id."""
    query = _undocumented(invoice.c.id).order_by(invoice.c.id).limit(limit)
    if after is not None:
        query = query.where(invoice.c.id > after)
    return list(connection.execute(query).scalars())


def still_undocumented(
    connection: Connection, invoice_ids: Sequence[int]
) -> list[tuple[int, str]]:
    """Return those of the invoices that still lack their PDF: id and number."""
    rows = connection.execute(
        _undocumented(invoice.c.id, invoice.c.invoice_no)
        .where(among(connection, invoice.c.id, invoice_ids))
        .order_by(invoice.c.id)
    )
    return [(row.id, row.invoice_no) for row in rows]


def document_rows(
    connection: Connection, invoice_ids: Sequence[int]
) -> list[DocumentRows]:
    """Return all rows of these documents, by id, in a constant number of statements."""
    heads = _heads(connection, invoice_ids)
    lines = _lines(connection, invoice_ids)
    taxes = _grouped(connection, invoice_tax, invoice_tax.c.id, invoice_ids)
    parts = _grouped(connection, instalment, instalment.c.instalment_no, invoice_ids)
    charges = _grouped(
        connection, invoice_charge, invoice_charge.c.charge_no, invoice_ids
    )
    corrected = _corrected(connection, [head.corrects_id for head in heads])
    return [
        DocumentRows(
            head=head,
            lines=lines[head.id],
            taxes=taxes[head.id],
            charges=charges[head.id],
            instalments=parts[head.id],
            corrected=corrected.get(head.corrects_id),
        )
        for head in heads
    ]


def made_documents(connection: Connection) -> Iterator[Row[Any]]:
    """Yield the files on record by id: id, invoice_id, kind, path, sha256."""
    statement = select(
        document.c.id,
        document.c.invoice_id,
        document.c.kind,
        document.c.path,
        document.c.sha256,
    ).order_by(document.c.id)
    yield from connection.execution_options(yield_per=1_000).execute(statement)


def record_documents(
    connection: Connection, made: Sequence[MadeDocument], *, made_at: datetime
) -> int:
    """Note the files; a second one of a kind breaks the unique constraint."""
    return insert_rows(
        connection,
        document,
        [
            {
                "invoice_id": one.invoice_id,
                "kind": one.kind,
                "language": one.language,
                "path": one.path,
                "sha256": one.sha256,
                "size": one.size,
                "made_at": made_at,
            }
            for one in made
        ],
    )


def _undocumented(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*columns)
        .outerjoin(
            document,
            and_(document.c.invoice_id == invoice.c.id, document.c.kind == "pdf"),
        )
        .where(document.c.id.is_(None), invoice.c.origin == "posted")
    )


def _heads(connection: Connection, invoice_ids: Sequence[int]) -> Rows:
    return connection.execute(
        select(invoice, customer.c.email.label("mail_address"), customer.c.einvoice)
        .join(customer, customer.c.id == invoice.c.customer_id)
        .where(among(connection, invoice.c.id, invoice_ids))
        .order_by(invoice.c.id)
    ).all()


def _lines(
    connection: Connection, invoice_ids: Sequence[int]
) -> Mapping[int, list[Row[Any]]]:
    return _by_invoice(
        connection.execute(
            select(
                invoice_line,
                sales_order.c.order_no,
                order_line.c.line_no.label("order_line_no"),
                order_line.c.line_ref,
                order_line.c.customer_article,
                order_line.c.gtin,
            )
            .outerjoin(order_line, order_line.c.id == invoice_line.c.order_line_id)
            .outerjoin(sales_order, sales_order.c.id == order_line.c.order_id)
            .where(among(connection, invoice_line.c.invoice_id, invoice_ids))
            .order_by(invoice_line.c.invoice_id, invoice_line.c.line_no)
        ).all()
    )


def _by_invoice(rows: Rows) -> Mapping[int, list[Row[Any]]]:
    groups: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[row.invoice_id].append(row)
    return groups


def _grouped(
    connection: Connection,
    table: Any,
    order: ColumnElement[Any],
    invoice_ids: Sequence[int],
) -> Mapping[int, list[Row[Any]]]:
    return _by_invoice(
        connection.execute(
            select(table)
            .where(among(connection, table.c.invoice_id, invoice_ids))
            .order_by(table.c.invoice_id, order)
        ).all()
    )


def _corrected(
    connection: Connection, invoice_ids: Sequence[int | None]
) -> Mapping[int | None, Row[Any]]:
    wanted = sorted({one for one in invoice_ids if one is not None})
    rows = connection.execute(
        select(
            invoice.c.id,
            invoice.c.invoice_no,
            invoice.c.issued_on,
            invoice.c.supplied_on,
            invoice.c.is_advance,
        ).where(among(connection, invoice.c.id, wanted))
    )
    return {row.id: row for row in rows}
