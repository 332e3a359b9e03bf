"""KPI figures of orders and work: golden cases counted by hand, both databases."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading, writing
from adv_domain.store.figures.kpi_days import first_missing_day, read_days, replace_days
from adv_domain.store.tables import (
    delay_notice,
    dunning_notice,
    event,
    kpi_day,
    order_fault,
    order_line,
    silence,
    survey_answer,
)
from tasks.figures.kpi_figures import figures_by_day, figures_of_period
from tests.builders import DAY, NOW, _insert, a_customer, a_product, an_order
from tests.store.kpi_rows import (
    a_fault,
    a_notice,
    a_payment,
    an_item,
    day,
    figures,
    gives,
    shipped,
    value,
)

D = Decimal


@pytest.fixture
def customer_id(engine):
    return a_customer(engine)


@pytest.fixture
def product_id(engine):
    return a_product(engine)


def test_an_empty_database_has_zero_counts_and_no_rates(engine) -> None:
    found = figures(engine, 0)
    assert found["orders_entered"].value == 0
    assert found["receivables"].value == 0
    undefined = {name for name, figure in found.items() if figure.value is None}
    assert {"on_time_rate", "order_entry_error_rate", "dso_simple"} <= undefined
    assert not {"orders_entered", "overdue", "ageing_over_90"} & undefined


def test_orders_and_entry_errors_count_on_the_orders_day(
    engine, customer_id, product_id
) -> None:
    ids = [
        an_order(
            engine, customer_id=customer_id, product_id=product_id, no=f"O{n}", lines=2
        )
        for n in range(4)
    ]
    faults = [
        (ids[0], "price", "price", 1),
        (ids[0], "price", "price", 2),  # the same order: counts once
        (ids[0], "quantity", "quantity", 1),
        (ids[1], "price", "price", 0),
        (ids[2], "credit_limit", "credit", 0),  # no entry error
        (ids[3], "price_replaced", "price", 1),  # within the tolerance: none either
    ]
    for order_id, code, family, line_no in faults:
        _insert(engine, order_fault, a_fault(order_id, code, family, line_no))
    found = figures(engine, 0)
    assert (found["orders_entered"].value, found["order_lines"].value) == (4, 8)
    assert found["order_entry_error_rate"].value == D("0.5")
    assert found["order_entry_error_rate:price"].value == D("0.5")
    assert found["order_entry_error_rate:quantity"].value == D("0.25")
    assert found["order_entry_error_rate:currency"].value == 0
    assert value(engine, "orders_entered", 1) == 0
    assert value(engine, "order_entry_error_rate", 1) is None


def test_a_fault_found_later_is_not_known_on_the_day(
    engine, customer_id, product_id
) -> None:
    order_id = an_order(engine, customer_id=customer_id, product_id=product_id)
    _insert(engine, order_fault, a_fault(order_id, "price", "price", 1, found=2))
    assert value(engine, "order_entry_error_rate", 0) == 0
    with reading(engine) as connection:
        known_later = figures_by_day(
            connection, first=day(0), last=day(2), currency="EUR"
        )
    assert known_later.by_day[day(0)]["order_entry_error_rate"].value == 1


def test_on_time_counts_shipped_orders_on_their_last_day(
    engine, customer_id, product_id
) -> None:
    # requested for day 15: one in time, one on the day, one late, one never shipped
    makes = {"customer_id": customer_id, "product_id": product_id}
    for no, left in (("A", 10), ("B", 15), ("C", 16), ("D", None)):
        order_id = an_order(engine, no=no, **makes)
        if left is not None:
            shipped(engine, order_id, on=left)
    with reading(engine) as connection:
        found, _ = figures_of_period(
            connection, first=day(0), last=day(20), currency="EUR"
        )
    on_time = found["on_time_rate"]
    assert (on_time.numerator, on_time.denominator) == (2, 3)
    assert on_time.value == D("0.666667")
    assert value(engine, "on_time_rate", 16) == 0
    assert value(engine, "on_time_rate", 11) is None
    in_full = figures(engine, 15)["on_time_in_full_rate"]
    assert (in_full.numerator, in_full.denominator) == (2, 4)


def test_a_part_shipment_is_neither_shipped_nor_in_full(
    engine, customer_id, product_id
) -> None:
    order_id = an_order(engine, customer_id=customer_id, product_id=product_id)
    shipped(engine, order_id, on=10, qty=2)
    assert value(engine, "on_time_rate", 10) is None
    assert value(engine, "on_time_in_full_rate", 15) == 0


def test_rejected_and_cancelled_orders_owe_no_delivery(
    engine, customer_id, product_id
) -> None:
    for no, state in (("A", "rejected"), ("B", "cancelled"), ("C", "held")):
        an_order(
            engine, customer_id=customer_id, product_id=product_id, no=no, state=state
        )
    assert figures(engine, 15)["on_time_in_full_rate"].denominator == 1


def test_an_order_that_came_after_its_requested_date_counts_when_it_came(
    engine, customer_id, product_id
) -> None:
    an_order(
        engine, customer_id=customer_id, product_id=product_id, requested_on=day(-5)
    )
    assert figures(engine, -5)["on_time_in_full_rate"].denominator == 0
    assert figures(engine, 0)["on_time_in_full_rate"].denominator == 1


def test_confirmed_lines_count_open_and_overdue_ones(
    engine, customer_id, product_id
) -> None:
    makes = {"customer_id": customer_id, "product_id": product_id}
    line = {"first_confirmed_on": day(8), "confirmed_on": day(12)}
    kept = an_order(engine, no="A", line=line, **makes)
    an_order(engine, no="B", line=line, **makes)
    shipped(engine, kept, on=8)
    rate = figures(engine, 8)["on_time_to_confirmed_rate"]
    assert (rate.numerator, rate.denominator) == (1, 2)


def test_work_of_the_day_is_counted(engine, customer_id, product_id) -> None:
    order_id = an_order(engine, customer_id=customer_id, product_id=product_id)
    for actor, what in (("Ana", "released"), ("run 7 of validation", "accepted")):
        _insert(
            engine,
            event,
            {
                "entity": "order",
                "entity_id": order_id,
                "at": NOW,
                "business_date": DAY,
                "what": what,
                "from_state": "held",
                "to_state": "accepted",
                "actor": actor,
            },
        )
    with reading(engine) as connection:
        line_id = connection.execute(select(order_line.c.id)).scalar_one()
    _insert(
        engine,
        delay_notice,
        {
            "order_line_id": line_id,
            "order_id": order_id,
            "customer_id": customer_id,
            "told_on": DAY,
            "old_on": day(5),
            "new_on": day(9),
            "days_late": 4,
        },
    )
    # told at once, told by a person, counted as told by an upgrade, not told yet
    for number, (asked, told, key) in enumerate(
        [(DAY, DAY, "m"), (day(-1), DAY, None), (DAY, DAY, None), (DAY, None, None)]
    ):
        _insert(
            engine,
            silence,
            {
                "order_line_id": line_id,
                "order_id": order_id,
                "confirmed_on": day(-number - 2),
                "asked_on": asked,
                "asked_at": NOW,
                "task_key": f"silent-delay:{number}",
                "told_on": told,
                "outbox_key": key,
            },
        )
    items = [
        an_item(engine, customer_id=customer_id, amount=n, issued=-40, due=-10)
        for n in (10, 20, 30)
    ]
    for item, key, state in zip(
        items, ("m1", "m1", "m2"), ("completed", "completed", "failed"), strict=True
    ):
        _insert(engine, dunning_notice, a_notice(customer_id, item, key, state))
    money = a_payment(engine, amount=15, booked=-1)
    gives(engine, item=items[0], amount=10, on=0, payment_id=money)
    gives(engine, item=items[1], amount=5, on=0, payment_id=money)
    found = figures(engine, 0)
    assert found["holds_released"].value == 1
    assert found["delay_notices"].value == 3
    assert found["reminders_sent"].value == 1  # one mail lists two items
    assert found["payments_matched"].value == 1
    assert found["invoices_posted"].value == 0  # imported ones are no work of ours


def test_survey_answers_by_item(engine) -> None:
    for at, (item, score) in enumerate((("phone", 5), ("phone", 2), ("delivery", 4))):
        _insert(
            engine,
            survey_answer,
            {
                "answer_key": str(at),
                "item": item,
                "score": D(score),
                "scale_min": 1,
                "scale_max": 5,
                "answered_on": DAY,
            },
        )
    found = figures(engine, 0)
    assert found["survey_mean:phone"].value == D("3.5")
    assert found["survey_satisfied:phone"].value == D("0.5")
    assert (found["survey_satisfied"].value, found["survey_satisfied"].n) == (
        D("0.666667"),
        3,
    )


def test_replacing_days_leaves_the_others_and_reads_back_equal(engine) -> None:
    with reading(engine) as connection:
        computed = figures_by_day(
            connection, first=day(-2), last=day(0), currency="EUR"
        ).by_day
    for _ in range(2):
        with writing(engine) as connection:
            written = replace_days(connection, computed, now=NOW)
    with writing(engine) as connection:
        replace_days(connection, {day(-1): computed[day(-1)]}, now=NOW)
    with reading(engine) as connection:
        stored = read_days(connection, first=day(-9), last=day(9))
        rows = connection.execute(select(kpi_day.c.id)).all()
        missing = first_missing_day(connection, first=day(-3), last=day(0))
    assert len(stored) == len(rows) == written
    assert {(one.day, one.name): one.figure for one in stored} == {
        (on, name): figure
        for on, named in computed.items()
        for name, figure in named.items()
    }
    assert missing == day(-3)
