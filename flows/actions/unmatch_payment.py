"""Was a payment matched wrongly?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, PaymentId, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.payments.by_hand import unmatch_payment as unmatch


@action("unmatch-payment", run_name="unmatch payment {payment}")
def unmatch_payment(
    payment: PaymentId,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Take back all that a payment settled; it waits in review for a person."""
    left = unmatch(payment, by=by, reason=reason, on=resolved(business_date))
    return done(f"payment {left.payment_id} is {left.state}: {left.unapplied} left")
