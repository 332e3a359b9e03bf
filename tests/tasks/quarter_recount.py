"""Who must have been told what in the quarter? Counted anew from its facts.

Walks each line from day to day by the words of the runbook; calls no rule of ours.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from tests.tasks.quarter_world import (
    DAYS,
    OUTAGE,
    PARTS,
    Buyer,
    Line,
    News,
    World,
)


def has_opened(since: date, day: date) -> bool:
    """Tell whether mail began to leave after one day, up to another (no weekends)."""
    days = (day - since).days
    return any((since + timedelta(days=at)).weekday() < 5 for at in range(1, days + 1))


@dataclass
class Course:
    """A line on its way through the quarter."""

    line: Line
    buyer: Buyer
    confirmed_on: date
    known_on: date
    left: int = 0
    told: list[date] = field(default_factory=list)
    is_told_late: bool = False
    differs_since: date | None = None
    asked: dict[date, date] = field(default_factory=dict)
    silences: set[date] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        return self.left < self.line.qty

    @property
    def name(self) -> tuple[str, int]:
        return self.line.order_no, self.line.line_no


@dataclass
class Recount:
    """What must be on record; told has (order, line), old, new, day, by mail."""

    told: set[tuple[object, ...]] = field(default_factory=set)
    silent: set[tuple[object, ...]] = field(default_factory=set)
    back: set[tuple[object, ...]] = field(default_factory=set)
    mails: Counter[tuple[object, ...]] = field(default_factory=Counter)
    by_person: set[tuple[object, ...]] = field(default_factory=set)


def recount(world: World, accepted_on: dict[str, date]) -> Recount:
    """Walk through the quarter, two looks a day."""
    found = Recount()
    courses = {
        id(line): Course(
            line, world.buyer_of[line.order_no], line.first_on, line.first_on
        )
        for line in world.lines
    }
    by_order = {
        no: list(lines)
        for no, lines in groupby(courses.values(), key=lambda one: one.line.order_no)
    }
    for day in DAYS:
        for part in PARTS:
            news = world.news.get((day, part), [])
            for one in news:
                _hear(courses[id(one.line)], one)
            begun = [
                each
                for no, each in by_order.items()
                if accepted_on[no] < day or (accepted_on[no] == day and part == "pm")
            ]
            if part == "pm":
                _confirm(found, by_order, accepted_on, day)
            _ship(found, news, courses, by_order, day)
            _tell(found, [course for each in begun for course in each], day)
    return found


def _hear(course: Course, news: News) -> None:
    if news.kind == "shipment":
        course.left += news.qty
    elif course.is_open:
        course.confirmed_on = news.on


def _confirm(found, by_order, accepted_on, day) -> None:
    for no, courses in by_order.items():
        buyer = courses[0].buyer
        is_told = "confirmation" in buyer.wants and buyer.has_address
        if accepted_on[no] == day and is_told:
            found.mails["order_confirmation", buyer.code, day] += 1


def _ship(found, news, courses, by_order, day) -> None:
    left: dict[str, list[News]] = {}
    for one in news:
        if one.kind == "shipment":
            left.setdefault(one.line.order_no, []).append(one)
    for no, shipped in left.items():
        buyer = by_order[no][0].buyer
        has_rest = any(course.is_open for course in by_order[no])
        event = "part_shipment" if has_rest else "shipment"
        if event not in buyer.wants or not buyer.has_address:
            continue
        found.mails[event, buyer.code, day] += 1
        # one mail an order and look: its last day counts for all that left with it
        left_on = max(one.on for one in shipped)
        for course in {
            id(courses[id(one.line)]): courses[id(one.line)] for one in shipped
        }.values():
            late = (left_on - course.known_on).days > buyer.days
            heard = left_on in course.told or course.confirmed_on in course.silences
            if course.is_open or not late or heard or "delay" not in buyer.wants:
                continue
            found.told.add((course.name, course.known_on, left_on, day, True))


def _tell(found, courses, day) -> None:
    mailed: set[tuple[object, ...]] = set()
    for course in courses:
        kind = _look(found, course, day)
        if kind and course.buyer.has_address:
            mailed.add((kind, course.buyer.code, day))
        elif kind:
            found.by_person.add((course.line.order_no, day))
    found.mails.update(mailed)


def _look(found: Recount, course: Course, day: date) -> str | None:
    """Look at a line; return in which mail it is told now, if it is."""
    if not course.is_open:
        course.differs_since = None
        return None
    if course.confirmed_on < day:
        course.differs_since = None
        return _silence(found, course, day)
    is_back = (
        course.is_told_late
        and course.confirmed_on <= course.line.first_on
        and "back_on_time" in course.buyer.wants
    )
    slip = (course.confirmed_on - course.known_on).days
    is_late = slip > course.buyer.days and "delay" in course.buyer.wants
    if not (is_late or is_back) or (is_late and course.confirmed_on in course.told):
        course.differs_since = None
        return None
    if course.differs_since is None:
        course.differs_since = day
    if not has_opened(course.differs_since, day):
        return None
    course.differs_since = None
    by_mail = course.buyer.has_address
    if is_late:
        told = (course.name, course.known_on, course.confirmed_on, day, by_mail)
        found.told.add(told)
        course.told.append(course.confirmed_on)
        course.is_told_late = True
    else:
        found.back.add((course.name, course.told[-1], course.confirmed_on))
        course.is_told_late = False
    course.known_on = max(course.confirmed_on, course.line.first_on)
    return "delay_notice" if is_late else "back_on_time"


def _silence(found: Recount, course: Course, day: date) -> str | None:
    silent_on = course.confirmed_on
    if day in OUTAGE or silent_on in course.silences:
        return None
    if silent_on not in course.asked:
        course.asked[silent_on] = day
        return None
    is_long = (day - course.known_on).days > course.buyer.days
    wants = "delay" in course.buyer.wants
    if not (is_long and wants and has_opened(course.asked[silent_on], day)):
        return None
    found.silent.add((course.name, silent_on, day, course.buyer.has_address))
    course.silences.add(silent_on)
    return "delay_notice"
