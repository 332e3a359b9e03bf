"""Which invoices does a payment in review settle?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, Invoices, PaymentId, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.payments.by_hand import match_payment as match


@action("match-payment", run_name="match payment {payment}")
def match_payment(
    payment: PaymentId,
    invoices: Invoices,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Settle invoices, in the order given, with what a payment has left."""
    left = match(
        payment, invoices=invoices, by=by, reason=reason, on=resolved(business_date)
    )
    return done(
        f"payment {left.payment_id} is {left.state}: {left.allocated} allocated, "
        f"{left.unapplied} left"
    )
