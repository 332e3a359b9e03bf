"""Is this order turned away, or what is left of it cancelled?"""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.orders.states import OPEN_STATES, OrderState, next_state
from adv_domain.store.engine import writing
from adv_domain.store.orders.heads import OrderHead, cancel_open_lines, close_order
from adv_domain.store.stock.handoff import (
    next_versions,
    queue_messages,
)
from adv_domain.store.stock.order_for_stock import read_orders_to_hand_off
from tasks.orders.acts.common import (
    ActRefused,
    Decided,
    Saying,
    decided,
    locked_order,
    record_act,
)
from tasks.orders.holds import end_holds
from tasks.resources import resources
from tasks.stock.messages import new_message

_KNOWN_TO_STOCK = (OrderState.HANDED_OFF, OrderState.IN_FULFILMENT)
_NOT_YET_ACCEPTED = (OrderState.RECEIVED, OrderState.HELD)


class AlreadyAccepted(ActRefused):
    """An order that was accepted can be cancelled, not turned away."""

    def __init__(self, order: OrderHead) -> None:
        super().__init__(
            f"order {order.order_no} is {order.state}: it was accepted and can only be "
            f"cancelled; say adv cancel {order.order_no}"
        )
        self.order_no = order.order_no


def reject_order(*, name: str, by: str, reason: str, on: date) -> Decided:
    """Turn an order away that was not accepted; raises UnknownOrder, AlreadyAccepted
    and InvalidTransition."""
    with writing(resources().engine) as connection:
        order = locked_order(connection, name)
        if order.state in OPEN_STATES and order.state not in _NOT_YET_ACCEPTED:
            raise AlreadyAccepted(order)
        return _end(connection, order, OrderState.REJECTED, Saying(by, reason, on))


def cancel_order(*, name: str, by: str, reason: str, on: date) -> Decided:
    """Cancel what of an order was not shipped; stock is told if it knows the order.

    What was shipped stays billable. Raises UnknownOrder and InvalidTransition.
    """
    with writing(resources().engine) as connection:
        order = locked_order(connection, name)
        next_state(order.state, OrderState.CANCELLED)
        if order.state in _KNOWN_TO_STOCK:
            order = _tell_stock(connection, order, on=on)
        cancel_open_lines(connection, order.id, on=on)
        ended = _end(connection, order, OrderState.CANCELLED, Saying(by, reason, on))
        # the wording of mails loads only where one is written
        from tasks.stock.cancellations import tell_cancelled

        tell_cancelled(connection, order.id, by=by, on=on)
        return ended


def _tell_stock(connection: Connection, order: OrderHead, *, on: date) -> OrderHead:
    """Queue a cancel message of the next version for the handoff step to send."""
    [known] = read_orders_to_hand_off(connection, [order.id])
    version = next_versions(connection, [order.id])[order.id]
    told = replace(known.order, kind="cancel", version=version)
    queue_messages(connection, [new_message(order.id, told)], decided_on=on)
    return order._replace(version=version)


def _end(
    connection: Connection, order: OrderHead, state: OrderState, saying: Saying
) -> Decided:
    next_state(order.state, state)
    close_order(connection, order.id, state=state, version=order.version)
    end_holds(connection, [order.id], by=saying.by, on=saying.on)
    record_act(connection, order, state, saying, to_state=state)
    return decided(connection, order.id)
