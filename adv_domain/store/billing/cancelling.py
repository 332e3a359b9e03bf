"""Which invoices were cancelled, and what becomes of the deliveries they billed?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    exists,
    insert,
    select,
    update,
)

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.stock.goods_returned import unbill_returns
from adv_domain.store.tables import (
    cancelled_billing,
    cancelled_invoice,
    delivery_line,
    document,
    invoice,
    invoice_line,
    order_line,
    outbox,
    sales_order,
)

_WAITING = ("queued", "retry")
_MAY_HAVE_ARRIVED = ("sending", "sent", "unknown")


@dataclass(frozen=True, slots=True)
class Cancelled:
    """An invoice that a credit note took back whole."""

    invoice_id: int
    note_id: int
    was_sent: bool
    choice: str
    on: date


def write_cancelled(connection: Connection, cancelled: Sequence[Cancelled]) -> None:
    """Note the cancelled invoices; each can be cancelled once."""
    insert_rows(
        connection,
        cancelled_invoice,
        [
            {
                "invoice_id": one.invoice_id,
                "note_id": one.note_id,
                "was_sent": one.was_sent,
                "choice": one.choice,
                "cancelled_on": one.on,
            }
            for one in cancelled
        ],
    )


def withdraw_mails(
    connection: Connection, invoices: ColumnElement[bool], *, why: str
) -> list[int]:
    """Withdraw the mails of these invoices that have not begun to leave; their ids.

    One statement: the sender marks a mail as being sent in one of its own, so that
    each mail is either withdrawn or on its way, never both.
    """
    about = select(invoice.c.id).where(invoices)
    return list(
        connection.execute(
            update(outbox)
            .where(
                outbox.c.entity == "invoice",
                outbox.c.entity_id.in_(about),
                outbox.c.state.in_(_WAITING),
            )
            .values(state="withdrawn", last_error=why)
            .returning(outbox.c.id)
        ).scalars()
    )


def may_have_arrived(connection: Connection, ids: Collection[int]) -> set[int]:
    """Return those of the invoices that their customer has, as far as is known.

    By mail, or as a PDF that never had one: such a page is handed over by a person.
    """
    mailed = and_(outbox.c.entity == "invoice", outbox.c.entity_id == invoice.c.id)
    by_mail = exists().where(mailed, outbox.c.state.in_(_MAY_HAVE_ARRIVED))
    by_hand = and_(
        exists().where(document.c.invoice_id == invoice.c.id), ~exists().where(mailed)
    )
    rows = connection.execute(
        select(invoice.c.id).where(
            among(connection, invoice.c.id, ids), by_mail | by_hand
        )
    )
    return set(rows.scalars())


def kept_in_house(connection: Connection, ids: Collection[int]) -> set[int]:
    """Return those of the documents that must not be mailed.

    A cancelled invoice that never left, and the credit note that cancels it.
    """
    unsent = cancelled_invoice.c.was_sent.is_(False)
    rows = connection.execute(
        select(cancelled_invoice.c.invoice_id, cancelled_invoice.c.note_id).where(
            unsent,
            among(connection, cancelled_invoice.c.invoice_id, ids)
            | among(connection, cancelled_invoice.c.note_id, ids),
        )
    )
    return {one for row in rows for one in row}


def asked_invoices(
    connection: Connection, wanted: ColumnElement[bool]
) -> Sequence[Row[Any]]:
    """Return and lock the cancelled invoices whose deliveries wait for a choice."""
    return connection.execute(
        select(cancelled_invoice.c.invoice_id, invoice.c.invoice_no, invoice.c.run_id)
        .join(invoice, invoice.c.id == cancelled_invoice.c.invoice_id)
        .where(wanted, cancelled_invoice.c.choice == "asked")
        .order_by(cancelled_invoice.c.invoice_id)
        .with_for_update()
    ).all()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person chose for the deliveries of cancelled invoices, and why."""

    choice: str
    by: str
    reason: str
    on: date


def write_choice(
    connection: Connection, invoice_ids: Collection[int], decision: Decision
) -> None:
    """Write who chose what for these cancelled invoices."""
    connection.execute(
        update(cancelled_invoice)
        .where(among(connection, cancelled_invoice.c.invoice_id, invoice_ids))
        .values(
            choice=decision.choice,
            decided_on=decision.on,
            decided_by=decision.by,
            reason=decision.reason,
        )
    )


def orders_of(connection: Connection, invoice_ids: Collection[int]) -> dict[int, str]:
    """Return the orders whose lines the invoices bill, with their states, locked."""
    orders = select(order_line.c.order_id).where(
        order_line.c.id.in_(
            select(invoice_line.c.order_line_id).where(
                among(connection, invoice_line.c.invoice_id, invoice_ids)
            )
        )
    )
    rows = connection.execute(
        select(sales_order.c.id, sales_order.c.state)
        .where(sales_order.c.id.in_(orders))
        .order_by(sales_order.c.id)
        .with_for_update()
    )
    return dict(rows.tuples().all())


def make_billable(
    connection: Connection, invoice_ids: Collection[int], order_ids: Collection[int]
) -> None:
    """Let go of the deliveries and quantities that the invoices billed."""
    lines = connection.execute(
        select(
            invoice_line.c.id, invoice_line.c.order_line_id, invoice_line.c.qty
        ).where(
            among(connection, invoice_line.c.invoice_id, invoice_ids),
            invoice_line.c.order_line_id.is_not(None),
        )
    ).all()
    of_them = and_(
        among(connection, delivery_line.c.order_id, order_ids),
        among(connection, delivery_line.c.invoice_line_id, [row.id for row in lines]),
    )
    connection.execute(
        insert(cancelled_billing).from_select(
            ["delivery_line_id", "invoice_line_id"],
            select(delivery_line.c.id, delivery_line.c.invoice_line_id).where(of_them),
        )
    )
    connection.execute(
        update(delivery_line).where(of_them).values(invoice_line_id=None)
    )
    billed: dict[int, Any] = {}
    for row in lines:
        billed[row.order_line_id] = billed.get(row.order_line_id, 0) - row.qty
    update_rows(
        connection,
        order_line,
        ("qty_invoiced",),
        list(billed.items()),
        added=("qty_invoiced",),
    )
    unbill_returns(connection, order_ids)
    waits = exists().where(
        delivery_line.c.order_id == sales_order.c.id,
        delivery_line.c.invoice_line_id.is_(None),
        delivery_line.c.ignored_on.is_(None),
    )
    connection.execute(
        update(sales_order)
        .where(among(connection, sales_order.c.id, order_ids))
        .values(to_invoice=waits)
    )


def reopen_orders(connection: Connection, order_ids: Collection[int]) -> None:
    """Take closed orders back to fulfilled: they wait for an invoice again."""
    connection.execute(
        update(sales_order)
        .where(
            among(connection, sales_order.c.id, order_ids),
            sales_order.c.state == "closed",
        )
        .values(state="fulfilled")
    )


def ignore_deliveries(
    connection: Connection,
    invoice_ids: Collection[int],
    order_ids: Collection[int],
    decision: Decision,
) -> None:
    """Mark the deliveries that the invoices billed as never to be billed."""
    lines = select(invoice_line.c.id).where(
        among(connection, invoice_line.c.invoice_id, invoice_ids)
    )
    connection.execute(
        update(delivery_line)
        .where(
            among(connection, delivery_line.c.order_id, order_ids),
            delivery_line.c.invoice_line_id.in_(lines),
        )
        .values(ignored_on=decision.on, ignored_reason=decision.reason)
    )
