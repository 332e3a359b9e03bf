"""What stock has in hand is changed only when stock agrees to it."""

import json
from decimal import Decimal

import pytest
from sqlalchemy import update

from adv_domain.rules.amendments.states import AmendmentDecided
from adv_domain.rules.authority import BeyondAuthority
from adv_domain.store.engine import writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    amendment,
    customer,
    event,
    handoff_message,
    order_line,
    product,
    sales_order,
    stock_message,
    task,
)
from tasks.orders.acts.amendments import (
    NotAcceptable,
    UnknownAmendment,
    accept_amendment,
    refuse_amendment,
)
from tasks.orders.acts.ending import cancel_order
from tests.builders import a_customer, a_product
from tests.tasks.amendment_runs import (
    ANA,
    DAY,
    answered,
    assert_sound,
    cancel,
    change,
    changed,
    handed_off,
    row,
    rows,
    run,
    states,
    take,
    values,
)
from tests.tasks.feedback_runs import book


@pytest.fixture
def shop(engine):
    """A customer C1, and products P1 and P2 at 10.00 EUR."""
    a_customer(engine, address="Calle 1", city="Madrid")
    a_product(engine)
    a_product(engine, code="P2")
    return engine


def standing(engine):
    """Return what of orders and lines a change could alter."""
    return rows(engine, sales_order), rows(engine, order_line)


def told(home, engine):
    """Return kind, version, question and lines of each message written for stock."""
    run("handoff")
    messages = [
        json.loads((home / "outbox/stock" / one.file_name).read_text())
        for one in rows(engine, handoff_message)
    ]
    return [
        (
            one["kind"],
            one["order"]["version"],
            one["needs_answer"],
            [(line["line"], line["qty"]) for line in one["lines"]],
        )
        for one in messages
    ]


def test_a_change_of_an_order_at_stock_changes_nothing_until_stock_agrees(
    home, shop, tmp_path
):
    handed_off(tmp_path, row(), row(line=2, product="P2"))
    before = standing(shop)
    outcome = changed(
        tmp_path,
        change(quantity=5),
        change(line=2, product="P2", quantity=0),
        change(line=3, product="P2", quantity=1),
    )
    assert outcome.done == {"changes asked of stock": 1}
    assert standing(shop) == before
    assert told(home, shop)[-1] == ("change", 2, True, [(1, "5"), (3, "1")])
    _, answer = answered("change_accepted", "S00000001/2")
    assert answer.done == {"changes applied": 1}
    [order] = rows(shop, sales_order)
    assert (order.state, order.version, order.net) == ("handed_off", 2, 60)
    lines = [
        (one.line_no, one.qty, one.state, one.unit_price, one.net)
        for one in rows(shop, order_line)
    ]
    assert lines[0] == (1, 5, "open", 10, 50)
    assert lines[1][:3] == (2, 3, "cancelled")
    assert lines[2] == (3, 1, "open", 10, 10)
    assert rows(shop, order_line)[2].product_id is not None
    assert states(shop) == ["applied"]
    assert rows(shop, handoff_message)[1].state == "acknowledged"
    assert_sound(shop)
    assert run("validation").message == "nothing to do"


def test_a_change_that_stock_refuses_leaves_the_order_and_asks_a_person(shop, tmp_path):
    handed_off(tmp_path)
    changed(tmp_path, change(quantity=5))
    before = standing(shop)
    _, outcome = answered("change_refused", "S00000001/2", note="none left")
    assert outcome.done == {"changes refused": 1}
    assert standing(shop) == before
    assert values(shop) == [(1, "quantity", "3", "5")]
    [found] = rows(shop, amendment)
    assert (found.state, found.reason) == ("refused", "by stock: none left")
    [asked] = rows(shop, task)
    assert (asked.kind, asked.text) == (
        "amendment_refused",
        "change 1 of C1 R1 was refused: by stock: none left; tell the customer",
    )
    assert_sound(shop)


