"""Receivables as of any day, counted by hand, on both databases."""

from decimal import Decimal

import pytest

from adv_domain.store.engine import reading
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    exchange_rate,
)
from tasks.figures.kpi_figures import figures_by_day, figures_of_period
from tests.builders import DAY, _insert, a_customer
from tests.store.kpi_rows import a_payment, an_item, day, figures, gives, value

D = Decimal


@pytest.fixture
def customer_id(engine):
    return a_customer(engine)


def test_receivables_as_of_any_day(engine, customer_id) -> None:
    # 100 never paid; 50 settled on day 12; both due on day 10
    an_item(engine, customer_id=customer_id, amount=100, issued=0, due=10)
    an_item(engine, customer_id=customer_id, amount=50, issued=0, due=10, settled=12)
    expected = {  # day: open, overdue, in 1–30
        -1: (0, 0, 0),
        0: (150, 0, 0),
        10: (150, 0, 0),
        11: (150, 150, 150),
        12: (100, 100, 100),
        40: (100, 100, 100),
        41: (100, 100, 0),
    }
    for on, amounts in expected.items():
        found = figures(engine, on)
        names = ("receivables", "overdue", "ageing_1_30")
        assert tuple(found[name].value for name in names) == amounts, on
    assert value(engine, "ageing_31_60", 41) == 100
    assert value(engine, "ageing_over_90", 101) == 100


def test_part_payments_and_credit_lower_what_is_open_from_their_day(
    engine, customer_id
) -> None:
    item = an_item(engine, customer_id=customer_id, amount=100, issued=0, due=10)
    credit = an_item(engine, customer_id=customer_id, amount=-30, issued=3, due=3)
    money = a_payment(engine, amount=20, booked=5)
    gives(engine, item=item, amount=20, on=5, payment_id=money, undone=8)
    gives(engine, item=item, amount=25, on=6, credit=credit)
    open_by_day = {on: value(engine, "receivables", on) for on in (0, 3, 5, 6, 8)}
    # the credit note lowers at once; giving it to the item changes nothing in sum
    assert open_by_day == {0: 100, 3: 70, 5: 50, 6: 50, 8: 70}
    assert value(engine, "ageing_not_due", 6) == 55
    assert value(engine, "ageing_1_30", 6) == -5


def test_dso_of_the_last_ninety_days_by_hand(engine, customer_id) -> None:
    # sold in the window: 300 + 600 = 900; open at the close: 600, 200 of it overdue
    an_item(
        engine, customer_id=customer_id, amount=300, issued=-80, due=-50, settled=-4
    )
    an_item(engine, customer_id=customer_id, amount=400, issued=-3, due=27)
    an_item(engine, customer_id=customer_id, amount=200, issued=-60, due=-30)
    an_item(
        engine, customer_id=customer_id, amount=999, issued=-90, due=-60, settled=-9
    )
    found = figures(engine, 0)
    assert found["dso_simple"].value == D(60)
    assert found["dso_best_possible"].value == D(40)
    assert found["average_days_delinquent"].value == D(20)
    # DAY is 5 January: 400 sold this month; open at the end of December 200 + 300
    # (settled on 1 January, after its close): (500 + 400 − 600) ÷ (500 + 400 − 400)
    assert found["collection_effectiveness"].value == D("0.6")


def test_lateness_counts_on_the_day_of_settlement(engine, customer_id) -> None:
    for amount, due, settled in ((1, 10, 5), (2, 10, 10), (3, 10, 14), (4, 10, 20)):
        an_item(
            engine,
            customer_id=customer_id,
            amount=amount,
            issued=0,
            due=due,
            settled=settled,
        )
    with reading(engine) as connection:
        found, _ = figures_of_period(
            connection, first=None, last=day(20), currency="EUR"
        )
    assert found["late_invoices"].value == D("0.5")
    assert found["days_late"].value == D("3.5")
    assert found["days_late_when_late"].value == D(7)
    assert value(engine, "late_invoices", 14) == 1
    with reading(engine) as connection:
        then, _ = figures_of_period(
            connection, first=None, last=day(14), currency="EUR"
        )
    assert then["late_invoices"].value == D("0.333333")


def test_amounts_are_converted_and_a_missing_rate_is_told(engine, customer_id) -> None:
    an_item(engine, customer_id=customer_id, amount=32, issued=0, due=9, currency="TND")
    with reading(engine) as connection:
        broken = figures_by_day(connection, first=DAY, last=DAY, currency="EUR")
    assert broken.by_day[DAY]["receivables"].value is None
    assert "TND to EUR" in str(broken.problem)
    _insert(
        engine,
        exchange_rate,
        {"currency": "TND", "base": "EUR", "rate": D("3.2"), "valid_from": day(-9)},
    )
    assert value(engine, "receivables", 0) == 10


def test_days_computed_together_equal_days_computed_alone(engine, customer_id) -> None:
    for at in range(12):
        an_item(
            engine,
            customer_id=customer_id,
            amount=D("10.01") * (at + 1),
            issued=at * 3 - 20,
            due=at * 3 - 10,
            settled=at * 3 + 1 if at % 3 else None,
        )
    with reading(engine) as connection:
        together = figures_by_day(
            connection, first=day(-30), last=day(40), currency="EUR"
        )
    for on in (-30, -11, 0, 7, 28, 40):
        assert together.by_day[day(on)] == figures(engine, on)


def test_the_number_of_statements_does_not_grow_with_the_days(engine) -> None:
    counts = []
    for days in (1, 60):
        with counted_statements(engine) as seen, reading(engine) as connection:
            figures_by_day(connection, first=day(1 - days), last=DAY, currency="EUR")
        counts.append(len(seen))
    assert counts[0] == counts[1]
