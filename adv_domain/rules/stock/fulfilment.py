"""What does news from stock change in the lines and the state of an order?"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, assert_never

from adv_domain.rules.business_day import is_to_come
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.states import OrderState
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

_CHAIN = (
    OrderState.ACCEPTED,
    OrderState.HANDED_OFF,
    OrderState.IN_FULFILMENT,
    OrderState.FULFILLED,
)
_HAPPENED = (EntryKind.SHIPMENT, EntryKind.CANCELLATION)


class FeedbackRefused(ValueError):
    """News cannot be applied; code, field and message tell stock what to mend."""

    def __init__(self, *, code: str, field: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.message = message


class LineFacts(NamedTuple):
    """An order line as far as stock is concerned; a tuple for large batches."""

    line_id: int
    line_no: int
    qty: Decimal
    qty_shipped: Decimal = ZERO
    qty_cancelled: Decimal = ZERO
    qty_over: Decimal = ZERO
    state: str = "open"
    first_confirmed_on: date | None = None
    confirmed_on: date | None = None
    last_shipped_on: date | None = None

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
    moved_from: date | None = None
    moved_to: date | None = None


def changes(
    *,
    state: OrderState,
    lines: Sequence[LineFacts],
    entry: StockEntry,
    on: date,
    newest_on: date,
) -> list[LineChange]:
    """Apply one piece of news to the lines of its order.

    on is the day on which news without a date counts, newest_on the last day that
    has come. Lines for which it means nothing are left out. Raises FeedbackRefused,
    also for a shipment or a cancellation of a day to come: it cannot have happened,
    and would be invoiced.
    """
    if state not in AT_STOCK:
        raise FeedbackRefused(
            code="order_not_at_stock",
            field="order_no",
            message=f"order {entry.order_name} is {state} and was not handed over for "
            "delivery; ask sales administration before anything moves",
        )
    if entry.on and entry.kind in _HAPPENED and is_to_come(entry.on, on=newest_on):
        raise FeedbackRefused(
            code="date_in_future",
            field="date",
            message=f"a {entry.kind} of {entry.on} cannot have happened yet; correct "
            "the date, or send it again when the day has come",
        )
    found = [_change(line, entry, on) for line in _meant(lines, entry)]
    return [change for change in found if change is not None]


def _meant(lines: Sequence[LineFacts], entry: StockEntry) -> Sequence[LineFacts]:
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
    return meant


def _change(line: LineFacts, entry: StockEntry, on: date) -> LineChange | None:
    match entry.kind:
        case EntryKind.CONFIRMATION | EntryKind.NEW_DATE:
            return _dated(line, entry.on or on)
        case EntryKind.SHIPMENT:
            return _shipped(line, entry, entry.on or on)
        case EntryKind.CANCELLATION:
            return _stopped(line)
        case EntryKind.CHANGE_ACCEPTED | EntryKind.CHANGE_REFUSED:
            # an answer moves no line: it settles the change that was asked about
            return None
        case _:
            assert_never(entry.kind)


def _dated(line: LineFacts, confirmed_on: date) -> LineChange | None:
    """Move the confirmed date; the first one stands for ever (feature 24)."""
    if line.qty_open <= 0 or line.confirmed_on == confirmed_on:
        return None
    return LineChange(
        line._replace(
            first_confirmed_on=line.first_confirmed_on or confirmed_on,
            confirmed_on=confirmed_on,
        ),
        moved_from=line.confirmed_on,
        moved_to=confirmed_on,
    )


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
    if after.state == "exception" and after.qty_open <= 0:
        after = after._replace(state="open")
    return LineChange(after, shipped=qty, over=over)


def _stopped(line: LineFacts) -> LineChange | None:
    """Stock gave the move up: a person chooses what becomes of it (feature 23)."""
    if line.qty_open <= 0 or line.state == "exception":
        return None
    return LineChange(line._replace(state="exception"))


def ignored_rest(line: LineFacts) -> LineFacts:
    """Give up what is open of a line: the rest is cancelled."""
    state = "cancelled" if not line.qty_shipped else "open"
    return line._replace(qty_cancelled=line.qty - line.qty_shipped, state=state)


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
