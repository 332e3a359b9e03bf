"""What does the invoice of an order say of what leaves, or is cancelled, after it?

What leaves of an order that was invoiced as it was ordered stands on its invoice
already, and is never billed again. What is cancelled of it, or ordered less, is to be
credited; of that, taken back is what a credit note has given back.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, case, func, select, union, update

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    cancelled_invoice,
    delivery_line,
    invoice,
    invoice_line,
    order_line,
    sales_order,
    task,
)

_line = order_line.c
# as the partial index says it
_IS_OVER = _line.qty_invoiced > _line.qty - _line.qty_cancelled - _line.qty_ignored
_OVER = _line.qty_invoiced - (_line.qty - _line.qty_cancelled - _line.qty_ignored)


def mark_by_order(connection: Connection, order_ids: Collection[int]) -> None:
    """Write that the orders are invoiced as they were ordered, from now on."""
    if not order_ids:
        return
    connection.execute(
        update(sales_order)
        .where(
            among(connection, sales_order.c.id, sorted(order_ids)),
            ~sales_order.c.billed_by_order,
        )
        .values(billed_by_order=True)
    )


class BilledLine(NamedTuple):
    """The invoice line that bills what leaves of an order line, None where none does;
    since when nobody pays for it, where its invoice was cancelled for good."""

    invoice_line_id: int | None
    ignored_on: date | None
    ignored_reason: str | None


NOT_BILLED = BilledLine(None, None, None)


def billed_lines(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, BilledLine]:
    """Return by order line what bills it already, of orders billed as ordered.

    Of several invoices the one that bills the most of it. One statement, none for no
    orders.
    """
    if not order_ids:
        return {}
    gone = cancelled_invoice.c
    is_ignored = func.coalesce(gone.choice, "") == "ignore"
    rows = connection.execute(
        select(
            invoice_line.c.order_line_id,
            invoice_line.c.id,
            case((is_ignored, func.coalesce(gone.decided_on, gone.cancelled_on))),
            case((is_ignored, gone.reason)),
        )
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .join(order_line, _line.id == invoice_line.c.order_line_id)
        .outerjoin(cancelled_invoice, gone.invoice_id == invoice.c.id)
        .where(
            among(connection, _line.order_id, order_ids),
            invoice.c.kind == "invoice",
            func.coalesce(gone.choice, "") != "recreate",
        )
        .order_by(case((is_ignored, 0), else_=1), invoice_line.c.qty, invoice_line.c.id)
    )
    return {row[0]: BilledLine(*row[1:]) for row in rows}


def link_deliveries(connection: Connection, order_ids: Collection[int]) -> None:
    """Let what left of the orders, and no invoice names, stand on what bills it."""
    billed = billed_lines(connection, order_ids)
    if not billed:
        return
    rows = connection.execute(
        select(delivery_line.c.id, delivery_line.c.order_line_id).where(
            among(connection, delivery_line.c.order_id, order_ids),
            delivery_line.c.invoice_line_id.is_(None),
            delivery_line.c.ignored_on.is_(None),
        )
    ).all()
    update_rows(
        connection,
        delivery_line,
        ("invoice_line_id", "ignored_on", "ignored_reason"),
        [(row.id, *billed[row.order_line_id]) for row in rows if row[1] in billed],
    )


def orders_over_billed(
    connection: Connection, *, kind: str, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Claim orders of which too much is invoiced, or where a task of the kind says so.

    Rows of id and order_no, by id.
    """
    is_over = select(_line.order_id).where(_IS_OVER)
    is_asked = select(task.c.entity_id).where(
        task.c.kind == kind, task.c.state == "open", task.c.entity == "order"
    )
    return connection.execute(
        select(sales_order.c.id, sales_order.c.order_no)
        .where(
            sales_order.c.id.in_(union(is_over, is_asked)),
            sales_order.c.id > (after or 0),
        )
        .order_by(sales_order.c.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True, of=sales_order)
    ).all()


class OverBilled(NamedTuple):
    """An order line of which qty too much is invoiced, on which invoices, the last
    first."""

    order_id: int
    order_line_id: int
    qty: Decimal
    invoice_ids: tuple[int, ...]


def read_over_billed(
    connection: Connection, order_ids: Collection[int]
) -> list[OverBilled]:
    """Read what of the orders is invoiced and not to be delivered; two statements."""
    lines = connection.execute(
        select(_line.order_id, _line.id, _OVER.label("qty"))
        .where(among(connection, _line.order_id, order_ids), _IS_OVER)
        .order_by(_line.order_id, _line.line_no)
    ).all()
    bills: dict[int | None, list[int]] = {}
    for line_id, invoice_id in connection.execute(
        select(invoice_line.c.order_line_id, invoice_line.c.invoice_id)
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .where(
            among(connection, invoice_line.c.order_line_id, [row.id for row in lines]),
            invoice.c.kind == "invoice",
        )
        .order_by(invoice_line.c.id.desc())
    ):
        bills.setdefault(line_id, []).append(invoice_id)
    return [
        OverBilled(row.order_id, row.id, row.qty, tuple(bills.get(row.id, ())))
        for row in lines
    ]


def orders_of_lines(
    connection: Connection, line_ids: Collection[int]
) -> dict[int, int]:
    """Return the order of each line."""
    rows = connection.execute(
        select(_line.id, _line.order_id)
        .where(among(connection, _line.id, line_ids))
        .order_by(_line.order_id, _line.id)
    )
    return dict(rows.tuples().all())


def take_back(
    connection: Connection, credited: Mapping[int, Decimal]
) -> dict[int, Decimal]:
    """Take off what is invoiced of order lines what a note gives back of too much.

    credited are quantities by order line. Returns what was taken back, by line.
    """
    rows = connection.execute(
        select(_line.id, _OVER.label("qty")).where(
            among(connection, _line.id, list(credited)), _IS_OVER
        )
    )
    taken = {row.id: min(row.qty, credited[row.id]) for row in rows}
    update_rows(
        connection,
        order_line,
        ("qty_invoiced", "qty_taken_back"),
        [(key, -qty, qty) for key, qty in taken.items()],
        added=("qty_invoiced", "qty_taken_back"),
    )
    return taken
