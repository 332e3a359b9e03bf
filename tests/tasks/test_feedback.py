from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.rules.orders.states import TRANSITIONS, OrderState
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.stock.feedback import write_lines
from adv_domain.store.tables import (
    date_change,
    delivery,
    delivery_line,
    event,
    order_line,
    sales_order,
    stock_message,
    task,
)
from tasks.orders.acts.ending import cancel_order
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import book, news

MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)


@pytest.fixture
def ordered(engine):
    """Make orders of a known customer that stock was told of."""
    known = {"customer_id": a_customer(engine), "product_id": a_product(engine)}

    def _order(no="O1", lines=2, state="handed_off", **changes):
        return an_order(engine, no=no, lines=lines, state=state, **known, **changes)

    return _order


def rows(engine, table, *columns):
    chosen = [table.c[name] for name in columns] or [table]
    with reading(engine) as connection:
        return [
            tuple(row)
            for row in connection.execute(select(*chosen).order_by(table.c.id))
        ]


def test_row_22_a_part_shipment_leaves_the_rest_open_and_the_order_to_be_invoiced(
    engine, ordered
):
    ordered()
    file, outcome = book("M1,shipment,O1,1,2,2026-01-05")
    assert outcome.done == {"shipments": 1}
    assert file.counts == {"read": 1, "accepted": 1, "duplicate": 0, "rejected": 0}
    assert rows(engine, sales_order, "state", "to_invoice") == [("in_fulfilment", True)]
    assert rows(engine, order_line, "qty", "qty_shipped") == [(3, 2), (3, 0)]
    assert rows(engine, delivery, "delivery_no", "shipped_on") == [("M1", MONDAY)]
    assert rows(engine, delivery_line, "qty", "qty_over", "ignored_on") == [
        (2, 0, None)
    ]


def test_invariant_21_shipping_the_rest_fulfils_through_listed_states_only(
    engine, ordered
):
    order_id = ordered()
    book("M1,shipment,O1,1,2,2026-01-05")
    book("M2,shipment,O1,,,2026-01-06")
    assert rows(engine, sales_order, "state") == [("fulfilled",)]
    assert rows(engine, order_line, "qty_shipped", "last_shipped_on") == [
        (3, TUESDAY),
        (3, TUESDAY),
    ]
    moves = [
        move
        for move in rows(engine, event, "from_state", "to_state", "entity_id")
        if move[1]
    ]
    assert moves == [
        ("handed_off", "in_fulfilment", order_id),
        ("in_fulfilment", "fulfilled", order_id),
    ]
    for before, after, _ in moves:
        assert after in TRANSITIONS[OrderState(before)]


def test_the_same_news_again_in_any_file_changes_nothing(engine, ordered):
    ordered()
    text = ("M1,shipment,O1,1,2,2026-01-05", "M2,confirmation,O1,2,,2026-01-09")
    book(*text)
    before = [rows(engine, table) for table in (order_line, sales_order, delivery_line)]
    events = len(rows(engine, event))
    file, outcome = book(text[1], text[0], text[0])
    assert file.counts == {"read": 3, "accepted": 0, "duplicate": 3, "rejected": 0}
    assert outcome.done == {}
    after = [rows(engine, table) for table in (order_line, sales_order, delivery_line)]
    assert after == before
    assert len(rows(engine, event)) == events
    assert len(rows(engine, stock_message)) == 2


def test_invariant_19_the_first_confirmed_date_stays_and_each_move_is_recorded(
    engine, ordered
):
    ordered(lines=1)
    book("M1,confirmation,O1,,,2026-01-09")
    book("M2,new_date,O1,1,,2026-01-20,carrier,ferry")
    book("M3,new_date,O1,1,,2026-01-12")
    assert rows(engine, order_line, "first_confirmed_on", "confirmed_on") == [
        (date(2026, 1, 9), date(2026, 1, 12))
    ]
    assert rows(engine, date_change, "old_on", "new_on", "cause", "note") == [
        (date(2026, 1, 9), date(2026, 1, 20), "carrier", "ferry"),
        (date(2026, 1, 20), date(2026, 1, 12), "stock", None),
    ]