def test_after_a_refusal_the_next_question_has_a_version_of_its_own(
    home, shop, tmp_path
):
    handed_off(tmp_path)
    changed(tmp_path, change(quantity=5))
    # stock answers what it was told: a message answered by its key has arrived
    assert told(home, shop)[-1][:3] == ("change", 2, True)
    answered("change_refused", "S00000001/2")
    changed(tmp_path, change(quantity=4))
    assert [one[:3] for one in told(home, shop)] == [
        ("order", 1, False),
        ("change", 2, True),
        ("change", 3, True),
    ]
    answered("change_accepted", "S00000001/3", message="M2")
    assert rows(shop, sales_order)[0].version == 3
    cancel_order(name="R1", **ANA)
    assert told(home, shop)[-1][:3] == ("cancel", 4, False)
    assert_sound(shop)


def test_a_cancellation_of_an_order_at_stock_needs_stocks_agreement(
    home, shop, tmp_path
):
    handed_off(tmp_path)
    changed(tmp_path, cancel())
    assert rows(shop, sales_order)[0].state == "handed_off"
    assert told(home, shop)[-1] == ("cancel", 2, True, [(1, "3")])
    answered("change_accepted", "S00000001/2")
    assert rows(shop, sales_order)[0].state == "cancelled"
    assert rows(shop, order_line)[0].state == "cancelled"
    assert_sound(shop)


def test_what_was_shipped_stays_when_the_rest_is_cancelled(home, shop, tmp_path):
    handed_off(tmp_path)
    book("M1,shipment,S00000001,1,2,2026-01-05")
    changed(tmp_path, cancel())
    assert told(home, shop)[-1] == ("cancel", 2, True, [(1, "1")])
    answered("change_accepted", "S00000001/2", message="M2")
    [line] = rows(shop, order_line)
    assert (line.qty_shipped, line.qty_cancelled, line.state) == (2, 1, "open")
    assert rows(shop, sales_order)[0].state == "cancelled"
    assert values(shop) == [(1, "quantity", "3", "2")]
    assert_sound(shop)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (
            change(quantity=1),
            "line 1: 2 were shipped or invoiced already, so that it cannot become 1",
        ),
        (
            change(quantity=0),
            "line 1: 2 were shipped or invoiced already, so that it cannot become 0",
        ),
        (
            change(product="P2"),
            "line 1: the product cannot change: 2 were shipped under it",
        ),
        (change(price=9), "line 1: the price cannot change: 2 were shipped under it"),
    ],
    ids=["less", "none", "product", "price"],
)
def test_what_was_shipped_cannot_be_changed(shop, tmp_path, asked, reason):
    handed_off(tmp_path)
    book("M1,shipment,S00000001,1,2,2026-01-05")
    assert changed(tmp_path, asked).done == {"changes refused": 1}
    assert rows(shop, amendment)[0].reason == reason
    assert [one.kind for one in rows(shop, task)] == ["amendment_refused"]
    assert len(rows(shop, handoff_message)) == 1


@pytest.mark.parametrize("asked", [change(quantity=9), cancel()])
def test_an_order_shipped_in_full_cannot_be_changed(shop, tmp_path, asked):
    handed_off(tmp_path)
    book("M1,shipment,S00000001,,,2026-01-05")
    assert changed(tmp_path, asked).done == {"changes refused": 1}
    assert rows(shop, amendment)[0].reason == (
        "order S00000001 was shipped already; more needs an order of its own"
    )


def test_less_than_ordered_down_to_what_was_shipped_fulfils_the_order(
    home, shop, tmp_path
):
    handed_off(tmp_path)
    book("M1,shipment,S00000001,1,2,2026-01-05")
    changed(tmp_path, change(quantity=2))
    assert told(home, shop)[-1] == ("cancel", 2, True, [(1, "1")])
    answered("change_accepted", "S00000001/2", message="M2")
    assert rows(shop, sales_order)[0].state == "fulfilled"
    assert rows(shop, order_line)[0].qty == 2
    assert_sound(shop)


