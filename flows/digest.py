"""What must operations know about the last close?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.late_orders import publish_late_orders
from flows.run_date import resolved


@adv_flow("digest")
def digest(business_date: BusinessDate = None) -> State:
    """Queue the digest mail: what was done, what is stuck, the headline figures."""
    on = resolved(business_date)
    state = run_step("digest", on=on)
    publish_late_orders(on)
    return state
