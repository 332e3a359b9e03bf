"""How are words of our own read from a cell: weekdays, events, schedules?"""

import re

from adv_domain.files.cells import BadCell
from adv_domain.files.fields import Form
from adv_domain.rules.advances.milestones import InvalidMilestones, milestones_of, said
from adv_domain.rules.billing.schedules import FORMS, InvalidSchedule, schedule_of
from adv_domain.rules.calendar_rules import WEEKDAY_CODES
from adv_domain.rules.stock.progress import NO_MAILS, Progress

_BETWEEN_WORDS = re.compile(r"[\s,;/+]+")


def weekdays() -> Form:
    """Read days of the week into their codes, in the week's order."""
    words = "days of the week, such as mon,wed"
    return Form(words, lambda _: weekdays_of, "mon,wed")


def progress() -> Form:
    """Read the events of his orders of which a customer is told, or none."""
    words = f"{NO_MAILS}, or among {', '.join(Progress)}"
    return Form(words, lambda _: progress_of, "confirmation,delay")


def invoicing_schedule() -> Form:
    """Read when deliveries are invoiced into the schedule's one way of writing."""
    return Form(FORMS, lambda _: schedule_text_of, "monthly")


def milestones() -> Form:
    """Read a plan of milestones as it is written everywhere."""
    words = "shares, each with a name: order, a day, delivery (the rest) or any other"
    return Form(words, lambda _: plan_text_of, "30% order; 40% Assembly; 30% delivery")


def weekdays_of(cell: str) -> str:
    """Return the days in the week's order, such as mon,wed."""
    days = {word[:3] for word in _BETWEEN_WORDS.split(cell.lower()) if word}
    if not days <= set(WEEKDAY_CODES):
        known = ", ".join(WEEKDAY_CODES)
        raise BadCell("not_weekdays", f"must be days of the week among {known}")
    return ",".join(day for day in WEEKDAY_CODES if day in days)


def progress_of(cell: str) -> str:
    """Return the events in their order, such as confirmation,delay; or none."""
    words = {word for word in _BETWEEN_WORDS.split(cell.lower()) if word}
    if words == {NO_MAILS}:
        return NO_MAILS
    if not words or not words <= set(Progress):
        known = ", ".join(Progress)
        raise BadCell("not_events", f"must be {NO_MAILS}, or events among {known}")
    return ",".join(event for event in Progress if event in words)


def plan_text_of(cell: str) -> str:
    """Return a plan of milestones, without what is left for the delivery."""
    try:
        return said(milestones_of(cell))
    except InvalidMilestones as error:
        raise BadCell("not_milestones", str(error)) from error


def schedule_text_of(cell: str) -> str:
    """Return a schedule of invoicing, written as it is everywhere."""
    try:
        return schedule_of(cell).text
    except InvalidSchedule as error:
        raise BadCell("not_a_schedule", str(error)) from error
