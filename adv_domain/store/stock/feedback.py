"""Which orders does news from stock speak of, and how is it booked?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, update

from adv_domain.rules.orders.states import OrderState
from adv_domain.rules.stock.fulfilment import LineFacts, OrderFacts
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.rows import among, among_pairs, insert_rows, named_rows
from adv_domain.store.tables import (
    date_change,
    delivery,
    delivery_line,
    order_line,
    sales_order,
    stock_message,
    task,
)

Row = dict[str, Any]
_NEWS_OF_LINE = (
    "qty_shipped",
    "qty_cancelled",
    "qty_over",
    "qty_given_up",
    "state",
    "first_confirmed_on",
    "confirmed_on",
    "date_told_at",
    "last_shipped_on",
    "cancelled_on",
)


@dataclass(slots=True)
class OrderAtStock:
    """An order with its lines by number, as far as stock is concerned."""

    order_id: int
    order_no: str
    customer_code: str
    customer_ref: str
    ordered_on: date
    state: OrderState
    to_invoice: bool
    billed_by_order: bool = False
    lines: dict[int, LineFacts] = field(default_factory=dict)

    @property
    def facts(self) -> OrderFacts:
        """Return what decides whether news of the order is taken."""
        return OrderFacts(self.state, self.ordered_on, list(self.lines.values()))


class KnownDelivery(NamedTuple):
    """A delivery of an order and the order lines in it."""

    delivery_id: int
    line_ids: set[int]


@dataclass(frozen=True, slots=True)
class FeedbackRows:
    """New rows of a batch of news, ready to be written."""

    messages: Sequence[Row]
    deliveries: Sequence[Row]
    delivery_lines: Sequence[Row]
    date_changes: Sequence[Row]


def orders_named(
    connection: Connection,
    *,
    order_nos: Collection[str],
    customer_refs: Collection[tuple[str, str]],
) -> list[OrderAtStock]:
    """Read the orders of these numbers or customers' references, with their lines.

    customer_refs are pairs of customer code and reference. The orders stay locked
    until the transaction ends.
    """
    ids = _ids_named(connection, order_nos, customer_refs)
    rows = connection.execute(
        select(
            sales_order.c.id,
            sales_order.c.order_no,
            sales_order.c.customer_code,
            sales_order.c.customer_ref,
            sales_order.c.ordered_on,
            sales_order.c.state,
            sales_order.c.to_invoice,
            sales_order.c.billed_by_order,
        )
        .where(among(connection, sales_order.c.id, ids))
        .order_by(sales_order.c.id)
        .with_for_update(key_share=True)
    )
    orders = {
        row.id: OrderAtStock(
            order_id=row.id,
            order_no=row.order_no,
            customer_code=row.customer_code,
            customer_ref=row.customer_ref,
            ordered_on=row.ordered_on,
            state=OrderState(row.state),
            to_invoice=row.to_invoice,
            billed_by_order=row.billed_by_order,
        )
        for row in named_rows(rows)
    }
    for order_id, line in _lines(connection, orders):
        orders[order_id].lines[line.line_no] = line
    return list(orders.values())


def _ids_named(
    connection: Connection,
    order_nos: Collection[str],
    customer_refs: Collection[tuple[str, str]],
) -> set[int]:
    """Find the orders in the form that the unique indexes answer."""
    ids: set[int] = set()
    if order_nos:
        numbered = connection.execute(
            select(sales_order.c.id).where(
                sales_order.c.company_id == COMPANY_ID,
                among(connection, sales_order.c.order_no, order_nos),
            )
        )
        ids.update(numbered.scalars())
    if customer_refs:
        name = (sales_order.c.customer_code, sales_order.c.customer_ref)
        referred = connection.execute(
            select(sales_order.c.id).where(
                sales_order.c.company_id == COMPANY_ID,
                among_pairs(connection, name, customer_refs),
            )
        )
        ids.update(referred.scalars())
    return ids


def _lines(
    connection: Connection, order_ids: Collection[int]
) -> list[tuple[int, LineFacts]]:
    rows = connection.execute(
        select(
            order_line.c.order_id,
            order_line.c.id,
            order_line.c.line_no,
            order_line.c.qty,
            order_line.c.qty_shipped,
            order_line.c.qty_cancelled,
            order_line.c.qty_over,
            order_line.c.qty_given_up,
            order_line.c.state,
            order_line.c.first_confirmed_on,
            order_line.c.confirmed_on,
            order_line.c.date_told_at,
            order_line.c.last_shipped_on,
            order_line.c.unit,
            order_line.c.cancelled_on,
        )
        .where(among(connection, order_line.c.order_id, order_ids))
        .order_by(order_line.c.order_id, order_line.c.line_no)
    )
    return [(row[0], LineFacts._make(row[1:])) for row in rows]


def known_messages(
    connection: Connection, keys: Collection[str]
) -> dict[str, str | None]:
    """Return which of the message keys were booked before, and what they said.

    None stands for one that was booked before its content was kept.
    """
    rows = connection.execute(
        select(stock_message.c.message_key, stock_message.c.content_hash).where(
            among(connection, stock_message.c.message_key, keys)
        )
    )
    return {row.message_key: row.content_hash for row in rows}


def known_deliveries(
    connection: Connection, order_ids: Collection[int]
) -> dict[tuple[int, str], KnownDelivery]:
    """Return the deliveries of the orders by order and delivery number."""
    rows = connection.execute(
        select(
            delivery.c.order_id,
            delivery.c.delivery_no,
            delivery.c.id,
            delivery_line.c.order_line_id,
        )
        .join(delivery_line, delivery_line.c.delivery_id == delivery.c.id)
        .where(among(connection, delivery.c.order_id, order_ids))
    )
    found: dict[tuple[int, str], KnownDelivery] = {}
    for row in rows:
        known = found.setdefault(
            (row.order_id, row.delivery_no), KnownDelivery(row.id, set())
        )
        known.line_ids.add(row.order_line_id)
    return found


def write_feedback(connection: Connection, rows: FeedbackRows) -> None:
    """Write the new rows of a batch, one statement a table."""
    insert_rows(connection, stock_message, rows.messages)
    insert_rows(connection, delivery, rows.deliveries)
    insert_rows(connection, delivery_line, rows.delivery_lines)
    insert_rows(connection, date_change, rows.date_changes)


def write_lines(connection: Connection, lines: Collection[LineFacts]) -> None:
    """Write what stock's news changed in the order lines."""
    update_rows(
        connection,
        order_line,
        _NEWS_OF_LINE,
        [
            (
                line.line_id,
                line.qty_shipped,
                line.qty_cancelled,
                line.qty_over,
                line.qty_given_up,
                line.state,
                line.first_confirmed_on,
                line.confirmed_on,
                line.date_told_at,
                line.last_shipped_on,
                line.cancelled_on,
            )
            for line in lines
        ],
    )


