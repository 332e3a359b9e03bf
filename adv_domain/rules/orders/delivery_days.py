"""On which day can ordered goods be delivered at the earliest, and why not before?

The lead time counts from the day on which the order came in (a day off counts as the
next working day). Its end moves on to the first day on which the company works and
the customer takes deliveries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from adv_domain.rules.calendar_rules import (
    NO_HOLIDAYS,
    WEEKEND,
    NoWorkingDay,
    add_business_days,
    working_day_from,
)

# which days a lead time counts; plain words, for they are hashed a thousand times
WORKING, CALENDAR = "working", "calendar"
ANY_WORKING_DAY = frozenset(range(7)) - WEEKEND
_LONGEST_WAIT = 366


@dataclass(frozen=True, slots=True)
class LeadTime:
    """How long a delivery takes where the product says nothing, and how it counts.

    An order that comes in from the cut-off hour on counts from the next working day;
    without one, an order counts from its own date, whenever it came in.
    """

    days: int = 1
    counts: str = CALENDAR
    cut_off_hour: int | None = None


class DeliveryCalendar(NamedTuple):
    """When goods can be delivered to a customer: his weekdays (Monday = 0), no
    holiday of the company; a tuple, because it is compared a thousand times a batch.
    """

    weekdays: frozenset[int] = ANY_WORKING_DAY
    holidays: frozenset[date] = NO_HOLIDAYS


class Waiting(NamedTuple):
    """From which day on goods are waited for, how many days, and how they count."""

    counted_on: date
    lead_days: int
    counts: str


# few lead times and order days meet in a batch, and each is asked for by each line
@lru_cache(maxsize=8192)
def earliest_on(waiting: Waiting, calendar: DeliveryCalendar) -> date:
    """Return the first day on which delivery is possible.

    Raises NoWorkingDay where a year has none.
    """
    return delivery_day_from(_ready_on(waiting, calendar.holidays), calendar)


def delivery_day_from(ready_on: date, calendar: DeliveryCalendar) -> date:
    """Return the day itself where goods can be delivered on it, else the next such.

    Raises NoWorkingDay where a year has none.
    """
    for days in range(_LONGEST_WAIT):
        day = ready_on + timedelta(days=days)
        if day.weekday() in calendar.weekdays and day not in calendar.holidays:
            return day
    raise NoWorkingDay(ready_on)


def _ready_on(waiting: Waiting, holidays: frozenset[date]) -> date:
    start_on = working_day_from(waiting.counted_on, holidays=holidays)
    if waiting.counts == WORKING:
        return add_business_days(start_on, days=waiting.lead_days, holidays=holidays)
    return start_on + timedelta(days=waiting.lead_days)


def first_confirmed_on(
    requested_on: date | None, earliest: date, *, promises_all: bool = False
) -> date | None:
    """Return the date that stands for a line when its order is accepted.

    The requested date where it is possible, else the earliest possible. Where nobody
    asked for a date, it is the earliest too; or none, by policy: the first one is then
    what stock confirms.
    """
    if requested_on is None:
        return earliest if promises_all else None
    return max(requested_on, earliest)


def causes(
    ordered_on: date, waiting: Waiting, calendar: DeliveryCalendar
) -> Iterator[str]:
    """Name what the earliest day hangs on: without it, it would be an earlier one."""
    earliest = earliest_on(waiting, calendar)
    any_day = calendar._replace(weekdays=ANY_WORKING_DAY)
    if waiting.lead_days:
        yield f"lead_{waiting.counts}"
    if earliest_on(waiting._replace(counted_on=ordered_on), calendar) < earliest:
        yield "cut_off"
    elif waiting.counted_on.weekday() in WEEKEND:
        yield "day_off"
    if earliest_on(waiting, any_day) < earliest:
        yield "weekdays"
    elif _ready_on(waiting, calendar.holidays).weekday() in WEEKEND - calendar.weekdays:
        yield "weekend"
    if earliest_on(waiting, calendar._replace(holidays=NO_HOLIDAYS)) < earliest:
        yield "holidays"


def holidays_between(waiting: Waiting, calendar: DeliveryCalendar) -> tuple[date, ...]:
    """Return the holidays from the first day of waiting to the earliest day."""
    until = earliest_on(waiting, calendar)
    return tuple(
        sorted(
            day
            for day in calendar.holidays
            if waiting.counted_on <= day < until and day.weekday() not in WEEKEND
        )
    )
