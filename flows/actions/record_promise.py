"""What does a customer promise to pay, and by when?"""

from prefect.client.schemas.objects import State

from flows.actions.form import (
    Amount,
    By,
    InvoiceNo,
    PromisedOn,
    Reason,
    action,
    amount_or_all,
    done,
)
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.payments.receivables import PromiseToPay
from tasks.payments.receivables import record_promise as record


@action("record-promise", run_name="promise for {invoice}")
def record_promise(
    invoice: InvoiceNo,
    promised_on: PromisedOn,
    by: By,
    reason: Reason,
    amount: Amount = "",
    business_date: BusinessDate = None,
) -> State:
    """Note a promise to pay: what is promised is not chased until that day."""
    promise = PromiseToPay(invoice, promised_on, amount_or_all(amount))
    promised = record(promise, by=by, reason=reason, on=resolved(business_date))
    return done(f"{promised} of {invoice} promised for {promised_on}")
