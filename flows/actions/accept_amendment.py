"""May this change of an order be done?"""

from prefect.client.schemas.objects import State

from flows.actions.form import AmendmentNo, By, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.orders.acts.amendments import accept_amendment as accept


@action("accept-amendment", run_name="accept change {amendment}")
def accept_amendment(
    amendment: AmendmentNo,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Let a held change of an order pass, or agree to one in place of stock."""
    act = accept(
        amendment_id=amendment, by=by, reason=reason, on=resolved(business_date)
    )
    return done(act.told)
