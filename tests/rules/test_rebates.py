"""Year-end rebates: thresholds, whole or by bands, and the projection (row 33)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.credits.rebates import (
    RebateAgreement,
    RebateRecord,
    RebateUnclear,
    Tier,
    accrual,
    agreements,
    standing,
)

D = Decimal
TIERS = (Tier(D(1000), D("0.02")), Tier(D(5000), D("0.03")), Tier(D(10000), D("0.05")))


def agreed(basis="whole", tiers=TIERS):
    year = (date(2026, 1, 1), date(2027, 1, 1))
    return RebateAgreement("C1", "EUR", *year, basis, tiers)


@pytest.mark.parametrize(
    ("basis", "turnover", "amount", "missing"),
    [
        ("whole", "999.99", "0.00", "0.01"),
        ("whole", "1000", "20.00", "4000"),
        ("whole", "7500", "225.00", "2500"),
        ("whole", "12345.67", "617.28", None),
        ("band", "999.99", "0.00", "0.01"),
        ("band", "7500", "155.00", "2500"),
        ("band", "12345.67", "347.28", None),
        ("whole", "-50", "0.00", "1050"),
    ],
)
def test_row_33_a_rebate_is_what_its_thresholds_say(basis, turnover, amount, missing):
    """By bands 7,500 is 2 % of 4,000 and 3 % of 2,500."""
    found = accrual(agreed(basis), D(turnover))
    assert str(found.amount) == amount
    assert found.missing == (None if missing is None else D(missing))


def test_row_33_the_projection_carries_the_pace_on_to_the_end():
    """After 73 of 365 days a fifth of the year is over."""
    found = standing(agreed(), D(2400), as_of_on=date(2026, 3, 14))
    assert str(found.earned.amount) == "48.00"
    assert str(found.projected.turnover) == "12000.00"
    assert str(found.projected.amount) == "600.00"
    assert str(found.accrued_by_projection) == "120.00"
    ended = standing(agreed(), D(2400), as_of_on=date(2027, 2, 1))
    assert ended.projected.amount == ended.earned.amount


@given(
    basis=st.sampled_from(["whole", "band"]),
    lower=st.integers(0, 20_000),
    more=st.integers(0, 20_000),
)
def test_row_33_more_turnover_never_earns_less(basis, lower, more):
    first = accrual(agreed(basis), D(lower))
    second = accrual(agreed(basis), D(lower + more))
    assert second.amount >= first.amount
    assert first.amount <= accrual(agreed("whole"), D(lower)).amount


def test_row_33_rows_of_one_agreement_must_agree():
    def row(threshold, valid_to, basis="whole"):
        begun = date(2026, 1, 1)
        return RebateRecord(
            "C1", "EUR", begun, valid_to, D(threshold), D("0.01"), basis
        )

    whole_year = date(2027, 1, 1)
    [one] = agreements([row(5000, whole_year), row(1000, whole_year)])
    assert [tier.threshold for tier in one.tiers] == [1000, 5000]
    with pytest.raises(RebateUnclear, match="different valid_to or basis"):
        agreements([row(5000, whole_year), row(1000, date(2026, 7, 1))])
    assert row(1, date(2026, 1, 1)).faults() != []
