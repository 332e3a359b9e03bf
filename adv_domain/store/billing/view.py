"""What is a document, what is open of it, what was sent, paid and credited?"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from adv_domain.store.billing.view_chain import chain_of
from adv_domain.store.columns import AMOUNT
from adv_domain.store.tables import (
    customer,
    document,
    dunning_notice,
    failure,
    instalment,
    invoice,
    invoice_charge,
    invoice_line,
    invoice_tax,
    not_chased,
    order_line,
    outbox,
    sales_order,
)


def find_invoice(connection: Connection, invoice_no: str) -> Row[Any] | None:
    """Return the document with its customer's code and order number."""
    return connection.execute(
        _heads().where(invoice.c.invoice_no == invoice_no)
    ).one_or_none()


def list_invoices(connection: Connection) -> Sequence[Row[Any]]:
    """Return all documents with customer and order, in posting order."""
    return connection.execute(_heads().order_by(invoice.c.id)).all()


def all_instalments(connection: Connection) -> Sequence[Row[Any]]:
    """Return every instalment: invoice_id, due_on, amount, open_amount."""
    return connection.execute(
        select(
            instalment.c.invoice_id,
            instalment.c.due_on,
            instalment.c.amount,
            instalment.c.open_amount,
        ).order_by(instalment.c.invoice_id, instalment.c.instalment_no)
    ).all()


def details_of(connection: Connection, invoice_id: int) -> dict[str, list[Row[Any]]]:
    """Return what hangs on a document, by name; a constant number of statements."""
    items = select(instalment.c.id).where(instalment.c.invoice_id == invoice_id)
    statements = {
        "lines": select(invoice_line, order_line.c.price_source)
        .outerjoin(order_line, order_line.c.id == invoice_line.c.order_line_id)
        .where(invoice_line.c.invoice_id == invoice_id)
        .order_by(invoice_line.c.line_no),
        "charges": select(invoice_charge)
        .where(invoice_charge.c.invoice_id == invoice_id)
        .order_by(invoice_charge.c.charge_no),
        "taxes": select(invoice_tax)
        .where(invoice_tax.c.invoice_id == invoice_id)
        .order_by(invoice_tax.c.id),
        "instalments": select(instalment)
        .where(instalment.c.invoice_id == invoice_id)
        .order_by(instalment.c.instalment_no),
        "documents": select(document).where(document.c.invoice_id == invoice_id),
        "notices": select(dunning_notice)
        .where(dunning_notice.c.instalment_id.in_(items))
        .order_by(dunning_notice.c.id),
        "not_chased": select(not_chased).where(not_chased.c.instalment_id.in_(items)),
        "mails": select(outbox)
        .where(outbox.c.entity == "invoice", outbox.c.entity_id == invoice_id)
        .order_by(outbox.c.id),
    }
    return {
        name: list(connection.execute(statement))
        for name, statement in statements.items()
    } | chain_of(connection, invoice_id)


def open_failures(connection: Connection, document_name: str) -> list[Row[Any]]:
    """Return the steps that set this document aside and why."""
    return list(
        connection.execute(
            select(failure).where(
                failure.c.document == document_name, failure.c.resolved_at.is_(None)
            )
        )
    )


def open_of(connection: Connection, invoice_id: int) -> Any:
    """Return the open amount of the document."""
    return connection.execute(
        select(func.sum(instalment.c.open_amount, type_=AMOUNT)).where(
            instalment.c.invoice_id == invoice_id
        )
    ).scalar()


def _heads() -> Any:
    return (
        select(
            invoice,
            customer.c.code.label("customer_code"),
            sales_order.c.order_no,
        )
        .join(customer, customer.c.id == invoice.c.customer_id)
        .outerjoin(sales_order, sales_order.c.id == invoice.c.order_id)
    )
