"""Is this change of an order refused?"""

from prefect.client.schemas.objects import State

from flows.actions.form import AmendmentNo, By, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.orders.acts.amendments import refuse_amendment as refuse


@action("refuse-amendment", run_name="refuse change {amendment}")
def refuse_amendment(
    amendment: AmendmentNo,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Refuse a change of an order: it stays as it is, stock is told if it was asked."""
    act = refuse(
        amendment_id=amendment, by=by, reason=reason, on=resolved(business_date)
    )
    return done(act.told)
