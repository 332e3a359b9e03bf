"""Row 85: from how much more than usual on is a person asked before a run goes on?"""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from adv_domain.policy_brake import Brake
from adv_domain.rules.brake import Volume, is_covered, limits_of_day

RULE = Brake(least_days=5, least_documents=20, least_amount=Decimal(10000)).rule
MONDAY = date(2026, 3, 2)


def _history(days, documents, amount, *, until=MONDAY):
    return {
        until - timedelta(days=at): Volume(documents, Decimal(amount))
        for at in range(1, days + 1)
    }


@pytest.mark.parametrize(
    ("planned", "stops"),
    [
        (Volume(500, Decimal(50000)), False),
        (Volume(501, Decimal(50000)), True),
        (Volume(1, Decimal("50000.01")), True),
    ],
    ids=["five times both", "one document more", "one cent more"],
)
def test_row_85_more_than_the_times_of_the_median_stops(planned, stops):
    history = _history(15, 100, 10000)
    history[MONDAY - timedelta(days=3)] = Volume(9000, Decimal(900000))  # an outlier
    limits = limits_of_day(history, on=MONDAY, rule=RULE)
    assert limits.usual == Volume(100, Decimal(10000))
    assert limits.are_passed_by(planned) is stops


def test_row_85_little_is_never_too_much():
    limits = limits_of_day(_history(10, 1, 50), on=MONDAY, rule=RULE)
    assert not limits.are_passed_by(Volume(20, Decimal(10000)))
    assert limits.are_passed_by(Volume(21, Decimal(300)))


def test_row_85_weekends_are_held_against_weekends_once_enough_are_known():
    history = {
        day: Volume(1000 if day.weekday() < 5 else 10, Decimal(1))
        for day in _history(42, 0, 0)
    }
    saturday = MONDAY + timedelta(days=5)
    assert limits_of_day(history, on=saturday, rule=RULE).documents == 50
    assert limits_of_day(history, on=MONDAY, rule=RULE).documents == 5000


def test_row_85_a_young_company_is_asked_from_its_own_figures_on_or_never():
    young = _history(4, 10, 100)
    never = limits_of_day(young, on=MONDAY, rule=RULE)
    assert not never.are_passed_by(Volume(10**6, Decimal(10**9)))
    first = Brake(first_documents=50, first_amount=Decimal(900)).rule
    limits = limits_of_day(young, on=MONDAY, rule=first)
    assert limits.are_passed_by(Volume(51, Decimal(1)))
    assert limits.are_passed_by(Volume(1, Decimal(901)))
    assert not limits.are_passed_by(Volume(50, Decimal(900)))


def test_row_85_days_to_come_are_no_history():
    assert limits_of_day(
        _history(10, 1, 1, until=MONDAY + timedelta(days=30)), on=MONDAY, rule=RULE
    ) == limits_of_day({}, on=MONDAY, rule=RULE)


def test_row_85_a_yes_holds_within_the_tolerance():
    confirmed = Volume(100, Decimal(1000))
    assert is_covered(Volume(110, Decimal(1100)), confirmed=confirmed, rule=RULE)
    assert not is_covered(Volume(111, Decimal(1)), confirmed=confirmed, rule=RULE)
    assert not is_covered(Volume(1, Decimal("1100.01")), confirmed=confirmed, rule=RULE)
