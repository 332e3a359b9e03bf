"""Which date stands for a line from its acceptance on, and which wish is too soon?"""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from adv_domain.fault_wording import fault_text
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    customer,
    date_change,
    event,
    order_fault,
    order_line,
    product,
    sales_order,
)
from flows.direct import run_directly
from tasks.orders.acts.release import release_order
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import book

# Epiphany, 6 January, is a holiday of Madrid, where the company is; the 5th a Monday
MONDAY, WEDNESDAY, THURSDAY = date(2026, 1, 5), date(2026, 1, 7), date(2026, 1, 8)
MORNING = datetime(2026, 1, 5, 9, tzinfo=UTC)
# 13:30 in Greenwich is 14:30 in Madrid
AFTERNOON = datetime(2026, 1, 5, 13, 30, tzinfo=UTC)


@pytest.fixture
def shop(engine):
    """A customer C1 and a product P1 with a lead time of one day."""
    return a_customer(engine), a_product(engine, lead_time_days=1)


def received(engine, wanted, *, no="O1", **changes):
    """Put an order of Monday for product P1 as intake leaves it."""
    values = {
        "customer_code": "C1",
        "state": "received",
        "net": None,
        "requested_on": wanted,
        "received_at": MORNING,
    }
    return an_order(
        engine,
        customer_id=None,
        product_id=None,
        no=no,
        line={
            "product_code": "P1",
            "unit_price": None,
            "net": None,
            "product_id": None,
            "requested_on": None,
        },
        **values | changes,
    )


def validate(on=MONDAY):
    [end] = run_directly("validation", on=on)
    return end.outcome.done


def rows(engine, table, *columns):
    chosen = [table.c[name] for name in columns]
    with reading(engine) as connection:
        return [
            tuple(row) for row in connection.execute(select(*chosen).order_by("id"))
        ]


def dates(engine):
    return rows(engine, order_line, "first_confirmed_on", "confirmed_on")


def change(engine, table, **values):
    with writing(engine) as connection:
        connection.execute(update(table).values(**values))


def policy(home, text):
    (home / "policy.toml").write_text(f"[validation]\n{text}\n", encoding="utf-8")


def said(engine):
    """Return what the deadline's fault says in English."""
    found = rows(engine, order_fault, "code", "message", "clash")
    [told] = [told for code, *told in found if code == "deadline"]
    return fault_text(*told, language="en")


def test_row_12_a_wish_before_the_lead_time_is_held_as_deadline(engine, shop):
    received(engine, MONDAY)
    assert validate() == {"held": 1}
    assert rows(engine, order_fault, "code", "family", "owner") == [
        ("deadline", "deadline", "stock")
    ]
    assert said(engine) == (
        "wanted for 5 Jan 2026, possible from 7 Jan 2026 on (lead time in days: 1; "
        "holidays: 6 Jan 2026)"
    )
    assert dates(engine) == [(None, None)]


def test_row_12_the_first_possible_day_is_accepted(engine, shop):
    received(engine, WEDNESDAY)
    assert validate() == {"accepted": 1}


def test_row_12_lead_times_may_count_working_days(engine, shop, home):
    change(engine, product, lead_time_days=4)
    received(engine, date(2026, 1, 9))
    assert validate() == {"accepted": 1}
    policy(home, 'lead_time = "working"')
    received(engine, date(2026, 1, 9), no="O2")
    assert validate() == {"held": 1}
    assert "possible from 12 Jan 2026 on (lead time in working days: 4" in said(engine)


def test_row_12_the_policys_lead_time_fills_in(engine, shop, home):
    change(engine, product, lead_time_days=0)
    policy(home, "lead_days = 3")
    received(engine, WEDNESDAY)
    assert validate() == {"held": 1}
    assert "possible from 8 Jan 2026" in said(engine)


def test_row_12_after_the_cut_off_hour_an_order_is_of_the_next_working_day(
    engine, shop, home
):
    policy(home, "order_cut_off_hour = 14")
    received(engine, WEDNESDAY, received_at=MORNING)
    assert validate() == {"accepted": 1}
    received(engine, WEDNESDAY, no="O2", received_at=AFTERNOON)
    assert validate() == {"held": 1}
    assert said(engine) == (
        "wanted for 7 Jan 2026, possible from 8 Jan 2026 on (lead time in days: 1; by "
        "the cut-off hour of 14:00 it counts from 7 Jan 2026; holidays: 6 Jan 2026)"
    )


