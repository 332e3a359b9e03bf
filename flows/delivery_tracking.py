"""What did the stock department confirm, ship, move or cancel?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.run_date import resolved


@adv_flow("delivery-tracking")
def delivery_tracking(business_date: BusinessDate = None) -> State:
    """Read the stock department's feedback files and book what they say.

    The unit of retry is a file; message id and line make a second read harmless.
    """
    return run_step("delivery", on=resolved(business_date))
