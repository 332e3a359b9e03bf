"""What becomes of a line that stock gave up?"""

from prefect.client.schemas.objects import State

from flows.actions.form import (
    By,
    OrderName,
    Reason,
    RestChoice,
    StockLineNo,
    action,
    done,
)
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.stock.exceptions import choice_of
from tasks.stock.exceptions import resolve_exception as resolve


@action("resolve-exception", run_name="{choice} line {line} of {order}")
def resolve_exception(
    order: OrderName,
    line: StockLineNo,
    choice: RestChoice,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Decide on what stock gave up of a line: ask it anew, or give it up."""
    end = resolve(
        name=order,
        line_no=line,
        choice=choice_of(choice),
        by=by,
        reason=reason,
        on=resolved(business_date),
    )
    return done(
        f"order {end.order_no} is {end.order_state}, "
        f"its line {end.line_no} is {end.line_state}"
    )
