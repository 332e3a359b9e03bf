"""Terms and amounts of every kind, for tests of what becomes of them."""

from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

from adv_domain.rules.money import minor_unit
from adv_domain.rules.terms.date_steps import DateStep, StepKind
from adv_domain.rules.terms.term_form import term_from_form
from adv_domain.rules.terms.terms import PaymentTerm, Roll, Rounding, Share, TermLine

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
    return PaymentTerm(
        tuple(lines),
        roll=draw(st.sampled_from(list(Roll))),
        rounding=draw(st.sampled_from(list(Rounding))),
    )


@st.composite
def amounts(draw: st.DrawFn) -> tuple[Decimal, str]:
    currency = draw(CURRENCIES)
    return draw(st.integers(-(10**9), 10**9)) * minor_unit(currency), currency
