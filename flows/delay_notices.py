"""Which customers must hear that their order comes later?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.late_orders import publish_late_orders
from flows.run_date import resolved


@adv_flow("delay-notices")
def delay_notices(business_date: BusinessDate = None) -> State:
    """Decide the delay notices of confirmed dates that slipped, and queue their mails.

    One notice per order line and date told; a second run tells nothing twice.
    """
    on = resolved(business_date)
    state = run_step("notices", on=on)
    publish_late_orders(on)
    return state
