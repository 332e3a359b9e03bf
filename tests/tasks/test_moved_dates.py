"""When does what comes or goes move an order's date (rows 21 and 24)?"""

import json
from datetime import date

import pytest
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    amendment,
    event,
    handoff_message,
    order_line,
    sales_order,
    stock,
    task,
)
from flows.direct import run_directly
from tests.builders import _insert, a_delivery
from tests.tasks.feedback_runs import book
from tests.tasks.supply_runs import (
    FRI,
    MON,
    MORNING,
    NEXT_MON,
    NEXT_TUE,
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
    positions,
    received,
    validate,
    waits,
)


def late_order(engine):
    """Promise ten of R1, expected on Wednesday, for Thursday; stock knows of it."""
    a_shop(engine)
    in_stock(engine, 0)
    on_its_way(engine, "R1", 20, WED)
    received(engine, "O1", 10)
    validate()
    run_directly("handoff", on=MON)
    assert dates(engine)["O1", 1] == (THU, THU)


def test_row_24_a_receipt_that_moves_moves_the_current_date_and_never_the_first(engine):
    late_order(engine)
    moved(engine, "R1", expected_on=NEXT_MON)
    assert follow(TUE).done["dates moved by goods"] == 1
    assert dates(engine)["O1", 1] == (THU, NEXT_TUE)
    [(old_on, new_on, cause, note, message)] = changes(engine)
    assert (old_on, new_on, cause, message) == (THU, NEXT_TUE, "stock", None)
    assert note == (
        "waits for the 20 expected on 2026-02-09 (receipt R1), which can leave on "
        "2026-02-10"
    )
    assert waits(engine) == {("O1", 1): ("R1", 10, NEXT_TUE)}
    run_directly("notices", on=TUE)
    [end] = run_directly("notices", on=WED)
    assert end.outcome.done["delays told"] == 1


def test_stock_is_told_of_a_date_that_goods_moved(engine, home):
    late_order(engine)
    received(engine, "O2", 5)
    validate(TUE)  # stock does not know it yet: its first message has the date
    moved(engine, "R1", expected_on=NEXT_MON)
    follow(TUE)
    run_directly("handoff", on=TUE)
    told = [
        json.loads(path.read_text())
        for path in sorted((home / "outbox" / "stock").glob("*.json"))
    ]
    assert [(one["message_id"], one["kind"]) for one in told] == [
        ("O1/1", "order"),
        ("O1/2", "change"),
        ("O2/1", "order"),
    ]
    days = [one["lines"][0]["confirmed_on"] for one in told]
    assert days == [str(THU), str(NEXT_TUE), str(dates(engine)["O2", 1][1])]
    assert not told[1]["needs_answer"]
    follow(TUE)
    run_directly("handoff", on=TUE)
    assert len(list((home / "outbox" / "stock").glob("*.json"))) == 3


def test_stock_that_was_asked_about_a_change_is_not_told_of_dates(engine):
    late_order(engine)
    with reading(engine) as connection:
        message = connection.execute(select(handoff_message)).one()
    question = {
        "customer_code": "C1",
        "customer_ref": "O1",
        "kind": "change",
        "state": "waiting_stock",
        "order_id": message.order_id,
        "handoff_message_id": message.id,
        "asked": {},
        "content_hash": "0" * 64,
        "received_at": MORNING,
        "received_on": MON,
    }
    _insert(engine, amendment, {"company_id": 1} | question)
    moved(engine, "R1", expected_on=NEXT_MON)
    assert follow(TUE).done["dates moved by goods"] == 1
    with reading(engine) as connection:
        versions = connection.execute(select(handoff_message.c.version)).scalars()
        assert list(versions) == [1]


def test_reckoned_again_nothing_changes(engine):
    late_order(engine)
    moved(engine, "R1", expected_on=NEXT_MON)
    follow(TUE)
    with reading(engine) as connection:
        before = connection.execute(select(event)).all()
    was = dates(engine), changes(engine), waits(engine), positions(engine)
    assert follow(TUE).done == {}
    assert (dates(engine), changes(engine), waits(engine), positions(engine)) == was
    with reading(engine) as connection:
        assert connection.execute(select(event)).all() == before


def test_a_late_receipt_moves_the_date_once_in_a_while(engine):
    late_order(engine)
    assert follow(WED).done == {}
    # Wednesday has passed: five working days more, and one to leave
    assert follow(THU).done["dates moved by goods"] == 1
    assert dates(engine)["O1", 1] == (THU, date(2026, 2, 12))
    for on in (FRI, NEXT_MON, NEXT_TUE, date(2026, 2, 11)):
        with writing(engine) as connection:
            connection.execute(update(stock).values(as_of=on))
        assert follow(on).done == {}
    assert follow(date(2026, 2, 12)).done["dates moved by goods"] == 1
    assert dates(engine)["O1", 1] == (THU, date(2026, 2, 19))


def test_goods_that_come_in_time_again_bring_the_first_date_back(engine):
    late_order(engine)
    moved(engine, "R1", expected_on=NEXT_MON)
    follow(TUE)
    moved(engine, "R1", expected_on=TUE)
    assert follow(TUE).done["dates moved by goods"] == 1
    assert dates(engine)["O1", 1] == (THU, THU)
    assert changes(engine)[-1][3].startswith("waits for the 20 expected on 2026-02-03")


