"""Row 92: goods are unbilled from their shipment until the day of their invoice."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.billing.unbilled import (
    DeliveredGoods,
    Span,
    totals,
    unbilled_at,
    unbilled_spans,
)
from adv_domain.rules.exchange import ExchangeRate, NoExchangeRate, exchange_rates
from adv_domain.rules.figures.unbilled_kpi import unbilled_figures

DAY = date(2026, 1, 5)
NO_RATES = exchange_rates([])


def some_goods(shipped=0, ended=None, qty="3", **changes):
    values = {
        "delivery_no": "D1",
        "order_no": "O1",
        "customer": "C1",
        "customer_name": "Customer",
        "line_no": 1,
        "product": "P1",
        "description": "Bench",
        "unit": "C62",
        "shipped_on": DAY + timedelta(days=shipped),
        "from_on": DAY + timedelta(days=shipped),
        "ended_on": None if ended is None else DAY + timedelta(days=ended),
        "qty": Decimal(qty),
        "unit_price": Decimal("9.995"),
        "discount_rate": Decimal("0.1"),
        "currency": "EUR",
    }
    return DeliveredGoods(**values | changes)


@pytest.mark.parametrize(
    ("shipped", "ended", "counts_on"),
    [
        (0, None, [0, 1, 2, 3]),
        (1, 3, [1, 2]),
        (1, 1, []),  # invoiced on the day it left
        (2, 1, []),  # invoiced before it left
    ],
)
def test_row_92_goods_count_from_shipment_to_the_day_before_their_invoice(
    shipped, ended, counts_on
):
    one = some_goods(shipped, ended)
    days = range(4)
    assert [at for at in days if one.is_unbilled(DAY + timedelta(days=at))] == counts_on


def test_the_value_is_net_and_rounded_like_a_line_of_an_invoice():
    # 3 × 9.995 less 10 % = 26.9865
    assert some_goods().value == Decimal("26.99")
    assert some_goods(currency="JPY").value == Decimal(27)
    assert some_goods(unit_price=None).value is None


def test_totals_stand_by_currency_and_tell_of_lines_without_price():
    found = totals([some_goods(2), some_goods(1, unit_price=None), some_goods(qty="1")])
    [total] = found
    assert (total.value, total.lines, total.unpriced) == (Decimal("35.99"), 3, 1)
    assert total.oldest_on == DAY
    two = totals([some_goods(currency="JPY"), some_goods()])
    assert [one.currency for one in two] == ["EUR", "JPY"]
    assert totals([]) == []


@given(
    st.lists(
        st.builds(
            some_goods,
            shipped=st.integers(-3, 12),
            ended=st.none() | st.integers(-3, 14),
            qty=st.integers(1, 9).map(str),
        ),
        max_size=12,
    )
)
def test_row_92_the_running_total_equals_a_plain_look_at_each_day(goods):
    days = [DAY + timedelta(days=at) for at in range(10)]
    figures = unbilled_figures(goods, days, currency="EUR", rates=NO_RATES)
    for day in days:
        standing = unbilled_at(goods, day)
        assert figures[day].value == sum(one.value for one in standing)
        assert figures[day].n == len(standing)


def test_amounts_count_at_the_rate_of_the_day_on_which_they_left():
    rates = exchange_rates(
        [
            ExchangeRate("JPY", "EUR", Decimal(100), DAY),
            ExchangeRate("JPY", "EUR", Decimal(200), DAY + timedelta(days=1)),
        ]
    )
    goods = [some_goods(currency="JPY", unit_price=Decimal(1000), qty="1")]
    days = [DAY, DAY + timedelta(days=1)]
    figures = unbilled_figures(goods, days, currency="EUR", rates=rates)
    assert [figures[day].value for day in days] == [9, 9]
    with pytest.raises(NoExchangeRate):
        unbilled_figures(goods, days, currency="TND", rates=rates)


def at(days):
    return None if days is None else DAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("billed", "ended", "spans"),
    [
        ([], None, [(0, None)]),
        ([(3, None)], None, [(0, 3)]),
        ([(3, 5)], None, [(0, 3), (5, None)]),
        ([(3, 5), (8, None)], None, [(0, 3), (5, 8)]),
        ([(3, 5)], 7, [(0, 3), (5, 7)]),
        ([(3, 5)], 4, [(0, 3)]),
        ([(0, 2), (2, None)], None, []),
        ([(-2, None)], None, []),
        ([(-2, 1)], None, [(1, None)]),
        ([], 0, []),
    ],
)
def test_row_92_goods_of_a_cancelled_invoice_count_again(billed, ended, spans):
    found = unbilled_spans(
        DAY,
        ended_on=at(ended),
        billed=[Span(at(begins), at(ends)) for begins, ends in billed],
    )
    assert found == [Span(at(begins), at(ends)) for begins, ends in spans]
