"""An order's first date comes from goods and lead time (rows 21 and 24)."""

from datetime import date
from decimal import Decimal

from sqlalchemy import update

from adv_domain.store.engine import writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    customer,
)
from flows.direct import run_directly
from tests.builders import a_customer
from tests.tasks.supply_runs import (
    FRI,
    MON,
    NEXT_MON,
    THU,
    TUE,
    WED,
    a_shop,
    changes,
    dates,
    follow,
    in_stock,
    moved,
    on_its_way,
    policy,
    positions,
    received,
    validate,
    waits,
)


def test_goods_in_stock_leave_the_date_to_wish_and_lead_time(engine):
    a_shop(engine)
    in_stock(engine, 12)
    received(engine, "O1", 8)
    received(engine, "O2", 4, wanted=FRI)
    assert validate() == {"accepted": 2}
    assert dates(engine) == {("O1", 1): (TUE, TUE), ("O2", 1): (FRI, FRI)}
    assert waits(engine) == {}
    assert positions(engine) == [("P1", 12, 12)]


def test_the_first_date_waits_for_the_receipt_that_covers_the_line(engine):
    a_shop(engine)
    in_stock(engine, 12)
    on_its_way(engine, "R1", 20, FRI)
    received(engine, "O1", 8)
    received(engine, "O2", 10)
    validate()
    # expected on Friday, can leave on the next working day
    assert dates(engine) == {
        ("O1", 1): (TUE, TUE),
        ("O2", 1): (NEXT_MON, NEXT_MON),
    }
    assert waits(engine) == {("O2", 1): ("R1", 6, NEXT_MON)}


def test_the_day_of_the_goods_is_rolled_to_one_of_the_customers(engine):
    a_shop(engine)
    with writing(engine) as connection:
        connection.execute(update(customer).values(delivery_weekdays="thu"))
    in_stock(engine, 0)
    on_its_way(engine, "R1", 20, FRI)
    received(engine, "O1", 10)
    validate()
    assert dates(engine)["O1", 1] == (date(2026, 2, 12), date(2026, 2, 12))


def test_without_stock_data_the_lead_time_alone_decides(engine):
    a_shop(engine)
    received(engine, "O1", 1000)
    validate()
    follow(TUE)
    assert dates(engine)["O1", 1] == (TUE, TUE)
    assert (waits(engine), positions(engine)) == ({}, [])


def test_a_level_too_old_is_no_stock_data(engine):
    a_shop(engine)
    in_stock(engine, 5, as_of=date(2026, 1, 20))
    received(engine, "O1", 1000)
    validate()
    assert dates(engine)["O1", 1] == (TUE, TUE)


def test_a_product_with_receipts_only_has_nothing_in_stock(engine):
    a_shop(engine)
    on_its_way(engine, "R1", 20, WED)
    received(engine, "O1", 10)
    validate()
    assert dates(engine)["O1", 1] == (THU, THU)


def test_what_nobody_has_ordered_is_promised_after_replenishment(engine, home):
    policy(home, "[availability]\nreplenishment_days = 10\n")
    a_shop(engine)
    in_stock(engine, 3)
    received(engine, "O1", 10)
    validate()
    due = date(2026, 2, 12)
    assert dates(engine)["O1", 1] == (due, due)
    assert waits(engine) == {("O1", 1): (None, 7, None)}
    follow(TUE)
    assert dates(engine)["O1", 1] == (due, due)


def test_switched_off_the_requested_date_stands_as_it_did(engine, home):
    policy(home, "[availability]\nenabled = false\n")
    a_shop(engine)
    in_stock(engine, 0)
    received(engine, "O1", 10, 5, wanted=WED, shipping_policy="complete")
    received(engine, "O2", 10)
    validate()
    follow(TUE)
    assert dates(engine) == {
        ("O1", 1): (WED, WED),
        ("O1", 2): (WED, WED),
        ("O2", 1): (None, None),
    }
    assert positions(engine) == []


