"""By which milestones is an order invoiced, and which does a person call reached?"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.advances.milestones import (
    InvalidMilestones,
    Milestone,
    milestones_of,
    said,
)
from adv_domain.store.advances import milestones as store
from adv_domain.store.engine import reading, writing
from adv_domain.store.orders.heads import OrderHead, find_orders
from adv_domain.store.runs import Happening, record_events, resolve_failures
from tasks.advances.milestone_drafts import plans_beyond
from tasks.advances.milestone_plans import OPEN_STATES, PlanLine, read_plan
from tasks.advances.milestones import PLAN_OF, milestones_posted
from tasks.billing.invoicing import INVOICING
from tasks.conduct import Execute, conduct
from tasks.orders.acts.common import Saying, UnknownOrder, locked_order
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step

__all__ = ["InvalidMilestones"]


class PlanRefused(ValueError):
    """The order's milestones cannot be set, or that milestone not be called reached."""


def plan_of(name: str, *, on: date) -> list[PlanLine]:
    """Return the milestones of an order in their order; raises UnknownOrder."""
    with reading(resources().engine) as connection:
        return read_plan(connection, _order_id(connection, name), on=on)


def set_plan(name: str, text: str, *, saying: Saying) -> list[PlanLine]:
    """Give an order milestones of its own; of those none may be invoiced yet.

    Raises UnknownOrder, InvalidMilestones and PlanRefused.
    """
    plan = milestones_of(text)
    with writing(resources().engine) as connection:
        order = locked_order(connection, name)
        if any(row.invoice_no for row in _rows(connection, order.id)):
            raise PlanRefused(
                f"order {order.order_no} has a milestone that is invoiced: what is "
                "left of it is invoiced by the others, or as it is delivered"
            )
        _expect_possible(connection, order, plan, on=saying.on)
        store.drop_plan(connection, order.id)
        store.write_plans(connection, {order.id: plan})
        resolve_failures(
            connection,
            step=INVOICING.name,
            documents={f"{PLAN_OF}{order.order_no}"},
            now=now(),
        )
        _tell(connection, order.id, "milestones set", f"{said(plan)}: ", saying)
        return read_plan(connection, order.id, on=saying.on)


def _expect_possible(
    connection: Connection, order: OrderHead, plan: Sequence[Milestone], *, on: date
) -> None:
    if order.state not in OPEN_STATES:
        raise PlanRefused(
            f"order {order.order_no} is {order.state}: no milestone of it would be "
            "invoiced"
        )
    if not store.has_rest(connection, order.id):
        raise PlanRefused(
            f"all of order {order.order_no} is invoiced: nothing is left for milestones"
        )
    if error := plans_beyond(connection, {order.id: plan}, on=on).get(order.id):
        raise PlanRefused(str(error))


def reach(name: str, milestone: str, *, saying: Saying, execute: Execute) -> Outcome:
    """Note that a milestone was reached, and invoice it at once.

    Said again it does nothing new. Raises UnknownOrder, PlanRefused, and LeaseHeld
    while another invoicing runs.
    """
    with writing(resources().engine) as connection:
        order = locked_order(connection, name)
        row = _named(_rows(connection, order.id), milestone, order.order_no)
        if row.invoice_no is not None:
            raise PlanRefused(f"{row.name} is invoiced already, by {row.invoice_no}")
        if row.reached_on is None:
            store.mark_reached(connection, row.id, on=saying.on, by=saying.by)
            told = f"{row.name}: "
            _tell(connection, order.id, "milestone reached", told, saying)

    @step(name="invoice a milestone", run_name="invoice a milestone {run.on}")
    def post(run: RunRef) -> Outcome:
        return milestones_posted(run, Counter(), only=order.id)

    flow = StepFlow(name=INVOICING.name, plan=lambda run: [Call(post, {"run": run})])
    return conduct(flow, on=saying.on, execute=execute)


def _named(rows: Sequence[Row[Any]], name: str, order_no: str) -> Row[Any]:
    for row in rows:
        if row.name.lower() == name.strip().lower():
            return row
    known = ", ".join(row.name for row in rows) or "none"
    raise PlanRefused(f"order {order_no} has no milestone {name!r}; it has: {known}")


def _order_id(connection: Connection, name: str) -> int:
    found = find_orders(connection, name)
    if len(found) != 1:
        raise UnknownOrder(name=name, found=tuple(one.order_no for one in found))
    return found[0].id


def _rows(connection: Connection, order_id: int) -> list[Row[Any]]:
    return store.milestones_by_order(connection, [order_id]).get(order_id, [])


def _tell(
    connection: Connection, order_id: int, what: str, told: str, saying: Saying
) -> None:
    why = told + saying.reason
    happening = Happening("order", order_id, what, saying.by, reason=why)
    record_events(connection, [happening], business_date=saying.on, now=now())
