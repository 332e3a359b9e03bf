"""Does only working time count, whatever the weekday, holiday, zone or clock change?"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.calendar_rules import NoWorkingDay
from adv_domain.rules.working_hours import (
    WorkingHours,
    after_working_time,
    in_hours,
    working_time,
)

MADRID = ZoneInfo("Europe/Madrid")
OFFICE = WorkingHours(MADRID, 9, 17)
FEAST = date(2026, 12, 8)
WITH_FEAST = WorkingHours(MADRID, 9, 17, holidays=frozenset({FEAST}))
ZONES = [
    ZoneInfo(name) for name in ("Europe/Madrid", "America/Sao_Paulo", "Asia/Tokyo")
]


def local(text: str, zone: ZoneInfo = MADRID) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def worked(start: str, end: str, hours: WorkingHours = OFFICE) -> Decimal:
    return in_hours(working_time(local(start), local(end), hours=hours))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-24T10:00", "2026-11-24T12:30", "2.5"),
        ("2026-11-24T06:00", "2026-11-24T23:00", "8"),
        ("2026-11-24T16:00", "2026-11-25T10:00", "2"),
        ("2026-11-27T16:00", "2026-11-30T10:00", "2"),  # Friday to Monday
        ("2026-11-28T10:00", "2026-11-29T18:00", "0"),  # a weekend
        ("2026-11-25T10:00", "2026-11-24T10:00", "0"),  # backwards
        ("2026-11-02T09:00", "2026-11-30T09:00", "160"),
    ],
)
def test_only_the_companys_hours_count(start: str, end: str, expected: str) -> None:
    assert worked(start, end) == Decimal(expected)


def test_a_holiday_does_not_count() -> None:
    assert worked("2026-12-07T16:00", "2026-12-09T10:00") == 10
    assert worked("2026-12-07T16:00", "2026-12-09T10:00", WITH_FEAST) == 2


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-11-24T10:00", 2, "2026-11-24T12:00"),
        ("2026-11-24T10:00", 7, "2026-11-24T17:00"),
        ("2026-11-24T10:00", 8, "2026-11-25T10:00"),
        ("2026-11-27T15:00", 4, "2026-11-30T11:00"),
        ("2026-11-28T15:00", 1, "2026-11-30T10:00"),
        ("2026-12-07T15:00", 4, "2026-12-09T11:00"),
        ("2026-11-28T15:00", 0, "2026-11-28T15:00"),
    ],
)
def test_an_answer_is_due_after_so_many_working_hours(
    start: str, hours: int, expected: str
) -> None:
    due = after_working_time(local(start), timedelta(hours=hours), hours=WITH_FEAST)
    assert due == local(expected)


def test_the_day_of_the_clock_change_has_its_own_length() -> None:
    # 29 March 2026 has 23 hours in Madrid, 25 October 25; both are Sundays
    always = WorkingHours(MADRID, 0, 24, weekend=frozenset())
    assert worked("2026-03-29T00:00", "2026-03-30T00:00", always) == 23
    assert worked("2026-10-25T00:00", "2026-10-26T00:00", always) == 25
    office = WorkingHours(MADRID, 9, 17, weekend=frozenset())
    assert worked("2026-03-29T00:00", "2026-03-30T00:00", office) == 8


def test_the_companys_clock_counts_not_the_readers() -> None:
    start = datetime(2026, 11, 24, 8, tzinfo=UTC)  # 09:00 in Madrid, 17:00 in Tokyo
    end = start + timedelta(hours=4)
    tokyo = WorkingHours(ZoneInfo("Asia/Tokyo"), 9, 17)
    assert working_time(start, end, hours=OFFICE) == timedelta(hours=4)
    assert working_time(start, end, hours=tokyo) == timedelta(0)


def test_a_part_of_an_hour_is_cut_not_rounded() -> None:
    assert in_hours(timedelta(hours=7, minutes=59)) == Decimal("7.9")


def test_hours_that_never_open_are_refused() -> None:
    with pytest.raises(ValueError, match="no working hours from 17 until 9"):
        WorkingHours(MADRID, 17, 9)
    never = WorkingHours(MADRID, 9, 17, weekend=frozenset(range(7)))
    with pytest.raises(NoWorkingDay):
        after_working_time(local("2026-11-24T10:00"), timedelta(hours=1), hours=never)


moments = st.datetimes(
    min_value=datetime(2026, 1, 1),
    max_value=datetime(2027, 1, 1),
    timezones=st.just(UTC),
)
spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=120))
days = st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 1, 1))


@st.composite
def companies(draw: st.DrawFn) -> WorkingHours:
    opens = draw(st.integers(0, 23))
    return WorkingHours(
        draw(st.sampled_from(ZONES)),
        opens,
        draw(st.integers(opens + 1, 24)),
        holidays=frozenset(draw(st.sets(days, max_size=9))),
    )


@given(hours=companies(), a=moments, b=moments, c=moments)
def test_time_adds_up_and_never_runs_backwards(
    hours: WorkingHours, a: datetime, b: datetime, c: datetime
) -> None:
    a, b, c = sorted((a, b, c))
    first = working_time(a, b, hours=hours)
    assert timedelta(0) <= first <= b - a
    assert first + working_time(b, c, hours=hours) == working_time(a, c, hours=hours)


@given(hours=companies(), start=moments, span=spans)
def test_so_much_has_passed_exactly_when_it_is_due(
    hours: WorkingHours, start: datetime, span: timedelta
) -> None:
    due = after_working_time(start, span, hours=hours)
    assert working_time(start, due, hours=hours) == span
    if span:
        moment_before = due - timedelta(microseconds=1)
        assert working_time(start, moment_before, hours=hours) < span


@given(hours=companies(), start=moments, later=spans, span=spans, more=spans)
def test_a_later_start_or_a_longer_span_is_never_due_earlier(
    hours: WorkingHours,
    start: datetime,
    later: timedelta,
    span: timedelta,
    more: timedelta,
) -> None:
    due = after_working_time(start, span, hours=hours)
    assert due <= after_working_time(start + later, span, hours=hours)
    assert due <= after_working_time(start, span + more, hours=hours)


@given(hours=companies(), start=moments, end=moments, day=days)
def test_one_more_holiday_never_adds_time_and_closes_its_whole_day(
    hours: WorkingHours, start: datetime, end: datetime, day: date
) -> None:
    closed = WorkingHours(
        hours.time_zone,
        hours.from_hour,
        hours.until_hour,
        holidays=hours.holidays | {day},
    )
    assert working_time(start, end, hours=closed) <= working_time(
        start, end, hours=hours
    )
    begins = datetime(day.year, day.month, day.day, tzinfo=hours.time_zone)
    ends = begins + timedelta(days=1)  # the same hour of the local clock
    assert working_time(begins, ends, hours=closed) == timedelta(0)
