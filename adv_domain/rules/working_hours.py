"""How much working time has passed, and when will so much of it have?

A company works on its working days from an hour to an hour of its own clock. Time
is counted as it passes, so that a day on which the clock jumps inside the working
hours is an hour shorter or longer; nights, weekends and holidays don't count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from adv_domain.rules.calendar_rules import (
    NO_HOLIDAYS,
    ONE_DAY,
    WEEKEND,
    working_day_from,
)

NO_TIME = timedelta(0)
_HOURS = 24
_TENTH = timedelta(minutes=6)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """From which hour until which hour of its clock a company works (24: midnight)."""

    time_zone: ZoneInfo
    from_hour: int
    until_hour: int
    holidays: frozenset[date] = NO_HOLIDAYS
    weekend: frozenset[int] = WEEKEND

    def __post_init__(self) -> None:
        if not 0 <= self.from_hour < self.until_hour <= _HOURS:
            raise ValueError(
                f"no working hours from {self.from_hour} until {self.until_hour}"
            )


def working_time(start: datetime, end: datetime, *, hours: WorkingHours) -> timedelta:
    """Return how much of the time between two aware moments was worked; 0 backwards.

    Raises NoWorkingDay where nobody works for a year.
    """
    total = NO_TIME
    for opens, closes in _spells(start, hours):
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, start), NO_TIME)
    return total


def after_working_time(
    start: datetime, span: timedelta, *, hours: WorkingHours
) -> datetime:
    """Return the first moment by which so much was worked since the start, in UTC.

    Raises NoWorkingDay where nobody works for a year.
    """
    if span <= NO_TIME:
        return start.astimezone(UTC)
    left = span
    for opens, closes in _spells(start, hours):
        worked = max(closes - max(opens, start), NO_TIME)
        if worked >= left:
            return max(opens, start) + left
        left -= worked
    raise AssertionError("working days do not end")


def in_hours(span: timedelta) -> Decimal:
    """Tell a span in hours with one decimal, cut, not rounded: 7.9 is not yet 8."""
    return Decimal(span // _TENTH) / 10


def _spells(
    start: datetime, hours: WorkingHours
) -> Iterator[tuple[datetime, datetime]]:
    """Walk the working days from the start's own on, each from opening to closing."""
    day = start.astimezone(hours.time_zone).date()
    while True:
        day = working_day_from(day, holidays=hours.holidays, weekend=hours.weekend)
        yield _at(day, hours.from_hour, hours), _at(day, hours.until_hour, hours)
        day += ONE_DAY


def _at(day: date, hour: int, hours: WorkingHours) -> datetime:
    """Return the UTC moment of an hour of the local clock; 24 is the next midnight."""
    days, hour = divmod(hour, _HOURS)
    local = datetime.combine(day + days * ONE_DAY, time(hour), tzinfo=hours.time_zone)
    return local.astimezone(UTC)
