"""Is the rest of this order given up?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, OrderName, Reason, action, done
from flows.form_fields import BusinessDate
from flows.held_orders import publish_held_orders
from flows.run_date import resolved
from tasks.orders.acts.ending import cancel_order as cancel


@action("cancel-order", run_name="cancel {order}")
def cancel_order(
    order: OrderName,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Cancel what was not shipped of an order; stock is told, what was shipped stays
    billable."""
    decided = cancel(name=order, by=by, reason=reason, on=resolved(business_date))
    publish_held_orders()
    return done(f"order {decided.order_no} is {decided.state}")