def test_goods_that_left_before_the_answer_make_the_change_too_late(shop, tmp_path):
    handed_off(tmp_path)
    changed(tmp_path, change(quantity=1))
    book("M1,shipment,S00000001,1,2,2026-01-05")
    file, outcome = answered("change_accepted", "S00000001/2", message="M2")
    assert file.counts["accepted"] == 1
    assert outcome.done == {"changes refused": 1}
    assert "2 were shipped" in rows(shop, amendment)[0].reason
    assert rows(shop, order_line)[0].qty == 3
    assert_sound(shop)


def test_an_order_that_ended_meanwhile_ends_the_question_about_it(shop, tmp_path):
    handed_off(tmp_path)
    changed(tmp_path, change(quantity=5))
    cancel_order(name="R1", **ANA)
    assert run("validation").done == {"changes refused": 1}
    assert states(shop) == ["refused"]
    file, _ = answered("change_accepted", "S00000001/2")
    assert [fault.code for fault in file.all_faults] == ["already_decided"]
    assert_sound(shop)


def test_a_second_change_waits_until_the_first_is_settled(shop, tmp_path):
    handed_off(tmp_path)
    changed(tmp_path, change(quantity=5))
    assert changed(tmp_path, change(quantity=7)).done == {"changes held": 1}
    assert rows(shop, amendment)[1].reason == (
        "change 1 of the order has to be settled first"
    )
    assert rows(shop, task) == []
    answered("change_accepted", "S00000001/2")
    assert run("validation").done == {"changes asked of stock": 1}
    assert values(shop)[-1] == (1, "quantity", "5", "7")
    answered("change_accepted", "S00000001/3", message="M2")
    assert rows(shop, order_line)[0].qty == 7
    assert_sound(shop)


def test_two_changes_in_one_run_are_asked_about_one_after_the_other(shop, tmp_path):
    handed_off(tmp_path)
    take(tmp_path, change(quantity=5))
    take(tmp_path, change(quantity=7))
    assert run("validation").done == {
        "changes asked of stock": 1,
        "changes held": 1,
    }
    assert len(rows(shop, handoff_message)) == 2


def test_a_price_is_no_business_of_stocks(shop, tmp_path):
    handed_off(tmp_path)
    assert changed(tmp_path, change(price=10)).done == {"changes applied": 1}
    assert len(rows(shop, handoff_message)) == 1
    assert rows(shop, order_line)[0].asked_price == 10
    assert rows(shop, sales_order)[0].state == "handed_off"
    assert_sound(shop)


def test_a_change_that_the_rules_do_not_allow_is_held_before_stock_hears_of_it(
    home, shop, tmp_path
):
    handed_off(tmp_path)
    before = standing(shop)
    outcome = changed(tmp_path, change(quantity=5, price=1))
    assert outcome.done == {"changes held": 1}
    [held] = rows(shop, amendment)
    assert (held.state, held.held_for, held.reason) == ("held", "sales", "price")
    assert [(one["line"], one["code"]) for one in held.faults] == [(1, "price")]
    assert [(one.kind, one.team) for one in rows(shop, task)] == [
        ("amendment_held", "sales")
    ]
    assert standing(shop) == before
    assert run("validation").skipped == {"changes still held": 1}
    (home / "policy.toml").write_text(
        '[roles.clerk]\npeople = ["Ana"]\nlimits = { release = 4 }\n'
        '[roles.manager]\npeople = ["Eve"]\n'
    )
    with pytest.raises(BeyondAuthority):
        accept_amendment(amendment_id=1, **ANA)
    assert states(shop) == ["held"]
    done = accept_amendment(amendment_id=1, **ANA | {"by": "Eve"})
    assert (done.state, done.order_no) == ("waiting_stock", "S00000001")
    assert rows(shop, task)[0].state == "dropped"
    answered("change_accepted", "S00000001/2")
    assert [(one.qty, one.unit_price) for one in rows(shop, order_line)] == [(5, 1)]
    assert_sound(shop)