def test_row_26_an_over_shipment_is_flagged_and_the_excess_is_not_billed(
    engine, ordered
):
    ordered(lines=1)
    book("M1,shipment,O1,1,5,2026-01-05")
    assert rows(engine, order_line, "qty_shipped", "qty_over") == [(3, 2)]
    assert rows(engine, delivery_line, "qty", "qty_over", "ignored_on") == [
        (3, 2, None)
    ]
    book("M2,shipment,O1,1,1,2026-01-06")
    assert rows(engine, delivery_line, "qty", "qty_over", "ignored_on")[1] == (
        0,
        1,
        MONDAY,
    )
    assert rows(engine, sales_order, "state") == [("fulfilled",)]
    assert rows(engine, task, "kind", "state") == [("over_shipment", "open")] * 2


def test_row_23_a_cancelled_move_waits_in_exception_for_a_person(engine, ordered):
    ordered()
    book("M1,cancellation,O1,1,,,stock,broken")
    assert rows(engine, order_line, "state", "qty_cancelled") == [
        ("exception", 0),
        ("open", 0),
    ]
    [(kind, text)] = rows(engine, task, "kind", "text")
    assert kind == "stock_exception"
    assert text == (
        "order O1 line 1: stock gave up 3 (message M1: broken); "
        "choose: recreate or drop"
    )


def test_news_before_the_handoff_was_confirmed_moves_the_order_through_it(
    engine, ordered
):
    ordered(state="accepted")
    book("M1,confirmation,O1,,,2026-01-09")
    assert rows(engine, event, "from_state", "to_state") == [
        ("accepted", "handed_off"),
        ("handed_off", "in_fulfilment"),
    ]


def test_what_cannot_be_booked_is_set_aside_with_its_row_and_the_rest_is_booked(
    engine, ordered
):
    ordered("O1")
    ordered("O2", state="held")
    file, outcome = book(
        "M1,shipment,O9,1,1,2026-01-05",
        "M2,shipment,O2,1,1,2026-01-05",
        "M3,shipment,O1,7,1,2026-01-05",
        "M4,shipment,O1,1,1,2026-01-05",
        "M4,shipment,O1,1,2,2026-01-05",
        "M5,shipment,O1,1,-1,2026-01-05",
    )
    assert file.counts == {"read": 6, "accepted": 1, "duplicate": 0, "rejected": 5}
    assert [(fault.row, fault.code) for fault in file.all_faults] == [
        (2, "unknown_order"),
        (3, "order_not_at_stock"),
        (4, "unknown_line"),
        (6, "conflicting_message"),
        (7, "out_of_range"),
    ]
    assert outcome.done == {"shipments": 1}
    assert [one.document for one in outcome.failed] == [
        "M1 order O9 line 1",
        "M2 order O2 line 1",
        "M3 order O1 line 7",
    ]
    again = book("M3,shipment,O1,7,1,2026-01-05")[1]
    assert (again.waiting, again.failed) == (1, ())


def test_orders_are_found_by_the_customers_own_reference(engine, ordered):
    ordered()
    with reading(engine) as connection:
        code = connection.execute(select(sales_order.c.customer_code)).scalar()
    text = (
        "message_id,kind,customer,customer_ref,date\n"
        f"M1,shipment,{code},ref O1,2026-01-05\n"
        "M2,shipment,somebody,ref O1,2026-01-05\n"
    )
    file, _ = book(text=text)
    assert [fault.code for fault in file.all_faults] == ["unknown_order"]
    assert rows(engine, sales_order, "state") == [("fulfilled",)]


def test_lines_of_one_delivery_come_in_one_file_or_in_several(engine, ordered):
    ordered(lines=3)
    book(
        "M1,shipment,O1,1,1,2026-01-05,,,D7",
        "M1,shipment,O1,2,1,2026-01-05,,,D7",
    )
    book("M2,shipment,O1,3,1,2026-01-05,,,D7")
    assert rows(engine, delivery, "delivery_no") == [("D7",)]
    assert rows(engine, delivery_line, "qty") == [(1,)] * 3
    file, _ = book("M3,shipment,O1,3,1,2026-01-05,,,D7")
    assert [fault.code for fault in file.all_faults] == ["delivery_line_known"]


