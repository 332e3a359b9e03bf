"""May mail leave again?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, Reason, action, done
from tasks.mail.acts import let_mail_go as lift


@action("let-mail-go", run_name="let mail go")
def let_mail_go(
    by: By,
    reason: Reason,
) -> State:
    """Lift the halt; what was queued meanwhile leaves with the next mail delivery."""
    lift(by=by, reason=reason)
    return done("mail leaves with the next mail delivery")
