"""`adv milestones`: by which milestones is an order invoiced, and which is reached?"""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from flows.commands.milestones_view import plan_line, plan_view
from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)

if TYPE_CHECKING:
    from tasks.advances.milestone_plans import PlanLine


@click.command()
@click.argument("order_no")
@click.option("--plan", help='Give it a plan: "30% order; 40% Assembly; 30% delivery".')
@click.option("--reached", help="Call the milestone of this name reached; invoice it.")
@click.option("--by", help="Who says so; it is logged.")
@click.option("--reason", help="Why; it is logged.")
@click.option("--date", "on", type=Day(), help="Business date (default: today's).")
@home_option
@json_option
def milestones(
    order_no: str, *, on: date | None, as_json: bool, **said: str | None
) -> None:
    """Show by which milestones ORDER_NO is invoiced, set them, or say one is reached.

    Each is an invoice of its share of the order, by the order's terms: at acceptance
    (order), on its day, or when it is called reached; what is left is invoiced as it
    is delivered. A customer's own plan (column milestones) counts for all his orders.
    Exit status 1 where something is refused or could not be invoiced.
    """
    need_home()
    if said["plan"] and said["reached"]:
        fail("say --plan or --reached, one at a time")
    by, reason = (said["by"] or "").strip(), (said["reason"] or "").strip()
    if (said["plan"] or said["reached"]) and not (by and reason):
        fail("a decision needs a name and a reason (--by, --reason)")
    # the database loads only in commands that need it
    from adv_domain.store.leases import LeaseHeld
    from tasks.advances import milestones_by_hand as acts
    from tasks.dates import DayAhead, not_ahead
    from tasks.orders.acts.common import Saying, UnknownOrder
    from tasks.resources import business_day, now

    try:
        saying = Saying(by, reason, not_ahead(on or business_day(now())))
        if said["plan"]:
            acts.set_plan(order_no, said["plan"], saying=saying)
        if said["reached"]:
            _invoice(order_no, said["reached"], saying)
        plan = acts.plan_of(order_no, on=saying.on)
    except (
        acts.InvalidMilestones,
        acts.PlanRefused,
        UnknownOrder,
        DayAhead,
        LeaseHeld,
    ) as error:
        fail(str(error), status=1)
    _tell(plan, as_json=as_json)


def _invoice(order_no: str, name: str, saying: Any) -> None:
    from flows.direct import execute
    from tasks.advances.milestones_by_hand import reach

    outcome = reach(order_no, name, saying=saying, execute=execute)
    why = [f"{one.document}: {one.message}" for one in outcome.failed]
    if outcome.waiting and not why:
        why = [outcome.message]
    if why:
        fail("; ".join(why), status=1)
    if outcome.skipped:
        click.echo(outcome.message, err=True)


def _tell(plan: "list[PlanLine]", *, as_json: bool) -> None:
    if as_json:
        say_json({"milestones": [plan_view(one) for one in plan]})
        return
    if not plan:
        click.echo("no milestones: it is invoiced as agreed with its customer")
    for one in plan:
        click.echo(f"  {plan_line(one)}")
