"""On which day is an order or delivery invoiced, by what is agreed with the customer?

Every schedule answers for each delivery by itself: its billing day does not hang on
when somebody ran the step, so that a night without a run skips no period. A later
delivery never has an earlier billing day. By order, what was ordered is invoiced as
soon as the order is accepted, and a delivery only where it could not be (store
billing.by_order).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from adv_domain.rules.billing.issue_deadlines import issue_deadline
from adv_domain.rules.calendar_rules import (
    WEEKDAY_CODES,
    end_of_month,
    next_day_of_month,
    next_weekday,
)

FORMS = "order, shipment, daily, weekly fri, monthly, monthly 10 20 31, or manual"
_LAST_DAY = 31
_BETWEEN = re.compile(r"[\s,;]+")


class ScheduleKind(StrEnum):
    ORDER = "order"
    SHIPMENT = "shipment"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    MANUAL = "manual"


class InvalidSchedule(ValueError):
    """A text names no schedule of invoicing."""

    def __init__(self, text: str, *, why: str) -> None:
        super().__init__(f"{text!r} is no schedule of invoicing: {why}; say {FORMS}")
        self.text = text


@dataclass(frozen=True, slots=True)
class Schedule:
    """When deliveries are invoiced; days are of the week (Monday = 0) or the month."""

    kind: ScheduleKind
    days: tuple[int, ...] = ()

    @property
    def is_collected(self) -> bool:
        """Tell whether the deliveries of a period go on one invoice."""
        return self.kind in {
            ScheduleKind.DAILY,
            ScheduleKind.WEEKLY,
            ScheduleKind.MONTHLY,
        }

    @property
    def text(self) -> str:
        """Return the schedule as it is written in a column or the policy."""
        names = [
            WEEKDAY_CODES[day] if self.kind is ScheduleKind.WEEKLY else str(day)
            for day in self.days
        ]
        return " ".join([self.kind, *names])


@dataclass(frozen=True, slots=True)
class BillingDay:
    """From which day on a delivery is invoiced, and why then.

    on is None where a person says when. last_on is the last lawful day.
    """

    on: date | None
    last_on: date
    why: str


def schedule_of(text: str) -> Schedule:
    """Read a schedule; days may stand in any order. Raises InvalidSchedule."""
    word, *rest = [part for part in _BETWEEN.split(text.strip().lower()) if part] or [
        ""
    ]
    if word not in set(ScheduleKind):
        raise InvalidSchedule(text, why=f"{word!r} is not known")
    kind = ScheduleKind(word)
    if rest and kind not in _READ_DAY:
        raise InvalidSchedule(text, why=f"{word} takes no days")
    if kind is ScheduleKind.WEEKLY and not rest:
        raise InvalidSchedule(text, why="weekly needs a day of the week")
    days = {_READ_DAY[kind](text, part) for part in rest}
    return Schedule(kind, tuple(sorted(days)))


def billing_day(schedule: Schedule, *, supplied_on: date, country: str) -> BillingDay:
    """Return when a delivery is invoiced, never after the law's last day.

    country is the seller's, ISO 3166. A period that would end beyond the last lawful
    day is cut short there (issue_deadlines).
    """
    deadline = issue_deadline(country, supplied_on=supplied_on)
    if schedule.kind is ScheduleKind.MANUAL:
        return BillingDay(None, deadline.last_on, "is invoiced by hand")
    agreed = _PERIOD_END[schedule.kind](supplied_on, schedule.days)
    if agreed > deadline.last_on:
        why = f"{schedule.text}, but {deadline.why}"
        return BillingDay(deadline.last_on, deadline.last_on, why)
    return BillingDay(agreed, deadline.last_on, schedule.text)


def _day_of_month(text: str, part: str) -> int:
    if not part.isdecimal() or not 1 <= int(part) <= _LAST_DAY:
        raise InvalidSchedule(text, why=f"{part!r} is no day of a month")
    return int(part)


def _day_of_week(text: str, part: str) -> int:
    if part[:3] not in WEEKDAY_CODES:
        raise InvalidSchedule(text, why=f"{part!r} is no day of the week")
    return WEEKDAY_CODES.index(part[:3])


def _week_end(on: date, days: tuple[int, ...]) -> date:
    return min(next_weekday(on, weekday=day) for day in days)


def _month_end(on: date, days: tuple[int, ...]) -> date:
    return next_day_of_month(on, days=days) if days else end_of_month(on)


_READ_DAY: dict[ScheduleKind, Callable[[str, str], int]] = {
    ScheduleKind.WEEKLY: _day_of_week,
    ScheduleKind.MONTHLY: _day_of_month,
}
_PERIOD_END: dict[ScheduleKind, Callable[[date, tuple[int, ...]], date]] = {
    ScheduleKind.ORDER: lambda on, _days: on,
    ScheduleKind.SHIPMENT: lambda on, _days: on,
    ScheduleKind.DAILY: lambda on, _days: on,
    ScheduleKind.WEEKLY: _week_end,
    ScheduleKind.MONTHLY: _month_end,
}
