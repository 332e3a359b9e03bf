"""When does each line of a payment term fall due, and how does that date come about?

The steps of a line lead from the base date to a day; then the document's bounds hold
(not before its own date, not after the last day that the law allows), and at last the
term's roll over the customer's days off.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from adv_domain.rules.calendar_rules import (
    PLAIN_CALENDAR,
    Calendar,
    working_day_from,
    working_day_until,
)
from adv_domain.rules.terms.date_steps import DateStep, moved, step_text
from adv_domain.rules.terms.terms import PaymentTerm, Roll, TermError

_Steps = tuple[DateStep, ...]
_Way = list[tuple[date, DateStep | str]]
"""Each day that is reached, with the step or the words that lead to it."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which days the due dates of one document may lie.

    earliest_on is the document's own date, latest_on the last day that law allows,
    told in words. A day after it is brought forward or, where the parties may agree
    on it, only told.
    """

    earliest_on: date | None = None
    latest_on: date | None = None
    law: str = ""
    can_be_agreed: bool = False

    @property
    def ceiling_on(self) -> date | None:
        """Return the last day that stands: nobody owes before he is asked."""
        if self.latest_on is None or self.can_be_agreed:
            return None
        return max(self.latest_on, self.earliest_on or self.latest_on)


UNBOUND = Bounds()


class DueDate(NamedTuple):
    """A day, how it came about in words, and where the law brought it forward, why."""

    on: date
    steps: tuple[str, ...]
    shortened: str = ""


def due_dates(
    *, term: PaymentTerm, base_on: date, calendar: Calendar = PLAIN_CALENDAR
) -> list[date]:
    """Return when each line of the term falls due, bounds apart.

    base_on is the date that term.base names. Raises TermError where a due date lies
    before the base date or outside of the calendar.
    """
    return [
        _way(term, line_no, base_on, calendar, UNBOUND)[-1][0]
        for line_no in range(1, len(term.lines) + 1)
    ]


def explained_dates(
    *, term: PaymentTerm, base_on: date, calendar: Calendar, bounds: Bounds
) -> tuple[DueDate, ...]:
    """Return when each line falls due in a document of these bounds, step by step.

    The dates hang on nothing but the arguments, so that a batch may keep them.
    Raises TermError.
    """
    return tuple(
        _explained(term, _way(term, line_no, base_on, calendar, bounds), bounds)
        for line_no in range(1, len(term.lines) + 1)
    )


def discount_date(
    *, term: PaymentTerm, base_on: date, earliest_on: date | None = None
) -> DueDate | None:
    """Return until when an early payer keeps his discount, None where there is none.

    A last day before the document's own date moves to it: nobody can pay sooner. Days
    off do not move it. Raises TermError where it ends before the base date.
    """
    rule = term.early_discount
    if rule is None:
        return None
    way = _stepped(rule.due, base_on, 0)
    until = way[-1][0]
    if until < base_on:
        detail = f"the early discount ends {until}, before {base_on}"
        raise TermError(line_no=0, detail=detail)
    bounds = Bounds(earliest_on=earliest_on)
    return _explained(term, way + list(_bounded(until, bounds)), bounds)


def calendar_years(*, term: PaymentTerm, base_on: date) -> frozenset[int]:
    """Return the years whose days off the due dates may meet: none without a roll."""
    if term.roll is Roll.NONE:
        return frozenset()
    years = {on.year for on in due_dates(term=term, base_on=base_on)}
    return frozenset(year + near for year in years for near in (-1, 0, 1))


def _way(
    term: PaymentTerm, line_no: int, base_on: date, calendar: Calendar, bounds: Bounds
) -> _Way:
    way = _stepped(term.lines[line_no - 1].due, base_on, line_no)
    due_on = way[-1][0]
    if due_on < base_on:
        detail = (
            f"the due date {due_on} lies before the base date {base_on}; "
            "add a month or use next_day_of_month"
        )
        raise TermError(line_no=line_no, detail=detail)
    way += _bounded(due_on, bounds)
    if term.roll is not Roll.NONE:
        way += _rolled(way[-1][0], term.roll, base_on, calendar, bounds)
    return way


def _stepped(due: _Steps, base_on: date, line_no: int) -> _Way:
    way: _Way = [(base_on, "")]
    try:
        for step in due:
            way.append((moved(way[-1][0], step), step))
    except (ValueError, OverflowError) as error:
        detail = f"a date step from {base_on} leads out of the calendar"
        raise TermError(line_no=line_no, detail=detail) from error
    return way


def _bounded(due_on: date, bounds: Bounds) -> Iterator[tuple[date, str]]:
    if bounds.earliest_on is not None and due_on < bounds.earliest_on:
        yield bounds.earliest_on, "not before the document's own date"
        return
    if bounds.latest_on is None or due_on <= bounds.latest_on:
        return
    if bounds.ceiling_on is None:
        yield due_on, f"{bounds.law}, more by express agreement"
    elif bounds.ceiling_on < due_on:
        yield bounds.ceiling_on, _brought_forward(bounds)


def _rolled(
    due_on: date, roll: Roll, base_on: date, calendar: Calendar, bounds: Bounds
) -> Iterator[tuple[date, str]]:
    """Move over days off the way that the term says, or the other way where that
    passes a bound; where both do, the day stands."""
    ways = [
        (working_day_from, ""),
        (working_day_until, f" back, the next one is too late: {bounds.law}"),
    ]
    if roll is Roll.PREVIOUS:
        too_early = " on, the one before lies before the document or its base date"
        ways = [(working_day_until, ""), (working_day_from, too_early)]
    floor_on = max(base_on, bounds.earliest_on or base_on)
    for nearest, why in ways:
        on = nearest(due_on, holidays=calendar.holidays, weekend=calendar.weekend)
        if on == due_on:
            return
        if on >= floor_on and (bounds.ceiling_on is None or on <= bounds.ceiling_on):
            yield on, f"not a working day, moved{why}"
            return


def _explained(term: PaymentTerm, way: _Way, bounds: Bounds) -> DueDate:
    (base_on, _), *moves = way
    steps = [
        f"{step if isinstance(step, str) else step_text(step)}: {reached_on}"
        for reached_on, step in moves
    ]
    forward = _brought_forward(bounds)
    shortened = next((text for text in steps if text.startswith(forward)), "")
    first = f"{term.base} date {base_on}"
    return DueDate(way[-1][0], (first, *steps), shortened)


def _brought_forward(bounds: Bounds) -> str:
    return f"{bounds.law}, brought forward"
