"""Which payment is an order's advance, where it does not name the request?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, OrderName, PaymentId, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.payments.advance_by_hand import hold_as_advance as hold


@action("hold-as-advance", run_name="hold payment {payment} for {order}")
def hold_as_advance(
    payment: PaymentId,
    order: OrderName,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Hold what a payment has left as the advance that an order is asked for."""
    left = hold(payment, order=order, by=by, reason=reason, on=resolved(business_date))
    return done(f"payment {left.payment_id} is held for order {order}")
