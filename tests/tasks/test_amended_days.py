"""Days of a changed order: lead time counts from the change, an old promise falls."""

from datetime import date

import pytest

from adv_domain.store.tables import order_fault, order_line, sales_order
from tasks.intake.step import import_file
from tests.builders import a_customer, a_product
from tests.tasks.amendment_runs import (
    accepted,
    answered,
    assert_sound,
    change,
    changed,
    handed_off,
    row,
    rows,
    run,
    take,
    values,
)
from tests.tasks.feedback_runs import book
from tests.tasks.supply_runs import in_stock

WANTED, LATER = date(2026, 1, 20), date(2026, 2, 10)


@pytest.fixture
def shop(engine):
    """A customer C1, and products P1 and P2 of five days' lead time."""
    a_customer(engine)
    for code in ("P1", "P2"):
        a_product(engine, code=code, lead_time_days=5)
    return engine


def days(engine):
    return [
        (one.requested_on, one.first_confirmed_on, one.confirmed_on, one.amended_on)
        for one in rows(engine, order_line)
    ]


def test_lead_time_of_what_is_changed_counts_from_the_change(shop, tmp_path):
    accepted(tmp_path, row(requested_on="2026-01-14"))
    take(tmp_path, change(line=2, product="P2"))
    assert run("validation").done == {"changes applied": 1, "accepted": 1}
    path = tmp_path / "later.csv"
    header = "customer,customer_ref,line,product,quantity,requested_on,document"
    path.write_text(f"{header}\nC1,R1,2,P2,3,2026-01-16,change\n")
    import_file("orders", path, on=date(2026, 1, 12))
    assert run("validation", on=date(2026, 1, 12)).done == {
        "changes applied": 1,
        "held": 1,
    }
    [fault] = rows(shop, order_fault)
    assert (fault.line_no, fault.code) == (2, "deadline")
    assert fault.clash["earliest"] == "2026-01-19"
    assert [one.amended_on for one in rows(shop, order_line)] == [
        None,
        date(2026, 1, 12),
    ]


def test_a_day_that_the_customer_moves_takes_the_old_promise_with_it(shop, tmp_path):
    accepted(tmp_path, row(), row(line=2, product="P2"))
    assert [one[1:3] for one in days(shop)] == [(WANTED, WANTED)] * 2
    changed(tmp_path, change(requested_on=LATER))
    assert days(shop) == [
        (LATER, LATER, LATER, date(2026, 1, 5)),
        (None, WANTED, WANTED, None),
    ]
    changed(tmp_path, change(line=2, product="P2", quantity=9))
    assert days(shop)[1][1:3] == (WANTED, WANTED)
    assert_sound(shop)


def test_a_day_that_stock_agreed_to_is_the_new_promise_and_no_delay(shop, tmp_path):
    handed_off(tmp_path)
    changed(tmp_path, change(requested_on=LATER))
    assert [one[1] for one in days(shop)] == [WANTED]
    answered("change_accepted", "S00000001/2")
    assert days(shop) == [(None, LATER, LATER, date(2026, 1, 5))]
    assert rows(shop, sales_order)[0].requested_on == LATER
    book(f"M7,confirmation,S00000001,,,{LATER}")
    assert delays_told() == 0
    book("M8,new_date,S00000001,,,2026-02-20")
    assert delays_told() == 1
    assert_sound(shop)


def test_what_was_told_of_an_old_day_is_no_measure_for_the_new_one(shop, tmp_path):
    handed_off(tmp_path)
    book("M7,new_date,S00000001,,,2026-01-30")
    assert delays_told() == 1
    changed(tmp_path, change(requested_on=LATER))
    answered("change_accepted", "S00000001/2")
    assert delays_told() == 0
    book("M8,new_date,S00000001,,,2026-02-20")
    assert delays_told() == 1


def delays_told():
    """Count the delays told once they have stood until the next day."""
    run("notices")
    return run("notices", on=date(2026, 1, 6)).done.get("delays told", 0)


def test_an_address_or_a_note_changes_no_day(shop, tmp_path):
    accepted(tmp_path)
    changed(tmp_path, change(ship_to_address="Calle 9"))
    assert values(shop) == [(0, "ship_to_address", None, "Calle 9")]
    assert days(shop) == [(None, WANTED, WANTED, None)]


def test_a_line_that_is_changed_at_stock_is_promised_by_the_goods_there_are(
    shop, tmp_path
):
    in_stock(shop, 3, as_of=date(2026, 1, 5))
    handed_off(tmp_path)
    changed(tmp_path, change(requested_on="2026-01-12", quantity=3))
    answered("change_accepted", "S00000001/2")
    assert days(shop)[0][1:3] == (date(2026, 1, 12), date(2026, 1, 12))
    changed(tmp_path, change(requested_on="2026-01-13", quantity=5))
    answered("change_accepted", "S00000001/3", message="M2")
    # two are missing, and nobody has ordered them: a fortnight
    assert days(shop)[0][1:3] == (date(2026, 1, 19), date(2026, 1, 19))
