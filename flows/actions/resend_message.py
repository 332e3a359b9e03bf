"""Shall stock be sent this message again?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, MessageKey, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.stock.dead_letters import resend_message as resend


@action("resend-message", run_name="resend {message}")
def resend_message(
    message: MessageKey,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Queue a message that stock did not take; the next handoff sends it again."""
    resend(message, by=by, reason=reason, on=resolved(business_date))
    return done(f"{message} leaves with the next handoff")
