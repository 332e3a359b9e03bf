"""A change of an order that stock does not know is done at once and validated anew."""

from decimal import Decimal

import pytest
from sqlalchemy import update

from adv_domain.store.engine import writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    amendment,
    amendment_change,
    event,
    handoff_message,
    order_fault,
    order_hold,
    order_line,
    product,
    sales_order,
    task,
)
from tasks.orders.acts.correct import correct_order
from tasks.orders.acts.ending import cancel_order, reject_order
from tasks.orders.acts.release import release_order
from tests.builders import a_customer, a_product
from tests.tasks.amendment_runs import (
    ANA,
    accepted,
    assert_sound,
    cancel,
    change,
    changed,
    row,
    rows,
    run,
    states,
    take,
    values,
)


@pytest.fixture
def shop(engine):
    """A customer C1, and products P1 and P2 at 10.00 EUR."""
    a_customer(engine)
    a_product(engine)
    a_product(engine, code="P2")
    return engine


def moves(engine):
    return [
        (one.what, one.from_state, one.to_state)
        for one in rows(engine, event, entity="order")
        if one.what != "received"
    ]


def test_row_9_a_changed_order_after_acceptance_becomes_an_amendment(shop, tmp_path):
    """Row 9: with old and new values; validated again, its version raised."""
    accepted(tmp_path, row(), row(line=2, product="P2"))
    there = {"ship_to_address": "Calle 9"}
    outcome = changed(
        tmp_path,
        change(quantity=5, price="9.95", **there),
        change(line=2, product="P2", quantity=0, **there),
        change(line=3, product="P2", quantity=1, **there),
    )
    assert outcome.done == {"changes applied": 1, "accepted": 1}
    assert sorted(values(shop), key=str) == [
        (0, "ship_to_address", None, "Calle 9"),
        (1, "price", None, "9.95"),
        (1, "quantity", "3", "5"),
        (2, "quantity", "3", "0"),
        (3, "product", None, "P2"),
        (3, "quantity", None, "1"),
        (3, "unit", None, "C62"),
    ]
    [order] = rows(shop, sales_order)
    assert (order.state, order.version) == ("accepted", 2)
    assert (order.ship_to_address, order.net) == ("Calle 9", Decimal("59.75"))
    lines = [
        (one.qty, one.qty_cancelled, one.state, one.net)
        for one in rows(shop, order_line)
    ]
    assert lines[0] == (5, 0, "open", Decimal("49.75"))
    assert lines[1][:3] == (3, 3, "cancelled")
    assert lines[2] == (1, 0, "open", 10)
    assert moves(shop) == [
        ("accepted", "received", "accepted"),
        ("amended", "accepted", "received"),
        ("accepted", "received", "accepted"),
    ]
    assert_sound(shop)
    assert run("validation").message == "nothing to do"


def test_an_amended_order_that_stock_does_not_know_is_handed_off_as_a_new_one(
    shop, tmp_path
):
    accepted(tmp_path)
    changed(tmp_path, change(quantity=5))
    run("handoff")
    [message] = rows(shop, handoff_message)
    assert (message.kind, message.version) == ("order", 2)
    assert [line["qty"] for line in message.payload["lines"]] == ["5"]
    assert message.payload["needs_answer"] is False
    assert_sound(shop)


def test_row_2_a_later_file_with_other_content_amends_by_policy(home, shop, tmp_path):
    """Row 2, policy amend: what the later order does not say is no longer wanted."""
    (home / "policy.toml").write_text('[intake]\nduplicate_reference = "amend"\n')
    there = {"ship_to_address": "Calle 1"}
    accepted(tmp_path, row(**there), row(line=2, product="P2", **there))
    assert changed(tmp_path, row(quantity=4)).done == {
        "changes applied": 1,
        "accepted": 1,
    }
    assert sorted(values(shop), key=str) == [
        (0, "ship_to_address", "Calle 1", None),
        (1, "quantity", "3", "4"),
        (2, "quantity", "3", "0"),
    ]
    assert len(rows(shop, sales_order)) == 1
    assert take(tmp_path, row(quantity=4)).duplicate == 1
    assert_sound(shop)


def test_lines_without_numbers_are_told_apart_by_their_products(home, shop, tmp_path):
    (home / "policy.toml").write_text('[intake]\nduplicate_reference = "amend"\n')
    unnumbered = [
        row(line="", product="P1", quantity=1),
        row(line="", product="P2", quantity=2),
        row(line="", product="P2", quantity=5),
    ]
    accepted(tmp_path, *unnumbered)
    changed(tmp_path, *unnumbered[:0:-1], row(line="", product="P2", quantity=7))
    assert sorted(values(shop), key=str) == [
        (1, "quantity", "1", "0"),
        (4, "product", None, "P2"),
        (4, "quantity", None, "7"),
        (4, "unit", None, "C62"),
    ]
    outcome = changed(tmp_path, change(line="", product="P2", quantity=9))
    assert outcome.done == {"changes refused": 1}
    assert rows(shop, amendment)[1].reason == (
        "P2 stands on lines 2, 3, 4: the change does not say which of them it means"
    )


