"""Who gets the goods that are there and those on their way, and when can one more
line be served?

The open lines of a product stand in one queue, and goods go to them in its order. The
rule of the queue:

1. The day that a line was promised comes first: the one that stock said, else its
   first confirmed date. A line that slipped keeps the place of its first date.
2. Lines of one day stand as the policy says: by the customer's priority (1 first; the
   one that stock is told too), by the requested date, by the age of the order.
3. A line is served when the goods for it and for all before it are there. None is
   passed over because a smaller one behind it would fit.
4. A new line is promised the first day on which it makes nobody later who was
   promised before it, and not before those who are late already.

So a promise stands while there are goods for it: whoever orders later, of whatever
priority, takes nothing away. Priority and age decide between lines of one day when
goods are short, and between lines that are accepted together. More goods never make a
line later.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any, NamedTuple

from adv_domain.rules.money import ZERO
from adv_domain.rules.stock.handoff import DEFAULT_PRIORITY
from adv_domain.rules.stock.supply import Supply

CUSTOMER, REQUESTED, AGE = "customer", "requested", "age"
KEYS = (CUSTOMER, REQUESTED, AGE)
_NO_DAY = date.max


class Claimant(NamedTuple):
    """What of an order decides where its line stands among those of the same day."""

    order_id: int
    line_no: int
    priority: int = DEFAULT_PRIORITY
    requested_on: date | None = None


class Claim(NamedTuple):
    """An open line's place in the queue and what it needs; sorted as it stands."""

    promised_on: date
    rank: tuple[Any, ...]
    line_id: int
    qty: Decimal


class Part(NamedTuple):
    """So much of a supply is for a line."""

    qty: Decimal
    supply: Supply


class Cover(NamedTuple):
    """How a line is served: before is what those before it take, available_on None
    where goods are missing that are not even on their way."""

    claim: Claim
    before: Decimal
    parts: tuple[Part, ...]
    available_on: date | None

    @property
    def missing(self) -> Decimal:
        return self.claim.qty - sum((part.qty for part in self.parts), ZERO)

    @property
    def is_back_order(self) -> bool:
        """Tell whether the goods in stock do not do for it."""
        return self.missing > 0 or any(part.supply.receipt for part in self.parts)

    @property
    def last_receipt_id(self) -> int | None:
        """Name the receipt that completes it, None where none or not all does."""
        last = self.parts[-1].supply.receipt if self.parts else None
        return last.receipt_id if last and self.available_on else None


def claim_of(
    line_id: int,
    qty: Decimal,
    promised_on: date | None,
    claimant: Claimant,
    *,
    keys: Sequence[str],
) -> Claim:
    """Give a line its place; without a promised day it stands behind all others."""
    day = promised_on or _NO_DAY
    return Claim(day, rank_of(claimant, day, keys=keys), line_id, qty)


def rank_of(
    claimant: Claimant, promised_on: date, *, keys: Sequence[str]
) -> tuple[Any, ...]:
    """Return what the policy's keys come to, in its order; then the order's age."""
    values = {
        CUSTOMER: claimant.priority,
        REQUESTED: claimant.requested_on or promised_on,
        AGE: claimant.order_id,
    }
    ranked = [values[key] for key in keys]
    return (*ranked, claimant.order_id, claimant.line_no)


def covers(supplies: Sequence[Supply], claims: Iterable[Claim]) -> list[Cover]:
    """Give the goods to the lines, in the order of the queue.

    No good is given twice, and a line is complete when its last good can leave.
    """
    found: list[Cover] = []
    at, left = 0, supplies[0].qty if supplies else ZERO
    before = ZERO
    for claim in sorted(claims):
        need, parts = claim.qty, []
        while need > 0 and at < len(supplies):
            taken = min(need, left)
            if taken > 0:
                parts.append(Part(taken, supplies[at]))
            need -= taken
            left -= taken
            if left <= 0:
                at += 1
                left = supplies[at].qty if at < len(supplies) else ZERO
        day = parts[-1].supply.available_on if parts and need <= 0 else None
        found.append(Cover(claim, before, tuple(parts), day))
        before += claim.qty
    return found


@dataclass(slots=True)
class LineUp:
    """The queue of a product while new lines are added to it.

    Only what each day asks for is looked at: a day is kept if the goods there by then
    do for all its lines, whatever their order, so that a hot product costs no more
    than a slow one. Goods that are not even on their way count as there from
    replenished_on on, which is not before the last supply.
    """

    supplies: Sequence[Supply]
    claims: list[Claim]
    replenished_on: date
    _asked: dict[date, Decimal] = field(default_factory=dict)
    _supplied: list[Decimal] = field(default_factory=list)
    _days: list[date] = field(default_factory=list)
    _sums: list[Decimal] = field(default_factory=list)
    _rooms: list[Decimal | None] = field(default_factory=list)
    _late_until: date = date.min

    def __post_init__(self) -> None:
        self._supplied = list(accumulate(one.qty for one in self.supplies))
        for claim in self.claims:
            self._ask(claim)
        self._reckon()

    def add(self, claim: Claim) -> None:
        """Let a line take its place."""
        self.claims.append(claim)
        self._ask(claim)
        self._reckon()

    def first_day(
        self, qty: Decimal, *, from_on: date, rolled: Callable[[date], date]
    ) -> date:
        """Return the first day from one on for which a new line can be promised;
        rolled gives the delivery day of one on which goods are there."""
        coming = {one.available_on for one in self.supplies}
        coming |= {self.replenished_on, self._late_until}
        days = sorted({rolled(day) for day in coming if day > from_on})
        for day in (from_on, *days):
            if qty <= self.free_on(day):
                return day
        return days[-1] if days else from_on

    def free_on(self, day: date) -> Decimal:
        """Return how much a new line of that day can have without making anybody
        later; infinite from replenished_on on."""
        if day < self._late_until:
            return ZERO
        at = bisect_right(self._days, day)
        own = self._room(day, self._sums[at - 1] if at else ZERO)
        room = _least(own, self._rooms[at])
        return Decimal("Infinity") if room is None else max(ZERO, room)

    def _ask(self, claim: Claim) -> None:
        asked = self._asked.get(claim.promised_on, ZERO)
        self._asked[claim.promised_on] = asked + claim.qty

    def _room(self, day: date, total: Decimal) -> Decimal | None:
        """What a total leaves of the goods that are there on a day; None: all."""
        if day >= self.replenished_on:
            return None
        there = bisect_right(self.supplies, day, key=lambda one: one.available_on)
        return (self._supplied[there - 1] if there else ZERO) - total

    def _reckon(self) -> None:
        """Reckon what each day leaves to those before it; until when some are late."""
        self._days = sorted(self._asked)
        self._sums = list(accumulate(self._asked[day] for day in self._days))
        self._late_until = date.min
        rooms: list[Decimal | None] = [None]
        for day, total in zip(reversed(self._days), reversed(self._sums), strict=True):
            served_on = self._served_on(total)
            if served_on > day:
                self._late_until = max(self._late_until, served_on)
            rooms.append(_least(self._room(max(served_on, day), total), rooms[-1]))
        self._rooms = rooms[::-1]

    def _served_on(self, total: Decimal) -> date:
        at = bisect_left(self._supplied, total)
        if at == len(self.supplies):
            return self.replenished_on
        return self.supplies[at].available_on


def _least(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)
