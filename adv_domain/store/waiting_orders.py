"""Which orders wait for a person: held ones, and open lines that come late?"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, literal, or_, select

from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    customer,
    date_change,
    order_fault,
    order_line,
    sales_order,
)
from adv_domain.store.waiting_cases import WaitingCase, WaitingWork, read_parts

_UNDER_WAY = ("accepted", "handed_off", "in_fulfilment")
_OPEN_QTY = order_line.c.qty - order_line.c.qty_shipped - order_line.c.qty_cancelled
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


def late_lines(connection: Connection, *, on: date, limit: int) -> WaitingWork:
    """Take the open lines confirmed later than at first, or whose day has passed."""
    late = and_(
        sales_order.c.state.in_(_UNDER_WAY),
        _OPEN_QTY > 0,
        or_(
            order_line.c.confirmed_on > order_line.c.first_confirmed_on,
            order_line.c.confirmed_on < on,
        ),
    )
    of_line = order_line.c.order_id == sales_order.c.id
    parts = read_parts(
        connection,
        select(
            sales_order.c.currency,
            func.count().label("n"),
            func.sum(order_line.c.net, type_=AMOUNT).label("amount"),
            func.min(order_line.c.first_confirmed_on).label("since"),
            literal(_STOCK).label("team"),
        )
        .join(order_line, of_line)
        .where(late)
        .group_by(sales_order.c.currency)
        .order_by(sales_order.c.currency),
    )
    known = (
        select(func.max(date_change.c.known_on))
        .where(date_change.c.order_line_id == order_line.c.id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            sales_order.c.order_no,
            sales_order.c.currency,
            customer.c.name,
            order_line.c.line_no,
            order_line.c.net,
            order_line.c.first_confirmed_on,
            order_line.c.confirmed_on,
            known.label("known_on"),
        )
        .join(order_line, of_line)
        .outerjoin(customer, customer.c.id == sales_order.c.customer_id)
        .where(late)
        .order_by(order_line.c.confirmed_on, order_line.c.id)
        .limit(limit)
    )
    cases = tuple(_delayed(row, on) for row in rows)
    return WaitingWork(kind="delays", parts=parts, cases=cases)


def _delayed(row: Any, on: date) -> WaitingCase:
    moved = row.confirmed_on != row.first_confirmed_on
    return WaitingCase(
        document=f"{row.order_no}/{row.line_no}",
        party=row.name or "",
        reasons=("silent",) if row.confirmed_on < on else (),
        who=_STOCK,
        amount=row.net,
        currency=row.currency,
        since=row.known_on or row.confirmed_on,
        old_on=row.first_confirmed_on if moved else None,
        new_on=row.confirmed_on if moved else None,
    )
