"""Which posted invoices still lack their PDF and their mail?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.run_date import resolved


@adv_flow("documents")
def documents(business_date: BusinessDate = None) -> State:
    """Make the PDF of each posted invoice and credit note, and queue its mail.

    The unit of retry is a batch; a document that has its PDF is not made again.
    """
    return run_step("documents", on=resolved(business_date))
