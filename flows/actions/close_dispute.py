"""How did a dispute end?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, InvoiceNo, Result, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.payments.receivables import close_dispute as close


@action("close-dispute", run_name="close dispute of {invoice}")
def close_dispute(
    invoice: InvoiceNo,
    result: Result,
    by: By,
    business_date: BusinessDate = None,
) -> State:
    """Close the open disputes of an invoice with their result; what is open is chased
    again."""
    closed = close(invoice, result=result, by=by, on=resolved(business_date))
    return done(f"{closed} disputes of {invoice} closed: {result}")
