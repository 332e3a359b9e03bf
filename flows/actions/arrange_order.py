"""Is this order to leave otherwise than its customer's do?"""

from prefect.client.schemas.objects import State

from adv_domain.rules.stock.shipping import ShippingPolicy
from flows.actions.form import By, OrderName, Priority, Reason, Shipping, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.stock.arranging import Arrangement
from tasks.stock.arranging import arrange_order as arrange


@action("arrange-order", run_name="arrange {order}")
def arrange_order(
    order: OrderName,
    shipping: Shipping,
    priority: Priority,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Let an order leave whole, in part or after payment, sooner or later."""
    chosen = None if shipping == "as before" else ShippingPolicy(shipping)
    how = Arrangement(chosen, priority or None)
    number = arrange(order, how, by=by, reason=reason, on=resolved(business_date))
    return done(f"order {number}: {how}")
