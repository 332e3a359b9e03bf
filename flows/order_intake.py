"""Which files have come in, and which orders and master data do they bring?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.run_date import resolved


@adv_flow("order-intake")
def order_intake(business_date: BusinessDate = None) -> State:
    """Take complete files from the inbox folders: orders and master data.

    The unit of retry is a file; its content hash makes a second take harmless. Files
    end in archive or quarantine with a report beside them.
    """
    return run_step("intake", on=resolved(business_date))