def test_a_write_error_isolates_its_entry_and_the_others_are_booked(
    engine, ordered, monkeypatch
):
    for number in range(4):
        ordered(f"O{number}", lines=1)
    too_exact = "M2,shipment,O2,1,0.5,2026-01-05"
    texts = [f"M{n},shipment,O{n},1,1,2026-01-05" for n in range(4) if n != 2]

    def _refuse(connection, lines):
        if any(line.qty_shipped == Decimal("0.5") for line in lines):
            raise ValueError("the disk is full of bees")
        write_lines(connection, lines)

    monkeypatch.setattr("tasks.stock.feedback.write_lines", _refuse)
    file, outcome = book(*texts, too_exact)
    assert [one.message for one in outcome.failed] == ["the disk is full of bees"]
    assert file.counts == {"read": 4, "accepted": 3, "duplicate": 0, "rejected": 1}
    assert [fault.code for fault in file.all_faults] == ["not_booked"]
    assert outcome.done == {"shipments": 3}


def test_statements_do_not_grow_with_the_news(engine, ordered):
    seen = []
    for first, count in ((0, 3), (10, 40)):
        numbers = range(first, first + count)
        for number in numbers:
            ordered(f"O{number}", lines=2)
        text = news(*(f"M{n},shipment,O{n},,,2026-01-05" for n in numbers))
        with counted_statements(engine) as statements:
            book(text=text)
        seen.append(len(statements))
    assert seen[0] == seen[1]


def test_row_23_a_refused_part_waits_and_the_question_ends_where_it_ships_after_all(
    engine, ordered
):
    ordered(lines=1)
    book("M1,refusal,O1,1,2,")
    assert rows(engine, order_line, "state", "qty_given_up") == [("exception", 2)]
    [(text,)] = rows(engine, task, "text")
    assert "stock refused 2 (message M1); choose: recreate or drop" in text
    book("M2,shipment,O1,1,2,2026-01-05")
    assert rows(engine, order_line, "state", "qty_given_up") == [("exception", 1)]
    assert rows(engine, task, "state") == [("open",)]
    book("M3,shipment,O1,1,1,2026-01-05")
    assert rows(engine, order_line, "state", "qty_given_up") == [("open", 0)]
    assert rows(engine, task, "state", "result") == [("done", "shipped after all")]


def test_a_message_that_comes_again_with_other_content_is_refused_not_lost(
    engine, ordered
):
    ordered(lines=1)
    book("M1,shipment,O1,1,1,2026-01-05")
    file, outcome = book("M1,shipment,O1,1,2,2026-01-05")
    assert [fault.code for fault in file.all_faults] == ["conflicting_message"]
    assert [one.document for one in outcome.failed] == ["M1 order O1 line 1"]
    assert rows(engine, order_line, "qty_shipped") == [(1,)]


def test_a_message_of_before_its_content_was_kept_is_still_known(engine, ordered):
    ordered(lines=1)
    book("M1,shipment,O1,1,1,2026-01-05")
    with writing(engine) as connection:
        connection.execute(update(stock_message).values(content_hash=None))
    file, _ = book("M1,shipment,O1,1,2,2026-01-05")
    assert file.counts["duplicate"] == 1


def test_the_word_that_was_told_later_counts_whichever_file_comes_first(
    engine, ordered
):
    ordered(lines=1)
    head = "message_id,kind,order_no,line,date,told_at\n"
    late = f"{head}M2,new_date,O1,1,2026-01-20,2026-01-05T10:00:00+01:00\n"
    early = f"{head}M1,confirmation,O1,1,2026-01-09,2026-01-05T09:59:00+01:00\n"
    book(text=late)
    book(text=early)
    assert rows(engine, order_line, "first_confirmed_on", "confirmed_on") == [
        (date(2026, 1, 20), date(2026, 1, 20))
    ]
    assert rows(engine, date_change, "id") == []


def test_row_26_goods_that_cross_a_cancellation_are_put_to_a_person(engine, ordered):
    ordered(lines=1)
    cancel_order(name="O1", by="Ana", reason="not wanted", on=MONDAY)
    file, outcome = book("M1,shipment,O1,1,2,2026-01-05")
    assert (outcome.done, file.counts["accepted"]) == ({"shipments": 1}, 1)
    assert rows(engine, order_line, "qty_shipped", "qty_cancelled", "qty_over") == [
        (0, 3, 2)
    ]
    assert rows(engine, sales_order, "state", "to_invoice") == [("cancelled", False)]
    assert ("over_shipment", "open") in rows(engine, task, "kind", "state")
    book("M2,return,O1,1,2,2026-01-06", on=TUESDAY)
    assert ("over_shipment", "done") in rows(engine, task, "kind", "state")
