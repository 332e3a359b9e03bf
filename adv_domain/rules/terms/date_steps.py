"""Where does one step of a payment term move a date, and how is it said?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from adv_domain.rules.calendar_rules import (
    add_months,
    end_of_month,
    next_day_of_month,
    next_weekday,
    set_day,
)
from adv_domain.rules.counted import counted

WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


class StepKind(StrEnum):
    ADD_DAYS = "add_days"
    ADD_WEEKS = "add_weeks"
    ADD_MONTHS = "add_months"
    END_OF_MONTH = "end_of_month"
    SET_DAY = "set_day"
    NEXT_DAY_OF_MONTH = "next_day_of_month"
    NEXT_WEEKDAY = "next_weekday"


@dataclass(frozen=True, slots=True)
class DateStep:
    """One move of a date; numbers are days, weeks, months, days of the month or
    a weekday (Monday = 0), as the kind says."""

    kind: StepKind
    numbers: tuple[int, ...] = ()


def moved(on: date, step: DateStep) -> date:
    """Apply one step; raises ValueError or OverflowError outside of the calendar."""
    return _MOVES[step.kind](on, step.numbers)


def step_text(step: DateStep) -> str:
    """Say the step in words for an operator."""
    return _TEXTS[step.kind](step.numbers)


_MOVES: dict[StepKind, Callable[[date, tuple[int, ...]], date]] = {
    StepKind.ADD_DAYS: lambda on, numbers: on + timedelta(days=numbers[0]),
    StepKind.ADD_WEEKS: lambda on, numbers: on + timedelta(weeks=numbers[0]),
    StepKind.ADD_MONTHS: lambda on, numbers: add_months(on, months=numbers[0]),
    StepKind.END_OF_MONTH: lambda on, _numbers: end_of_month(on),
    StepKind.SET_DAY: lambda on, numbers: set_day(on, day=numbers[0]),
    StepKind.NEXT_DAY_OF_MONTH: lambda on, numbers: next_day_of_month(on, days=numbers),
    StepKind.NEXT_WEEKDAY: lambda on, numbers: next_weekday(on, weekday=numbers[0]),
}

_TEXTS: dict[StepKind, Callable[[tuple[int, ...]], str]] = {
    StepKind.ADD_DAYS: lambda numbers: f"add {counted(numbers[0], 'days')}",
    StepKind.ADD_WEEKS: lambda numbers: f"add {counted(numbers[0], 'weeks')}",
    StepKind.ADD_MONTHS: lambda numbers: f"add {counted(numbers[0], 'months')}",
    StepKind.END_OF_MONTH: lambda _numbers: "end of month",
    StepKind.SET_DAY: lambda numbers: f"day {numbers[0]} of that month",
    StepKind.NEXT_DAY_OF_MONTH: lambda numbers: (
        f"next day {', '.join(map(str, numbers))} of a month"
    ),
    StepKind.NEXT_WEEKDAY: lambda numbers: f"next {WEEKDAYS[numbers[0]]}",
}