def test_what_the_order_breaks_meanwhile_does_not_keep_it_from_asking_for_less(
    shop, tmp_path
):
    handed_off(tmp_path)
    with writing(shop) as connection:
        connection.execute(update(customer).values(is_blocked=True))
        connection.execute(update(product).values(is_discontinued=True))
    outcome = changed(tmp_path, change(requested_on="2026-02-20"))
    assert outcome.done == {"changes held": 1}
    assert rows(shop, amendment)[0].reason == "discontinued_product"
    refuse_amendment(amendment_id=1, **ANA)
    with writing(shop) as connection:
        connection.execute(update(product).values(is_discontinued=False))
    assert changed(tmp_path, change(quantity=2)).done == {"changes asked of stock": 1}
    answered("change_refused", "S00000001/2")
    assert changed(tmp_path, change(quantity=4)).done == {"changes held": 1}
    assert rows(shop, amendment)[2].reason == "customer_blocked"


def test_credit_is_asked_for_what_a_change_costs_more(shop, tmp_path):
    handed_off(tmp_path)
    with writing(shop) as connection:
        connection.execute(update(customer).values(credit_limit=Decimal(50)))
    assert changed(tmp_path, change(quantity=4)).done == {"changes asked of stock": 1}
    answered("change_accepted", "S00000001/2")
    assert changed(tmp_path, change(quantity=6)).done == {"changes held": 1}
    assert rows(shop, amendment)[1].held_for == "credit control"
    with writing(shop) as connection:
        connection.execute(update(customer).values(credit_limit=Decimal(90)))
    assert run("validation").done == {"changes asked of stock": 1}


def test_a_change_of_nothing_deliverable_can_only_be_refused(shop, tmp_path):
    handed_off(tmp_path)
    changed(tmp_path, change(line=2, product="P9"))
    with pytest.raises(NotAcceptable, match="line 2 lacks a known product"):
        accept_amendment(amendment_id=1, **ANA)
    assert states(shop) == ["held"]
    assert refuse_amendment(amendment_id=1, **ANA).state == "refused"
    with pytest.raises(AmendmentDecided, match="change 1 is refused"):
        accept_amendment(amendment_id=1, **ANA)
    with pytest.raises(UnknownAmendment, match="there is no change 7"):
        refuse_amendment(amendment_id=7, **ANA)


def test_a_change_without_its_order_can_be_refused_and_not_accepted(shop, tmp_path):
    changed(tmp_path, cancel())
    with pytest.raises(NotAcceptable, match="there is no order of this customer"):
        accept_amendment(amendment_id=1, **ANA)
    assert refuse_amendment(amendment_id=1, **ANA).order_no is None
    assert rows(shop, task)[0].state == "dropped"
    take(tmp_path, row())
    assert run("validation").done == {"accepted": 1}


def test_a_person_agrees_in_place_of_stock_and_its_later_answer_is_no_news(
    shop, tmp_path
):
    handed_off(tmp_path)
    changed(tmp_path, change(quantity=5))
    assert accept_amendment(amendment_id=1, **ANA).state == "applied"
    assert rows(shop, order_line)[0].qty == 5
    last = rows(shop, event, entity="amendment")[-1]
    assert (last.actor, last.to_state) == ("Ana", "applied")
    assert last.reason.startswith("accepted: agreed by phone")
    file, outcome = answered("change_accepted", "S00000001/2")
    assert (file.counts["accepted"], outcome.done) == (1, {})
    file, _ = answered("change_refused", "S00000001/2", message="M2")
    assert [fault.code for fault in file.all_faults] == ["already_decided"]
    assert_sound(shop)


def test_a_person_who_refuses_what_stock_was_asked_tells_stock_what_stands(
    home, shop, tmp_path
):
    handed_off(tmp_path)
    changed(tmp_path, change(quantity=5))
    assert refuse_amendment(amendment_id=1, **ANA).state == "refused"
    assert told(home, shop)[-1] == ("change", 3, False, [(1, "3")])
    assert rows(shop, sales_order)[0].version == 3
    assert rows(shop, task) == []
    assert_sound(shop)


