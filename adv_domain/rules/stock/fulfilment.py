"""What does news from stock change in the lines and the state of an order?"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, assert_never

from adv_domain.rules.billing.unit_codes import is_same_unit
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.states import OrderState
from adv_domain.rules.stock.believable import (
    FeedbackRefused,
    Hearing,
    check_believable,
)
from adv_domain.rules.stock.entries import EntryKind, StockEntry

AT_STOCK = frozenset(
    {
        OrderState.ACCEPTED,
        OrderState.HANDED_OFF,
        OrderState.IN_FULFILMENT,
        OrderState.FULFILLED,
    }
)
"""States in which news from stock is taken: accepted, because the confirmation of
the handoff may lie behind the news; fulfilled, because more than ordered may come."""

_ENDED = frozenset({OrderState.CLOSED, OrderState.CANCELLED})
LEFT_STOCK = AT_STOCK | _ENDED
"""States in which goods come back: also those that nothing more is shipped of."""

_CHAIN = (
    OrderState.ACCEPTED,
    OrderState.HANDED_OFF,
    OrderState.IN_FULFILMENT,
    OrderState.FULFILLED,
)


class LineFacts(NamedTuple):
    """An order line as far as stock is concerned; a tuple for large batches.

    qty_given_up is the part of what is open that stock gave up, while the state is
    exception; date_told_at is when the confirmed date was said.
    """

    line_id: int
    line_no: int
    qty: Decimal
    qty_shipped: Decimal = ZERO
    qty_cancelled: Decimal = ZERO
    qty_over: Decimal = ZERO
    qty_given_up: Decimal = ZERO
    state: str = "open"
    first_confirmed_on: date | None = None
    confirmed_on: date | None = None
    date_told_at: datetime | None = None
    last_shipped_on: date | None = None
    unit: str = ""
    cancelled_on: date | None = None

    @property
    def qty_open(self) -> Decimal:
        """What is still to be shipped; never negative."""
        return self.qty - self.qty_shipped - self.qty_cancelled


class LineChange(NamedTuple):
    """A line after a piece of news, what went out and which date moved.

    shipped is the whole quantity of the shipment, over the part of it beyond the
    order. moved_from is None where no earlier date was known.
    """

    line: LineFacts
    shipped: Decimal = ZERO
    over: Decimal = ZERO
    given_up: Decimal = ZERO
    moved_from: date | None = None
    moved_to: date | None = None


class OrderFacts(NamedTuple):
    """What of an order decides whether news of it is taken."""

    state: OrderState
    ordered_on: date
    lines: Sequence[LineFacts]


def changes(
    order: OrderFacts, *, entry: StockEntry, heard: Hearing
) -> list[LineChange]:
    """Apply one piece of news to the lines of its order.

    Lines for which it means nothing are left out. What left for an order that has
    ended is beyond it: a cancellation may cross goods on their way. Raises
    FeedbackRefused.
    """
    left_late = entry.kind is EntryKind.SHIPMENT and order.state in _ENDED
    if order.state not in AT_STOCK and not left_late:
        raise not_at_stock(entry, order.state)
    check_believable(entry, ordered_on=order.ordered_on, heard=heard)
    found = [_change(line, entry, heard) for line in lines_meant(order.lines, entry)]
    return [change for change in found if change is not None]


def not_at_stock(entry: StockEntry, state: OrderState) -> FeedbackRefused:
    """Say that news of an order in this state is not taken."""
    return FeedbackRefused(
        code="order_not_at_stock",
        field="order_no",
        message=f"order {entry.order_name} is {state} and not with stock; ask sales "
        "administration before anything moves",
    )


def lines_meant(lines: Sequence[LineFacts], entry: StockEntry) -> Sequence[LineFacts]:
    """Return the lines that the news speaks of; raises FeedbackRefused."""
    if not entry.line_no:
        return lines
    meant = [line for line in lines if line.line_no == entry.line_no]
    if not meant:
        known = ", ".join(str(line.line_no) for line in lines)
        raise FeedbackRefused(
            code="unknown_line",
            field="line",
            message=f"order {entry.order_name} has no line {entry.line_no}, "
            f"only {known}; correct the line",
        )
    [line] = meant
    if entry.unit and line.unit and not is_same_unit(entry.unit, line.unit):
        raise FeedbackRefused(
            code="other_unit",
            field="unit",
            message=f"order {entry.order_name} line {line.line_no} is in {line.unit}, "
            f"not in {entry.unit}; send the quantity in {line.unit}",
        )
    return meant


def _change(line: LineFacts, entry: StockEntry, heard: Hearing) -> LineChange | None:
    match entry.kind:
        case EntryKind.CONFIRMATION | EntryKind.NEW_DATE:
            return _dated(line, entry, heard)
        case EntryKind.SHIPMENT:
            return _shipped(line, entry, entry.on or heard.on)
        case EntryKind.REFUSAL | EntryKind.CANCELLATION:
            return _given_up(line, entry)
        case EntryKind.RETURN | EntryKind.CHANGE_ACCEPTED | EntryKind.CHANGE_REFUSED:
            # what comes back is a matter of the deliveries; an answer settles the
            # change that was asked about
            return None
        case _:
            assert_never(entry.kind)


def _dated(line: LineFacts, entry: StockEntry, heard: Hearing) -> LineChange | None:
    """Move the confirmed date; the first one stands for ever (feature 24)."""
    confirmed_on = entry.on or heard.on
    if line.qty_open <= 0 or _is_overtaken(line, entry, confirmed_on):
        return None
    told_at = entry.told_at or max(heard.at, line.date_told_at or heard.at)
    # of a line that was asked for anew no day holds: its first one is what has moved
    known_on = line.confirmed_on or line.first_confirmed_on
    moves = known_on != confirmed_on
    return LineChange(
        line._replace(
            first_confirmed_on=line.first_confirmed_on or confirmed_on,
            confirmed_on=confirmed_on,
            date_told_at=told_at,
        ),
        moved_from=known_on if moves else None,
        moved_to=confirmed_on if moves else None,
    )


def _is_overtaken(line: LineFacts, entry: StockEntry, confirmed_on: date) -> bool:
    """Tell whether a later word came before this one; of two of one moment the later
    day counts. What does not say when it was told counts as it comes."""
    if not entry.told_at or not line.date_told_at or not line.confirmed_on:
        return False
    known = line.date_told_at, line.confirmed_on
    return (entry.told_at, confirmed_on) <= known


def _shipped(line: LineFacts, entry: StockEntry, shipped_on: date) -> LineChange | None:
    """Book what went out; what goes beyond the order is flagged (feature 26)."""
    qty = line.qty_open if entry.qty is None else entry.qty
    if qty <= 0:
        return None
    over = max(ZERO, qty - line.qty_open)
    latest_on = max(line.last_shipped_on or shipped_on, shipped_on)
    after = line._replace(
        qty_shipped=line.qty_shipped + qty - over,
        qty_over=line.qty_over + over,
        last_shipped_on=latest_on,
    )
    given_up = min(after.qty_given_up, after.qty_open)
    after = after._replace(qty_given_up=given_up)
    if after.state == "exception" and not given_up:
        after = after._replace(state="open")
    return LineChange(after, shipped=qty, over=over)


def _given_up(line: LineFacts, entry: StockEntry) -> LineChange | None:
    """Stock gave up a part or the rest: a person chooses what becomes of it
    (feature 23)."""
    more = line.qty_open if entry.qty is None else entry.qty
    given_up = min(line.qty_open, line.qty_given_up + more)
    if given_up <= line.qty_given_up:
        return None
    return LineChange(
        line._replace(state="exception", qty_given_up=given_up),
        given_up=given_up - line.qty_given_up,
    )


def asked_anew(line: LineFacts) -> LineFacts:
    """Ask stock anew for what it gave up of a line: all of it is open again.

    The day that stock had confirmed of a rest that it gave up whole holds no more.
    """
    holds = line.qty_given_up < line.qty_open
    return line._replace(
        state="open",
        qty_given_up=ZERO,
        confirmed_on=line.confirmed_on if holds else None,
        date_told_at=line.date_told_at if holds else None,
    )


def ignored_rest(line: LineFacts, *, on: date) -> LineFacts:
    """Give up what stock gave up of a line: that part of the rest is cancelled."""
    gone = min(line.qty_given_up, line.qty_open)
    after = line._replace(
        qty_cancelled=line.qty_cancelled + gone,
        qty_given_up=ZERO,
        cancelled_on=on if gone else line.cancelled_on,
    )
    nothing_left = not after.qty_shipped and not after.qty_open
    return after._replace(state="cancelled" if nothing_left else "open")


def states_after(*, state: OrderState, lines: Sequence[LineFacts]) -> list[OrderState]:
    """Return the states that the order passes through, each a listed transition.

    An order of which nothing is open is fulfilled, or cancelled where nothing
    was shipped at all.
    """
    if state not in AT_STOCK:
        return []
    target = OrderState.IN_FULFILMENT
    if all(line.qty_open <= 0 for line in lines):
        if not any(line.qty_shipped or line.qty_over for line in lines):
            return [OrderState.CANCELLED] if state != OrderState.FULFILLED else []
        target = OrderState.FULFILLED
    return list(_CHAIN[_CHAIN.index(state) + 1 : _CHAIN.index(target) + 1])
