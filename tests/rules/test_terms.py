import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adv_domain.rules.billing.date_steps import DateStep, StepKind
from adv_domain.rules.billing.term_form import term_from_form
from adv_domain.rules.billing.terms import (
    DiscountBase,
    EarlyDiscount,
    PaymentTerm,
    Roll,
    Share,
    TermError,
    TermLine,
    due_dates,
    early_discount,
    instalments,
    shares,
)
from adv_domain.rules.calendar_rules import is_working_day
from adv_domain.rules.money import minor_unit

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
READINGS = {
    "net30": [["add_days", 30]],
    "net60": [["add_days", 60]],
    "45j_puis_fdm": [["add_days", 45], ["end_of_month"]],
    "fdm_puis_45j": [["end_of_month"], ["add_days", 45]],
    "30j_fdm": [["add_days", 30], ["end_of_month"]],
    "fdm_30j": [["end_of_month"], ["add_days", 30]],
}
CURRENCIES = st.sampled_from(["EUR", "JPY", "TND"])


def a_term(*due: object, roll: str = "none") -> PaymentTerm:
    lines = [{"share": "remainder", "due": list(due)}]
    return term_from_form({"lines": lines, "roll": roll})


def split(term: PaymentTerm, total: str, currency: str = "EUR") -> list[str]:
    return [
        str(part) for part in shares(term=term, total=Decimal(total), currency=currency)
    ]


@st.composite
def terms(draw: st.DrawFn) -> PaymentTerm:
    step = st.one_of(
        st.builds(
            DateStep,
            st.sampled_from([StepKind.ADD_DAYS, StepKind.ADD_MONTHS]),
            st.tuples(st.integers(0, 90)),
        ),
        st.just(DateStep(StepKind.END_OF_MONTH)),
        st.builds(DateStep, st.just(StepKind.SET_DAY), st.tuples(st.integers(1, 31))),
        st.builds(
            DateStep,
            st.just(StepKind.NEXT_DAY_OF_MONTH),
            st.lists(st.integers(1, 31), min_size=1, max_size=3).map(tuple),
        ),
        st.builds(
            DateStep, st.just(StepKind.NEXT_WEEKDAY), st.tuples(st.integers(0, 6))
        ),
    )
    due = st.lists(step, max_size=3).map(tuple)
    rate = st.integers(0, 50).map(lambda percent: Decimal(percent).scaleb(-2))
    share = st.one_of(
        st.tuples(st.just(Share.PERCENT_OF_TOTAL), rate),
        st.tuples(st.just(Share.PERCENT_OF_REMAINDER), rate),
        st.tuples(st.just(Share.FIXED), st.decimals("0.01", "5000", places=2)),
    )
    lines = [
        TermLine(kind, value, draw(due))
        for kind, value in draw(st.lists(share, max_size=2))
    ]
    lines.append(TermLine(Share.REMAINDER, Decimal(0), draw(due)))
    return PaymentTerm(tuple(lines), roll=draw(st.sampled_from(list(Roll))))


@st.composite
def amounts(draw: st.DrawFn) -> tuple[Decimal, str]:
    currency = draw(CURRENCIES)
    return draw(st.integers(-(10**9), 10**9)) * minor_unit(currency), currency


@given(term=terms(), amount=amounts())
def test_parts_sum_to_the_total_and_share_its_sign(
    term: PaymentTerm, amount: tuple[Decimal, str]
):
    total, currency = amount
    parts = shares(term=term, total=total, currency=currency)
    assert sum(parts) == total
    assert len(parts) == len(term.lines)
    assert all(part * total >= 0 for part in parts)
    assert shares(term=term, total=-total, currency=currency) == [-p for p in parts]


@given(term=terms(), amount=amounts())
def test_a_percentage_differs_from_its_exact_share_by_less_than_a_unit(
    term: PaymentTerm, amount: tuple[Decimal, str]
):
    total, currency = amount
    left = total
    parts = shares(term=term, total=total, currency=currency)
    for line, part in zip(term.lines, parts, strict=True):
        if line.share is Share.PERCENT_OF_TOTAL and part != left:
            assert abs(part - total * line.value) < minor_unit(currency)
        left -= part


@given(term=terms(), amount=amounts())
def test_doubling_an_invoice_without_fixed_lines_doubles_its_parts(
    term: PaymentTerm, amount: tuple[Decimal, str]
):
    total, currency = amount
    if any(line.share is not Share.PERCENT_OF_TOTAL for line in term.lines[:-1]):
        return
    once = shares(term=term, total=total, currency=currency)
    twice = shares(term=term, total=2 * total, currency=currency)
    allowed = len(once) * minor_unit(currency)
    assert all(abs(2 * a - b) <= allowed for a, b in zip(once, twice, strict=True))


@settings(max_examples=200)
@given(
    term=terms(),
    on=st.dates(date(2000, 1, 1), date(2040, 12, 31)),
    later=st.integers(0, 70),
)
def test_where_defined_a_later_base_never_gives_an_earlier_due_date(
    term: PaymentTerm, on: date, later: int
):
    try:
        first = due_dates(term=term, base_on=on)
        second = due_dates(term=term, base_on=on + timedelta(days=later))
    except TermError:
        return
    assert all(a <= b for a, b in zip(first, second, strict=True))
    assert all(due_on >= on for due_on in first)
    if term.roll is not Roll.NONE:
        assert all(is_working_day(due_on) for due_on in first)


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="../shared/reference is absent")
def test_worked_due_dates_hold():
    text = (REFERENCE / "worked_examples.json").read_text()
    for base, expected in json.loads(text)["due_dates"].items():
        found = {
            name: due_dates(term=a_term(*due), base_on=date.fromisoformat(base))
            for name, due in READINGS.items()
        }
        assert {name: str(days[0]) for name, days in found.items()} == expected


