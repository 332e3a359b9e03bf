import json
import tomllib
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from adv_domain.bundled import bundled_path
from adv_domain.rules.terms.legal_caps import beyond_strict_laws
from adv_domain.rules.terms.term_dates import due_dates
from adv_domain.rules.terms.term_form import term_from_form
from adv_domain.rules.terms.term_reach import entered_term, reach
from adv_domain.rules.terms.terms import PaymentTerm, TermError
from tests.rules.term_cases import terms


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


@pytest.mark.parametrize(
    ("form", "says"),
    [
        # a bare day of the month goes back: 31 January and day 10 is 10 January
        (
            {"lines": [{"share": "remainder", "due": [["set_day", 10]]}]},
            "line 1: the due date 2023-01-10 lies before the base date 2023-01-11",
        ),
        (
            {
                "lines": [
                    {"share": "fixed", "value": "10", "due": []},
                    {"share": "remainder", "due": [["add_days", 5], ["set_day", 1]]},
                ]
            },
            "line 2: the due date",
        ),
        (
            {
                "lines": [{"share": "remainder", "due": []}],
                "early_discount": {"percent": "2", "due": [["set_day", 10]]},
            },
            "payment term: the early discount ends 2023-01-10, before 2023-01-11",
        ),
        (
            {"lines": [{"share": "remainder", "due": [["add_days", 10**9]]}]},
            "line 1: a date step",
        ),
        ({"lines": []}, "payment term: at least one line"),
    ],
)
def test_row_37_a_term_is_entered_only_if_it_works_on_every_day(
    form: dict[str, Any], says: str
):
    with pytest.raises(TermError) as caught:
        entered_term(form)
    assert str(caught.value).startswith(says)


@given(terms())
def test_row_37_an_entered_term_never_falls_due_before_its_base(term: PaymentTerm):
    """What invariant 8 leaves open: whatever is accepted works on every day."""
    if reach(term).refused_on is not None:
        return
    for year in (2000, 2031, 2044):
        for base_on in (date(year, 1, 31), date(year, 2, 28), date(year, 12, 30)):
            assert min(due_dates(term=term, base_on=base_on)) >= base_on


def test_row_37_both_readings_of_end_of_month_are_named_in_a_new_database():
    path = bundled_path("deployments") / "first_master_data.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["payment_terms"]
    named = {row["name"]: entered_term(json.loads(row["definition"])) for row in rows}
    first, then = (
        named["30 days, then end of month"],
        named["end of month, then 30 days"],
    )
    base_on = date(2025, 1, 15)
    assert due_dates(term=first, base_on=base_on) == [date(2025, 2, 28)]
    assert due_dates(term=then, base_on=base_on) == [date(2025, 3, 2)]
    assert not any(beyond_strict_laws(one, on=base_on) for one in named.values())
