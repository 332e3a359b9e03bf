"""By which milestones is an order to be invoiced, and which of them is reached?"""

from typing import Annotated

from prefect.client.schemas.objects import State
from prefect.states import Failed
from pydantic import Field

from adv_domain.rules.advances.milestones import AT_DELIVERY, FORMS
from flows.actions.form import By, OrderName, Reason, action, done
from flows.direct import execute
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.advances.milestones_by_hand import reach, set_plan
from tasks.dates import not_ahead
from tasks.orders.acts.common import Saying

Plan = Annotated[str, Field(description=f"Give it a plan: {FORMS}.")]
Reached = Annotated[
    str, Field(description="Or the name of a milestone that is reached: invoice it.")
]


@action("milestones", run_name="milestones of {order}")
def milestones(
    order: OrderName,
    by: By,
    reason: Reason,
    plan: Plan = "",
    reached: Reached = "",
    business_date: BusinessDate = None,
) -> State:
    """Set by which milestones an order is invoiced, or invoice one that is reached."""
    if bool(plan.strip()) == bool(reached.strip()):
        return Failed(message="give a plan, or the name of a milestone reached")
    saying = Saying(by, reason, not_ahead(resolved(business_date)))
    if plan.strip():
        found = set_plan(order, plan, saying=saying)
        names = [one.name for one in found if one.name != AT_DELIVERY]
        said = f"{len(names)} milestones: {', '.join(names)}"
        return done(f"order {order} is invoiced by {said}")
    outcome = reach(order, reached, saying=saying, execute=execute)
    if outcome.failed or outcome.waiting:
        why = "; ".join(one.message for one in outcome.failed) or outcome.message
        return Failed(message=f"{reached} is reached and not invoiced: {why}")
    return done(outcome.message)
