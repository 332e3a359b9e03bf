"""Who answers for a held order, by when, and does silence go on once per step?"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.orders.hold_answers import (
    AnswerTimes,
    EscalationStep,
    KeptRouting,
    OneDesk,
    routing,
    steps_due,
)
from adv_domain.rules.working_hours import WorkingHours

DESK = OneDesk("desk", below=40)
OWNERS = {"sales": ("price", "price"), "stock": ("deadline",)}
TIMES = AnswerTimes(usual=8, by_team={"stock": 4}, by_rule={"price": 2, "quantity": 24})
STEPS = (
    EscalationStep(1, "head of sales", 0),
    EscalationStep(2, "Eve", 8),
    EscalationStep(3, "management", 16),
)
OFFICE = WorkingHours(
    ZoneInfo("Europe/Madrid"), 9, 17, holidays=frozenset({date(2026, 12, 8)})
)
DUE = datetime(2026, 12, 4, 15, tzinfo=UTC)  # a Friday, an hour before the close


@pytest.mark.parametrize(
    ("orders", "desk", "kept", "teams"),
    [
        (39, DESK, None, ("desk",)),
        (40, DESK, None, ("sales", "stock")),
        (0, OneDesk("desk", below=0), None, ("sales", "stock")),
        (40, DESK, KeptRouting("desk"), ("desk",)),
        (39, DESK, KeptRouting("old desk"), ("old desk",)),
        (39, DESK, KeptRouting(None), ("sales", "stock")),
    ],
    ids=[
        "a quiet day",
        "a busy day",
        "no such day",
        "the desk keeps it when the day gets busy",
        "also when the policy names another desk",
        "owners keep theirs on a quiet day",
    ],
)
def test_row_89_who_answers(orders, desk, kept, teams):
    found = routing(OWNERS, kept=kept, orders_of_day=orders, desk=desk)
    assert found.teams == teams
    assert found.is_one_desk == (len(teams) == 1)
    assert sorted(code for codes in found.to_answer.values() for code in codes) == [
        "deadline",
        "price",
        "price",
    ]


@pytest.mark.parametrize(
    ("team", "codes", "hours"),
    [
        ("sales", ("currency",), 8),
        ("stock", ("deadline",), 4),
        ("stock", ("deadline", "price"), 2),
        ("stock", ("quantity",), 24),
        ("stock", ("quantity", "deadline"), 4),
        ("sales", (), 8),
    ],
)
def test_the_shortest_time_of_its_rules_counts(team, codes, hours):
    assert TIMES.hours(team, codes=codes) == hours


@pytest.mark.parametrize(
    ("at", "numbers"),
    [
        ("2026-12-04T14:59:59+00:00", []),
        ("2026-12-04T15:00:00+00:00", [1]),
        (
            "2026-12-07T14:59:00+00:00",
            [1],
        ),  # one hour on Friday, not yet seven on Monday
        ("2026-12-07T15:00:00+00:00", [1, 2]),
        ("2026-12-08T20:00:00+00:00", [1, 2]),  # a holiday
        ("2026-12-09T15:00:00+00:00", [1, 2, 3]),
    ],
)
def test_row_89_a_step_is_due_by_working_hours(at, numbers):
    due = steps_due(
        STEPS, taken=(), due_at=DUE, at=datetime.fromisoformat(at), hours=OFFICE
    )
    assert [step.number for step in due] == numbers


def test_a_step_that_was_taken_does_not_come_again():
    at = DUE + timedelta(days=30)
    due = steps_due(STEPS, taken={1, 3}, due_at=DUE, at=at, hours=OFFICE)
    assert [step.number for step in due] == [2]


@given(
    minutes=st.lists(st.integers(-600, 20_000), min_size=1, max_size=12),
    gaps=st.lists(st.integers(0, 40), min_size=1, max_size=4),
)
def test_row_89_what_is_taken_hangs_on_the_last_run_alone(minutes, gaps):
    steps = tuple(
        EscalationStep(number, "x", sum(gaps[:number]))
        for number in range(1, len(gaps) + 1)
    )
    taken: list[int] = []
    for minute in sorted(minutes):
        at = DUE + timedelta(minutes=minute)
        due = steps_due(steps, taken=taken, due_at=DUE, at=at, hours=OFFICE)
        taken += [step.number for step in due]
    last = DUE + timedelta(minutes=max(minutes))
    at_once = steps_due(steps, taken=(), due_at=DUE, at=last, hours=OFFICE)
    assert taken == [step.number for step in at_once] == sorted(set(taken))
