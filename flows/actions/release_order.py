"""May this held order go on?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, OrderName, Reason, RuleCodes, action, done, listed
from flows.form_fields import BusinessDate
from flows.held_orders import publish_held_orders
from flows.run_date import resolved
from tasks.orders.acts.release import release_order as release


@action("release-order", run_name="release {order}")
def release_order(
    order: OrderName,
    by: By,
    reason: Reason,
    rules: RuleCodes = "",
    business_date: BusinessDate = None,
) -> State:
    """Release a held order: what holds it is waived, all other checks still apply."""
    decided = release(
        name=order,
        by=by,
        reason=reason,
        on=resolved(business_date),
        rules=listed(rules),
    )
    publish_held_orders()
    waits = f", waits for {decided.waits_for}" if decided.waits_for else ""
    return done(f"order {decided.order_no} is {decided.state}{waits}")
