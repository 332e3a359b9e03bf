"""Which customers must hear how their orders go on?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.late_orders import publish_late_orders
from flows.run_date import resolved


@adv_flow("delay-notices")
def delay_notices(business_date: BusinessDate = None) -> State:
    """Decide what customers hear: confirmed, shipped, delayed; queue the mails.

    One notice per order line and date told; a second run tells nothing twice.
    """
    on = resolved(business_date)
    state = run_step("notices", on=on)
    publish_late_orders(on)
    return state
