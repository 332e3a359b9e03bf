"""What becomes of a change: done at once, asked of stock, held, or too late?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adv_domain.rules.amendments.asked import AskedChange
from adv_domain.rules.amendments.differences import (
    Difference,
    concerns_stock,
    differences,
    obstacles,
)
from adv_domain.rules.amendments.states import AT_STOCK, CHANGEABLE, AmendmentState
from adv_domain.rules.amendments.target import Unclear, part_named, target_of
from adv_domain.rules.amendments.terms import OrderTerms, StandingOrder
from adv_domain.rules.orders.states import OrderState

_GONE = frozenset({OrderState.CANCELLED, OrderState.REJECTED})


@dataclass(frozen=True, slots=True)
class ChangeDecision:
    """What becomes of a change and why; without an order there is no target.

    A change that leaves nothing to deliver is a cancellation (is_cancel).
    """

    state: AmendmentState
    reason: str
    order: StandingOrder | None = None
    target: OrderTerms | None = None
    differences: tuple[Difference, ...] = ()
    is_cancel: bool = False


def decide_change(
    asked: AskedChange, orders: Sequence[StandingOrder], *, units: Mapping[str, str]
) -> ChangeDecision:
    """Decide on a change; orders are those of its customer and reference, units those
    of the products.

    Where the order is known to stock and the rules of validation have not been
    asked, APPLIED and WAITING_STOCK say what becomes of it if they agree.
    """
    if not orders:
        return ChangeDecision(
            AmendmentState.HELD, "there is no order of this customer and reference"
        )
    open_ones = [order for order in orders if order.state in CHANGEABLE]
    if len(open_ones) > 1:
        numbers = ", ".join(order.order_no for order in open_ones)
        return ChangeDecision(
            AmendmentState.HELD,
            f"several orders have this reference ({numbers}): end all but one of them",
        )
    if not open_ones:
        return _too_late(asked, orders)
    [order] = open_ones
    if order.waits_for is not None:
        return ChangeDecision(
            AmendmentState.HELD,
            f"change {order.waits_for} of the order has to be settled first",
            order,
        )
    return _held_against(order, asked, units)


def _too_late(asked: AskedChange, orders: Sequence[StandingOrder]) -> ChangeDecision:
    shipped = [order for order in orders if order.state not in _GONE]
    order = shipped[-1] if shipped else orders[-1]
    name = f"order {order.order_no}"
    if shipped:
        reason = f"{name} was shipped already; more needs an order of its own"
    elif asked.is_cancel:
        reason = f"{name} is {order.state} already"
        return ChangeDecision(AmendmentState.UNCHANGED, reason, order)
    else:
        reason = f"{name} is {order.state}; it needs an order of its own"
    return ChangeDecision(AmendmentState.REFUSED, reason, order)


def _held_against(
    order: StandingOrder, asked: AskedChange, units: Mapping[str, str]
) -> ChangeDecision:
    try:
        target = target_of(order, asked, units=units)
        part = part_named(order, asked) if asked.is_cancel else ""
    except Unclear as error:
        return ChangeDecision(AmendmentState.REFUSED, str(error), order)
    if part:
        return ChangeDecision(AmendmentState.REFUSED, part, order)
    if asked.is_cancel:
        return _cancelled(order, target)
    found = tuple(differences(order, target))
    if not found:
        reason = f"order {order.order_no} says so already"
        return ChangeDecision(AmendmentState.UNCHANGED, reason, order)
    late = obstacles(order, target)
    if late:
        reason = "; ".join(late)
        return ChangeDecision(
            AmendmentState.REFUSED, reason, order, target, found, is_cancel=False
        )
    if not target.lines:
        return _cancelled(order, target)
    state = _way_of(order, found)
    return ChangeDecision(state, "", order, target, found)


def _cancelled(order: StandingOrder, target: OrderTerms) -> ChangeDecision:
    """Give up all that has not left; what has stays, and is billed."""
    found = tuple(differences(order, target))
    if not found and order.live_lines:
        reason = f"all of order {order.order_no} was shipped already"
        return ChangeDecision(AmendmentState.REFUSED, reason, order)
    state = _way_of(order, found)
    return ChangeDecision(state, "", order, target, found, is_cancel=True)


def _way_of(order: StandingOrder, found: Sequence[Difference]) -> AmendmentState:
    if order.state in AT_STOCK and concerns_stock(found):
        return AmendmentState.WAITING_STOCK
    return AmendmentState.APPLIED
