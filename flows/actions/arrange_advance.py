"""Is a share of this order to be paid ahead, otherwise than its customer's are?"""

from decimal import Decimal

from prefect.client.schemas.objects import State

from flows.actions.form import AdvancePercent, By, OrderName, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.stock.arranging import Arrangement, arrange_order


@action("arrange-advance", run_name="advance of {order}")
def arrange_advance(
    order: OrderName,
    advance_percent: AdvancePercent,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Say which share of an order is paid before stock is told of it."""
    how = Arrangement(advance_rate=Decimal(advance_percent) / 100)
    number = arrange_order(order, how, by=by, reason=reason, on=resolved(business_date))
    return done(f"order {number}: {how}")
