"""What is on record about one order: lines, faults, deliveries, invoices, failures?"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, distinct, select

from adv_domain.store.advances.advance_story import OrderAdvances, read_advances_of
from adv_domain.store.advances.payment_requests import awaits_payment, wants_advance
from adv_domain.store.orders.amendment_view import (
    AmendmentRecord,
    read_amendments_of,
)
from adv_domain.store.orders.holds import told_of
from adv_domain.store.orders.telling import (
    ToldMail,
    read_customer,
    read_date_changes,
    read_money,
    read_tasks_about,
    read_told,
)
from adv_domain.store.stock.message_view import MessageRow, messages_of_order
from adv_domain.store.tables import (
    credit_part,
    delay_notice,
    delivery,
    delivery_line,
    failure,
    invoice,
    invoice_line,
    order_fault,
    order_hold,
    order_line,
    product,
    sales_order,
    source_file,
)
from adv_domain.store.timeline import (
    MailEntry,
    TimelineEntry,
    mails_about,
    timelines,
)


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """All rows about one order, each list in the order it happened.

    told has whom silence on a hold went on to, by hold; money is by invoice; told_mails
    are delay notices and order books, which may tell of several orders.
    """

    head: Row[Any]
    customer: Row[Any] | None
    lines: list[Row[Any]]
    faults: list[Row[Any]]
    holds: list[Row[Any]]
    told: dict[int, tuple[str, ...]]
    deliveries: list[Row[Any]]
    delay_notices: list[Row[Any]]
    messages: list[MessageRow]
    amendments: list[AmendmentRecord]
    advances: OrderAdvances | None
    invoices: list[Row[Any]]
    failures: list[Row[Any]]
    mails: list[MailEntry]
    told_mails: list[ToldMail]
    date_changes: list[Row[Any]]
    money: dict[int, Row[Any]]
    tasks: list[Row[Any]]
    timeline: list[TimelineEntry]


def read_order(connection: Connection, order_id: int) -> OrderRecord:
    """Read everything about the order in a constant number of statements."""
    invoices = _invoices(connection, order_id)
    head = _head(connection, order_id)
    holds = _of_order(connection, order_hold, order_id, order_hold.c.id)
    amendments = read_amendments_of(connection, order_id)
    lines = _lines(connection, order_id)
    invoice_ids = [one.id for one in invoices]
    return OrderRecord(
        head=head,
        customer=read_customer(connection, head.customer_id),
        lines=lines,
        faults=_of_order(connection, order_fault, order_id, order_fault.c.id),
        holds=holds,
        told=told_of(connection, [one.id for one in holds]),
        deliveries=_deliveries(connection, order_id),
        delay_notices=_of_order(connection, delay_notice, order_id, delay_notice.c.id),
        messages=messages_of_order(connection, order_id),
        amendments=amendments,
        advances=read_advances_of(connection, [order_id]).get(order_id),
        invoices=invoices,
        failures=_failures(connection, head.order_no, _numbers(invoices)),
        mails=[
            *mails_about(connection, "order", [order_id]),
            *mails_about(connection, "invoice", invoice_ids),
        ],
        told_mails=read_told(connection, head=head, lines=lines),
        date_changes=read_date_changes(connection, order_id),
        money=read_money(connection, invoice_ids),
        tasks=read_tasks_about(
            connection,
            order_id=order_id,
            line_ids=[one.id for one in lines],
            invoice_ids=invoice_ids,
        ),
        timeline=timelines(
            connection,
            {"order": [order_id], "amendment": [one.head.id for one in amendments]},
        ),
    )


def _head(connection: Connection, order_id: int) -> Row[Any]:
    statement = (
        select(
            sales_order,
            source_file.c.name.label("source_name"),
            awaits_payment().label("awaits_money"),
            wants_advance().label("wants_advance"),
        )
        .outerjoin(source_file, source_file.c.id == sales_order.c.source_file_id)
        .where(sales_order.c.id == order_id)
    )
    return connection.execute(statement).one()


def _lines(connection: Connection, order_id: int) -> list[Row[Any]]:
    """Read the lines, each with the name of its product."""
    statement = (
        select(order_line, product.c.name.label("product_name"))
        .outerjoin(product, product.c.id == order_line.c.product_id)
        .where(order_line.c.order_id == order_id)
        .order_by(order_line.c.line_no)
    )
    return list(connection.execute(statement))


def _of_order(
    connection: Connection, table: Any, order_id: int, by: Any
) -> list[Row[Any]]:
    statement = select(table).where(table.c.order_id == order_id).order_by(by)
    return list(connection.execute(statement))


def _deliveries(connection: Connection, order_id: int) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(
                delivery.c.delivery_no,
                delivery.c.shipped_on,
                delivery.c.carrier,
                delivery.c.tracking,
                order_line.c.line_no,
                delivery_line.c.qty,
                delivery_line.c.qty_over,
                delivery_line.c.invoice_line_id,
            )
            .join(delivery_line, delivery_line.c.delivery_id == delivery.c.id)
            .join(order_line, order_line.c.id == delivery_line.c.order_line_id)
            .where(delivery.c.order_id == order_id)
            .order_by(delivery.c.id, order_line.c.line_no)
        )
    )


def _invoices(connection: Connection, order_id: int) -> list[Row[Any]]:
    """Read the invoices of its lines and the credit notes that name those."""
    of_lines = (
        select(distinct(invoice_line.c.invoice_id))
        .join(order_line, order_line.c.id == invoice_line.c.order_line_id)
        .where(order_line.c.order_id == order_id)
    )
    of_advances = select(invoice.c.id).where(
        invoice.c.order_id == order_id, invoice.c.is_advance
    )
    in_parts = select(credit_part.c.note_id).where(
        credit_part.c.invoice_id.in_(of_lines)
    )
    return list(
        connection.execute(
            select(
                invoice.c.id,
                invoice.c.kind,
                invoice.c.invoice_no,
                invoice.c.issued_on,
                invoice.c.currency,
                invoice.c.gross,
                invoice.c.reason,
            )
            .where(
                invoice.c.id.in_(of_lines)
                | invoice.c.corrects_id.in_(of_lines)
                | invoice.c.id.in_(in_parts)
                | ((invoice.c.order_id == order_id) & invoice.c.is_advance)
                | invoice.c.corrects_id.in_(of_advances)
            )
            .order_by(invoice.c.id)
        )
    )


def _numbers(invoices: list[Row[Any]]) -> list[str]:
    return [one.invoice_no for one in invoices]


def _failures(
    connection: Connection, order_no: str, invoices: list[str]
) -> list[Row[Any]]:
    """Read what is set aside of the order, its invoices and its milestones."""
    document = failure.c.document
    is_part = document.startswith("milestone") & document.endswith(
        f" of {order_no}", autoescape=True
    )
    return list(
        connection.execute(
            select(
                failure.c.step, failure.c.document, failure.c.message, failure.c.owner
            )
            .where(
                document.in_([order_no, *invoices]) | is_part,
                failure.c.resolved_at.is_(None),
            )
            .order_by(failure.c.id)
        )
    )
