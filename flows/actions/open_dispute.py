"""What does a customer dispute of an invoice?"""

from prefect.client.schemas.objects import State

from flows.actions.form import (
    Amount,
    By,
    DisputeCode,
    InvoiceNo,
    Reason,
    Team,
    action,
    amount_or_all,
    done,
)
from flows.run_date import resolved
from tasks.payments.receivables import Complaint
from tasks.payments.receivables import open_dispute as dispute


@action("open-dispute", run_name="dispute of {invoice}")
def open_dispute(
    invoice: InvoiceNo,
    code: DisputeCode,
    team: Team,
    by: By,
    reason: Reason,
    amount: Amount = "",
) -> State:
    """Open a dispute: the disputed part is not chased until it is closed."""
    complaint = Complaint(invoice, code, team, amount_or_all(amount))
    disputed = dispute(complaint, by=by, reason=reason, on=resolved(None))
    return done(f"{disputed} of {invoice} disputed, for {team}")
