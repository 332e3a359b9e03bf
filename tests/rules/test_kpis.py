"""KPI figures: definitions, worked examples and laws."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.figures.kpi_catalogue import (
    KPIS,
    UnknownKpi,
    base_name,
    definition,
    part_name,
)
from adv_domain.rules.figures.kpis import Grain, Unit, over_period, ratio, total
from adv_domain.rules.figures.receivables_kpis import (
    AGEING_NAMES,
    Balance,
    Turnover,
    ageing_bucket,
    ageing_periods,
    balance_of,
    collection_effectiveness,
    days_late,
    dso_count_back,
    receivables_figures,
    window_start,
)
from adv_domain.rules.figures.service_catalogue import (
    PERCENTILES,
    TO_INVOICE,
    TO_SHIPMENT,
    percentile_name,
)

D = Decimal
CLOSE = date(2025, 6, 30)
NAMES_OF_THE_DESIGN = """orders_entered invoices_posted credit_notes_posted
order_entry_error_rate on_time_rate on_time_in_full_rate dso_simple dso_count_back
dso_best_possible average_days_delinquent collection_effectiveness receivables overdue
ageing_not_due ageing_1_30 ageing_31_60 ageing_61_90 ageing_over_90 late_invoices
days_late days_late_when_late""".split()


def a_balance(*, open_total: str, not_due: str) -> Balance:
    overdue = D(open_total) - D(not_due)
    return balance_of([("ageing_not_due", D(not_due), 3), ("ageing_1_30", overdue, 2)])


def a_turnover(**amounts: str) -> Turnover:
    by_month = {
        (2025, 4): D("70000"),
        (2025, 5): D("80000"),
        (2025, 6): D("100000"),
    }
    return Turnover(
        window=D(amounts.get("window", "250000")),
        month=D(amounts.get("month", "100000")),
        by_month=by_month,
    )


@pytest.mark.parametrize("name", NAMES_OF_THE_DESIGN)
def test_every_promised_name_has_a_definition(name: str) -> None:
    assert definition(name).name == name


def test_names_are_unique() -> None:
    assert len({kpi.name for kpi in KPIS}) == len(KPIS)


def test_every_ratio_says_its_denominator() -> None:
    percentiles = {
        percentile_name(name, percent)
        for name in (TO_SHIPMENT, TO_INVOICE)
        for percent in PERCENTILES
    }
    for kpi in KPIS:
        is_plain = kpi.unit in {Unit.COUNT, Unit.AMOUNT} or kpi.name in percentiles
        assert kpi.is_ratio == (not is_plain), kpi.name


def test_a_part_is_defined_by_its_whole() -> None:
    name = part_name("order_entry_error_rate", "price")
    assert name == "order_entry_error_rate:price"
    assert base_name(name) == "order_entry_error_rate"
    assert "“price”" in definition(name).formula
    assert definition(name).denominator == "orders dated that day"


@pytest.mark.parametrize("name", ["profit", "receivables:price", "", ":price"])
def test_unknown_names_are_refused(name: str) -> None:
    with pytest.raises(UnknownKpi):
        definition(name)


def test_a_rate_without_denominator_is_undefined() -> None:
    assert ratio(0, 0).value is None
    assert ratio(D("12.5"), 0).value is None
    assert total(0, n=0).value == 0


def test_a_rate_keeps_six_decimals() -> None:
    # Northwind: 37 of 809 shipped orders late
    assert ratio(772, 809).value == D("0.954265")


def test_a_period_is_the_ratio_of_sums_not_the_mean_of_ratios() -> None:
    figure = over_period(
        definition("on_time_rate"), [ratio(1, 1), ratio(0, 0), ratio(1, 9)]
    )
    assert (figure.numerator, figure.denominator) == (2, 10)
    assert (figure.value, figure.n) == (D("0.2"), 10)


def test_counts_of_a_period_add_up() -> None:
    figure = over_period(definition("orders_entered"), [total(3, n=3), total(4, n=4)])
    assert (figure.value, figure.n, figure.denominator) == (7, 7, None)


def test_a_period_of_nothing_has_no_rate_but_a_count_of_zero() -> None:
    assert over_period(definition("on_time_rate"), []).value is None
    assert over_period(definition("orders_entered"), []).value == 0


def test_a_state_is_not_added_up() -> None:
    with pytest.raises(ValueError, match="receivables is a state"):
        over_period(definition("receivables"), [total(1, n=1)])


@pytest.mark.parametrize(
    ("days_overdue", "bucket"),
    [
        (-40, "ageing_not_due"),
        (0, "ageing_not_due"),  # due on the day itself: still in time
        (1, "ageing_1_30"),
        (30, "ageing_1_30"),
        (31, "ageing_31_60"),
        (60, "ageing_31_60"),
        (61, "ageing_61_90"),
        (90, "ageing_61_90"),
        (91, "ageing_over_90"),
        (2000, "ageing_over_90"),
    ],
)
def test_the_bucket_follows_the_days_overdue(days_overdue: int, bucket: str) -> None:
    due_on = CLOSE - timedelta(days=days_overdue)
    assert ageing_bucket(due_on=due_on, as_of=CLOSE) == bucket


@given(
    as_of=st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    days=st.integers(min_value=-3000, max_value=3000),
)
def test_every_due_date_lies_in_exactly_one_bucket(as_of: date, days: int) -> None:
    due_on = as_of + timedelta(days=days)
    holding = [each.name for each in ageing_periods(as_of) if each.holds(due_on)]
    assert len(holding) == 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(AGEING_NAMES),
            st.decimals(-1000, 10**6, places=2),
            st.integers(0, 50),
        )
    )
)
def test_the_buckets_sum_to_the_open_total(
    parts: list[tuple[str, Decimal, int]],
) -> None:
    balance = balance_of(parts)
    assert tuple(balance.buckets) == AGEING_NAMES
    assert balance.open == sum((amount for _, amount, _ in parts), D(0))
    assert balance.items == sum(items for _, _, items in parts)


def test_the_window_is_ninety_days_that_end_with_the_day() -> None:
    assert window_start(CLOSE) == date(2025, 4, 2)
    assert (CLOSE - window_start(CLOSE)).days + 1 == 90


def test_the_worked_example_of_receivables() -> None:
    # 212,000 open of which 150,000 not yet due; 250,000 sold in ninety days, 100,000
    # of them this month, which began with 180,000 open
    figures = receivables_figures(
        as_of=CLOSE,
        balance=a_balance(open_total="212000", not_due="150000"),
        turnover=a_turnover(),
        opening=D("180000"),
    )
    values = {name: figure.value for name, figure in figures.items()}
    assert values["receivables"] == 212000
    assert values["overdue"] == 62000
    assert values["dso_simple"] == D("76.32")
    assert values["dso_best_possible"] == D("54")
    assert values["average_days_delinquent"] == D("22.32")
    # 68,000 collected of the 130,000 that could have been
    assert values["collection_effectiveness"] == D("0.523077")
    assert values["ageing_1_30"] == 62000
    assert values["ageing_over_90"] == 0
    assert figures["overdue"].n == 2


def test_count_back_takes_whole_months_then_a_fraction() -> None:
    # June 30 days + May 31 days + 32,000 of April's 70,000 × 30 days
    figure = dso_count_back(
        as_of=CLOSE,
        balance=a_balance(open_total="212000", not_due="0"),
        by_month=a_turnover().by_month,
    )
    assert figure.value == D("74.714286")


def test_count_back_in_the_middle_of_a_month_counts_its_days_so_far() -> None:
    # 10 days of June hold 50,000; the rest is a quarter of May's 31 days
    figure = dso_count_back(
        as_of=date(2025, 6, 10),
        balance=a_balance(open_total="70000", not_due="0"),
        by_month={(2025, 6): D("50000"), (2025, 5): D("80000")},
    )
    assert figure.value == D("17.75")


def test_count_back_passes_over_a_month_without_sales_and_over_new_year() -> None:
    figure = dso_count_back(
        as_of=date(2025, 2, 28),
        balance=a_balance(open_total="150", not_due="0"),
        by_month={(2025, 2): D("100"), (2024, 12): D("100")},
    )
    assert figure.value == D("74.5")  # 28 + 31 + half of 31


@pytest.mark.parametrize(
    ("open_total", "by_month", "expected"),
    [
        ("0", {(2025, 6): D("10")}, D("0")),  # nothing owed
        ("-5", {(2025, 6): D("10")}, D("0")),  # customers have credit
        ("11", {(2025, 6): D("10")}, None),  # more is owed than was ever sold
        ("0", {}, None),  # nothing sold, nothing owed
        ("10", {(2025, 6): D("10")}, D("30")),
    ],
)
def test_count_back_at_its_edges(
    open_total: str,
    by_month: dict[tuple[int, int], Decimal],
    expected: Decimal | None,
) -> None:
    figure = dso_count_back(
        as_of=CLOSE,
        balance=a_balance(open_total=open_total, not_due="0"),
        by_month=by_month,
    )
    assert figure.value == expected


def test_collection_effectiveness_as_published() -> None:
    # opening 100k, sales 1M, 120k open at the end of which 100k not yet due: 98 %
    figure = collection_effectiveness(
        opening=D("100000"),
        sales=D("1000000"),
        closing=a_balance(open_total="120000", not_due="100000"),
    )
    assert figure.value == D("0.98")


def test_without_sales_every_speed_is_undefined() -> None:
    figures = receivables_figures(
        as_of=CLOSE,
        balance=balance_of([]),
        turnover=Turnover(window=D(0), month=D(0), by_month={}),
        opening=D(0),
    )
    undefined = {name for name, figure in figures.items() if figure.value is None}
    assert undefined == {
        "overdue_share",
        "dso_simple",
        "dso_count_back",
        "dso_best_possible",
        "average_days_delinquent",
        "collection_effectiveness",
    }


def test_paying_early_is_not_negative_lateness() -> None:
    assert days_late(due_on=date(2025, 6, 10), settled_on=date(2025, 6, 1)) == 0
    assert days_late(due_on=date(2025, 6, 10), settled_on=date(2025, 6, 10)) == 0
    assert days_late(due_on=date(2025, 6, 10), settled_on=date(2025, 6, 14)) == 4


def test_only_states_are_of_grain_close() -> None:
    states = {kpi.name for kpi in KPIS if kpi.grain is Grain.CLOSE}
    assert "dso_simple" in states
    assert "late_invoices" not in states