def test_a_day_that_a_change_names_is_that_of_the_lines_it_names(shop, tmp_path):
    accepted(tmp_path, row(), row(line=2, product="P2"))
    changed(tmp_path, change(requested_on="2026-01-30"))
    assert values(shop) == [(1, "requested_on", None, "2026-01-30")]
    both = {"requested_on": "2026-02-10"}
    changed(tmp_path, change(**both), change(line=2, product="P2", **both))
    assert values(shop)[1:] == [
        (0, "requested_on", "2026-01-20", "2026-02-10"),
        (1, "requested_on", "2026-01-30", None),
    ]
    assert_sound(shop)


def test_a_cancellation_before_handoff_cancels_the_order(shop, tmp_path):
    accepted(tmp_path)
    assert changed(tmp_path, cancel()).done == {"changes applied": 1}
    [order] = rows(shop, sales_order)
    assert (order.state, order.version) == ("cancelled", 2)
    assert values(shop) == [(1, "quantity", "3", "0")]
    assert moves(shop)[-1] == ("cancelled", "accepted", "cancelled")
    assert run("handoff").message == "nothing to do"
    assert_sound(shop)


def test_a_change_that_takes_every_line_away_is_a_cancellation(shop, tmp_path):
    accepted(tmp_path)
    changed(tmp_path, change(quantity=0))
    assert rows(shop, sales_order)[0].state == "cancelled"
    assert_sound(shop)


@pytest.mark.parametrize("document", [change(quantity=5), cancel()])
def test_a_change_before_its_order_waits_for_it_and_is_then_done(
    shop, tmp_path, document
):
    assert changed(tmp_path, document).done == {"changes held": 1}
    [waiting] = rows(shop, amendment)
    assert waiting.reason == "there is no order of this customer and reference"
    [asked] = rows(shop, task)
    assert (asked.kind, asked.team, asked.state) == ("amendment_held", "adv", "open")
    events = len(rows(shop, event))
    again = run("validation")
    assert (again.done, again.skipped) == ({}, {"changes still held": 1})
    assert len(rows(shop, event)) == events
    take(tmp_path, row())
    assert run("validation").done["changes applied"] == 1
    assert states(shop) == ["applied"]
    assert rows(shop, task)[0].state == "dropped"
    assert_sound(shop)


def test_a_change_of_what_stands_already_changes_nothing(shop, tmp_path):
    accepted(tmp_path)
    assert changed(tmp_path, change()).done == {"changes that change nothing": 1}
    [found] = rows(shop, amendment)
    assert (found.state, found.reason) == (
        "unchanged",
        "order S00000001 says so already",
    )
    [order] = rows(shop, sales_order)
    assert (order.state, order.version) == ("accepted", 1)
    assert values(shop) == []


def test_two_changes_are_done_in_the_order_in_which_they_came(shop, tmp_path):
    accepted(tmp_path)
    take(tmp_path, change(quantity=5))
    take(tmp_path, change(quantity=7), cancel(customer_ref="R9"))
    take(tmp_path, change(line=2, product="P2"))
    assert run("validation").done == {
        "changes applied": 3,
        "changes held": 1,
        "accepted": 1,
    }
    assert values(shop)[:2] == [(1, "quantity", "3", "5"), (1, "quantity", "5", "7")]
    assert rows(shop, sales_order)[0].version == 4
    assert [one.version for one in rows(shop, amendment)] == [2, 3, None, 4]
    assert_sound(shop)


def test_a_change_after_cancellation_is_refused_and_a_person_tells_the_customer(
    shop, tmp_path
):
    accepted(tmp_path)
    changed(tmp_path, cancel())
    outcome = changed(tmp_path, change(quantity=9), cancel(document_ref="again"))
    assert outcome.done == {"changes refused": 1, "changes that change nothing": 1}
    assert states(shop) == ["applied", "refused", "unchanged"]
    assert rows(shop, amendment)[1].reason == (
        "order S00000001 is cancelled; it needs an order of its own"
    )
    [told] = rows(shop, task, kind="amendment_refused")
    assert told.text == (
        "change 2 of C1 R1 was refused: order S00000001 is cancelled; it needs an "
        "order of its own; tell the customer"
    )
    assert_sound(shop)


def test_an_order_rejected_by_a_person_takes_no_change(shop, tmp_path):
    take(tmp_path, row())
    reject_order(name="R1", **ANA)
    changed(tmp_path, change(quantity=9))
    assert states(shop) == ["refused"]


