"""Which teams must answer for held orders, since when, and who was told of silence?

A hold is one team's part in a held order; it is open until the team is no longer
needed. Everything is read and written in a constant number of statements.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, exists, func, select, update

from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import (
    hold_escalation,
    order_hold,
    sales_order,
    task,
)


class OpenHold(NamedTuple):
    """A team's part in a held order, as it stands."""

    id: int
    order_id: int
    team: str
    is_one_desk: bool
    orders_of_day: int | None
    one_desk_below: int
    opened_on: date
    opened_at: datetime
    due_at: datetime


class UnansweredHold(NamedTuple):
    """An open hold whose answer was due, with its order and the steps taken."""

    id: int
    order_id: int
    order_no: str
    customer_id: int | None
    customer_code: str
    team: str
    opened_at: datetime
    due_at: datetime
    currency: str
    net: Decimal | None
    taken: frozenset[int]


def orders_of_day(connection: Connection, on: date, *, at_most: int) -> int:
    """Count the orders dated that day, no further than needed."""
    some = select(sales_order.c.id).where(sales_order.c.ordered_on == on).limit(at_most)
    return int(
        connection.execute(
            select(func.count()).select_from(some.subquery())
        ).scalar_one()
    )


def read_open_holds(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[OpenHold]]:
    """Read the open holds by order, in the order in which they were opened."""
    rows = connection.execute(
        select(*(order_hold.c[name] for name in OpenHold._fields))
        .where(
            among(connection, order_hold.c.order_id, order_ids),
            order_hold.c.closed_at.is_(None),
        )
        .order_by(order_hold.c.id)
    )
    found: dict[int, list[OpenHold]] = {}
    for row in rows:
        hold = OpenHold._make(row)
        found.setdefault(hold.order_id, []).append(hold)
    return found


def told_of(
    connection: Connection, hold_ids: Collection[int]
) -> dict[int, tuple[str, ...]]:
    """Return whom silence on the holds went on to so far, by hold, in order."""
    rows = connection.execute(
        select(hold_escalation.c.hold_id, hold_escalation.c.told)
        .where(among(connection, hold_escalation.c.hold_id, hold_ids))
        .order_by(hold_escalation.c.hold_id, hold_escalation.c.step)
    )
    found: dict[int, tuple[str, ...]] = {}
    for hold_id, told in rows:
        found[hold_id] = (*found.get(hold_id, ()), told)
    return found


def open_holds(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Open holds; a team has one open hold of an order at most."""
    insert_rows(connection, order_hold, rows)


def close_holds(
    connection: Connection,
    hold_ids: Collection[int],
    *,
    by: str,
    on: date,
    now: datetime,
) -> None:
    """Close holds that were answered, and drop the tasks of their escalation."""
    if not hold_ids:
        return
    escalated = select(hold_escalation.c.task_key).where(
        among(connection, hold_escalation.c.hold_id, hold_ids)
    )
    connection.execute(
        update(order_hold)
        .where(among(connection, order_hold.c.id, hold_ids))
        .values(closed_on=on, closed_at=now)
    )
    connection.execute(
        update(task)
        .where(task.c.task_key.in_(escalated), task.c.state == "open")
        .values(
            state="dropped", closed_at=now, closed_by=by, result="the order is answered"
        )
    )


def claim_unanswered(
    connection: Connection, *, at: datetime, last_step: int, after: int, limit: int
) -> list[tuple[int, str, str]]:
    """Take the open holds whose answer was due and whose last step is yet to come.

    Returns id of the hold, number of the order and team, by id.
    """
    last_taken = exists().where(
        hold_escalation.c.hold_id == order_hold.c.id,
        hold_escalation.c.step == last_step,
    )
    rows = connection.execute(
        select(order_hold.c.id, sales_order.c.order_no, order_hold.c.team)
        .join(sales_order, sales_order.c.id == order_hold.c.order_id)
        .where(
            order_hold.c.closed_at.is_(None),
            order_hold.c.due_at <= at,
            order_hold.c.id > after,
            ~last_taken,
        )
        .order_by(order_hold.c.id)
        .limit(limit)
        .with_for_update(of=order_hold, skip_locked=True)
    )
    return [(row.id, row.order_no, row.team) for row in rows]


def read_unanswered(
    connection: Connection, hold_ids: Collection[int]
) -> list[UnansweredHold]:
    """Read what an escalation says of the holds, by id."""
    taken: dict[int, set[int]] = {}
    for hold_id, step in connection.execute(
        select(hold_escalation.c.hold_id, hold_escalation.c.step).where(
            among(connection, hold_escalation.c.hold_id, hold_ids)
        )
    ):
        taken.setdefault(hold_id, set()).add(step)
    rows = connection.execute(
        select(
            order_hold.c.id,
            order_hold.c.order_id,
            sales_order.c.order_no,
            sales_order.c.customer_id,
            sales_order.c.customer_code,
            order_hold.c.team,
            order_hold.c.opened_at,
            order_hold.c.due_at,
            sales_order.c.currency,
            sales_order.c.net,
        )
        .join(sales_order, sales_order.c.id == order_hold.c.order_id)
        .where(among(connection, order_hold.c.id, hold_ids))
        .order_by(order_hold.c.id)
    )
    return [
        UnansweredHold._make((*row, frozenset(taken.get(row.id, ())))) for row in rows
    ]


def record_escalations(
    connection: Connection, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Write the steps taken; a step of a hold is taken once."""
    insert_rows(connection, hold_escalation, rows)
