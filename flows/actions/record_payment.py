"""Which money came in outside a bank file?"""

from prefect.client.schemas.objects import State

from flows.actions.form import (
    By,
    CustomerCode,
    Reason,
    ReceivedAmount,
    ReceivedOn,
    Reference,
    action,
    amount_of,
    done,
)
from flows.run_date import resolved
from tasks.payments.by_hand import ReceivedMoney
from tasks.payments.by_hand import record_payment as record


@action("record-payment", run_name="payment of {customer}")
def record_payment(
    customer: CustomerCode,
    amount: ReceivedAmount,
    received_on: ReceivedOn,
    reference: Reference,
    by: By,
    reason: Reason,
) -> State:
    """Record money by hand; match-payment then says which invoices it settles.

    The reference keeps the same money from being recorded twice.
    """
    money = ReceivedMoney(
        customer=customer,
        amount=amount_of(amount),
        booked_on=received_on,
        reference=reference,
    )
    left = record(money, by=by, reason=reason, on=resolved(None))
    return done(f"payment {left.payment_id} of {customer}: {left.unapplied} to match")
