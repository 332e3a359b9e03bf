"""What does a customer's open-order book tell, and in which week is it due?

The book lists every open line, and beside each what has changed since the last book
that he got: a line that is new, a date that moved, a quantity that is not the same.
Lines of that last book that are open no more are told as well, once. The book never
says another date than the notices of delay do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from adv_domain.rules.calendar_rules import WEEKDAY_CODES

NO_BOOK = "none"
BOOK_DAYS = (*WEEKDAY_CODES, NO_BOOK)


class Change(StrEnum):
    """What is not as it was in the last book."""

    NEW = "new"
    DATED = "dated"
    UNDATED = "undated"
    LATER = "later"
    EARLIER = "earlier"
    QTY = "qty"
    SHIPPED = "shipped"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class BookLine:
    """An order line as the book tells it; confirmed_on is None until it has a date."""

    line_id: int
    order_no: str
    customer_ref: str
    line_no: int
    product: str
    customer_article: str
    description: str
    unit: str
    qty: Decimal
    qty_shipped: Decimal
    qty_cancelled: Decimal
    ordered_on: date
    requested_on: date | None
    first_confirmed_on: date | None
    confirmed_on: date | None
    is_open: bool = True

    @property
    def qty_open(self) -> Decimal:
        return self.qty - self.qty_shipped - self.qty_cancelled


class HeldDate(NamedTuple):
    """What is on record about the date of a line.

    is_given_up: stock has given up goods of it and a person decides; is_untold: the
    date waits for the sending window in which a notice tells it; told_on is the date
    of the last notice.
    """

    first_confirmed_on: date | None
    confirmed_on: date | None
    is_given_up: bool
    is_untold: bool
    told_on: date | None


def date_in_book(held: HeldDate, *, on: date) -> date | None:
    """Return the date that the book says is confirmed; None where one is to follow.

    A day that has passed is none, nor is that of a line of which stock gave up goods;
    a slip is told by its notice, and until then the date stands that was told last.
    """
    day = held.confirmed_on
    if held.is_untold:
        known = [one for one in (held.told_on, held.first_confirmed_on) if one]
        day = max(known, default=day)
    if day is None or day < on or held.is_given_up:
        return None
    return day


class ToldLine(NamedTuple):
    """What the last book said of a line."""

    qty_open: Decimal
    confirmed_on: date | None


Told = Mapping[int, ToldLine]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the book with its changes; before is what the last book said."""

    line: BookLine
    changes: tuple[Change, ...]
    before: ToldLine | None


@dataclass(frozen=True, slots=True)
class OrderBook:
    """All open lines in the order of the tables; ended are open no more."""

    open: tuple[Entry, ...]
    ended: tuple[Entry, ...]

    @property
    def changed(self) -> tuple[Entry, ...]:
        return (*(one for one in self.open if one.changes), *self.ended)

    @property
    def orders(self) -> int:
        return len({one.line.order_no for one in self.open})


def order_book(lines: Iterable[BookLine], *, told: Told | None) -> OrderBook:
    """Make the book of the lines; told is the last one, None for a first book.

    Lines that are open no more are in the book only if the last one told of them.
    """
    known = told or {}
    entries = []
    ended = []
    for line in lines:
        before = known.get(line.line_id)
        if line.is_open:
            changes = () if told is None else _changes(line, before)
            entries.append(Entry(line, changes, before))
        elif before is not None:
            ended.append(Entry(line, (_ending(line),), before))
    return OrderBook(tuple(entries), tuple(ended))


def _changes(line: BookLine, before: ToldLine | None) -> tuple[Change, ...]:
    if before is None:
        return (Change.NEW,)
    moved = _moved(before.confirmed_on, line.confirmed_on)
    other_qty = line.qty_open != before.qty_open
    return (*((moved,) if moved else ()), *((Change.QTY,) if other_qty else ()))


def _moved(old_on: date | None, new_on: date | None) -> Change | None:
    if old_on == new_on:
        return None
    if old_on is None:
        return Change.DATED
    if new_on is None:
        return Change.UNDATED
    return Change.LATER if new_on > old_on else Change.EARLIER


def _ending(line: BookLine) -> Change:
    """Tell how a line ended: what left of it counts more than what was given up."""
    return Change.SHIPPED if line.qty_shipped > 0 else Change.GIVEN_UP


def told_of(book: OrderBook) -> Told:
    """Return what the next book compares itself with."""
    return {
        entry.line.line_id: ToldLine(entry.line.qty_open, entry.line.confirmed_on)
        for entry in book.open
    }


def due_days(on: date) -> dict[str, date]:
    """Return for each weekday the last such day up to the business date.

    A week in which nothing ran is made up for once: the day before it is forgotten.
    """
    days = (on - timedelta(days=back) for back in range(len(WEEKDAY_CODES)))
    return {WEEKDAY_CODES[day.weekday()]: day for day in days}
