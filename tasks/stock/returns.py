"""How is stock told of goods that come back, and that they do not?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.plain_numbers import plain_number
from adv_domain.rules.stock.handoff import MessageKind
from adv_domain.store.engine import writing
from adv_domain.store.orders.heads import find_orders
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.stock.feedback import OrderAtStock, orders_named
from adv_domain.store.stock.order_for_stock import read_orders_to_hand_off
from adv_domain.store.stock.returns import (
    NewReturn,
    announce_return,
    drop_return,
    find_return,
    returnable_qty,
)
from tasks.resources import now, resources
from tasks.stock.next_versions import tell_next_versions


class ReturnRefused(ValueError):
    """These goods cannot be expected back."""


@dataclass(frozen=True, slots=True)
class ComingBack:
    """What a customer sends back of a line, when and why."""

    order: str
    line_no: int
    qty: Decimal
    expected_on: date | None
    reason: str


def expect_return(coming: ComingBack, *, by: str, on: date) -> str:
    """Announce a return to stock; return its number.

    The order goes by our number or the customer's reference. Raises ReturnRefused
    where there is no such line, or less of it was shipped.
    """
    with writing(resources().engine) as connection:
        order = _order(connection, coming)
        line = order.lines[coming.line_no]
        left = returnable_qty(connection, line.line_id)
        if not 0 < coming.qty <= left:
            raise ReturnRefused(
                f"of line {coming.line_no} of order {order.order_no} at most "
                f"{plain_number(left)} can come back, not {plain_number(coming.qty)}"
            )
        return_no = announce_return(
            connection,
            NewReturn(
                order_id=order.order_id,
                order_line_id=line.line_id,
                qty=coming.qty,
                expected_on=coming.expected_on,
                reason=coming.reason,
                announced_by=by,
                announced_on=on,
            ),
        )
        _tell_stock(connection, order.order_id, on=on)
        story = f"{return_no}: {plain_number(coming.qty)} of line {coming.line_no}: "
        story += coming.reason
        _note(connection, order.order_id, "return_expected", by, story, on)
    return return_no


def call_off_return(return_no: str, *, by: str, reason: str, on: date) -> None:
    """Tell stock that a return does not come; raises ReturnRefused."""
    with writing(resources().engine) as connection:
        found = find_return(connection, return_no)
        if found is None or found.state != "open":
            state = f"is {found.state}" if found else "does not exist"
            raise ReturnRefused(f"return {return_no} {state}: nothing is expected")
        drop_return(connection, found.id, on=on)
        _tell_stock(connection, found.order_id, on=on)
        story = f"{return_no}: {reason}"
        _note(connection, found.order_id, "return_called_off", by, story, on)


def _order(connection: Connection, coming: ComingBack) -> OrderAtStock:
    numbers = [one.order_no for one in find_orders(connection, coming.order)]
    found = orders_named(connection, order_nos=numbers, customer_refs=())
    matching = [one for one in found if coming.line_no in one.lines]
    if len(matching) != 1:
        raise ReturnRefused(
            f"there is no line {coming.line_no} of one order {coming.order}; "
            "adv order shows its lines"
        )
    return matching[0]


def _tell_stock(connection: Connection, order_id: int, *, on: date) -> None:
    """Queue the order's next version: what is still to be shipped, and what returns."""
    [known] = read_orders_to_hand_off(connection, [order_id])
    kind = MessageKind.CHANGE if known.order.lines else MessageKind.RETURNS
    tell_next_versions(connection, {order_id: known.order}, on=on, kind=kind)


def _note(
    connection: Connection, order_id: int, what: str, by: str, story: str, on: date
) -> None:
    happening = Happening("order", order_id, what, by, reason=story)
    record_events(connection, [happening], business_date=on, now=now())
