"""Is a whole invoicing run to be taken back?"""

from prefect.client.schemas.objects import State
from prefect.states import Failed

from adv_domain.store.credits.undoing import Undo
from flows.actions.form import (
    By,
    CreditReason,
    Reason,
    Rebilling,
    RunNo,
    action,
    done,
)
from flows.commands.undo import overruled, question, remedies
from flows.direct import execute
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.credits.undo import undo_run as undo
from tasks.dates import not_ahead


@action("undo-run", run_name="undo run {run}")
def undo_run(
    run: RunNo,
    by: By,
    reason: Reason,
    reason_code: CreditReason = "cancellation",
    deliveries: Rebilling = "asked",
    business_date: BusinessDate = None,
) -> State:
    """Stop the unsent mails of an invoicing run and credit each of its invoices once;
    started again it goes on with what is left."""
    day = not_ahead(resolved(business_date))
    undone = undo(Undo(run, reason_code, reason, deliveries, by, day), execute=execute)
    left = [
        f"{one.invoice_no}: {line}"
        for one in undone.leftovers
        for line in remedies(one)
    ]
    left += [f"{one.invoice_no}: {question(one)}" for one in undone.asked]
    # a form that is only started again says "asked" by itself
    other = overruled(undone, None if deliveries == "asked" else deliveries)
    left += [other] if other else []
    message = "; ".join([f"run {run}: {undone.outcome.message}", *left])
    if undone.outcome.failed or other:
        return Failed(message=message)
    return done(message)