def test_thirty_days_end_of_month_on_the_tenth():
    term = a_term(
        ["add_days", 30], ["end_of_month"], ["add_months", 1], ["set_day", 10]
    )
    assert due_dates(term=term, base_on=date(2025, 1, 15)) == [date(2025, 3, 10)]


def test_instalments_come_in_the_order_of_the_lines_each_explained():
    form = {
        "lines": [
            {"share": "percent_of_total", "value": "30", "due": [["add_days", 0]]},
            {"share": "remainder", "due": [["add_days", 45], ["end_of_month"]]},
        ]
    }
    first, second = instalments(
        term=term_from_form(form),
        total=Decimal("1210.00"),
        currency="EUR",
        base_on=date(2025, 1, 15),
    )
    assert (first.due_on, str(first.amount)) == (date(2025, 1, 15), "363.00")
    assert (second.due_on, str(second.amount)) == (date(2025, 3, 31), "847.00")
    assert first.steps == (
        "30 % of the total: 363.00 EUR",
        "invoice date 2025-01-15",
        "add 0 days: 2025-01-15",
    )
    assert second.steps[2:] == (
        "add 45 days: 2025-03-01",
        "end of month: 2025-03-31",
    )


@pytest.mark.parametrize(
    ("share", "value", "total", "currency", "parts"),
    [
        ("percent_of_total", "33.333", "100.00", "EUR", ["33.33", "66.67"]),
        ("percent_of_total", "50", "0.01", "EUR", ["0.01", "0.00"]),
        ("percent_of_total", "50", "101", "JPY", ["51", "50"]),
        ("percent_of_total", "50", "-0.001", "TND", ["-0.001", "0.000"]),
        ("fixed", "200", "-500.00", "EUR", ["-200.00", "-300.00"]),
        ("fixed", "200", "150.00", "EUR", ["150.00", "0.00"]),
        ("percent_of_remainder", "25", "80.00", "EUR", ["20.00", "60.00"]),
    ],
)
def test_first_shares(
    share: str, value: str, total: str, currency: str, parts: list[str]
):
    first = {"share": share, "value": value, "due": []}
    term = term_from_form({"lines": [first, {"share": "remainder", "due": []}]})
    assert split(term, total, currency) == parts


def test_a_due_date_before_the_base_is_refused_naming_the_line():
    with pytest.raises(TermError, match="line 1: the due date 2025-01-10") as caught:
        due_dates(term=a_term(["set_day", 10]), base_on=date(2025, 1, 31))
    assert caught.value.line_no == 1


def test_a_total_with_too_many_decimals_is_refused():
    with pytest.raises(ValueError, match="more decimals than JPY"):
        shares(term=a_term(), total=Decimal("10.5"), currency="JPY")


def test_steps_out_of_the_calendar_are_refused():
    with pytest.raises(TermError, match="line 1: a date step"):
        due_dates(term=a_term(["add_days", 10**15]), base_on=date(2025, 1, 1))


def test_rolling_back_never_passes_the_base_date():
    saturday = date(2025, 3, 1)
    due = due_dates(term=a_term(roll="previous"), base_on=saturday)
    assert due == [date(2025, 3, 3)]
    later = a_term(["add_days", 7], roll="previous")
    assert due_dates(term=later, base_on=saturday) == [date(2025, 3, 7)]


def test_holidays_are_rolled_over():
    term = a_term(["add_days", 1], roll="next")
    holidays = frozenset({date(2025, 5, 1), date(2025, 5, 2)})
    found = due_dates(term=term, base_on=date(2025, 4, 30), holidays=holidays)
    assert found == [date(2025, 5, 5)]


def test_paying_early_settles_the_worked_invoice_with_1185_80():
    rule = EarlyDiscount(Decimal("0.02"), (DateStep(StepKind.ADD_DAYS, (10,)),))
    term = PaymentTerm(a_term().lines, early_discount=rule)
    found = early_discount(
        term=term, total=Decimal("1210.00"), currency="EUR", base_on=date(2025, 1, 15)
    )
    assert found is not None
    assert (found.until, str(found.amount)) == (date(2025, 1, 25), "1185.80")
    assert found.amount + found.discount == Decimal("1210.00")


def test_a_discount_on_net_leaves_the_tax_whole():
    rule = EarlyDiscount(Decimal("0.02"), (), DiscountBase.NET)
    term = PaymentTerm(a_term().lines, early_discount=rule)
    found = early_discount(
        term=term,
        total=Decimal("1210.00"),
        net=Decimal("1000.00"),
        currency="EUR",
        base_on=date(2025, 1, 15),
    )
    assert found is not None and str(found.amount) == "1190.00"


def test_a_term_without_early_discount_grants_none():
    assert (
        early_discount(
            term=a_term(),
            total=Decimal("10.00"),
            currency="EUR",
            base_on=date(2025, 1, 15),
        )
        is None
    )
