"""What stands in the work list of held orders, and what went on with a warning?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, select

from adv_domain.store.orders.heads import (
    HeldOrder,
    StandingFault,
    held_orders,
    standing_faults,
)
from adv_domain.store.orders.holds import OpenHold, read_open_holds, told_of
from adv_domain.store.tables import (
    customer,
    hold_escalation,
    order_fault,
    order_hold,
    sales_order,
)

_SHOWN = ("block", "warn")


@dataclass(frozen=True, slots=True)
class HeldWork:
    """A held order with its teams' open holds, what is wrong, and who was told.

    told has the names of the escalation's steps so far, by hold.
    """

    order: HeldOrder
    holds: tuple[OpenHold, ...]
    faults: tuple[StandingFault, ...]
    told: dict[int, tuple[str, ...]]


class WarnedOrder(NamedTuple):
    """An order that went on although a rule warned."""

    id: int
    order_no: str
    customer_code: str
    customer_name: str | None
    state: str
    currency: str
    net: Decimal | None


class Escalated(NamedTuple):
    """A step that silence on a hold took, and whether it has been answered since."""

    order_no: str
    customer_code: str
    customer_name: str | None
    team: str
    step: int
    told: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None


def read_held_work(
    connection: Connection, *, team: str | None = None
) -> list[HeldWork]:
    """Read the held orders, of one team where it is given, with all that is open."""
    orders = held_orders(connection, team=team)
    ids = [order.id for order in orders]
    holds = read_open_holds(connection, ids)
    faults = standing_faults(connection, ids, severities=_SHOWN)
    told = told_of(connection, [one.id for each in holds.values() for one in each])
    return [
        HeldWork(
            order,
            tuple(holds.get(order.id, ())),
            tuple(faults.get(order.id, ())),
            {hold.id: told.get(hold.id, ()) for hold in holds.get(order.id, ())},
        )
        for order in orders
    ]


def holding_rules(
    connection: Connection, *, team: str | None, rules: Collection[str]
) -> dict[str, Collection[str]]:
    """Return by number the held orders of the team or the rules, and the codes of
    those rules by which they are held and for which the team answers."""
    found: dict[str, Collection[str]] = {}
    for work in read_held_work(connection, team=team):
        codes = {
            fault.code
            for fault in work.faults
            if fault.severity == "block"
            and (not rules or fault.code in rules)
            and (team is None or _answers(team, fault, work))
        }
        if codes:
            found[work.order.order_no] = sorted(codes)
    return found


def _answers(team: str, fault: StandingFault, work: HeldWork) -> bool:
    return fault.owner == team or any(
        hold.is_one_desk and hold.team == team for hold in work.holds
    )


def read_warned(
    connection: Connection, *, on: date
) -> list[tuple[WarnedOrder, list[StandingFault]]]:
    """Read the orders that are not held and that a rule warned of on the day."""
    warned = (
        select(order_fault.c.order_id)
        .where(
            order_fault.c.found_on == on,
            order_fault.c.severity == "warn",
            order_fault.c.resolved_on.is_(None),
        )
        .distinct()
    )
    rows = connection.execute(
        select(
            sales_order.c.id,
            sales_order.c.order_no,
            sales_order.c.customer_code,
            customer.c.name,
            sales_order.c.state,
            sales_order.c.currency,
            sales_order.c.net,
        )
        .outerjoin(customer, customer.c.id == sales_order.c.customer_id)
        .where(sales_order.c.id.in_(warned), sales_order.c.state != "held")
        .order_by(sales_order.c.id)
    )
    orders = [WarnedOrder._make(row) for row in rows]
    faults = standing_faults(
        connection, [order.id for order in orders], severities=("warn",)
    )
    return [(order, faults.get(order.id, [])) for order in orders]


def read_escalated(connection: Connection, *, on: date) -> list[Escalated]:
    """Read the steps of escalation that were taken on the day."""
    rows = connection.execute(
        select(
            sales_order.c.order_no,
            sales_order.c.customer_code,
            customer.c.name,
            order_hold.c.team,
            hold_escalation.c.step,
            hold_escalation.c.told,
            order_hold.c.opened_at,
            order_hold.c.due_at,
            order_hold.c.closed_at,
        )
        .join(order_hold, order_hold.c.id == hold_escalation.c.hold_id)
        .join(sales_order, sales_order.c.id == order_hold.c.order_id)
        .outerjoin(customer, customer.c.id == sales_order.c.customer_id)
        .where(hold_escalation.c.escalated_on == on)
        .order_by(hold_escalation.c.id)
    )
    return [Escalated._make(row) for row in rows]
