"""How are numbered documents written, and what do they mark as billed?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, case, exists, select, update

from adv_domain.rules.tax import TaxMeaning, TaxRate
from adv_domain.store.billing.seals import seals_of
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import (
    among,
    columns_of,
    insert_columns,
    named_rows,
    take_ids,
)
from adv_domain.store.tables import (
    company,
    customer,
    delivery_line,
    instalment,
    invoice,
    invoice_charge,
    invoice_line,
    invoice_tax,
    order_line,
    payment_term,
    sales_order,
    tax_rate,
)


@dataclass(frozen=True, slots=True)
class PostingRows:
    """The rows of a batch of documents, ready to insert."""

    invoices: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    charges: list[dict[str, Any]]
    taxes: list[dict[str, Any]]
    instalments: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Billed:
    """An order line's quantity that a document line now covers."""

    order_line_id: int
    qty: Any
    invoice_line_id: int
    delivery_line_ids: tuple[int, ...]


def read_tax_rates(connection: Connection) -> list[TaxRate]:
    """Return all dated rates with what each says on a document."""
    rows = connection.execute(
        select(
            tax_rate.c.territory,
            tax_rate.c.category,
            tax_rate.c.rate,
            tax_rate.c.valid_from,
            tax_rate.c.valid_to,
            tax_rate.c.vat_code,
            tax_rate.c.exemption_code,
            tax_rate.c.exemption_reason,
            tax_rate.c.surcharge_rate,
        )
    )
    return [
        TaxRate(
            row.territory,
            row.category,
            row.rate,
            row.valid_from,
            row.valid_to,
            row.surcharge_rate,
            TaxMeaning(row.vat_code, row.exemption_code, row.exemption_reason),
        )
        for row in rows
    ]


def read_terms(connection: Connection) -> dict[str, Row[Any]]:
    """Return every payment term by its code."""
    rows = connection.execute(
        select(payment_term.c.code, payment_term.c.name, payment_term.c.definition)
    )
    return {row.code: row for row in rows}


def read_company(connection: Connection, company_id: int) -> Row[Any]:
    """Return the selling company."""
    return connection.execute(select(company).where(company.c.id == company_id)).one()


def read_buyers(
    connection: Connection, customer_ids: Sequence[int]
) -> dict[int, Row[Any]]:
    """Return the customers by id."""
    rows = connection.execute(
        select(customer).where(among(connection, customer.c.id, customer_ids))
    )
    return {row.id: row for row in named_rows(rows)}


def take_document_ids(
    connection: Connection, *, documents: int, lines: int
) -> tuple[Sequence[int], Sequence[int]]:
    """Take keys for the documents and their lines."""
    return (
        take_ids(connection, invoice, documents),
        take_ids(connection, invoice_line, lines),
    )


def write_documents(connection: Connection, rows: PostingRows, *, previous: str) -> str:
    """Seal the documents behind the previous seal, and insert them with their parts.

    Returns the last seal.
    """
    heads = columns_of(rows.invoices)
    parts = {
        invoice_line: columns_of(rows.lines),
        invoice_charge: columns_of(rows.charges),
        invoice_tax: columns_of(rows.taxes),
        instalment: columns_of(rows.instalments),
    }
    sealed = seals_of(heads, parts, previous=previous)
    insert_columns(connection, invoice, {**heads, "seal": sealed})
    for table, columns in parts.items():
        insert_columns(connection, table, columns)
    return sealed[-1]


def mark_billed(connection: Connection, billed: Sequence[Billed]) -> None:
    """Link the delivery lines to what bills them and raise the invoiced quantities.

    An order line may stand on two documents of a batch, of two periods: its quantities
    are added up first, for PostgreSQL updates a row once in a statement.
    """
    quantities: dict[int, Any] = {}
    for one in billed:
        known = quantities.get(one.order_line_id, 0)
        quantities[one.order_line_id] = known + one.qty
    update_rows(
        connection,
        delivery_line,
        ("invoice_line_id",),
        [
            (row_id, one.invoice_line_id)
            for one in billed
            for row_id in one.delivery_line_ids
        ],
    )
    update_rows(
        connection,
        order_line,
        ("qty_invoiced",),
        list(quantities.items()),
        added=("qty_invoiced",),
    )


def settle_orders(
    connection: Connection, order_ids: Sequence[int]
) -> Mapping[int, str]:
    """Take the orders off the billing list and close those fulfilled and billed.

    What was shipped after the day that is closed stays on the list. Returns the
    orders closed, with the state they left.
    """
    waits = exists().where(
        delivery_line.c.order_id == sales_order.c.id,
        delivery_line.c.invoice_line_id.is_(None),
        delivery_line.c.ignored_on.is_(None),
    )
    closing = connection.execute(
        # as a column it is one look by key; as a condition PostgreSQL joins the tables
        select(sales_order.c.id, sales_order.c.state, waits.label("waits")).where(
            among(connection, sales_order.c.id, order_ids),
            sales_order.c.state == "fulfilled",
        )
    ).all()
    connection.execute(
        update(sales_order)
        .where(among(connection, sales_order.c.id, order_ids))
        .values(
            to_invoice=waits,
            state=case(
                (and_(sales_order.c.state == "fulfilled", ~waits), "closed"),
                else_=sales_order.c.state,
            ),
        )
    )
    return {row.id: row.state for row in closing if not row.waits}
