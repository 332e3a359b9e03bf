"""Is a delivery's turn to be invoiced come on a day, and if not, why not and when?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from adv_domain.rules.billing.schedules import (
    Schedule,
    ScheduleKind,
    billing_day,
    schedule_of,
)

# days; a month and what the law leaves after it
_LONGEST_PERIOD = 62


class Wait(StrEnum):
    """Why a delivery is not invoiced on a day."""

    SHIPPED_LATER = "shipped_later"
    PERIOD_OPEN = "waits_for_invoicing_day"
    BY_HAND = "invoiced_by_hand"


class Turn(NamedTuple):
    """Where a delivery stands on a day; wait is None where its turn has come.

    collect_on is the end of the period on whose invoice it may go with others, bills_on
    the day from which it is invoiced where that is known, last_on the last lawful day.
    """

    wait: Wait | None
    collect_on: date | None
    bills_on: date | None
    last_on: date
    why: str


TurnOf = Callable[[str | None, date], Turn]
"""Given a customer's schedule, None for the company's, and the day of supply."""


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of a day; schedules and days that come again are looked at once.

    default is the company's schedule, country where it sells from (ISO 3166). by_hand
    says that a person asks for the invoices now: every delivery's turn has come, and
    those he wants together are collected as of today.
    """

    on: date
    country: str
    default: Schedule
    by_hand: bool = False
    together: bool = False
    known: dict[tuple[str | None, date], Turn] = field(default_factory=dict)

    def of(self, schedule: str | None, supplied_on: date) -> Turn:
        """Return the turn of a delivery; raises InvalidSchedule."""
        key = (schedule, supplied_on)
        turn = self.known.get(key)
        if turn is None:
            turn = self.known[key] = self._of(schedule, supplied_on)
        return turn

    def is_collected(self, schedule: str | None) -> bool:
        """Tell whether a customer's deliveries may go on one invoice."""
        if self.by_hand:
            return self.together
        return (schedule_of(schedule) if schedule else self.default).is_collected

    def is_by_order(self, schedule: str | None) -> bool:
        """Tell whether a customer's orders are invoiced as they were ordered."""
        agreed = schedule_of(schedule) if schedule else self.default
        return agreed.kind is ScheduleKind.ORDER

    def latest(self, schedule: str | None) -> date | None:
        """Return the last day of supply whose turn has come, None where there is none.

        All before it are in turn too: a later delivery is never billed earlier.
        """
        days = (self.on - timedelta(days=back) for back in range(_LONGEST_PERIOD))
        return next((day for day in days if self.of(schedule, day).wait is None), None)

    def _of(self, text: str | None, supplied_on: date) -> Turn:
        schedule = schedule_of(text) if text else self.default
        found = billing_day(schedule, supplied_on=supplied_on, country=self.country)
        period_end = self.on if self.by_hand else found.on
        collect_on = period_end if self.is_collected(text) else None
        wait = self._wait(schedule, supplied_on, found.on)
        return Turn(wait, collect_on, found.on, found.last_on, found.why)

    def _wait(
        self, schedule: Schedule, supplied_on: date, bills_on: date | None
    ) -> Wait | None:
        if supplied_on > self.on:
            return Wait.SHIPPED_LATER
        if self.by_hand:
            return None
        if schedule.kind is ScheduleKind.MANUAL or bills_on is None:
            return Wait.BY_HAND
        return Wait.PERIOD_OPEN if bills_on > self.on else None
