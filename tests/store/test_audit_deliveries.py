"""The audit sees goods, dates and states that stock's news cannot have left so."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, update

from adv_domain.store.audit import audit
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    date_change,
    delivery_line,
    event,
    goods_return,
    order_line,
    task,
)
from tests.builders import DAY, NOW, a_customer, a_product, an_order
from tests.tasks.feedback_runs import book

CHECKS = {
    "returned_is_what_returns_say",
    "returned_within_delivered",
    "given_up_waits_for_a_decision",
    "over_shipments_are_asked_about",
    "first_confirmed_dates_stand",
    "order_events_follow_each_other",
}


@pytest.fixture
def moved(engine):
    """An order of four lines: one too many and back, given up, moved, as it was."""
    known = {"customer_id": a_customer(engine), "product_id": a_product(engine)}
    an_order(engine, lines=4, state="handed_off", **known)
    book(
        "M1,shipment,O1,1,4,2026-01-05,,,D1",
        "M2,return,O1,1,2,2026-01-05",
        "M3,refusal,O1,2,1,",
        "M4,confirmation,O1,3,,2026-01-09",
        "M5,new_date,O1,3,,2026-01-20,carrier",
    )
    return engine


def violations(connection):
    checks = [one for one in audit(connection) if one.name in CHECKS]
    assert {one.name for one in checks} == CHECKS
    assert all(one.rows for one in checks)
    return {one.name for one in checks if one.violations}


BREAKS = [
    (
        update(order_line).where(order_line.c.line_no == 1).values(qty_returned=1),
        {"returned_is_what_returns_say"},
    ),
    (
        update(order_line).where(order_line.c.line_no == 1).values(qty_ignored=2),
        {"returned_is_what_returns_say"},
    ),
    (
        update(goods_return).values(qty_over=2),
        {"returned_is_what_returns_say", "returned_within_delivered"},
    ),
    (
        update(delivery_line).values(qty_ignored=0),
        {"returned_within_delivered"},
    ),
    (
        update(order_line).where(order_line.c.line_no == 2).values(qty_given_up=0),
        {"given_up_waits_for_a_decision"},
    ),
    (
        update(order_line).where(order_line.c.line_no == 2).values(state="open"),
        {"given_up_waits_for_a_decision"},
    ),
    (
        delete(task).where(task.c.kind == "over_shipment"),
        {"over_shipments_are_asked_about"},
    ),
    (
        update(order_line)
        .where(order_line.c.line_no == 3)
        .values(first_confirmed_on=date(2026, 1, 20)),
        {"first_confirmed_dates_stand"},
    ),
    (
        update(date_change).values(old_on=date(2026, 1, 10)),
        {"first_confirmed_dates_stand"},
    ),
    (
        insert(event).values(
            entity="order",
            entity_id=1,
            at=NOW,
            business_date=DAY,
            actor="nobody",
            what="fulfilled",
            from_state="handed_off",
            to_state="fulfilled",
        ),
        {"order_events_follow_each_other"},
    ),
]


def test_each_check_sees_what_breaks_it_and_nothing_else(moved):
    with reading(moved) as connection:
        assert violations(connection) == set()
    for statement, seen in BREAKS:
        with moved.connect() as connection, connection.begin() as change:
            connection.execute(statement)
            assert violations(connection) == seen, str(statement)
            change.rollback()


def test_a_line_that_the_customer_moved_himself_has_a_new_first_date(moved):
    with writing(moved) as connection:
        connection.execute(
            update(order_line)
            .where(order_line.c.line_no == 3)
            .values(first_confirmed_on=date(2026, 2, 1), amended_on=DAY)
        )
        broken = {one.name for one in audit(connection) if one.violations}
    assert "first_confirmed_dates_stand" not in broken


def test_quantities_of_the_line_are_what_was_told(moved):
    with reading(moved) as connection:
        found = connection.execute(
            order_line.select().order_by(order_line.c.line_no)
        ).all()
    assert [(one.qty_shipped, one.qty_over, one.qty_returned) for one in found] == [
        (3, 1, 2),
        (0, 0, 0),
        (0, 0, 0),
        (0, 0, 0),
    ]
    assert [one.qty_given_up for one in found] == [0, 1, 0, 0]
    assert found[0].qty_ignored == Decimal(1)
