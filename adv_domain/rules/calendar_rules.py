"""Which day is meant by months, month ends, weekdays and working days?

Holidays are data: a frozenset of dates. Weekdays count from Monday = 0, as
date.weekday() does; the weekend is Saturday and Sunday unless said otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
WEEKEND = frozenset({5, 6})
WEEKDAY_CODES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NO_HOLIDAYS: frozenset[date] = frozenset()
_MONTHS = 12
_LAST_DAY = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# No region closes for a year; a table of holidays that does is a mistake.
_LONGEST_CLOSURE = 366


@dataclass(frozen=True, slots=True)
class Calendar:
    """On which days nobody works at a place: days of the week and single dates."""

    holidays: frozenset[date] = NO_HOLIDAYS
    weekend: frozenset[int] = WEEKEND


PLAIN_CALENDAR = Calendar()


class NoWorkingDay(ValueError):
    """Weekend and holidays leave no working day within a year of the date."""

    def __init__(self, on: date) -> None:
        super().__init__(
            f"no working day within a year of {on}: check weekend and holidays"
        )
        self.on = on


def days_in_month(*, year: int, month: int) -> int:
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if leap else _LAST_DAY[month - 1]


def end_of_month(on: date) -> date:
    return on.replace(day=days_in_month(year=on.year, month=on.month))


def set_day(on: date, *, day: int) -> date:
    """Return that day of the date's month, clipped to its last: never spills."""
    return on.replace(day=min(day, days_in_month(year=on.year, month=on.month)))


def add_months(on: date, *, months: int) -> date:
    """Move by months, the day clipped: 31 January plus one is the end of February.

    Raises ValueError outside the years 1 to 9999.
    """
    years, month_index = divmod(on.month - 1 + months, _MONTHS)
    year, month = on.year + years, month_index + 1
    return date(year, month, min(on.day, days_in_month(year=year, month=month)))


def next_day_of_month(on: date, *, days: Iterable[int]) -> date:
    """Return the first of the given days of a month on or after the date.

    Days are clipped to the month: of (15, 31) in February the 15th and the last.
    """
    wanted = sorted(days)
    if not wanted:
        raise ValueError("at least one day of the month is needed")
    last = days_in_month(year=on.year, month=on.month)
    for day in wanted:
        if min(day, last) >= on.day:
            return on.replace(day=min(day, last))
    return set_day(add_months(on.replace(day=1), months=1), day=wanted[0])


def weekdays_of(codes: str) -> frozenset[int]:
    """Return the weekdays of codes such as "mon,wed"; of an empty text, none."""
    return frozenset(WEEKDAY_CODES.index(code) for code in codes.split(",") if code)


def next_weekday(on: date, *, weekday: int) -> date:
    """Return the first such weekday on or after the date (Monday = 0)."""
    return on + timedelta(days=(weekday - on.weekday()) % 7)


def is_working_day(
    on: date,
    *,
    holidays: frozenset[date] = NO_HOLIDAYS,
    weekend: frozenset[int] = WEEKEND,
) -> bool:
    return on.weekday() not in weekend and on not in holidays


def working_day_from(
    on: date,
    *,
    holidays: frozenset[date] = NO_HOLIDAYS,
    weekend: frozenset[int] = WEEKEND,
) -> date:
    """Return the date itself where it is a working day, else the next one.

    Raises NoWorkingDay.
    """
    return _nearest_working_day(on, ONE_DAY, holidays, weekend)


def working_day_until(
    on: date,
    *,
    holidays: frozenset[date] = NO_HOLIDAYS,
    weekend: frozenset[int] = WEEKEND,
) -> date:
    """Return the date itself where it is a working day, else the one before.

    Raises NoWorkingDay.
    """
    return _nearest_working_day(on, -ONE_DAY, holidays, weekend)


def add_business_days(
    on: date,
    *,
    days: int,
    holidays: frozenset[date] = NO_HOLIDAYS,
    weekend: frozenset[int] = WEEKEND,
) -> date:
    """Return the working day that many working days after (or before) the date.

    The date itself is not counted; zero days is the date itself, working or not.
    Raises NoWorkingDay.
    """
    step = ONE_DAY if days > 0 else -ONE_DAY
    for _ in range(abs(days)):
        on = _nearest_working_day(on + step, step, holidays, weekend)
    return on


def business_days_between(
    start_on: date,
    end_on: date,
    *,
    holidays: frozenset[date] = NO_HOLIDAYS,
    weekend: frozenset[int] = WEEKEND,
) -> int:
    """Count the working days after the start, up to and with the end.

    Negative where the end lies before the start, so that swapping the two
    changes the sign only where both are working days.
    """
    if end_on < start_on:
        back = _working_days_from(end_on, start_on, holidays, weekend)
        return -back
    return _working_days_from(start_on + ONE_DAY, end_on + ONE_DAY, holidays, weekend)


def _nearest_working_day(
    on: date, step: timedelta, holidays: frozenset[date], weekend: frozenset[int]
) -> date:
    asked = on
    for _ in range(_LONGEST_CLOSURE):
        if on.weekday() not in weekend and on not in holidays:
            return on
        on += step
    raise NoWorkingDay(asked)


def _working_days_from(
    first_on: date,
    stop_on: date,
    holidays: frozenset[date],
    weekend: frozenset[int],
) -> int:
    """Count working days in the half-open span; whole weeks are not walked."""
    weeks, rest = divmod((stop_on - first_on).days, 7)
    count = weeks * (7 - len(weekend)) + sum(
        (first_on.weekday() + offset) % 7 not in weekend for offset in range(rest)
    )
    closed = (on for on in holidays if first_on <= on < stop_on)
    return count - sum(on.weekday() not in weekend for on in closed)
