"""Who says that an order is paid for which stock waits?"""

from datetime import date

from adv_domain.store.engine import writing
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.stock.to_hand_off import mark_paid
from tasks.orders.acts.common import locked_order
from tasks.resources import now, resources


class NothingAwaited(ValueError):
    """The order does not wait for a payment."""

    def __init__(self, order_no: str) -> None:
        super().__init__(
            f"order {order_no} does not wait for a payment before stock is told"
        )
        self.order_no = order_no


def say_paid(*, name: str, by: str, reason: str, on: date) -> str:
    """Let stock be told of an order that ships after payment; return its number.

    Raises UnknownOrder and NothingAwaited.
    """
    with writing(resources().engine) as connection:
        order = locked_order(connection, name)
        if not mark_paid(connection, order.id):
            raise NothingAwaited(order.order_no)
        happening = Happening("order", order.id, "paid", by, reason=reason)
        record_events(connection, [happening], business_date=on, now=now())
    return order.order_no
