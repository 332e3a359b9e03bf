"""Is this order turned away?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, OrderName, Reason, action, done
from flows.form_fields import BusinessDate
from flows.held_orders import publish_held_orders
from flows.run_date import resolved
from tasks.orders.acts.ending import reject_order as reject


@action("reject-order", run_name="reject {order}")
def reject_order(
    order: OrderName,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Turn away an order that was not accepted."""
    decided = reject(name=order, by=by, reason=reason, on=resolved(business_date))
    publish_held_orders()
    return done(f"order {decided.order_no} is {decided.state}")
