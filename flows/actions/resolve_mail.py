"""Did this mail arrive? Only a person can say."""

from prefect.client.schemas.objects import State

from flows.actions.form import By, MailKey, Reason, WasSent, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.mail.acts import resolve_mail as resolve


@action("resolve-mail", run_name="resolve {mail}")
def resolve_mail(
    mail: MailKey,
    was_sent: WasSent,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Settle a mail whose end is unknown: tick was_sent if it arrived.

    Its reminders follow: completed if it arrived, else decided anew."""
    resolve(mail, was_sent=was_sent, by=by, reason=reason, on=resolved(business_date))
    return done(f"{mail} is settled as {'sent' if was_sent else 'not sent'}")
