"""How is one order to leave otherwise than its customer's do: how, how soon, and for
what share of it in advance?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from adv_domain.rules.orders.states import OPEN_STATES, OrderState
from adv_domain.rules.stock.shipping import ShippingPolicy
from adv_domain.store.engine import writing
from adv_domain.store.orders.heads import OrderHead
from adv_domain.store.stock.handoff import next_versions, write_versions
from adv_domain.store.stock.order_for_stock import read_orders_to_hand_off
from adv_domain.store.stock.to_hand_off import write_arranged
from tasks.orders.acts.common import ActRefused, Saying, locked_order, record_act
from tasks.resources import resources
from tasks.stock.next_versions import tell_next_versions

_KNOWN_TO_STOCK = (OrderState.HANDED_OFF, OrderState.IN_FULFILMENT)


class CannotArrange(ActRefused):
    """It is too late, or nothing is to be arranged."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How an order is to leave; None: as before.

    advance_rate is the share of it that is paid before stock is told, 0 for nothing.
    """

    shipping: ShippingPolicy | None = None
    priority: int | None = None
    advance_rate: Decimal | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Return what is written of it."""
        said = {
            "shipping_policy": self.shipping,
            "priority": self.priority,
            "advance_rate": self.advance_rate,
        }
        return {name: value for name, value in said.items() if value is not None}

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.columns.items())


def arrange_order(
    name: str, arrangement: Arrangement, *, by: str, reason: str, on: date
) -> str:
    """Let an order leave so; stock is told if it knows the order. Return its number.

    The days that were promised stand. Raises UnknownOrder and CannotArrange.
    """
    with writing(resources().engine) as connection:
        order = locked_order(connection, name)
        _expect_possible(order, arrangement)
        write_arranged(connection, order.id, arrangement.columns)
        _tell_stock(connection, order, on=on)
        saying = Saying(by, f"{arrangement}: {reason}", on)
        record_act(connection, order, "arranged", saying)
    return order.order_no


def _expect_possible(order: OrderHead, arrangement: Arrangement) -> None:
    if not arrangement.columns:
        raise CannotArrange(
            "say how the order is to leave, its priority, or its advance"
        )
    if order.state not in OPEN_STATES:
        raise CannotArrange(f"order {order.order_no} is {order.state}: it has left")
    waits = (
        arrangement.shipping is ShippingPolicy.AFTER_PAYMENT or arrangement.advance_rate
    )
    if waits and order.state in _KNOWN_TO_STOCK:
        raise CannotArrange(
            f"stock knows order {order.order_no} already: cancel it, or wait with it "
            "by word of mouth"
        )


def _tell_stock(connection: Connection, order: OrderHead, *, on: date) -> None:
    """Queue the next version for stock; pending demand is told anew by its step."""
    if order.state not in (*_KNOWN_TO_STOCK, OrderState.HELD):
        return
    if order.state == OrderState.HELD:
        write_versions(connection, next_versions(connection, [order.id]))
        return
    [known] = read_orders_to_hand_off(connection, [order.id])
    if not known.order.lines:
        raise CannotArrange(f"nothing of order {order.order_no} is left to be shipped")
    tell_next_versions(connection, {order.id: known.order}, on=on)
