"""How does every act on an order begin and end: found, locked, decided, on record?"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.orders.states import OrderState
from adv_domain.store.orders.heads import OrderHead, find_orders, lock_order
from adv_domain.store.runs import Happening, record_events
from tasks.resources import now


class ActRefused(ValueError):
    """A person's act on an order cannot be done as it was asked for."""


class UnknownOrder(ActRefused):
    """No order, or more than one, goes by this name."""

    def __init__(self, *, name: str, found: tuple[str, ...] = ()) -> None:
        why = f"there is no order {name}; give its number or its reference"
        if found:
            why = f"several orders go by {name}: {', '.join(found)}; say which"
        super().__init__(why)
        self.name = name


@dataclass(frozen=True, slots=True)
class Saying:
    """Who decides, why, and on which business date."""

    by: str
    reason: str
    on: date


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of the order after a person's decision."""

    order_no: str
    state: str
    waits_for: str


def locked_order(connection: Connection, name: str) -> OrderHead:
    """Find the order by number or reference and hold it; raises UnknownOrder."""
    found = find_orders(connection, name)
    if len(found) != 1:
        numbers = tuple(one.order_no for one in found)
        raise UnknownOrder(name=name, found=numbers)
    return lock_order(connection, found[0].id)


def record_act(
    connection: Connection,
    order: OrderHead,
    what: str,
    saying: Saying,
    *,
    to_state: OrderState | None = None,
) -> None:
    """Write the act into the order's history, with its new state where it has one."""
    happening = Happening(
        entity="order",
        entity_id=order.id,
        what=what,
        actor=saying.by,
        from_state=order.state if to_state else None,
        to_state=to_state,
        reason=saying.reason,
    )
    record_events(connection, [happening], business_date=saying.on, now=now())


def decided(connection: Connection, order_id: int) -> Decided:
    """Tell where the order stands after the act."""
    order = lock_order(connection, order_id)
    return Decided(order.order_no, order.state, order.held_for or "")