def test_row_12_a_customer_may_take_deliveries_on_some_weekdays_only(engine, shop):
    change(engine, customer, delivery_weekdays="mon,thu")
    received(engine, WEDNESDAY)
    received(engine, date(2026, 1, 9), no="O2")
    assert validate() == {"accepted": 1, "held": 1}
    assert "possible from 8 Jan 2026 on" in said(engine)
    assert "the customer takes deliveries on Monday and Thursday only" in said(engine)


def test_row_18_a_held_wish_is_answered_the_same_on_any_day(engine, shop, home):
    policy(home, 'lead_time = "working"\norder_cut_off_hour = 14')
    change(engine, customer, delivery_weekdays="thu,fri")
    received(engine, WEDNESDAY, received_at=AFTERNOON)
    validate()
    before = [rows(engine, table, *table.c.keys()) for table in (order_fault, event)]
    for later in (WEDNESDAY, date(2026, 2, 1), date(2027, 3, 1)):
        assert validate(later) == {}
    after = [rows(engine, table, *table.c.keys()) for table in (order_fault, event)]
    assert after == before


def test_row_24_the_requested_date_is_confirmed_at_acceptance(engine, shop):
    wanted = date(2026, 1, 20)
    received(engine, wanted)
    validate()
    assert dates(engine) == [(wanted, wanted)]


def test_row_24_a_wish_that_is_only_warned_of_gets_the_earliest_day(engine, shop, home):
    policy(home, 'severity = { deadline = "warn" }')
    received(engine, MONDAY)
    assert validate() == {"accepted": 1}
    assert dates(engine) == [(WEDNESDAY, WEDNESDAY)]


def test_row_24_an_order_released_late_is_confirmed_from_that_day_on(engine, shop):
    received(engine, WEDNESDAY, occurrence=2)
    assert validate() == {"held": 1}
    released_on = date(2026, 1, 9)
    release_order(name="O1", by="Ana", reason="wanted twice", on=released_on)
    # the next day is a Saturday
    assert dates(engine) == [(date(2026, 1, 12), date(2026, 1, 12))]


def test_without_a_wish_the_first_date_is_the_earliest_possible_day(engine, shop):
    received(engine, None)
    assert validate() == {"accepted": 1}
    assert dates(engine) == [(WEDNESDAY, WEDNESDAY)]


def test_by_policy_the_first_date_without_a_wish_is_the_one_of_stock(
    engine, shop, home
):
    text = "[availability]\nenabled = false\n"
    (home / "policy.toml").write_text(text, encoding="utf-8")
    received(engine, None)
    assert validate() == {"accepted": 1}
    assert dates(engine) == [(None, None)]
    run_directly("handoff", on=MONDAY)
    book("M1,confirmation,O1,,,2026-01-09")
    assert dates(engine) == [(date(2026, 1, 9), date(2026, 1, 9))]
    assert rows(engine, date_change, "id") == []


def test_row_24_stock_moves_the_confirmed_date_and_never_the_first(engine, shop):
    wanted = date(2026, 1, 20)
    received(engine, wanted)
    validate()
    run_directly("handoff", on=MONDAY)
    book("M1,confirmation,O1,,,2026-01-20")
    assert dates(engine) == [(wanted, wanted)]
    assert rows(engine, date_change, "id") == []
    book("M2,new_date,O1,,,2026-01-28,stock")
    assert dates(engine) == [(wanted, date(2026, 1, 28))]
    run_directly("notices", on=WEDNESDAY)
    [end] = run_directly("notices", on=THURSDAY)
    assert end.outcome.done["delays told"] == 1


def test_a_confirmed_day_that_passes_unheard_of_is_asked_about(engine, shop):
    received(engine, THURSDAY)
    validate()
    run_directly("handoff", on=MONDAY)
    [end] = run_directly("notices", on=date(2026, 1, 12))
    assert end.outcome.done["silences asked about"] == 1


def test_an_order_dated_later_than_it_came_counts_from_its_date(engine, shop, home):
    policy(home, "order_cut_off_hour = 14")
    received(engine, date(2026, 1, 8), ordered_on=WEDNESDAY)
    assert validate(WEDNESDAY) == {"accepted": 1}
    assert rows(engine, sales_order, "accepted_on") == [(WEDNESDAY,)]
