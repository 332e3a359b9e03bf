"""Which orders wait for a person: held ones, and those that come late?"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Select, func, literal, select

from adv_domain.store.columns import AMOUNT
from adv_domain.store.figures.late_lines import cause_of_line, is_late
from adv_domain.store.figures.waiting_cases import WaitingCase, WaitingWork, read_parts
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    customer,
    order_fault,
    order_line,
    sales_order,
)

_STOCK = "stock"


def held_orders(connection: Connection, *, limit: int) -> WaitingWork:
    """Take the held orders, the longest held first."""
    held = sales_order.c.state == "held"
    parts = read_parts(
        connection,
        select(
            sales_order.c.held_for.label("team"),
            sales_order.c.currency,
            func.count().label("n"),
            func.sum(sales_order.c.net).label("amount"),
            func.min(sales_order.c.held_on).label("since"),
        )
        .where(held)
        .group_by(sales_order.c.held_for, sales_order.c.currency)
        .order_by(sales_order.c.held_for, sales_order.c.currency),
    )
    rows = connection.execute(
        select(sales_order, customer.c.name)
        .outerjoin(customer, customer.c.id == sales_order.c.customer_id)
        .where(held)
        .order_by(sales_order.c.held_on, sales_order.c.id)
        .limit(limit)
    ).all()
    reasons = _open_faults(connection, [row.id for row in rows])
    cases = tuple(
        WaitingCase(
            document=row.order_no,
            party=row.name or row.customer_code,
            reasons=reasons.get(row.id, ()),
            who=row.held_for or "",
            amount=row.net,
            currency=row.currency,
            since=row.held_on,
        )
        for row in rows
    )
    return WaitingWork(kind="held", parts=parts, cases=cases)


def _open_faults(
    connection: Connection, order_ids: Sequence[int]
) -> dict[int, tuple[str, ...]]:
    rows = connection.execute(
        select(order_fault.c.order_id, order_fault.c.code)
        .where(
            among(connection, order_fault.c.order_id, order_ids),
            order_fault.c.resolved_on.is_(None),
        )
        .distinct()
        .order_by(order_fault.c.order_id, order_fault.c.code)
    )
    found: dict[int, tuple[str, ...]] = {}
    for order_id, code in rows:
        found[order_id] = (*found.get(order_id, ()), code)
    return found


def late_orders(connection: Connection, *, on: date, limit: int) -> WaitingWork:
    """Take the orders with an open line that comes later than first confirmed, or
    whose confirmed day has passed; the longest late first.
    """
    late = _late_orders(on).subquery()
    parts = read_parts(
        connection,
        select(
            late.c.currency,
            func.count().label("n"),
            func.sum(late.c.net, type_=AMOUNT).label("amount"),
            func.min(late.c.since).label("since"),
            literal(_STOCK).label("team"),
        )
        .group_by(late.c.currency)
        .order_by(late.c.currency),
    )
    rows = connection.execute(
        select(late, customer.c.name)
        .outerjoin(customer, customer.c.id == late.c.customer_id)
        .order_by(late.c.new_on, late.c.id)
        .limit(limit)
    )
    cases = tuple(_late_order(row, on) for row in rows)
    return WaitingWork(kind="delays", parts=parts, cases=cases)


def _late_orders(on: date) -> Select[Any]:
    return (
        select(
            sales_order.c.id,
            sales_order.c.order_no,
            sales_order.c.customer_id,
            sales_order.c.currency,
            func.min(order_line.c.first_confirmed_on, type_=Date).label("old_on"),
            func.max(order_line.c.confirmed_on, type_=Date).label("new_on"),
            func.min(order_line.c.confirmed_on, type_=Date).label("since"),
            func.sum(order_line.c.net, type_=AMOUNT).label("net"),
            func.min(cause_of_line()).label("first_cause"),
            func.max(cause_of_line()).label("last_cause"),
        )
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .where(is_late(on))
        .group_by(sales_order.c.id)
    )


def _late_order(row: Any, on: date) -> WaitingCase:
    is_moved = row.old_on is not None and row.new_on > row.old_on
    return WaitingCase(
        document=row.order_no,
        party=row.name or "",
        reasons=(
            *(("silent",) if row.since < on else ()),
            *dict.fromkeys((row.first_cause, row.last_cause)),
        ),
        who=_STOCK,
        amount=row.net,
        currency=row.currency,
        since=row.old_on or row.since,
        old_on=row.old_on if is_moved else None,
        new_on=row.new_on if is_moved else None,
    )
