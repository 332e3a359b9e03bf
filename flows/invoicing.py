"""What can be billed, and on which documents?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.run_date import resolved


@adv_flow("invoicing")
def invoicing(business_date: BusinessDate = None) -> State:
    """Post the invoices of what was shipped: numbers, taxes, instalments, hash chain.

    The unit of retry is a batch; what is invoiced is no longer billable, so a second
    run bills only what is left. A document that cannot be invoiced is set aside.
    """
    return run_step("invoicing", on=resolved(business_date))
