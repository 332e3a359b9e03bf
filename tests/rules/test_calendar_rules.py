from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.calendar_rules import (
    NoWorkingDay,
    add_business_days,
    add_months,
    business_days_between,
    end_of_month,
    is_working_day,
    next_day_of_month,
    next_weekday,
    set_day,
    working_day_from,
    working_day_until,
)

dates = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
EASTER_2025 = frozenset({date(2025, 4, 18), date(2025, 4, 21)})


@pytest.mark.parametrize(
    ("on", "last_on"),
    [
        (date(2025, 2, 10), date(2025, 2, 28)),
        (date(2024, 2, 10), date(2024, 2, 29)),
        (date(1900, 2, 1), date(1900, 2, 28)),
        (date(2000, 2, 1), date(2000, 2, 29)),
        (date(2025, 4, 30), date(2025, 4, 30)),
    ],
)
def test_month_ends_on_its_last_day_also_in_leap_years(on: date, last_on: date):
    assert end_of_month(on) == last_on


@pytest.mark.parametrize(
    ("on", "months", "moved_on"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2025, 1, 15), -1, date(2024, 12, 15)),
        (date(2025, 3, 31), 0, date(2025, 3, 31)),
    ],
)
def test_months_are_added_with_the_day_clipped(on: date, months: int, moved_on: date):
    assert add_months(on, months=months) == moved_on


def test_a_set_day_clips_and_never_spills_into_the_next_month():
    assert set_day(date(2025, 2, 1), day=31) == date(2025, 2, 28)
    assert set_day(date(2025, 1, 31), day=10) == date(2025, 1, 10)


@pytest.mark.parametrize(
    ("on", "days", "found_on"),
    [
        (date(2025, 1, 5), (5, 15, 25), date(2025, 1, 5)),
        (date(2025, 1, 6), (25, 15, 5), date(2025, 1, 15)),
        (date(2025, 1, 26), (5, 15, 25), date(2025, 2, 5)),
        (date(2025, 2, 20), (15, 31), date(2025, 2, 28)),
        (date(2025, 12, 31), (10,), date(2026, 1, 10)),
        (date(2025, 1, 31), (30,), date(2025, 2, 28)),
    ],
)
def test_payment_days_are_the_first_on_or_after(
    on: date, days: tuple[int, ...], found_on: date
):
    assert next_day_of_month(on, days=days) == found_on


def test_no_payment_day_at_all_is_refused():
    with pytest.raises(ValueError, match="at least one day"):
        next_day_of_month(date(2025, 1, 1), days=())


@given(on=dates, weekday=st.integers(0, 6))
def test_the_next_weekday_is_within_the_week(on: date, weekday: int):
    found_on = next_weekday(on, weekday=weekday)
    assert found_on.weekday() == weekday
    assert 0 <= (found_on - on).days < 7


@given(on=dates, holidays=st.frozensets(dates, max_size=20))
def test_rolling_is_idempotent_and_lands_on_a_working_day(
    on: date, holidays: frozenset[date]
):
    for roll in (working_day_from, working_day_until):
        rolled_on = roll(on, holidays=holidays)
        assert is_working_day(rolled_on, holidays=holidays)
        assert roll(rolled_on, holidays=holidays) == rolled_on


def test_neither_a_weekend_nor_a_holiday_is_a_working_day():
    friday, saturday = date(2025, 4, 18), date(2025, 4, 19)
    assert is_working_day(friday)
    assert not is_working_day(friday, holidays=frozenset({friday}))
    assert not is_working_day(saturday)
    assert is_working_day(saturday, weekend=frozenset({4, 6}))
    assert not is_working_day(friday, weekend=frozenset({4, 6}))


def test_easter_2025_is_rolled_over():
    good_friday = date(2025, 4, 18)
    assert working_day_from(good_friday, holidays=EASTER_2025) == date(2025, 4, 22)
    assert working_day_until(good_friday, holidays=EASTER_2025) == date(2025, 4, 17)


def test_a_calendar_without_working_days_is_refused_not_walked_for_ever():
    with pytest.raises(NoWorkingDay, match="2025-01-01"):
        working_day_from(date(2025, 1, 1), weekend=frozenset(range(7)))


@given(
    on=dates,
    days=st.integers(-30, 30),
    holidays=st.frozensets(dates, max_size=20),
)
def test_adding_and_counting_business_days_agree(
    on: date, days: int, holidays: frozenset[date]
):
    start_on = working_day_from(on, holidays=holidays)
    end_on = add_business_days(start_on, days=days, holidays=holidays)
    assert business_days_between(start_on, end_on, holidays=holidays) == days


@given(start_on=dates, span=st.integers(0, 60), holidays=st.frozensets(dates))
def test_business_days_are_counted_as_by_walking(
    start_on: date, span: int, holidays: frozenset[date]
):
    end_on = start_on + timedelta(days=span)
    walked = sum(
        is_working_day(start_on + timedelta(days=offset), holidays=holidays)
        for offset in range(1, span + 1)
    )
    assert business_days_between(start_on, end_on, holidays=holidays) == walked


def test_a_week_with_easter_has_three_business_days_after_thursday():
    assert (
        business_days_between(
            date(2025, 4, 17), date(2025, 4, 24), holidays=EASTER_2025
        )
        == 3
    )


@given(first=dates, second=dates, months=st.integers(0, 40), day=st.integers(1, 31))
def test_month_arithmetic_is_monotone(first: date, second: date, months: int, day: int):
    early, late = sorted((first, second))
    assert add_months(early, months=months) <= add_months(late, months=months)
    assert set_day(early, day=day) <= set_day(late, day=day)
    assert next_day_of_month(early, days=(day,)) <= next_day_of_month(late, days=(day,))