def test_row_21_an_order_that_ships_complete_has_one_date(engine):
    a_shop(engine, "P1", "P2")
    in_stock(engine, 100)
    in_stock(engine, 0, code="P2")
    on_its_way(engine, "R1", 20, WED, code="P2")
    for no, how in (("O1", "complete"), ("O2", "partial")):
        received(engine, no, 3, 4, products=("P1", "P2"), shipping_policy=how)
    validate()
    assert dates(engine) == {
        ("O1", 1): (THU, THU),
        ("O1", 2): (THU, THU),
        ("O2", 1): (TUE, TUE),
        ("O2", 2): (THU, THU),
    }


def test_row_21_two_lines_of_one_scarce_product_leave_together(engine):
    a_shop(engine)
    in_stock(engine, 6)
    on_its_way(engine, "R1", 4, WED)
    received(engine, "O1", 5, 5, shipping_policy="complete")
    validate()
    assert set(dates(engine).values()) == {(THU, THU)}


def test_lines_accepted_together_are_served_by_the_customers_priority(engine):
    a_shop(engine)
    a_customer(engine, "C2", priority=1)
    in_stock(engine, 5)
    on_its_way(engine, "R1", 100, WED)
    received(engine, "O1", 5)
    received(engine, "O2", 5, customer="C2")
    validate()
    assert dates(engine) == {("O1", 1): (THU, THU), ("O2", 1): (TUE, TUE)}


def test_the_policy_may_serve_lines_accepted_together_by_their_age(engine, home):
    policy(home, '[availability]\npriority = ["age"]\n')
    a_shop(engine)
    a_customer(engine, "C2", priority=1)
    in_stock(engine, 5)
    received(engine, "O1", 5)
    received(engine, "O2", 5, customer="C2")
    validate()
    assert list(waits(engine)) == [("O2", 1)]


def test_whoever_comes_later_takes_no_goods_that_are_promised(engine):
    a_shop(engine)
    a_customer(engine, "C2", priority=1)
    in_stock(engine, 5)
    on_its_way(engine, "R1", 100, WED)
    received(engine, "O1", 5, wanted=WED)
    validate()
    received(engine, "O2", 5, customer="C2")
    validate()
    follow(MON)
    assert dates(engine) == {("O1", 1): (WED, WED), ("O2", 1): (THU, THU)}
    assert changes(engine) == []


def test_only_the_locations_of_the_policy_are_sold_from(engine, home):
    policy(home, '[availability]\nlocations = ["main"]\n')
    a_shop(engine)
    in_stock(engine, 3)
    in_stock(engine, 50, location="returns")
    received(engine, "O1", 1)
    validate()
    assert positions(engine) == [("P1", 3, 1)]


def test_a_dry_run_of_validation_writes_no_position(engine):
    a_shop(engine)
    in_stock(engine, 3)
    received(engine, "O1", 1)
    [end] = run_directly("validation", on=MON, dry_run=True)
    assert end.outcome.done == {"accepted": 1}
    assert positions(engine) == []


def statements_for(engine, orders, count):
    """Accept so many scarce orders more and move their receipt; count statements."""
    for at in range(orders):
        received(engine, f"{count}-{at}", 1, 2)
    with counted_statements(engine) as counted:
        validate()
        moved(engine, "R1", expected_on=date(2026, 3, count))
        follow(TUE)
    return len(counted)


def test_statements_do_not_grow_with_the_lines(engine):
    a_shop(engine)
    in_stock(engine, 1)
    on_its_way(engine, "R1", 10_000, WED)
    statements_for(engine, 2, 1)
    few, many = statements_for(engine, 3, 2), statements_for(engine, 40, 3)
    assert few == many
    assert len(waits(engine)) == 89
    assert sum(qty for _, qty, _ in waits(engine).values()) == Decimal(134)
