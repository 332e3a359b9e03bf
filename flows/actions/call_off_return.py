"""Does this return not come?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, Reason, ReturnNo, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.stock.returns import call_off_return as call_off


@action("call-off-return", run_name="call off {return_no}")
def call_off_return(
    return_no: ReturnNo,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Tell stock that goods do not come back."""
    call_off(return_no, by=by, reason=reason, on=resolved(business_date))
    return done(f"return {return_no} is not expected any more")
