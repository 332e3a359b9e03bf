"""What becomes of the deliveries of cancelled invoices: let go, ignored, taken up?

An invoice holds what it billed as long as its deliveries are linked to its lines. Let
go of, they wait to be billed anew; ignored, they stay linked and are never billed.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    delete,
    exists,
    func,
    insert,
    select,
    union,
    update,
)

from adv_domain.rules.credits.credit_reasons import RETURN
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.columns import UNIT
from adv_domain.store.credits.cancelling import Decision
from adv_domain.store.rows import among
from adv_domain.store.stock.goods_returned import unbill_returns
from adv_domain.store.tables import (
    cancelled_billing,
    cancelled_invoice,
    delivery_line,
    invoice,
    invoice_line,
    order_line,
    sales_order,
)

_ZERO = Decimal(0)


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
        .with_for_update(key_share=True)
    )
    return dict(rows.tuples().all())


def make_billable(
    connection: Connection, invoice_ids: Collection[int], order_ids: Collection[int]
) -> None:
    """Let go of the deliveries and quantities that the invoices billed."""
    lines = _lines(connection, invoice_ids)
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
    taken = _taken_back(connection, invoice_ids)
    update_rows(
        connection,
        order_line,
        ("qty_invoiced", "qty_taken_back"),
        [
            (line_id, taken.get(line_id, _ZERO) - qty, -taken.get(line_id, _ZERO))
            for line_id, qty in _billed(lines).items()
        ],
        added=("qty_invoiced", "qty_taken_back"),
    )
    unbill_returns(connection, order_ids)
    _mark_waiting(connection, order_ids)


def _lines(connection: Connection, invoice_ids: Collection[int]) -> Sequence[Row[Any]]:
    return connection.execute(
        select(
            invoice_line.c.id, invoice_line.c.order_line_id, invoice_line.c.qty
        ).where(
            among(connection, invoice_line.c.invoice_id, invoice_ids),
            invoice_line.c.order_line_id.is_not(None),
        )
    ).all()


def _billed(lines: Sequence[Row[Any]]) -> dict[int, Decimal]:
    """Return what the invoices' lines bill, by order line."""
    billed: dict[int, Decimal] = {}
    for row in lines:
        billed[row.order_line_id] = billed.get(row.order_line_id, _ZERO) + row.qty
    return billed


def _taken_back(
    connection: Connection, invoice_ids: Collection[int]
) -> dict[int, Decimal]:
    """Return by order line what notes on these invoices took off what is invoiced,
    because it was not to be delivered; the note that took the rest took nothing off."""
    note = invoice.alias("note")
    rows = connection.execute(
        select(
            invoice_line.c.order_line_id,
            -func.sum(invoice_line.c.qty, type_=UNIT),
            order_line.c.qty_taken_back,
        )
        .join(note, note.c.id == invoice_line.c.invoice_id)
        .join(order_line, order_line.c.id == invoice_line.c.order_line_id)
        .where(
            among(connection, note.c.corrects_id, invoice_ids),
            note.c.reason_code != RETURN,
            invoice_line.c.lowers_line_no.is_(None),
            order_line.c.qty_taken_back > 0,
            note.c.id.not_in(select(cancelled_invoice.c.note_id)),
        )
        .group_by(invoice_line.c.order_line_id, order_line.c.qty_taken_back)
    )
    return {line_id: min(credited, taken) for line_id, credited, taken in rows}


def _mark_waiting(connection: Connection, order_ids: Collection[int]) -> None:
    """Say of the orders whether a delivery of theirs waits for its invoice."""
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


def stop_ignoring(connection: Connection, invoice_ids: Collection[int]) -> None:
    """Unmark the deliveries that the invoices billed and that were never to be billed.

    Those of goods that came back before any invoice are linked to none, and stay so.
    """
    lines = select(invoice_line.c.id).where(
        among(connection, invoice_line.c.invoice_id, invoice_ids)
    )
    connection.execute(
        update(delivery_line)
        .where(delivery_line.c.invoice_line_id.in_(lines))
        .values(ignored_on=None, ignored_reason=None)
    )


def billed_anew(connection: Connection, invoice_ids: Collection[int]) -> set[str]:
    """Return the invoices that bill again what these have let go of, by number."""
    theirs = invoice_line.alias("theirs")
    of_them = among(connection, theirs.c.invoice_id, invoice_ids)
    by_delivery = (
        select(invoice.c.invoice_no)
        .select_from(cancelled_billing)
        .join(theirs, theirs.c.id == cancelled_billing.c.invoice_line_id)
        .join(delivery_line, delivery_line.c.id == cancelled_billing.c.delivery_line_id)
        .join(invoice_line, invoice_line.c.id == delivery_line.c.invoice_line_id)
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .where(of_them)
    )
    # what was billed as it was ordered need not have left yet
    by_order = (
        select(invoice.c.invoice_no)
        .select_from(theirs)
        .join(order_line, order_line.c.id == theirs.c.order_line_id)
        .join(invoice_line, invoice_line.c.order_line_id == order_line.c.id)
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .outerjoin(cancelled_invoice, cancelled_invoice.c.invoice_id == invoice.c.id)
        .where(
            of_them,
            order_line.c.qty_invoiced + theirs.c.qty > order_line.c.qty,
            invoice.c.kind == "invoice",
            cancelled_invoice.c.invoice_id.is_(None),
        )
    )
    return set(connection.execute(union(by_delivery, by_order)).scalars())


def take_up_again(
    connection: Connection, invoice_ids: Collection[int], order_ids: Collection[int]
) -> None:
    """Link what the invoices have let go of to their lines again: the reverse of
    make_billable. What came back meanwhile stays off what is to be billed."""
    lines = _lines(connection, invoice_ids)
    let_go = among(
        connection, cancelled_billing.c.invoice_line_id, [row.id for row in lines]
    )
    found = connection.execute(
        select(
            cancelled_billing.c.delivery_line_id, cancelled_billing.c.invoice_line_id
        ).where(let_go)
    ).all()
    update_rows(
        connection, delivery_line, ("invoice_line_id",), [tuple(row) for row in found]
    )
    connection.execute(delete(cancelled_billing).where(let_go))
    update_rows(
        connection,
        order_line,
        ("qty_invoiced",),
        list(_billed(lines).items()),
        added=("qty_invoiced",),
    )
    _mark_waiting(connection, order_ids)