def test_a_reference_that_several_open_orders_have_waits_for_a_person(shop, tmp_path):
    accepted(tmp_path)
    take(tmp_path, row(quantity=4))
    outcome = changed(tmp_path, change(quantity=9))
    assert outcome.done == {"changes held": 1, "held": 1}
    assert rows(shop, amendment)[0].reason == (
        "several orders have this reference (S00000001, S00000002): end all but one "
        "of them"
    )
    reject_order(name="S00000002", **ANA)
    assert run("validation").done == {"changes applied": 1, "accepted": 1}
    assert rows(shop, order_line)[0].qty == 9


def test_a_held_order_that_is_changed_is_judged_by_what_it_says_now(shop, tmp_path):
    take(tmp_path, row(price=20))
    assert run("validation").done == {"held": 1}
    assert changed(tmp_path, change(price=10)).done == {
        "changes applied": 1,
        "accepted": 1,
    }
    assert moves(shop)[1] == ("amended", "held", "received")
    assert rows(shop, sales_order)[0].held_for is None
    assert rows(shop, order_hold)[0].closed_at is not None
    assert_sound(shop)


def test_a_waiver_does_not_cover_what_the_line_says_after_a_change(shop, tmp_path):
    take(tmp_path, row(price=9), row(line=2, product="P2", price=8))
    run("validation")
    assert release_order(name="R1", **ANA).state == "accepted"
    assert changed(tmp_path, change(price=1)).done == {
        "changes applied": 1,
        "held": 1,
    }
    standing = [
        (one.line_no, one.code, one.waived_by, one.resolved_on is None)
        for one in rows(shop, order_fault)
    ]
    assert standing == [(1, "price", None, True), (2, "price", "Ana", False)]


def test_what_a_person_ended_first_is_no_longer_changed(shop, tmp_path):
    accepted(tmp_path)
    take(tmp_path, change(quantity=5))
    cancel_order(name="R1", **ANA)
    assert run("validation").done == {"changes refused": 1}
    assert_sound(shop)


def test_a_line_taken_away_may_come_back_under_its_number(shop, tmp_path):
    accepted(tmp_path, row(), row(line=2, product="P2"))
    changed(tmp_path, change(line=2, product="P2", quantity=0))
    changed(tmp_path, change(line=2, product="P1", quantity=8))
    lines = rows(shop, order_line)
    assert [(one.product_code, one.qty, one.state) for one in lines] == [
        ("P1", 3, "open"),
        ("P1", 8, "open"),
    ]
    assert rows(shop, amendment_change)[1].what == "added"
    assert_sound(shop)


def test_one_poisoned_change_stops_no_other(shop, tmp_path):
    take(tmp_path, row(), row(customer_ref="R2"))
    take(tmp_path, change(quantity=5), change(customer_ref="R2", quantity=6))
    with writing(shop) as connection:
        connection.execute(
            update(amendment).where(amendment.c.id == 1).values(asked={})
        )
    outcome = run("validation")
    assert outcome.done == {"changes applied": 1, "accepted": 2}
    assert [one.document for one in outcome.failed] == ["change 1 of R1"]
    assert states(shop) == ["proposed", "applied"]


def test_statements_do_not_grow_with_the_changes(shop, tmp_path):
    seen = []
    for first, size in ((1, 3), (100, 40)):
        refs = [f"R{number}" for number in range(first, first + size)]
        take(tmp_path, *(row(customer_ref=ref, quantity=ref[1:]) for ref in refs))
        run("validation")
        # each for another quantity: twins would be warned of
        take(
            tmp_path,
            *(change(customer_ref=ref, quantity=5 + int(ref[1:])) for ref in refs),
        )
        with counted_statements(shop) as statements:
            assert run("validation").done["changes applied"] == size
        seen.append(len(statements))
    assert seen[0] == seen[1]


def test_a_change_finds_an_order_that_a_person_has_corrected(shop, tmp_path):
    a_customer(shop, code="C2")
    take(tmp_path, row(price=99))
    run("validation")
    texts = {"reference": "R1b"}
    assert correct_order(texts, name="S00000001", **ANA).state == "held"
    assert changed(tmp_path, change(price=10)).done == {
        "changes applied": 1,
        "accepted": 1,
    }
    assert rows(shop, amendment)[0].order_id == rows(shop, sales_order)[0].id
    assert_sound(shop)


def test_a_line_that_a_change_adds_without_a_unit_is_in_its_products(shop, tmp_path):
    with writing(shop) as connection:
        kilos = product.c.code == "P2"
        connection.execute(update(product).where(kilos).values(unit="KGM"))
    accepted(tmp_path, row())
    changed(tmp_path, change(line=2, product="P2", quantity=1))
    assert [one.unit for one in rows(shop, order_line)] == ["C62", "KGM"]
    assert (2, "unit", None, "KGM") in values(shop)
