"""Shall this failed mail be tried again?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, MailKey, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.mail.acts import retry_mail as retry


@action("retry-mail", run_name="retry {mail}")
def retry_mail(
    mail: MailKey,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Make a failed or put-off mail due now; it leaves with the next mail delivery."""
    retry(mail, by=by, reason=reason, on=resolved(business_date))
    return done(f"{mail} leaves with the next mail delivery")
