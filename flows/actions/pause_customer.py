"""Shall a customer get no reminders for a while?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, CustomerCode, PauseUntil, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.payments.receivables import pause_customer as pause


@action("pause-customer", run_name="pause {customer}")
def pause_customer(
    customer: CustomerCode,
    by: By,
    reason: Reason,
    until: PauseUntil = None,
    business_date: BusinessDate = None,
) -> State:
    """Send a customer no reminders up to a day; without a day a pause ends."""
    on = resolved(business_date)
    pause(customer, until=until, by=by, reason=reason, on=on)
    return done(
        f"{customer} gets no reminders until {until}"
        if until
        else f"the pause of {customer} has ended"
    )
