"""May the run that would do far more than usual go on?"""

from prefect.client.schemas.objects import State

from flows.actions.form import BrakedStep, By, Reason, RunDate, action, done
from tasks.brake import confirm_run as confirm
from tasks.brake import yes_text


@action("confirm-run", run_name="confirm {step} {business_date}")
def confirm_run(
    by: By,
    reason: Reason,
    business_date: RunDate,
    step: BrakedStep = "invoicing",
) -> State:
    """Say yes to the figures at which a run stopped; the step goes on in its next run
    for that date."""
    confirmed = confirm(step=step, on=business_date, by=by, reason=reason)
    return done(yes_text(step, business_date, confirmed))
