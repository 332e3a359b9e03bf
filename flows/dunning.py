"""Who must be reminded, how firmly, and who must not, and why?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.run_date import resolved


@adv_flow("dunning")
def dunning(business_date: BusinessDate = None) -> State:
    """Decide the reminders of overdue items and record why others are not chased.

    The unit of retry is a batch of customers; one notice per item and level.
    """
    return run_step("dunning", on=resolved(business_date))
