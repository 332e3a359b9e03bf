"""Of which deliveries do goods come back, and is their invoice to be credited?"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from adv_domain.rules.money import ZERO
from adv_domain.rules.plain_numbers import plain_number
from adv_domain.rules.stock.believable import (
    FeedbackRefused,
    Hearing,
    check_believable,
)
from adv_domain.rules.stock.entries import StockEntry
from adv_domain.rules.stock.fulfilment import (
    LEFT_STOCK,
    OrderFacts,
    lines_meant,
    not_at_stock,
)


class Delivered(NamedTuple):
    """A line of a delivery and what of it is still with the customer.

    qty_left counts towards the order, qty_over_left lies beyond it. invoice and
    invoice_line name what bills it, None until it is billed.
    """

    delivery_line_id: int
    delivery_id: int
    delivery_no: str
    shipped_on: date
    line_id: int
    qty_left: Decimal
    qty_over_left: Decimal
    invoice: str | None = None
    invoice_line: int | None = None


class ReturnPart(NamedTuple):
    """What came back of a line of a delivery; qty_billed of qty was invoiced."""

    delivered: Delivered
    qty: Decimal = ZERO
    qty_billed: Decimal = ZERO
    qty_over: Decimal = ZERO


def returned(
    order: OrderFacts,
    *,
    entry: StockEntry,
    heard: Hearing,
    delivered: Sequence[Delivered],
) -> list[ReturnPart]:
    """Share out what came back over the deliveries of the order.

    Goods beyond the order come first, then those not invoiced, then the invoiced, of
    each the latest first: nobody is billed, or owed, more than he must be. Raises
    FeedbackRefused, also where less was with the customer.
    """
    if order.state not in LEFT_STOCK:
        raise not_at_stock(entry, order.state)
    check_believable(entry, ordered_on=order.ordered_on, heard=heard)
    returned_on = entry.on or heard.on
    there = [
        one
        for one in delivered
        if one.shipped_on <= returned_on
        and entry.delivery_no in (None, one.delivery_no)
    ]
    parts: list[ReturnPart] = []
    for line in lines_meant(order.lines, entry):
        of_line = [one for one in there if one.line_id == line.line_id]
        left = sum((one.qty_left + one.qty_over_left for one in of_line), ZERO)
        wanted = left if entry.qty is None else entry.qty
        if wanted > left:
            raise _more_than_left(entry, line.line_no, left)
        parts += _shared_out(wanted, of_line)
    if not parts:
        raise _more_than_left(entry, entry.line_no, ZERO)
    return parts


def _shared_out(wanted: Decimal, delivered: Sequence[Delivered]) -> list[ReturnPart]:
    latest = sorted(
        delivered, key=lambda one: (one.shipped_on, one.delivery_id), reverse=True
    )
    shares: dict[int, ReturnPart] = {}
    for most, take in _STEPS:
        for one in latest:
            share = min(wanted, most(one))
            if share > 0:
                known = shares.get(one.delivery_id, ReturnPart(one))
                shares[one.delivery_id] = take(known, share)
                wanted -= share
    return list(shares.values())


_Step = tuple[
    Callable[[Delivered], Decimal], Callable[[ReturnPart, Decimal], ReturnPart]
]
_STEPS: tuple[_Step, ...] = (
    (
        lambda one: one.qty_over_left,
        lambda part, qty: part._replace(qty_over=qty),
    ),
    (
        lambda one: ZERO if one.invoice else one.qty_left,
        lambda part, qty: part._replace(qty=qty),
    ),
    (
        lambda one: one.qty_left if one.invoice else ZERO,
        lambda part, qty: part._replace(qty=qty, qty_billed=qty),
    ),
)
"""How much each step may take of a delivery, and how it is noted."""


def _more_than_left(entry: StockEntry, line_no: int, left: Decimal) -> FeedbackRefused:
    where = f" in delivery {entry.delivery_no}" if entry.delivery_no else ""
    what = f"line {line_no}" if line_no else "the order"
    return FeedbackRefused(
        code="more_than_delivered",
        field="delivery_no" if entry.delivery_no else "quantity",
        message=f"of {what} of order {entry.order_name} only {plain_number(left)} had "
        f"left by {entry.on or 'now'}{where} and not come back; correct it, or send "
        "the shipment first and then this again",
    )