def test_stock_that_is_silent_for_days_is_asked_about_by_a_person(shop, tmp_path):
    handed_off(tmp_path)
    changed(tmp_path, change(quantity=5))
    assert run("validation").message == "nothing to do"
    later = DAY.replace(day=7)
    assert run("validation", on=later).done == {"silences of stock asked about": 1}
    assert run("validation", on=later).message == "nothing to do"
    [asked] = rows(shop, task)
    assert asked.text == (
        "stock has not answered message S00000001/2 about change 1 of order "
        "S00000001: ask, then adv amendment accept or refuse"
    )
    answered("change_accepted", "S00000001/2")
    assert rows(shop, task)[0].state == "dropped"


def test_an_answer_twice_is_booked_once(shop, tmp_path):
    handed_off(tmp_path)
    changed(tmp_path, change(quantity=5))
    answered("change_accepted", "S00000001/2")
    before = [rows(shop, table) for table in (sales_order, order_line, event)]
    file, outcome = answered("change_accepted", "S00000001/2")
    assert file.counts == {"read": 1, "accepted": 0, "duplicate": 1, "rejected": 0}
    assert outcome.done == {}
    assert [rows(shop, table) for table in (sales_order, order_line, event)] == before
    assert len(rows(shop, stock_message)) == 1


@pytest.mark.parametrize(
    ("entry", "field", "code"),
    [
        ("change_accepted,S00000001/9,,,", "answers", "unknown_message"),
        ("change_refused,S00000001/1,,,", "answers", "nothing_asked"),
        ("change_accepted,,,,", "answers", "missing"),
        ("change_accepted,S00000001/2,S00000009,,", "order_no", "conflict"),
        ("change_accepted,S00000001/2,,1,", "line", "not_expected"),
        ("change_accepted,S00000001/2,,,5", "quantity", "not_expected"),
        ("confirmation,S00000001/2,S00000001,,", "answers", "not_expected"),
    ],
)
def test_an_answer_that_answers_nothing_is_told_with_its_row(
    shop, tmp_path, entry, field, code
):
    handed_off(tmp_path)
    changed(tmp_path, change(quantity=5))
    file, _ = book(text=f"message_id,kind,answers,order_no,line,quantity\nM1,{entry}\n")
    assert [(one.row, one.field, one.code) for one in file.all_faults][:1] == [
        (2, field, code)
    ]
    assert states(shop) == ["waiting_stock"]


def test_goods_on_a_line_that_a_change_brings_are_booked_from_the_same_file(
    shop, tmp_path
):
    handed_off(tmp_path)
    changed(tmp_path, change(line=2, product="P2", quantity=1))
    text = (
        "message_id,kind,answers,order_no,line,quantity,date\n"
        "M1,shipment,,S00000001,1,1,2026-01-05\n"
        "M2,change_accepted,S00000001/2,,,,\n"
        "M3,shipment,,S00000001,2,1,2026-01-05\n"
        "M4,change_refused,S00000001/2,,,,\n"
    )
    file, _ = book(text=text)
    assert [(one.row, one.code) for one in file.all_faults] == [(5, "already_decided")]
    assert [one.qty_shipped for one in rows(shop, order_line)] == [1, 1]
    assert_sound(shop)


def test_statements_do_not_grow_with_the_questions_and_the_answers(shop, tmp_path):
    seen = []
    for first, size in ((1, 3), (100, 30)):
        refs = [f"R{number}" for number in range(first, first + size)]
        take(tmp_path, *(row(customer_ref=ref, quantity=ref[1:]) for ref in refs))
        run("validation")
        run("handoff")
        take(tmp_path, *(change(customer_ref=ref, quantity=999) for ref in refs))
        with counted_statements(shop) as asking:
            assert run("validation").done == {"changes asked of stock": size}
        keys = [one.message_key for one in rows(shop, handoff_message, state="queued")]
        entries = "".join(f"A{key},change_accepted,{key}\n" for key in keys)
        with counted_statements(shop) as answering:
            _, outcome = book(text=f"message_id,kind,answers\n{entries}")
        assert outcome.done == {"changes applied": size}
        seen.append((len(asking), len(answering)))
        run("handoff")
    assert seen[0] == seen[1]
