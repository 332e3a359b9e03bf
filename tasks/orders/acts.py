"""What may a person decide about an order: release, reject, cancel?

Each decision has a name and a reason, respects the amount limit of the person's
role, follows the order's state machine and leaves an event.
"""

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote

from sqlalchemy import Connection

from adv_domain.rules.money import CURRENCIES, ZERO
from adv_domain.rules.orders.states import OrderState, next_state
from adv_domain.rules.stock.handoff import handoff_message
from adv_domain.store.engine import writing
from adv_domain.store.orders.heads import (
    OrderHead,
    cancel_open_lines,
    close_order,
    find_orders,
    lock_order,
    unsellable_lines,
    waive_faults,
)
from adv_domain.store.orders.validation import read_waiting
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.stock.handoff import (
    NewMessage,
    read_orders_to_hand_off,
    write_messages,
)
from tasks.authority import check_role
from tasks.orders.decision import decide_orders
from tasks.orders.record import Look
from tasks.resources import now, resources

_KNOWN_TO_STOCK = (OrderState.HANDED_OFF, OrderState.IN_FULFILMENT)


class UnknownOrder(LookupError):
    """No order, or more than one, goes by this name."""

    def __init__(self, *, name: str, found: tuple[str, ...] = ()) -> None:
        why = f"there is no order {name}; give its number or its reference"
        if found:
            why = f"several orders go by {name}: {', '.join(found)}; say which"
        super().__init__(why)
        self.name = name


class NotReleasable(ValueError):
    """A release would send on an order that cannot be delivered or invoiced."""

    def __init__(self, *, order_no: str, why: str) -> None:
        super().__init__(f"order {order_no} cannot be released: {why}")
        self.order_no = order_no


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


def release_order(*, name: str, by: str, reason: str, on: date) -> Decided:
    """Waive what holds an order and validate it again; other faults still hold it.

    Raises UnknownOrder, BeyondAuthority, and NotReleasable where the order is not
    held or lacks a customer, product, price or quantity.
    """
    known = resources()
    with writing(known.engine) as connection:
        order = _locked(connection, name)
        _check_held(order)
        amount = order.net or ZERO
        check_role(known.policy, person=by, action="release", amount=amount)
        _check_sellable(connection, order)
        waive_faults(connection, order.id, by=by, reason=reason, on=on)
        look = Look(
            policy=known.policy,
            on=on,
            now=now(),
            actor=by,
            reason=f"released: {reason}",
        )
        result = decide_orders(
            connection, read_waiting(connection, [order.id]), look=look
        )
        if result.failed:
            raise NotReleasable(order_no=order.order_no, why=result.failed[0].message)
        if not result.done:
            _record(connection, order, None, Saying(by, reason, on))
        return _decided(connection, order.id)


def reject_order(*, name: str, by: str, reason: str, on: date) -> Decided:
    """Turn an order away that was not accepted; raises UnknownOrder
    and InvalidTransition."""
    with writing(resources().engine) as connection:
        order = _locked(connection, name)
        return _end(connection, order, OrderState.REJECTED, Saying(by, reason, on))


def cancel_order(*, name: str, by: str, reason: str, on: date) -> Decided:
    """Cancel what of an order was not shipped; stock is told if it knows the order.

    What was shipped stays billable. Raises UnknownOrder and InvalidTransition.
    """
    with writing(resources().engine) as connection:
        order = _locked(connection, name)
        next_state(order.state, OrderState.CANCELLED)
        if order.state in _KNOWN_TO_STOCK:
            order = _tell_stock(connection, order, on=on)
        cancel_open_lines(connection, order.id)
        return _end(connection, order, OrderState.CANCELLED, Saying(by, reason, on))


def _locked(connection: Connection, name: str) -> OrderHead:
    found = find_orders(connection, name)
    if len(found) != 1:
        numbers = tuple(one.order_no for one in found)
        raise UnknownOrder(name=name, found=numbers)
    return lock_order(connection, found[0].id)


def _check_held(order: OrderHead) -> None:
    if order.state != OrderState.HELD:
        why = f"it is {order.state}, not held"
        raise NotReleasable(order_no=order.order_no, why=why)


def _check_sellable(connection: Connection, order: OrderHead) -> None:
    if order.customer_id is None:
        why = f"customer {order.customer_code!r} is not in the master data"
        raise NotReleasable(order_no=order.order_no, why=why)
    if order.currency not in CURRENCIES:
        why = f"{order.currency} is no currency: nothing could be invoiced in it"
        raise NotReleasable(order_no=order.order_no, why=why)
    lines = unsellable_lines(connection, order.id)
    if lines:
        listed = ", ".join(str(line_no) for line_no in lines)
        why = f"line {listed} lacks a known product, a price or a quantity"
        raise NotReleasable(order_no=order.order_no, why=why)


def _tell_stock(connection: Connection, order: OrderHead, *, on: date) -> OrderHead:
    """Queue a cancel message of the next version for the handoff step to send."""
    [known] = read_orders_to_hand_off(connection, [order.id])
    version = order.version + 1
    payload = handoff_message(replace(known.order, kind="cancel", version=version))
    message = NewMessage(
        order_id=order.id,
        version=version,
        kind="cancel",
        message_key=payload["message_id"],
        payload=payload,
        file_name=f"{quote(order.order_no, safe='')}-v{version}.json",
    )
    write_messages(connection, [message], decided_on=on)
    return order._replace(version=version)


def _end(
    connection: Connection, order: OrderHead, state: OrderState, saying: Saying
) -> Decided:
    next_state(order.state, state)
    close_order(connection, order.id, state=state, version=order.version)
    _record(connection, order, state, saying)
    return _decided(connection, order.id)


def _record(
    connection: Connection, order: OrderHead, state: OrderState | None, saying: Saying
) -> None:
    happening = Happening(
        entity="order",
        entity_id=order.id,
        what=state or "released",
        actor=saying.by,
        from_state=order.state if state else None,
        to_state=state,
        reason=saying.reason,
    )
    record_events(connection, [happening], business_date=saying.on, now=now())


def _decided(connection: Connection, order_id: int) -> Decided:
    order = lock_order(connection, order_id)
    return Decided(order.order_no, order.state, order.held_for or "")
