"""Row 27: by calendar, a delivery's billing day hangs on nothing but its own day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.billing.issue_deadlines import issue_deadline
from adv_domain.rules.billing.schedules import (
    BillingDay,
    InvalidSchedule,
    Schedule,
    ScheduleKind,
    billing_day,
    schedule_of,
)

TEXTS = st.one_of(
    st.sampled_from(["order", "shipment", "daily", "monthly"]),
    st.sets(st.sampled_from("mon tue wed thu fri sat sun".split()), min_size=1).map(
        lambda days: "weekly " + " ".join(sorted(days))
    ),
    st.sets(st.integers(1, 31), min_size=1).map(
        lambda days: "monthly " + " ".join(map(str, days))
    ),
)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
COUNTRIES = st.sampled_from(["ES", "FR", "DE", "IT", "PT", "US"])


def _day(text: str, supplied_on: date, country: str = "ES") -> BillingDay:
    return billing_day(schedule_of(text), supplied_on=supplied_on, country=country)


@pytest.mark.parametrize(
    ("text", "supplied_on", "billed_on"),
    [
        ("shipment", date(2026, 11, 25), date(2026, 11, 25)),
        ("daily", date(2026, 11, 25), date(2026, 11, 25)),
        # 27 November 2026 is a Friday
        ("weekly fri", date(2026, 11, 25), date(2026, 11, 27)),
        ("weekly fri", date(2026, 11, 27), date(2026, 11, 27)),
        ("weekly fri", date(2026, 11, 28), date(2026, 12, 4)),
        ("weekly mon thu", date(2026, 11, 25), date(2026, 11, 26)),
        ("monthly", date(2026, 2, 1), date(2026, 2, 28)),
        ("monthly", date(2026, 11, 30), date(2026, 11, 30)),
        ("monthly 31", date(2026, 2, 1), date(2026, 2, 28)),
        ("monthly 10 20 31", date(2026, 11, 10), date(2026, 11, 10)),
        ("monthly 10 20 31", date(2026, 11, 11), date(2026, 11, 20)),
        ("monthly 10 20 31", date(2026, 11, 21), date(2026, 11, 30)),
        ("monthly 5", date(2026, 11, 6), date(2026, 12, 5)),
    ],
)
def test_row_27_a_delivery_is_billed_at_the_end_of_its_period(
    text: str, supplied_on: date, billed_on: date
) -> None:
    assert _day(text, supplied_on).on == billed_on


def test_row_27_a_period_that_ends_beyond_the_law_is_cut_short_and_says_so() -> None:
    found = _day("monthly 20", date(2026, 11, 21))
    assert (found.on, found.last_on) == (date(2026, 12, 15), date(2026, 12, 15))
    assert found.why == (
        "monthly 20, but the law wants it invoiced by 2026-12-15, "
        "the 15th of the month after"
    )
    # France: by the end of the month of the supplies
    assert _day("monthly 20", date(2026, 11, 21), "FR").on == date(2026, 11, 30)


def test_row_27_by_hand_has_no_day_but_a_lawful_end() -> None:
    found = _day("manual", date(2026, 12, 31))
    assert (found.on, found.last_on) == (None, date(2027, 1, 15))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "'' is not known"),
        ("yearly", "'yearly' is not known"),
        ("weekly", "weekly needs a day of the week"),
        ("weekly 3", "'3' is no day of the week"),
        ("monthly 0", "'0' is no day of a month"),
        ("monthly 32", "'32' is no day of a month"),
        ("monthly ten", "'ten' is no day of a month"),
        ("monthly ²", "'²' is no day of a month"),
        ("daily 3", "daily takes no days"),
        ("manual fri", "manual takes no days"),
    ],
)
def test_a_text_that_is_no_schedule_is_refused_with_the_forms(
    text: str, why: str
) -> None:
    with pytest.raises(InvalidSchedule) as refused:
        schedule_of(text)
    said = str(refused.value)
    assert why in said and "say order, shipment, daily" in said


def test_a_schedule_is_read_leniently_and_written_one_way() -> None:
    assert schedule_of(" Monthly 20, 10;31 ").text == "monthly 10 20 31"
    assert schedule_of("weekly Friday").text == "weekly fri"
    assert schedule_of("shipment") == Schedule(ScheduleKind.SHIPMENT)


@given(TEXTS)
def test_what_is_written_is_read_as_the_same(text: str) -> None:
    schedule = schedule_of(text)
    assert schedule_of(schedule.text) == schedule


@given(TEXTS, DAYS, st.integers(0, 40), COUNTRIES)
def test_a_later_delivery_is_never_billed_earlier(
    text: str, first: date, days: int, country: str
) -> None:
    later = first + timedelta(days=days)
    ones = [_day(text, day, country).on for day in (first, later)]
    assert ones[0] is not None and ones[1] is not None and ones[0] <= ones[1]


@given(TEXTS, DAYS, COUNTRIES)
def test_a_billing_day_lies_between_the_supply_and_the_last_lawful_day(
    text: str, supplied_on: date, country: str
) -> None:
    found = _day(text, supplied_on, country)
    assert found.on is not None
    assert supplied_on <= found.on <= found.last_on
    assert found.last_on == issue_deadline(country, supplied_on=supplied_on).last_on


@pytest.mark.parametrize(
    ("country", "supplied_on", "last_on"),
    [
        # RD 1619/2012: before the 16th of the next month
        ("ES", date(2026, 12, 31), date(2027, 1, 15)),
        ("ES", date(2026, 12, 1), date(2027, 1, 15)),
        ("FR", date(2024, 2, 3), date(2024, 2, 29)),
        ("DE", date(2026, 8, 31), date(2027, 2, 28)),
        ("IT", date(2026, 5, 31), date(2026, 6, 15)),
        ("PT", date(2026, 5, 31), date(2026, 6, 15)),
    ],
)
def test_the_last_lawful_day_of_an_invoice(
    country: str, supplied_on: date, last_on: date
) -> None:
    assert issue_deadline(country, supplied_on=supplied_on).last_on == last_on
