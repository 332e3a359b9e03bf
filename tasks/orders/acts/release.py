"""May this held order go on? A person waives what holds it; all else still counts."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.money import CURRENCIES
from adv_domain.rules.orders.rule_settings import NEGATIVE_TOTAL
from adv_domain.rules.orders.states import OrderState
from adv_domain.store.engine import writing
from adv_domain.store.orders.heads import (
    OrderHead,
    StandingFault,
    standing_faults,
    unsellable_lines,
    waive_faults,
)
from adv_domain.store.orders.validation import read_waiting
from adv_domain.store.timeline import last_entry
from tasks.authority import check_role, in_company_currency
from tasks.office_hours import local_minute
from tasks.orders.acts.common import (
    ActRefused,
    Decided,
    Saying,
    decided,
    locked_order,
)
from tasks.orders.decision import decide_orders
from tasks.orders.record import Look
from tasks.resources import now, resources


class NotReleasable(ActRefused):
    """A release would send on an order that cannot be delivered or invoiced."""

    def __init__(self, *, order_no: str, why: str) -> None:
        super().__init__(f"order {order_no} cannot be released: {why}")
        self.order_no = order_no


def release_order(
    *, name: str, by: str, reason: str, on: date, rules: Collection[str] = ()
) -> Decided:
    """Waive what holds an order and validate it again; other faults still hold it.

    rules limits the waiver to the rules of these codes. Raises UnknownOrder,
    BeyondAuthority, and NotReleasable where the order is not held, not by these
    rules, lacks a customer, product, price or quantity, or comes to less than nothing.
    """
    saying = Saying(by, reason, on)
    with writing(resources().engine) as connection:
        order = locked_order(connection, name)
        _check_held(connection, order)
        _check_role(connection, order, saying)
        if not rules:
            _check_sellable(connection, order)
        faults = _waived(connection, order, rules)
        waive_faults(connection, faults, by=by, reason=reason, on=on)
        _validate(connection, order, saying, rules=rules, waives=frozenset(faults))
        after = decided(connection, order.id)
        if after.state == OrderState.ACCEPTED:
            _check_sellable(connection, order)
        return after


def _check_held(connection: Connection, order: OrderHead) -> None:
    """Refuse what is not held any more, and say who was faster."""
    if order.state == OrderState.HELD:
        return
    why = f"it is {order.state}, not held"
    last = last_entry(connection, "order", order.id)
    if last is not None:
        why += f": {last.what} by {last.actor} at {local_minute(last.at)}"
        why += f" ({last.reason})" if last.reason else ""
    raise NotReleasable(order_no=order.order_no, why=why)


def _check_role(connection: Connection, order: OrderHead, saying: Saying) -> None:
    policy = resources().policy
    amount = in_company_currency(
        connection, order.net, currency=order.currency, policy=policy, on=saying.on
    )
    check_role(policy, person=saying.by, action="release", amount=amount)


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


def _waived(
    connection: Connection, order: OrderHead, rules: Collection[str]
) -> list[int]:
    """Return the faults to waive: those that hold the order, of these rules only."""
    holding: list[StandingFault] = standing_faults(connection, [order.id]).get(
        order.id, []
    )
    others = sorted(set(rules) - {fault.code for fault in holding})
    if others:
        codes = ", ".join(dict.fromkeys(fault.code for fault in holding)) or "nothing"
        why = f"{', '.join(others)} does not hold it; what does: {codes}"
        raise NotReleasable(order_no=order.order_no, why=why)
    waived = [fault for fault in holding if not rules or fault.code in rules]
    if any(fault.code == NEGATIVE_TOTAL for fault in waived):
        why = (
            "it comes to less than nothing, and no invoice can say that; have the "
            "customer correct its allowances, or reject it"
        )
        raise NotReleasable(order_no=order.order_no, why=why)
    return [fault.id for fault in waived]


def _validate(
    connection: Connection,
    order: OrderHead,
    saying: Saying,
    *,
    rules: Collection[str],
    waives: frozenset[int],
) -> None:
    what = f"released {', '.join(sorted(rules))}" if rules else "released"
    look = Look(
        policy=resources().policy,
        on=saying.on,
        now=now(),
        actor=saying.by,
        reason=f"{what}: {saying.reason}",
        act="released",
        waives=waives,
    )
    result = decide_orders(connection, read_waiting(connection, [order.id]), look=look)
    if result.failed:
        raise NotReleasable(order_no=order.order_no, why=result.failed[0].message)
