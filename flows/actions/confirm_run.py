"""May the invoicing run that would post far more than usual go on?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, Reason, RunDate, action, done
from tasks.brake import confirm_run as confirm


@action("confirm-run", run_name="confirm invoicing {business_date}")
def confirm_run(by: By, reason: Reason, business_date: RunDate) -> State:
    """Say yes to the figures at which an invoicing run stopped; it posts on its next
    run for that date."""
    confirmed = confirm(step="invoicing", on=business_date, by=by, reason=reason)
    return done(
        f"invoicing for {business_date} may post {confirmed.documents} documents"
    )
