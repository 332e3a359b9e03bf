"""Which received orders are accepted, held or rejected, and why?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.held_orders import publish_held_orders
from flows.run_date import resolved


@adv_flow("order-validation")
def order_validation(business_date: BusinessDate = None) -> State:
    """Check received orders and look again at held ones whose cause may have gone.

    The unit of retry is a batch of orders; an unchanged order adds nothing.
    """
    ended = run_step("validation", on=resolved(business_date))
    publish_held_orders()
    return ended
