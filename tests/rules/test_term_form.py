from decimal import Decimal
from typing import Any

import pytest

from adv_domain.rules.terms.date_steps import DateStep, StepKind
from adv_domain.rules.terms.term_form import term_from_form, term_from_text
from adv_domain.rules.terms.terms import (
    DiscountBase,
    EarlyDiscount,
    PaymentTerm,
    Roll,
    Share,
    TermBase,
    TermError,
    TermLine,
)

REST: dict[str, Any] = {"share": "remainder", "due": []}


def first(**fields: Any) -> dict[str, Any]:
    line = {"share": "percent_of_total", "value": "30", "due": [], **fields}
    return {"lines": [line, REST]}


def test_the_documented_form_is_read():
    term = term_from_text(
        """{"lines": [
               {"share": "percent_of_total", "value": 12.5, "due": [["add_days", 0]]},
               {"share": "remainder", "due": [["add_days", 45], ["end_of_month"]]}],
             "base": "delivery", "roll": "next",
             "early_discount":
               {"percent": "2", "due": [["add_days", 10]], "base": "net"}}"""
    )
    assert term == PaymentTerm(
        lines=(
            TermLine(
                Share.PERCENT_OF_TOTAL,
                Decimal("0.125"),
                (DateStep(StepKind.ADD_DAYS, (0,)),),
            ),
            TermLine(
                Share.REMAINDER,
                Decimal(0),
                (
                    DateStep(StepKind.ADD_DAYS, (45,)),
                    DateStep(StepKind.END_OF_MONTH),
                ),
            ),
        ),
        base=TermBase.DELIVERY,
        roll=Roll.NEXT,
        early_discount=EarlyDiscount(
            Decimal("0.02"), (DateStep(StepKind.ADD_DAYS, (10,)),), DiscountBase.NET
        ),
    )


def test_base_roll_and_discount_have_defaults():
    term = term_from_form({"lines": [REST]})
    assert (term.base, term.roll, term.early_discount) == (
        TermBase.INVOICE,
        Roll.NONE,
        None,
    )


@pytest.mark.parametrize(
    ("given", "step"),
    [
        (["next_day_of_month", [5, 20]], DateStep(StepKind.NEXT_DAY_OF_MONTH, (5, 20))),
        (["next_day_of_month", 5, 20], DateStep(StepKind.NEXT_DAY_OF_MONTH, (5, 20))),
        (["next_weekday", "Friday"], DateStep(StepKind.NEXT_WEEKDAY, (4,))),
        (["next_weekday", 0], DateStep(StepKind.NEXT_WEEKDAY, (0,))),
        (["add_weeks", "2"], DateStep(StepKind.ADD_WEEKS, (2,))),
        (["set_day", 31], DateStep(StepKind.SET_DAY, (31,))),
    ],
)
def test_date_steps_are_read(given: list[Any], step: DateStep):
    term = term_from_form({"lines": [{"share": "remainder", "due": [given]}]})
    assert term.lines[0].due == (step,)


@pytest.mark.parametrize(
    ("form", "line_no", "says"),
    [
        ([], 0, "must be a JSON object"),
        ({}, 0, "lines must be a list"),
        ({"lines": []}, 0, "at least one line"),
        ({"lines": [REST, REST]}, 1, "only the last line"),
        ({"lines": [first()["lines"][0]]}, 1, "the last line must take the remainder"),
        ({"lines": [REST], "rol": "next"}, 0, "unknown field rol"),
        ({"lines": [REST], "roll": "later"}, 0, "known: none, next, previous"),
        ({"lines": [REST], "base": "receipt"}, 0, "known: invoice, delivery, order"),
        ({"lines": ["all"]}, 1, "must be a JSON object"),
        (first(share="half"), 1, "share 'half' is unknown"),
        (first(value="101"), 1, "not between 0 and 100"),
        (first(value="-5"), 1, "not between 0 and 100"),
        (first(value="many"), 1, "must be a number"),
        (first(value="NaN"), 1, "must be a number"),
        (first(value="1e999999999"), 1, "must be a number"),
        (first(value=True), 1, "must be a number"),
        (first(value=0.3), 1, "must be a number"),
        (first(value=None), 1, "must be a number"),
        (first(share="fixed", value="-5"), 1, "must be above zero"),
        (first(due=None), 1, "due must be a list"),
        (first(due=["add_days"]), 1, "a date step must be a list"),
        (first(due=[[]]), 1, "the date step '' is unknown"),
        (first(due=[["add_years", 1]]), 1, "the date step 'add_years' is unknown"),
        (first(due=[["add_days", -1]]), 1, "add_days -1 is negative"),
        (first(due=[["add_days", "1.5"]]), 1, "needs a whole number"),
        (first(due=[["add_days"]]), 1, "add_days has 0 numbers"),
        (first(due=[["add_days", 1, 2]]), 1, "add_days has 2 numbers"),
        (first(due=[["end_of_month", 1]]), 1, "end_of_month has 1 numbers"),
        (first(due=[["set_day", 32]]), 1, "not between 1 and 31"),
        (first(due=[["next_day_of_month", []]]), 1, "has 0 numbers"),
        (first(due=[["next_weekday", "someday"]]), 1, "one of monday, tuesday"),
        (first(due=[["next_weekday", 7]]), 1, "not between 0 and 6"),
        ({"lines": [{"share": "remainder"}]}, 1, "due is missing"),
        ({"lines": [{**REST, "value": "70"}]}, 1, "a remainder takes no value"),
        ({"lines": [REST], "early_discount": 2}, 0, "early_discount must be"),
        (
            {"lines": [REST], "early_discount": {"percent": "120", "due": []}},
            0,
            "not between 0 and 100",
        ),
        (
            {
                "lines": [REST],
                "early_discount": {"percent": "2", "days": 3, "due": []},
            },
            0,
            "leave one out",
        ),
    ],
)
def test_a_wrong_term_names_its_line(form: object, line_no: int, says: str):
    with pytest.raises(TermError, match=says) as caught:
        term_from_form(form)
    assert caught.value.line_no == line_no
    assert (f"line {line_no}" in str(caught.value)) == bool(line_no)


def test_percentages_of_the_total_beyond_100_are_refused_at_the_line_that_exceeds():
    line = {"share": "percent_of_total", "value": "60", "due": []}
    with pytest.raises(TermError, match="line 2: the percentages"):
        term_from_form({"lines": [line, line, REST]})


def test_discount_days_are_short_for_one_step():
    form = {"lines": [REST], "early_discount": {"percent": 3, "days": 8}}
    rule = term_from_form(form).early_discount
    assert rule is not None
    assert rule.due == (DateStep(StepKind.ADD_DAYS, (8,)),)


@pytest.mark.parametrize("text", ["", "{", "[1", '{"lines": [NaN]}', "[" * 100_000])
def test_text_that_is_not_json_is_refused_in_plain_words(text: str):
    with pytest.raises(TermError, match="this is not JSON"):
        term_from_text(text)
