"""Which money came in, and which open items does it pay?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.run_date import resolved


@adv_flow("payment-monitoring")
def payment_monitoring(business_date: BusinessDate = None) -> State:
    """Read bank files, match payments to open items, and put what is unclear to review.

    The unit of retry is a file; the bank entry's key makes a second read harmless.
    """
    return run_step("payments", on=resolved(business_date))
