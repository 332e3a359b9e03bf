"""Which open lines come later than the customer knows, and what was he told?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    and_,
    case,
    func,
    select,
    update,
)

from adv_domain.rules.stock.delays import Delay, OpenLine
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import (
    customer,
    date_change,
    delay_notice,
    order_line,
    product,
    sales_order,
    task,
)

_UNDER_WAY = ("handed_off", "in_fulfilment")


@dataclass(frozen=True, slots=True)
class LateLine:
    """An open line with what a notice says of it."""

    facts: OpenLine
    line_no: int
    product: str
    description: str


@dataclass(frozen=True, slots=True)
class LateOrder:
    """An order with late lines, and whom to tell in which language."""

    order_id: int
    order_no: str
    customer_ref: str
    customer_id: int
    customer_name: str
    language: str
    email: str | None
    lines: Sequence[LateLine]


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A delay that the customer is told, and by which mail."""

    order: LateOrder
    delay: Delay
    outbox_key: str | None


def orders_that_slipped(
    connection: Connection, *, after: int | None, limit: int
) -> list[tuple[int, str]]:
    """Claim orders with an open line confirmed later than the customer knows."""
    told_on, first_on = _told_on(), order_line.c.first_confirmed_on
    known_on = case(
        (told_on > first_on, told_on), else_=func.coalesce(first_on, told_on)
    )
    return _claimed(connection, order_line.c.confirmed_on > known_on, after, limit)


def orders_gone_silent(
    connection: Connection, *, on: date, after: int | None, limit: int
) -> list[tuple[int, str]]:
    """Claim orders with an open line whose confirmed day has passed."""
    return _claimed(connection, order_line.c.confirmed_on < on, after, limit)


def close_answered_questions(
    connection: Connection, *, kind: str, on: date, by: str, now: datetime
) -> int:
    """Close the open tasks of the kind whose line waits no longer; return how many."""
    waits = select(order_line.c.id).where(
        order_line.c.id == task.c.entity_id, _is_open(), order_line.c.confirmed_on < on
    )
    closed = connection.execute(
        update(task)
        .where(
            task.c.kind == kind,
            task.c.state == "open",
            task.c.entity == "order_line",
            ~waits.exists(),
        )
        .values(state="done", closed_at=now, closed_by=by, result="stock has answered")
    )
    return int(closed.rowcount)


def _claimed(
    connection: Connection, late: ColumnElement[bool], after: int | None, limit: int
) -> list[tuple[int, str]]:
    has_late_line = (
        select(order_line.c.id)
        .where(order_line.c.order_id == sales_order.c.id, _is_open(), late)
        .exists()
    )
    rows = connection.execute(
        select(sales_order.c.id, sales_order.c.order_no)
        .where(
            sales_order.c.state.in_(_UNDER_WAY),
            sales_order.c.id > (after or 0),
            has_late_line,
        )
        .order_by(sales_order.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [(row.id, row.order_no) for row in rows]


def _is_open() -> ColumnElement[bool]:
    shipped_or_given_up = order_line.c.qty_shipped + order_line.c.qty_cancelled
    return and_(order_line.c.state == "open", order_line.c.qty > shipped_or_given_up)


def _told_on() -> ScalarSelect[Any]:
    return (
        select(func.max(delay_notice.c.new_on))
        .where(delay_notice.c.order_line_id == order_line.c.id)
        .scalar_subquery()
    )


def read_late_orders(
    connection: Connection, order_ids: Collection[int], *, threshold_days: int
) -> list[LateOrder]:
    """Read the orders with their open lines in one statement, ordered by id.

    threshold_days counts for customers without a threshold of their own.
    """
    lines: dict[int, list[LateLine]] = {}
    heads: dict[int, Any] = {}
    for row in connection.execute(_late_lines(connection, order_ids)):
        heads[row.id] = row
        lines.setdefault(row.id, []).append(_line(row, threshold_days))
    return [_order(heads[order_id], lines[order_id]) for order_id in heads]


def _late_lines(connection: Connection, order_ids: Collection[int]) -> Select[Any]:
    return (
        select(
            sales_order.c.id,
            sales_order.c.order_no,
            sales_order.c.customer_ref,
            sales_order.c.customer_id,
            customer.c.name,
            customer.c.language,
            customer.c.email,
            customer.c.delay_threshold_days,
            order_line.c.id.label("line_id"),
            order_line.c.line_no,
            order_line.c.product_code,
            func.coalesce(order_line.c.description, product.c.name).label("text"),
            order_line.c.qty,
            order_line.c.qty_shipped,
            order_line.c.qty_cancelled,
            order_line.c.first_confirmed_on,
            order_line.c.confirmed_on,
            _told_on().label("told_on"),
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .outerjoin(product, product.c.id == order_line.c.product_id)
        .where(among(connection, sales_order.c.id, order_ids), _is_open())
        .order_by(sales_order.c.id, order_line.c.line_no)
    )


def _line(row: Any, threshold_days: int) -> LateLine:
    own = row.delay_threshold_days
    qty_open: Decimal = row.qty - row.qty_shipped - row.qty_cancelled
    return LateLine(
        facts=OpenLine(
            line_id=row.line_id,
            qty_open=qty_open,
            first_confirmed_on=row.first_confirmed_on,
            confirmed_on=row.confirmed_on,
            told_on=row.told_on,
            threshold_days=threshold_days if own is None else own,
        ),
        line_no=row.line_no,
        product=row.product_code,
        description=row.text or "",
    )


def _order(row: Any, lines: Sequence[LateLine]) -> LateOrder:
    return LateOrder(
        order_id=row.id,
        order_no=row.order_no,
        customer_ref=row.customer_ref,
        customer_id=row.customer_id,
        customer_name=row.name,
        language=row.language,
        email=row.email,
        lines=lines,
    )


def latest_causes(
    connection: Connection, order_ids: Collection[int]
) -> Mapping[int, str]:
    """Return what moved each line of the orders last, by line id."""
    rows = connection.execute(
        select(date_change.c.order_line_id, date_change.c.cause)
        .join(order_line, order_line.c.id == date_change.c.order_line_id)
        .where(among(connection, order_line.c.order_id, order_ids))
        .order_by(date_change.c.id)
    )
    return {row.order_line_id: row.cause for row in rows}


def write_notices(
    connection: Connection, notices: Sequence[NewNotice], *, told_on: date
) -> None:
    """Write the delays that are told in one statement."""
    insert_rows(
        connection,
        delay_notice,
        [
            {
                "order_line_id": one.delay.line_id,
                "order_id": one.order.order_id,
                "customer_id": one.order.customer_id,
                "told_on": told_on,
                "old_on": one.delay.old_on,
                "new_on": one.delay.new_on,
                "days_late": one.delay.days_late,
                "outbox_key": one.outbox_key,
            }
            for one in notices
        ],
    )
