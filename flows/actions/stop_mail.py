"""Must no mail leave for now?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, Reason, action, done
from tasks.mail.acts import stop_mail as stop


@action("stop-mail", run_name="stop mail")
def stop_mail(
    by: By,
    reason: Reason,
) -> State:
    """Halt all sending; a run under way stops before its next mail."""
    stop(by=by, reason=reason)
    return done("mail is stopped; what is queued waits")
