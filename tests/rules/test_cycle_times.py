"""Percentiles of cycle times: nearest rank, over four weeks, checked another way."""

from datetime import date, timedelta
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.figures.cycle_times import (
    CycleCount,
    cycle_facts,
    cycle_percentiles,
    percentile,
)
from adv_domain.rules.figures.kpi_days import period_figures
from adv_domain.rules.figures.service_catalogue import TO_SHIPMENT

DAY = date(2026, 3, 2)


@given(
    st.dictionaries(st.integers(0, 40), st.integers(1, 6), min_size=1),
    st.sampled_from([50, 90, 95]),
)
def test_a_percentile_is_the_value_at_its_rank(counts, percent):
    spread = sorted(value for value, n in counts.items() for _ in range(n))
    assert percentile(counts, percent) == spread[ceil(percent * len(spread) / 100) - 1]


def test_without_orders_there_is_no_percentile():
    assert percentile({}, 50) is None
    figures = cycle_percentiles([DAY], [])[DAY]
    assert len(figures) == 6
    assert {figure.value for figure in figures.values()} == {None}


def a_count(days, orders, *, back=0, ended_on=DAY):
    ended = ended_on - timedelta(days=back)
    return CycleCount(TO_SHIPMENT, ended, ended - timedelta(days=days), orders)


def test_percentiles_cover_the_four_weeks_that_end_with_the_day():
    counts = [
        a_count(2, 60),
        a_count(5, 29, back=27),
        a_count(9, 6, back=3),
        a_count(30, 5, back=1),
        a_count(99, 50, back=28),
    ]
    figures = cycle_percentiles([DAY], counts)[DAY]
    shown = {
        name[-3:]: figures[f"{TO_SHIPMENT}_{name}"] for name in ("p50", "p90", "p95")
    }
    assert {name: figure.value for name, figure in shown.items()} == {
        "p50": 2,
        "p90": 9,
        "p95": 9,
    }
    assert {figure.n for figure in shown.values()} == {100}


@pytest.mark.parametrize("days", [0, 1, 5])
def test_days_that_come_one_by_one_give_the_percentiles_of_all_at_once(days):
    counts = [a_count(at % 7, at + 1, back=at) for at in range(40)]
    shown = [DAY - timedelta(days=at) for at in range(days, -1, -1)]
    assert (
        cycle_percentiles(shown, counts)[DAY] == cycle_percentiles([DAY], counts)[DAY]
    )


def test_the_mean_of_a_period_is_over_its_orders():
    found = period_figures(cycle_facts([a_count(2, 3), a_count(10, 1, back=4)]))
    assert found[TO_SHIPMENT].value == 4
    assert found[TO_SHIPMENT].n == 4


def test_an_order_dated_after_its_shipment_took_no_days():
    assert a_count(-3, 1).days == 0
