from datetime import date
from typing import Any

import pytest

from adv_domain.rules.billing.term_form import term_from_form
from adv_domain.rules.billing.term_reach import reach


def reach_of(*due: list[Any], roll: str = "none"):
    lines = [{"share": "remainder", "due": list(due)}]
    return reach(term_from_form({"lines": lines, "roll": roll}))


@pytest.mark.parametrize(
    ("due", "longest_days"),
    [
        ([["add_days", 60]], 60),
        # Spain's cap of 60 days is met by 60 net and missed by both readings
        # of the French 45 days end of month
        ([["add_days", 45], ["end_of_month"]], 75),
        ([["end_of_month"], ["add_days", 45]], 75),
        ([["end_of_month"]], 30),
        ([["add_months", 2]], 62),
        ([], 0),
    ],
)
def test_the_longest_wait_counts_on_the_worst_day(
    due: list[list[Any]], longest_days: int
):
    assert reach_of(*due).longest_days == longest_days


def test_a_term_that_goes_back_is_found_when_it_is_entered():
    found = reach_of(["set_day", 10])
    assert found.refused_on == date(2023, 1, 11)
    assert "lies before the base date" in str(found.refused_because)
    assert reach_of(["add_months", 1], ["set_day", 10]).refused_on is None


def test_weekends_lengthen_a_term_that_rolls_on():
    assert reach_of(["add_days", 60], roll="next").longest_days == 62
    assert reach_of(["add_days", 60], roll="previous").longest_days == 60