def test_a_date_that_comes_forward_again_is_one_that_can_still_be_kept(engine):
    late_order(engine)
    moved(engine, "R1", expected_on=date(2026, 2, 16))
    follow(TUE)
    moved(engine, "R1", received_on=FRI)
    # the first date, a Thursday, has passed: not that, but the next day of delivery
    assert follow(NEXT_MON).done["dates moved by goods"] == 1
    assert dates(engine)["O1", 1] == (THU, NEXT_TUE)
    assert follow(NEXT_TUE).done == {}
    assert dates(engine)["O1", 1] == (THU, NEXT_TUE)


def test_a_date_that_stock_said_and_did_not_keep_is_moved_by_its_goods(engine):
    late_order(engine)
    book(f"M1,new_date,O1,,,{FRI},stock", on=TUE)
    moved(engine, "R1", expected_on=date(2026, 2, 16))
    for on in (TUE, FRI):
        assert follow(on).done == {}
    assert follow(NEXT_MON).done["dates moved by goods"] == 1
    assert dates(engine)["O1", 1] == (THU, date(2026, 2, 17))
    # it is not stock's word any more
    moved(engine, "R1", expected_on=date(2026, 2, 17))
    assert follow(NEXT_MON).done["dates moved by goods"] == 1
    assert dates(engine)["O1", 1] == (THU, date(2026, 2, 18))


def test_goods_that_came_are_in_stock_and_the_back_order_is_closed(engine):
    late_order(engine)
    moved(engine, "R1", received_on=TUE)
    follow(WED)
    assert (waits(engine), positions(engine)) == ({}, [("P1", 20, 10)])
    assert dates(engine)["O1", 1] == (THU, THU)


def test_goods_that_left_after_the_count_do_not_lie_there_any_more(engine):
    a_shop(engine)
    in_stock(engine, 10)
    order_id = received(engine, "O1", 6)
    received(engine, "O2", 4)
    validate()
    a_delivery(engine, order_id, on=TUE)
    follow(TUE)
    assert positions(engine) == [("P1", 4, 4)]


@pytest.mark.parametrize("says", ["date_told_at", "new_date"])
def test_a_date_that_stock_said_is_never_moved(engine, says):
    late_order(engine)
    if says == "new_date":
        book(f"M1,new_date,O1,,,{FRI},stock", on=TUE)
    else:
        with writing(engine) as connection:
            told = {"date_told_at": MORNING, "confirmed_on": FRI}
            connection.execute(update(order_line).values(**told))
    before = changes(engine)
    moved(engine, "R1", expected_on=NEXT_MON)
    assert follow(TUE).done == {}
    assert dates(engine)["O1", 1] == (THU, FRI)
    assert changes(engine) == before
    assert waits(engine) == {("O1", 1): ("R1", 10, NEXT_TUE)}


def test_row_21_one_late_line_moves_the_whole_order_that_ships_complete(engine):
    a_shop(engine, "P1", "P2")
    in_stock(engine, 100)
    in_stock(engine, 0, code="P2")
    on_its_way(engine, "R1", 20, WED, code="P2")
    received(engine, "O1", 3, 4, products=("P1", "P2"), shipping_policy="complete")
    validate()
    moved(engine, "R1", expected_on=NEXT_MON)
    assert follow(TUE).done["dates moved by goods"] == 2
    assert set(dates(engine).values()) == {(THU, NEXT_TUE)}
    assert changes(engine)[0][3] == "the order ships complete"


def test_a_cancelled_order_gives_its_goods_back(engine):
    late_order(engine)
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(state="cancelled"))
    follow(TUE)
    assert (waits(engine), positions(engine)) == ({}, [("P1", 0, 0)])


def test_a_receipt_that_is_cancelled_leaves_the_date_and_names_no_receipt(engine):
    late_order(engine)
    moved(engine, "R1", is_cancelled=True)
    assert follow(TUE).done == {}
    assert dates(engine)["O1", 1] == (THU, THU)
    assert waits(engine) == {("O1", 1): (None, 10, None)}


def test_a_count_that_is_too_old_is_one_task_until_it_comes_again(engine):
    late_order(engine)
    in_stock(engine, 3, code="P9", as_of=date(2025, 1, 1))

    def _tasks():
        with reading(engine) as connection:
            chosen = select(task.c.state, task.c.text).where(
                task.c.kind == "old_stock_count"
            )
            return [tuple(row) for row in connection.execute(chosen)]

    follow(NEXT_MON)
    assert _tasks() == []
    for on in (NEXT_TUE, date(2026, 2, 11)):
        follow(on)
        [(state, text)] = _tasks()
        assert state == "open"
        assert text.startswith(
            "the stock count of 1 product with open lines is older than 7 days"
        )
    with writing(engine) as connection:
        connection.execute(update(stock).values(as_of=NEXT_TUE))
    follow(date(2026, 2, 11))
    assert [state for state, _ in _tasks()] == ["done"]
