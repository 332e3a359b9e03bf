"""Which queued mails leave now?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.run_date import resolved


@adv_flow("mail-delivery")
def mail_delivery(business_date: BusinessDate = None) -> State:
    """Send the queued mails, each with one of three ends: sent, failed, unknown.

    The unit of retry is a mail; an unknown end is never sent again without a person.
    """
    return run_step("mail", on=resolved(business_date))
