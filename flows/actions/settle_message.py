"""Does stock know of this message by other means?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, MessageKey, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.stock.dead_letters import settle_message as settle


@action("settle-message", run_name="settle {message}")
def settle_message(
    message: MessageKey,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Count a message that stock did not take as known to it by other means."""
    settle(message, by=by, reason=reason, on=resolved(business_date))
    return done(f"{message} counts as acknowledged")
