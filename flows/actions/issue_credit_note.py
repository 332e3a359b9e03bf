"""What is credited of an invoice, of several, or of all that a period invoiced?"""

from prefect.client.schemas.objects import State

from flows.actions.form import (
    By,
    CreditedAmount,
    CreditedInvoices,
    CreditedLines,
    CreditReason,
    LoweredLines,
    NetAmount,
    Reason,
    RebateCurrency,
    RebateCustomer,
    RebateFrom,
    RebateTo,
    action,
    amount_or_all,
    day_or_none,
    done,
    listed,
)
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.credits.credit_wanted import (
    CreditWanted,
    freed_again,
    issue_credit,
    told_freed,
)
from tasks.dates import not_ahead


@action("issue-credit-note", run_name="credit {invoice}{customer}")
def issue_credit_note(  # noqa: PLR0913, PLR0917  # a form has a field for each
    reason_code: CreditReason,
    by: By,
    reason: Reason,
    invoice: CreditedInvoices = "",
    lines: CreditedLines = "",
    line_nets: LoweredLines = "",
    amount: CreditedAmount = "",
    net: NetAmount = "",
    customer: RebateCustomer = "",
    first_on: RebateFrom = "",
    last_on: RebateTo = "",
    currency: RebateCurrency = "",
    business_date: BusinessDate = None,
) -> State:
    """Credit an invoice (whole, by lines or an amount), several together, or a rebate
    on a period: what `adv credit-note` does, refused in the same words."""
    wanted = CreditWanted(
        reason_code=reason_code,
        reason=reason,
        by=by,
        on=not_ahead(resolved(business_date)),
        invoice_nos=listed(invoice),
        lines=listed(lines),
        line_nets=listed(line_nets),
        amount=amount_or_all(amount),
        net=amount_or_all(net),
        customer=customer.strip() or None,
        first_on=day_or_none(first_on),
        last_on=day_or_none(last_on),
        currency=currency.strip() or None,
    )
    number = issue_credit(wanted)
    said = [f"credit note {number} corrects {_what(wanted)}"]
    return done("; ".join(said + [told_freed(*one) for one in freed_again(number)]))


def _what(wanted: CreditWanted) -> str:
    if wanted.period is not None:
        return wanted.period.name
    return ", ".join(wanted.invoice_nos)
