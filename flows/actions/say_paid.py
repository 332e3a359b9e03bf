"""Is this order paid, for which stock waits?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, OrderName, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.stock.payment import say_paid as mark


@action("say-paid", run_name="say {order} is paid")
def say_paid(
    order: OrderName,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Let stock be told of an order that ships after payment."""
    number = mark(name=order, by=by, reason=reason, on=resolved(business_date))
    return done(f"order {number} is paid: the next handoff tells stock")
