"""Row 27: a plan of milestones, and what each comes to."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.advances.milestones import (
    InvalidMilestones,
    Milestone,
    is_due,
    milestones_of,
    said,
)

D = Decimal
ON = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("30% order", [Milestone("order", D("0.3"))]),
        (
            "30% Order; 40% Assembly; 30% delivery",
            [Milestone("order", D("0.3")), Milestone("Assembly", D("0.4"))],
        ),
        (
            "1500.00 2026-03-01; 12.5% Trial run ;",
            [
                Milestone("2026-03-01", amount=D("1500.00"), due_on=ON),
                Milestone("Trial run", D("0.125")),
            ],
        ),
        ("100% order", [Milestone("order", D(1))]),
    ],
)
def test_row_27_a_plan_is_read(text, plan):
    assert list(milestones_of(text)) == plan
    assert milestones_of(said(plan)) == tuple(plan)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "a share and a name"),
        ("30%", "a share and a name"),
        ("thirty order", "no share"),
        ("-5% order", "no share"),
        ("NaN% order", "no share"),
        ("0 order", "no share"),
        ("60% order; 50% Assembly", "more than 100 %"),
        ("30% order; 30% ORDER", "stands twice"),
        ("30% delivery; 70% order", "delivery is the last"),
        ("30% order; 30% delivery", "delivery is the last"),
        ("100% delivery", "delivery is the last"),
        ("33.33333% order", "too many decimals"),
        (f"10% {'x' * 61}", "longer than 60"),
    ],
)
def test_row_27_what_is_no_plan_is_refused_with_the_form(text, why):
    with pytest.raises(InvalidMilestones) as refused:
        milestones_of(text)
    assert why in str(refused.value)
    assert '"30% order; 40% Assembly; 30% delivery"' in str(refused.value)


@given(
    shares=st.lists(st.integers(1, 20), min_size=1, max_size=5),
    names=st.permutations(["order", "Assembly", "Trial", "2026-03-01", "Papers"]),
)
def test_row_27_what_is_written_is_read_again(shares, names):
    pairs = zip(shares, names, strict=False)
    plan = milestones_of("; ".join(f"{share}% {name}" for share, name in pairs))
    assert milestones_of(said(plan)) == plan


def test_row_27_when_a_milestone_is_due():
    order, named = Milestone("order", D("0.3")), Milestone("Assembly", D("0.3"))
    dated = Milestone("2026-03-01", D("0.3"), due_on=ON)
    before, after = date(2026, 2, 28), date(2026, 3, 2)
    assert is_due(order, on=before, reached_on=None)
    assert not is_due(dated, on=before, reached_on=None)
    assert is_due(dated, on=ON, reached_on=None)
    assert not is_due(named, on=after, reached_on=None)
    assert not is_due(named, on=before, reached_on=ON)
    assert is_due(named, on=ON, reached_on=ON)
