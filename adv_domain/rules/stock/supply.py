"""Which goods can be promised, and from which day on?

Goods in stock can leave at once. Goods on their way can leave some working days after
they are expected. A receipt that is late has no day any more: it is taken to come a
fixed number of working days later, and again so many when that day has passed too, so
that its day moves once in a while and not every morning.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from adv_domain.rules.business_day import is_to_come
from adv_domain.rules.calendar_rules import NO_HOLIDAYS, add_business_days
from adv_domain.rules.money import ZERO

IN_STOCK = date.min
"""The day from which goods in stock can leave: any."""


@dataclass(frozen=True, slots=True)
class SupplyRules:
    """How far stock and receipts are trusted, and how long things take.

    receipt_days lie between the arrival of goods and the day they can leave,
    late_days are what a late receipt is given, both in working days; replenishment
    is what it takes, in days, to have goods that are not even on their way.
    """

    max_age_days: int = 7
    receipt_days: int = 1
    late_days: int = 5
    replenishment_days: int = 14
    holidays: frozenset[date] = NO_HOLIDAYS


class Receipt(NamedTuple):
    """Goods on their way to stock, and what of them has come."""

    receipt_id: int
    receipt_ref: str
    location: str
    qty: Decimal
    expected_on: date
    received_qty: Decimal | None = None
    received_on: date | None = None
    is_cancelled: bool = False

    @property
    def came(self) -> Decimal:
        """What has come: all of it where only the day was told."""
        if self.received_qty is None:
            return ZERO if self.received_on is None else self.qty
        return self.received_qty

    @property
    def outstanding(self) -> Decimal:
        """What is still to come; never negative."""
        return ZERO if self.is_cancelled else max(ZERO, self.qty - self.came)


class StockLevel(NamedTuple):
    """What lies at a location at the close of a day."""

    location: str
    on_hand: Decimal
    as_of: date


class Supply(NamedTuple):
    """A quantity that can leave from a day on; receipt is None for goods in stock."""

    qty: Decimal
    available_on: date
    receipt: Receipt | None = None


def is_too_old(counted_on: date, *, max_age_days: int, on: date) -> bool:
    """Tell whether a count tells nothing any more of what lies there."""
    return (on - counted_on).days > max_age_days


def known_stock(
    levels: Iterable[StockLevel], *, rules: SupplyRules, on: date
) -> list[StockLevel]:
    """Return the levels that tell what lies in stock now: neither too old nor of a
    day to come, which a run for a past day may meet."""
    return [
        one
        for one in levels
        if not is_too_old(one.as_of, max_age_days=rules.max_age_days, on=on)
        and not is_to_come(one.as_of, on=on)
    ]


def is_late(receipt: Receipt, *, on: date) -> bool:
    """Tell whether its day has passed and something is still to come."""
    return receipt.expected_on < on and receipt.outstanding > 0


def supplies_of(
    on_hand: Decimal, receipts: Iterable[Receipt], *, rules: SupplyRules, on: date
) -> list[Supply]:
    """Return what can be promised, the earliest first."""
    coming = [
        Supply(one.outstanding, _available_on(one.expected_on, on, rules), one)
        for one in receipts
        if one.outstanding > 0
    ]
    coming.sort(
        key=lambda one: (
            one.available_on,
            one.receipt.location if one.receipt else "",
            one.receipt.receipt_ref if one.receipt else "",
        )
    )
    return [Supply(on_hand, IN_STOCK), *coming] if on_hand > 0 else coming


# the same few days meet for every product of a batch
@lru_cache(maxsize=8192)
def _available_on(expected_on: date, on: date, rules: SupplyRules) -> date:
    come_on, holidays = expected_on, rules.holidays
    while come_on < on:
        come_on = add_business_days(come_on, days=rules.late_days, holidays=holidays)
    return add_business_days(come_on, days=rules.receipt_days, holidays=holidays)


def replenished_on(supplies: Iterable[Supply], *, rules: SupplyRules, on: date) -> date:
    """Return the day on which goods can be had that are not yet on their way: not
    before those that are."""
    soonest = on + timedelta(days=rules.replenishment_days)
    return max([soonest, *(one.available_on for one in supplies)])


def on_hand_now(
    levels: Iterable[StockLevel],
    *,
    moved: Iterable[tuple[date, Decimal]],
) -> Decimal:
    """Return what lies there now: the levels, and what came and left since they were
    taken (day and quantity, negative for what left); never negative.

    Of levels of several days the newest tells what is known already.
    """
    known = list(levels)
    as_of = max((one.as_of for one in known), default=date.min)
    lies = sum((one.on_hand for one in known), ZERO)
    since = sum((qty for day, qty in moved if day > as_of), ZERO)
    return max(ZERO, lies + since)
