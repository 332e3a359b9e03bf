"""What does the stock department need to know about accepted orders?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.run_date import resolved


@adv_flow("stock-handoff")
def stock_handoff(business_date: BusinessDate = None) -> State:
    """Write one message per accepted order and version for the stock department.

    The unit of retry is a batch; a message already written is not written again.
    """
    return run_step("handoff", on=resolved(business_date))
