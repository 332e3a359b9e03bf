"""Which goods come back?"""

from prefect.client.schemas.objects import State

from flows.actions.form import (
    By,
    ExpectedOn,
    LineNo,
    OrderName,
    Reason,
    ReturnedQty,
    action,
    amount_of,
    done,
)
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.stock.returns import ComingBack
from tasks.stock.returns import expect_return as announce


@action("expect-return", run_name="expect a return of {order}")
def expect_return(  # noqa: PLR0913, PLR0917  # a form has a field for each
    order: OrderName,
    line: LineNo,
    quantity: ReturnedQty,
    expected_on: ExpectedOn,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Tell stock that goods of an order come back."""
    coming = ComingBack(order, line, amount_of(quantity), expected_on, reason)
    number = announce(coming, by=by, on=resolved(business_date))
    return done(f"return {number} is expected")
