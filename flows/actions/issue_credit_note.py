"""What is credited of an invoice?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, CreditReason, InvoiceNo, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.act_day import not_ahead
from tasks.billing.credit_notes import credit_invoice


@action("issue-credit-note", run_name="credit {invoice}")
def issue_credit_note(
    invoice: InvoiceNo,
    reason_code: CreditReason,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Credit all that is left of an invoice; single lines are credited with
    `adv credit-note`."""
    number = credit_invoice(
        invoice_no=invoice,
        reason_code=reason_code,
        reason=reason,
        by=by,
        on=not_ahead(resolved(business_date)),
    )
    return done(f"credit note {number} corrects {invoice}")