def write_order_states(
    connection: Connection, orders: Collection[OrderAtStock]
) -> None:
    """Write state and billing flag of the orders."""
    update_rows(
        connection,
        sales_order,
        ("state", "to_invoice"),
        [(order.order_id, str(order.state), order.to_invoice) for order in orders],
    )


def open_questions(
    connection: Connection, order_ids: Collection[int], *, kind: str
) -> dict[int, list[str]]:
    """Return the keys of the open questions of a kind by the order line they are of."""
    rows = connection.execute(
        select(task.c.task_key).where(
            task.c.entity == "order",
            among(connection, task.c.entity_id, order_ids),
            task.c.kind == kind,
            task.c.state == "open",
        )
    )
    found: dict[int, list[str]] = {}
    for key in rows.scalars():
        found.setdefault(line_of_question(key), []).append(key)
    return found


def close_questions(
    connection: Connection, keys: Collection[str], *, by: str, result: str, at: datetime
) -> None:
    """Close the open questions of these keys with one result, in one statement."""
    if not keys:
        return
    connection.execute(
        update(task)
        .where(among(connection, task.c.task_key, keys), task.c.state == "open")
        .values(state="done", closed_at=at, closed_by=by, result=result)
    )


def question_key(kind: str, line_id: int, message_id: str) -> str:
    """Return the key of a question about a line that a message of stock raised."""
    return f"{kind}:{line_id}:{message_id}"


def line_of_question(key: str) -> int:
    """Return the order line that a question is about, by its key."""
    return int(key.split(":", 2)[1])
