"""What is credited of an invoice?"""

from prefect.client.schemas.objects import State

from flows.actions.form import (
    By,
    CreditedAmount,
    CreditReason,
    InvoiceNo,
    Reason,
    action,
    amount_or_all,
    done,
)
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.act_day import not_ahead
from tasks.billing.credit_notes import credit_amount, credit_invoice


@action("issue-credit-note", run_name="credit {invoice}")
def issue_credit_note(
    invoice: InvoiceNo,
    reason_code: CreditReason,
    by: By,
    reason: Reason,
    amount: CreditedAmount = "",
    business_date: BusinessDate = None,
) -> State:
    """Credit an amount of an invoice, or all that is left; single lines are credited
    with `adv credit-note`."""
    on, part = not_ahead(resolved(business_date)), amount_or_all(amount)
    if part is None:
        number = credit_invoice(
            invoice_no=invoice, reason_code=reason_code, reason=reason, by=by, on=on
        )
    else:
        number = credit_amount(
            invoice_no=invoice,
            amount=part,
            reason_code=reason_code,
            reason=reason,
            by=by,
            on=on,
        )
    return done(f"credit note {number} corrects {invoice}")
