"""Why is this order where it is, and what happens to it next?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.states import OrderState
from adv_domain.rules.plain_numbers import plain_number


@dataclass(frozen=True, slots=True)
class OrderStanding:
    """What an order's next step hangs on; quantities are sums over its lines.

    last_reason is the reason of what ended it and ended_by who did, set_aside what
    steps could not do with it, confirmed_on the latest date that stands for what is
    open, qty_ignored what came back before it was billed, bills_as_ordered that it is
    invoiced as it was ordered, shipped or not, billed_by what bills what is not
    invoiced of it, warnings the rules that warn of it and do not hold it, changes what
    the customer's changes of it wait for, untold what of it has not reached stock,
    units in how many units its lines are: quantities of several are not summed up.
    """

    state: OrderState
    held_for: str = ""
    faults: Sequence[str] = ()
    last_reason: str = ""
    ended_by: str = ""
    awaits_payment: bool = False
    qty: Decimal = ZERO
    qty_shipped: Decimal = ZERO
    qty_cancelled: Decimal = ZERO
    qty_invoiced: Decimal = ZERO
    qty_ignored: Decimal = ZERO
    bills_as_ordered: bool = False
    billed_by: str = "the next invoicing run bills it"
    confirmed_on: date | None = None
    set_aside: Sequence[str] = ()
    warnings: Sequence[str] = ()
    changes: Sequence[str] = ()
    untold: str = ""
    units: int = 1

    def goods(self, qty: Decimal) -> str:
        """Name goods by their quantity, where the lines have one unit."""
        return plain_number(qty) if self.units <= 1 else "goods"


def why(order: OrderStanding) -> str:
    """Say in one line, for operations, what the order waits for."""
    parts = [_by_state(order), order.untold] if order.untold else [_by_state(order)]
    parts += _to_bill(order)
    parts += order.changes
    if order.warnings:
        parts.append(f"warning: {', '.join(order.warnings)}")
    parts += [f"set aside: {cause}" for cause in order.set_aside]
    return "; ".join(parts)


_BILLED = (
    OrderState.ACCEPTED,
    OrderState.HANDED_OFF,
    OrderState.IN_FULFILMENT,
    OrderState.FULFILLED,
)


def _to_bill(order: OrderStanding) -> list[str]:
    settled = order.qty_ignored + order.qty_invoiced
    unbilled = order.qty_shipped - settled
    rest = order.qty - order.qty_cancelled - settled
    if order.bills_as_ordered and order.state in _BILLED and rest > ZERO:
        return [f"{order.goods(rest)} ordered and not invoiced: {order.billed_by}"]
    if unbilled > ZERO:
        return [f"{order.goods(unbilled)} shipped and not invoiced: {order.billed_by}"]
    if rest < ZERO:
        left = f"{order.goods(-rest)} invoiced that will not be delivered"
        return [f"{left}: a credit note is proposed (adv tasks)"]
    if unbilled < ZERO:
        return [f"{order.goods(-unbilled)} invoiced before their delivery"]
    return []


_FIXED = {
    OrderState.RECEIVED: "waits for the next validation run",
    OrderState.FULFILLED: "all of it was shipped",
    OrderState.CLOSED: "shipped and invoiced, nothing is left to do",
}


def _by_state(order: OrderStanding) -> str:
    match order.state:
        case OrderState.HELD:
            return f"waits for {order.held_for}: {', '.join(order.faults)}"
        case OrderState.REJECTED | OrderState.CANCELLED:
            by = f" (by {order.ended_by})" if order.ended_by else ""
            return f"{order.last_reason or 'no reason on record'}{by}"
        case OrderState.ACCEPTED:
            return _accepted(order)
        case OrderState.HANDED_OFF:
            known = "handed off" if order.untold else "stock knows it"
            return f"{known}, nothing was shipped yet, {_confirmed(order)}"
        case OrderState.IN_FULFILMENT:
            return _in_fulfilment(order)
    return _FIXED[order.state]


def _accepted(order: OrderStanding) -> str:
    if order.awaits_payment:
        return "accepted; stock is told once it is paid"
    return "accepted; the next handoff run tells stock"


def _in_fulfilment(order: OrderStanding) -> str:
    if order.units > 1:
        return f"part of it was shipped, {_confirmed(order)}"
    left = order.qty - order.qty_shipped - order.qty_cancelled
    shipped = f"{plain_number(order.qty_shipped)} of {plain_number(order.qty)} shipped"
    return f"{shipped}, {plain_number(left)} to come, {_confirmed(order)}"


def _confirmed(order: OrderStanding) -> str:
    if order.confirmed_on is None:
        return "no date confirmed"
    return f"confirmed for {order.confirmed_on}"
