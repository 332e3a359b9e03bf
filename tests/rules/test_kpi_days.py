"""Figures of days and periods: facts added up, balances over many days, trends."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.exchange import ExchangeRate, NoExchangeRate, exchange_rates
from adv_domain.rules.figures.kpi_catalogue import (
    definition,
)
from adv_domain.rules.figures.kpi_days import (
    ErrorCount,
    ScoreCount,
    day_figures,
    error_facts,
    lateness_facts,
    period_figures,
    survey_facts,
)
from adv_domain.rules.figures.kpi_trends import trend
from adv_domain.rules.figures.kpis import ratio, total
from adv_domain.rules.figures.receivables_days import (
    Ledger,
    OpenGroup,
    SoldGroup,
    receivables_by_day,
)
from adv_domain.rules.figures.receivables_kpis import (
    AGEING_NAMES,
    Settled,
    ageing_bucket,
)

D = Decimal
CLOSE = date(2025, 6, 30)


def test_lateness_over_all_and_over_the_late_ones() -> None:
    due_on = date(2025, 6, 10)
    facts = lateness_facts(
        [
            Settled(due_on=due_on, settled_on=date(2025, 6, 1), items=3),
            Settled(due_on=due_on, settled_on=date(2025, 6, 14), items=2),
            Settled(due_on=due_on, settled_on=date(2025, 6, 22), items=1),
        ]
    )
    figures = period_figures(facts)
    assert figures["late_invoices"].value == D("0.5")
    assert figures["days_late"].value == D("3.333333")  # 20 days over 6 items
    assert figures["days_late_when_late"].value == D("6.666667")  # over 3
    day = day_figures([date(2025, 6, 1)], facts)[date(2025, 6, 1)]
    assert (day["late_invoices"].value, day["late_invoices"].n) == (0, 3)
    assert day["days_late_when_late"].value is None


def test_a_period_without_facts_counts_zero_and_rates_nothing() -> None:
    figures = period_figures([])
    assert figures["orders_entered"].value == 0
    for name in ("late_invoices", "order_entry_error_rate", "survey_mean"):
        assert figures[name].value is None
    assert figures["order_entry_error_rate:price"].value is None


def test_error_types_are_measured_against_all_orders_of_the_day() -> None:
    # 10 orders, 3 of them wrong: two prices, two quantities (one order has both)
    facts = error_facts(
        orders={CLOSE: 10},
        errors=[
            ErrorCount(day=CLOSE, orders=3, late=1),
            ErrorCount(day=CLOSE, type="price", orders=2, late=1),
            ErrorCount(day=CLOSE, type="quantity", orders=2),
            ErrorCount(day=CLOSE, type="price", finder="own_rule", orders=1),
            ErrorCount(day=CLOSE, type="price", finder="credit_note", orders=1),
        ],
    )
    figures = day_figures([CLOSE], facts)[CLOSE]
    assert figures["order_entry_error_rate"].value == D("0.3")
    assert figures["order_entry_error_rate:price"].value == D("0.2")
    assert figures["order_entry_error_rate:price:own_rule"].value == D("0.1")
    assert figures["order_entry_error_rate:price:credit_note"].value == D("0.1")
    assert figures["order_entry_error_rate:currency"].value == 0
    assert figures["entry_errors_found_late"].value == D("0.1")
    assert figures["entry_errors_found_late:price"].value == D("0.1")
    assert "entry_errors_found_late:quantity" not in figures
    assert all(figure.denominator == 10 for figure in named(figures, "error"))


def named(figures, word):
    return [figure for name, figure in figures.items() if word in name]


def test_a_day_without_an_error_looks_the_same_beside_one_that_has_it() -> None:
    before = CLOSE - timedelta(days=1)
    errors = [
        ErrorCount(day=CLOSE, orders=1),
        ErrorCount(day=CLOSE, type="price", orders=1),
        ErrorCount(day=CLOSE, type="price", finder="price", orders=1),
    ]
    both = error_facts(orders={before: 4, CLOSE: 4}, errors=errors)
    alone = day_figures([before], error_facts(orders={before: 4}, errors=[]))
    assert day_figures([before, CLOSE], both)[before] == alone[before]
    period = period_figures(both)["order_entry_error_rate:price:price"]
    assert (period.numerator, period.denominator) == (1, 8)


def test_survey_answers_count_by_item_and_as_a_whole() -> None:
    scale = {"day": CLOSE, "lowest": 1, "highest": 5}
    facts = survey_facts(
        [
            ScoreCount(item="phone", score=D(5), answers=2, **scale),
            ScoreCount(item="phone", score=D(3), answers=1, **scale),
            ScoreCount(
                item="delivery", score=D(10), lowest=0, highest=10, answers=1, day=CLOSE
            ),
        ]
    )
    figures = day_figures([CLOSE], facts)[CLOSE]
    assert figures["survey_mean:phone"].value == D("4.333333")
    assert figures["survey_satisfied:phone"].value == D("0.666667")
    assert (figures["survey_mean"].value, figures["survey_mean"].n) == (D("4.5"), 4)
    assert figures["survey_satisfied"].value == D("0.75")


def a_group(**changes: object) -> OpenGroup:
    values = {
        "issued_on": date(2025, 6, 1),
        "due_on": date(2025, 6, 10),
        "from_on": date(2025, 6, 1),
        "until_on": None,
        "currency": "EUR",
        "amount": D(100),
        "items": 1,
    }
    return OpenGroup(**(values | changes))


def by_day(owed: list[OpenGroup], **changes: object) -> dict:
    ledger = Ledger(
        owed=owed,
        sold=changes.get("sold", []),
        rates=changes.get("rates", exchange_rates([])),
        currency="EUR",
    )
    return receivables_by_day(ledger, first=date(2025, 6, 1), last=CLOSE)


def test_an_item_is_open_from_its_invoice_until_the_day_of_settlement() -> None:
    days = by_day([a_group(until_on=date(2025, 6, 20))])
    owed = {day: figures["receivables"].value for day, figures in days.items()}
    assert owed[date(2025, 6, 1)] == 100
    assert owed[date(2025, 6, 19)] == 100
    assert owed[date(2025, 6, 20)] == 0
    overdue = {day: figures["overdue"].value for day, figures in days.items()}
    assert overdue[date(2025, 6, 10)] == 0
    assert overdue[date(2025, 6, 11)] == 100


def test_money_given_lowers_what_is_open_and_not_the_items() -> None:
    given = a_group(from_on=date(2025, 6, 5), amount=D(-40), items=0)
    figures = by_day([a_group(), given])[date(2025, 6, 5)]
    assert (figures["receivables"].value, figures["receivables"].n) == (60, 1)


def test_amounts_count_at_the_rate_of_the_invoices_date() -> None:
    rates = exchange_rates(
        [
            ExchangeRate("JPY", "EUR", D(150), date(2025, 1, 1)),
            ExchangeRate("JPY", "EUR", D(200), date(2025, 6, 15)),
        ]
    )
    days = by_day([a_group(currency="JPY", amount=D(30000))], rates=rates)
    assert days[CLOSE]["receivables"].value == 200


def test_a_currency_without_rate_is_refused() -> None:
    with pytest.raises(NoExchangeRate, match="from TND to EUR on 2025-06-01"):
        by_day([a_group(currency="TND")])


dated = st.dates(date(2025, 1, 1), date(2025, 7, 31))


@given(
    st.lists(
        st.builds(
            a_group,
            due_on=dated,
            from_on=dated,
            until_on=st.one_of(st.none(), dated),
            amount=st.decimals(1, 1000, places=2),
        ),
        max_size=12,
    )
)
def test_the_running_balance_equals_a_plain_look_at_each_day(
    owed: list[OpenGroup],
) -> None:
    for day, figures in by_day(owed).items():
        stands = [
            group
            for group in owed
            if group.from_on <= day and (not group.until_on or day < group.until_on)
        ]
        for name in AGEING_NAMES:
            expected = [
                group.amount
                for group in stands
                if ageing_bucket(due_on=group.due_on, as_of=day) == name
            ]
            assert figures[name].value == sum(expected, D(0))
            assert figures[name].n == len(expected)


def test_sales_count_in_their_window_and_month() -> None:
    sold = [
        SoldGroup(issued_on=on, currency="EUR", amount=D(amount))
        for on, amount in (
            (date(2025, 4, 1), 1000),  # the day before the window of 30 June
            (date(2025, 4, 2), 300),
            (date(2025, 6, 30), 100),
            (date(2025, 7, 1), 5000),  # not yet
        )
    ]
    figures = by_day([a_group()], sold=sold)[CLOSE]
    assert figures["dso_simple"].denominator == 400
    assert figures["dso_simple"].value == D("22.5")
    assert figures["dso_count_back"].denominator == 1400


def test_a_trend_compares_four_weeks_with_the_four_before() -> None:
    days = [CLOSE - timedelta(days=59 - at) for at in range(60)]
    kpi = definition("on_time_rate")
    figures = {day: ratio(1, 2 if day > days[31] else 4) for day in days}
    moved = trend(kpi, days, figures)
    assert (moved.period.value, moved.before.value) == (D("0.5"), D("0.25"))
    assert (moved.points[0], moved.points[-1]) == (D("0.25"), D("0.5"))
    assert moved.points[32] == D("0.269231")  # 7 of 26: one new day in the seven


def test_a_trend_of_a_state_compares_with_four_weeks_ago() -> None:
    days = [CLOSE - timedelta(days=59 - at) for at in range(60)]
    figures = {day: total(at, n=1) for at, day in enumerate(days)}
    moved = trend(definition("receivables"), days, figures)
    assert (moved.day.value, moved.before.value) == (59, 31)


def test_a_trend_without_figures_is_undefined() -> None:
    moved = trend(definition("receivables"), [CLOSE], {})
    assert (moved.day.value, moved.points) == (None, (None,))
    assert trend(definition("orders_entered"), [CLOSE], {}).period.value == 0
