"""May this held order go on? A person waives what holds it; all else still counts."""

from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.money import CURRENCIES, ZERO
from adv_domain.rules.orders.states import OrderState
from adv_domain.store.engine import writing
from adv_domain.store.orders.heads import OrderHead, unsellable_lines, waive_faults
from adv_domain.store.orders.validation import read_waiting
from tasks.authority import check_role
from tasks.orders.acts.common import (
    ActRefused,
    Decided,
    Saying,
    decided,
    locked_order,
    record_act,
)
from tasks.orders.decision import decide_orders
from tasks.orders.record import Look
from tasks.resources import now, resources


class NotReleasable(ActRefused):
    """A release would send on an order that cannot be delivered or invoiced."""

    def __init__(self, *, order_no: str, why: str) -> None:
        super().__init__(f"order {order_no} cannot be released: {why}")
        self.order_no = order_no


def release_order(*, name: str, by: str, reason: str, on: date) -> Decided:
    """Waive what holds an order and validate it again; other faults still hold it.

    Raises UnknownOrder, BeyondAuthority, and NotReleasable where the order is not
    held or lacks a customer, product, price or quantity.
    """
    known = resources()
    with writing(known.engine) as connection:
        order = locked_order(connection, name)
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
            record_act(connection, order, "released", Saying(by, reason, on))
        return decided(connection, order.id)


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
