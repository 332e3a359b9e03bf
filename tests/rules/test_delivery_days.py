"""When is delivery possible at the earliest, and what keeps it from being earlier?"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.orders.delivery_days import (
    ANY_WORKING_DAY,
    CALENDAR,
    WORKING,
    DeliveryCalendar,
    Waiting,
    causes,
    earliest_on,
    first_confirmed_on,
    holidays_between,
)

MONDAY = date(2026, 6, 1)
FRIDAY, SATURDAY = MONDAY + timedelta(days=4), MONDAY + timedelta(days=5)
CLOSED = frozenset({MONDAY + timedelta(days=1), MONDAY + timedelta(days=7)})
ANY_DAY = DeliveryCalendar()
MON_WED = DeliveryCalendar(frozenset({0, 2}))
SATURDAYS = DeliveryCalendar(frozenset({5}))
HOLIDAYS = DeliveryCalendar(holidays=CLOSED)


@pytest.mark.parametrize(
    ("waiting", "calendar", "earliest", "why"),
    [
        # the goods lie there: the day itself
        (Waiting(MONDAY, 0, WORKING), ANY_DAY, date(2026, 6, 1), []),
        (Waiting(MONDAY, 0, CALENDAR), ANY_DAY, date(2026, 6, 1), []),
        # five days: to Saturday and so on to Monday, or five working ones
        (
            Waiting(MONDAY, 5, CALENDAR),
            ANY_DAY,
            date(2026, 6, 8),
            ["lead_calendar", "weekend"],
        ),
        (Waiting(MONDAY, 5, WORKING), ANY_DAY, date(2026, 6, 8), ["lead_working"]),
        # from Friday on, a working day is Monday
        (Waiting(FRIDAY, 1, WORKING), ANY_DAY, date(2026, 6, 8), ["lead_working"]),
        # an order of a Saturday is one of Monday, however lead times count
        (
            Waiting(SATURDAY, 1, WORKING),
            ANY_DAY,
            date(2026, 6, 9),
            ["lead_working", "day_off"],
        ),
        (
            Waiting(SATURDAY, 1, CALENDAR),
            ANY_DAY,
            date(2026, 6, 9),
            ["lead_calendar", "day_off"],
        ),
        # ready on Tuesday, delivered on Wednesday
        (
            Waiting(MONDAY, 1, WORKING),
            MON_WED,
            date(2026, 6, 3),
            ["lead_working", "weekdays"],
        ),
        # a customer who takes deliveries on Saturdays gets them on one
        (
            Waiting(MONDAY, 5, CALENDAR),
            SATURDAYS,
            date(2026, 6, 6),
            ["lead_calendar"],
        ),
        # Tuesday is a holiday: the lead time jumps it, and so does the delivery
        (
            Waiting(MONDAY, 1, WORKING),
            HOLIDAYS,
            date(2026, 6, 3),
            ["lead_working", "holidays"],
        ),
        (
            Waiting(MONDAY, 1, CALENDAR),
            HOLIDAYS,
            date(2026, 6, 3),
            ["lead_calendar", "holidays"],
        ),
        (
            Waiting(SATURDAY, 0, CALENDAR),
            HOLIDAYS,
            date(2026, 6, 9),
            ["day_off", "holidays"],
        ),
    ],
)
def test_row_12_the_earliest_day_and_what_it_hangs_on(
    waiting: Waiting, calendar: DeliveryCalendar, earliest: date, why: list[str]
) -> None:
    assert earliest_on(waiting, calendar) == earliest
    assert list(causes(waiting.counted_on, waiting, calendar)) == why


def test_row_12_an_order_that_came_after_the_cut_off_names_it() -> None:
    waiting = Waiting(MONDAY + timedelta(days=1), 1, WORKING)
    assert list(causes(MONDAY, waiting, ANY_DAY)) == ["lead_working", "cut_off"]


def test_the_holidays_of_the_wait_are_named() -> None:
    waiting = Waiting(MONDAY, 4, WORKING)
    assert earliest_on(waiting, HOLIDAYS) == date(2026, 6, 9)
    assert holidays_between(waiting, HOLIDAYS) == (date(2026, 6, 2), date(2026, 6, 8))


def test_row_24_the_first_date_is_the_one_asked_for_where_it_is_possible() -> None:
    earliest = earliest_on(Waiting(MONDAY, 2, WORKING), ANY_DAY)
    later, sooner = date(2026, 6, 20), date(2026, 6, 2)
    assert first_confirmed_on(later, earliest) == later
    assert first_confirmed_on(sooner, earliest) == date(2026, 6, 3)
    assert first_confirmed_on(None, earliest) is None
    assert first_confirmed_on(None, earliest, promises_all=True) == earliest


days = st.dates(min_value=date(2024, 1, 1), max_value=date(2027, 12, 31))
calendars = st.builds(
    DeliveryCalendar,
    st.frozensets(st.integers(0, 6), min_size=1) | st.just(ANY_WORKING_DAY),
    st.frozensets(days, max_size=40),
)
waits = st.builds(
    Waiting, days, st.integers(0, 30), st.sampled_from((WORKING, CALENDAR))
)


@given(waits, calendars)
def test_delivery_is_on_a_day_of_the_customer_that_is_no_holiday(
    waiting: Waiting, calendar: DeliveryCalendar
) -> None:
    earliest = earliest_on(waiting, calendar)
    assert earliest.weekday() in calendar.weekdays
    assert earliest not in calendar.holidays
    assert (earliest - waiting.counted_on).days >= waiting.lead_days


@given(waits, calendars, st.integers(0, 10), st.integers(0, 10))
def test_a_later_order_or_a_longer_lead_time_is_never_delivered_earlier(
    waiting: Waiting, calendar: DeliveryCalendar, later: int, longer: int
) -> None:
    slower = waiting._replace(
        counted_on=waiting.counted_on + timedelta(days=later),
        lead_days=waiting.lead_days + longer,
    )
    assert earliest_on(slower, calendar) >= earliest_on(waiting, calendar)


@given(waits, calendars, st.integers(0, 3))
def test_a_day_that_is_not_the_orders_own_has_a_cause(
    waiting: Waiting, calendar: DeliveryCalendar, late: int
) -> None:
    ordered_on = waiting.counted_on - timedelta(days=late)
    if earliest_on(waiting, calendar) > ordered_on:
        assert list(causes(ordered_on, waiting, calendar))
