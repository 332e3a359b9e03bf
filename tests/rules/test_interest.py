"""Statutory interest to the cent, by country, and never past the known rates."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.dunning.interest import (
    LatePart,
    RateUnknown,
    accrued_interest,
    french_floor_rate,
    interest_law,
    yearly_rate,
)

DUE_ON = date(2024, 12, 15)
PAID_ON = date(2025, 2, 10)
REFERENCE = Path(__file__).parents[3] / "shared" / "reference"


def interest_of(country, parts, due_on=DUE_ON, currency="EUR"):
    law = interest_law(country=country)
    assert law is not None
    return accrued_interest(law, due_on=due_on, parts=parts, currency=currency)


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("ES", "178.95"),
        ("IT", "178.95"),
        ("FR", "210.18"),
        ("DE", "180.82"),
        ("IE", "174.12"),  # one rate, that of the day of payment
    ],
)
def test_ten_thousand_paid_57_days_late_earn_the_worked_figure(country, expected):
    interest = interest_of(country, [LatePart(Decimal(10000), PAID_ON)])
    assert interest.amount == Decimal(expected)


def test_legs_of_the_spanish_case_are_those_of_the_reference():
    if not REFERENCE.exists():
        pytest.skip("../shared/reference is not here")
    worked = json.loads((REFERENCE / "worked_examples.json").read_text())
    total, legs = worked["interest_ES_10000_due2024-12-15_paid2025-02-10"]
    interest = interest_of("ES", [LatePart(Decimal(10000), PAID_ON)])
    found = [
        [
            leg.first_on.isoformat(),
            leg.last_on.isoformat(),
            leg.days,
            str((leg.rate * 100).quantize(Decimal("0.01"))),
            str(leg.interest.quantize(Decimal("0.0001"))),
        ]
        for leg in interest.legs
    ]
    assert (str(interest.amount), found) == (total, legs)


def test_a_part_payment_stops_the_interest_on_its_part_and_rounds_once():
    parts = [
        LatePart(Decimal(5000), date(2025, 4, 30)),
        LatePart(Decimal(7100), date(2025, 6, 10)),
    ]
    interest = interest_of("ES", parts, due_on=date(2025, 3, 31))
    assert interest.amount == Decimal("199.81")


@pytest.mark.parametrize(
    ("country", "on", "percent"),
    [
        ("ES", date(2014, 1, 1), "8.25"),
        ("ES", date(2014, 7, 1), "8.15"),
        ("ES", date(2015, 1, 1), "8.05"),
        ("FR", date(2024, 12, 31), "14.25"),
        ("DE", date(2022, 6, 1), "8.12"),  # a negative base rate carried forward
        ("BE", date(2024, 12, 31), "12.5"),  # 12.25 goes up to the next half point
        ("BE", date(2023, 1, 1), "10.5"),  # 10.50 stays
    ],
)
def test_the_rate_in_force_is_reference_plus_margin(country, on, percent):
    law = interest_law(country=country)
    assert law is not None
    assert yearly_rate(law, on=on) == Decimal(percent) / 100


@pytest.mark.parametrize("until_on", [date(2026, 1, 1), date(2026, 11, 23)])
@pytest.mark.parametrize("country", ["ES", "FR", "DE", "IE", "IT", "BE"])
def test_past_the_end_of_the_table_nothing_is_computed(country, until_on):
    with pytest.raises(RateUnknown) as caught:
        interest_of(country, [LatePart(Decimal(100), until_on)], date(2025, 12, 1))
    assert caught.value.day == max(date(2026, 1, 1), caught.value.day)


def test_consumers_have_no_compensation_and_only_the_german_rate_is_known():
    german = interest_law(country="DE", party_kind="consumer")
    assert german is not None
    assert german.compensation == 0
    assert yearly_rate(german, on=date(2025, 1, 1)) == Decimal("0.0727")
    assert interest_law(country="ES", party_kind="consumer") is None
    assert interest_law(country="US") is None


def test_a_public_body_owes_the_business_rate():
    assert interest_law(country="ES", party_kind="public_body") == interest_law(
        country="ES"
    )


@pytest.mark.parametrize(
    ("on", "percent"),
    [
        (date(2024, 7, 1), "14.76"),
        (date(2025, 1, 1), "11.13"),
        (date(2025, 12, 31), "8.28"),
        (date(2026, 1, 1), "7.86"),
    ],
)
def test_the_french_floor_is_three_legal_rates(on, percent):
    assert french_floor_rate(on=on) == Decimal(percent) / 100
    with pytest.raises(RateUnknown):
        french_floor_rate(on=date(2026, 7, 1))


AMOUNTS = st.decimals(0, 100_000, places=2)
DAYS = st.dates(date(2013, 1, 2), date(2025, 12, 31))


@given(AMOUNTS, DAYS, DAYS, DAYS, st.sampled_from(["ES", "DE", "FR", "IT", "BE"]))
def test_interest_adds_up_over_days_within_one_unit(amount, one, two, three, country):
    due_on, between, last_on = sorted((one, two, three))
    whole = interest_of(country, [LatePart(amount, last_on)], due_on).amount
    before = interest_of(country, [LatePart(amount, between)], due_on).amount
    after = interest_of(country, [LatePart(amount, last_on)], between).amount
    assert abs(whole - before - after) <= Decimal("0.01")
    assert min(whole, before, after) >= 0


@given(AMOUNTS, DAYS, st.sampled_from(["ES", "DE", "FR", "IT", "BE", "IE"]))
def test_interest_is_nothing_on_the_due_date_and_before(amount, due_on, country):
    on_time = [
        LatePart(amount, due_on),
        LatePart(amount, due_on - timedelta(days=30)),
    ]
    assert interest_of(country, on_time, due_on).amount == 0


def test_the_shipped_rates_are_those_of_the_reference():
    if not REFERENCE.exists():
        pytest.skip("../shared/reference is not here")
    known = json.loads((REFERENCE / "rates.json").read_text())
    for start, percent in known["ecb_mro_at_1jan_1jul"].items():
        law = interest_law(country="ES")
        rate = yearly_rate(law, on=date.fromisoformat(start))
        assert rate == (Decimal(percent) + 8) / 100
    for month, percent in known["bundesbank_basiszins"].items():
        law = interest_law(country="DE")
        rate = yearly_rate(law, on=date.fromisoformat(f"{month}-01"))
        assert rate == (Decimal(percent) + 9) / 100
