"""Who asks why a line comes when it comes is told; lines at risk are listed."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.rules.stock.availability_words import STOCK_UNKNOWN
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.stock.back_orders import accepted_lines, waiting_lines
from adv_domain.store.tables import order_line
from tasks.resources import resources
from tasks.stock.goods import at_risk, explained_lines, goods_of
from tests.tasks.supply_runs import (
    FRI,
    MON,
    MORNING,
    WED,
    a_shop,
    follow,
    in_stock,
    moved,
    on_its_way,
    received,
    validate,
)

TUE, NEXT_MON = date(2026, 2, 3), date(2026, 2, 9)


def asked(question, *arguments, **named):
    """Ask with a connection and the policy of the home."""
    with reading(resources().engine) as connection:
        policy = resources().policy
        return question(connection, *arguments, policy=policy, **named)


def risks(on):
    return [(one.order_no, one.receipt_ref) for one in asked(at_risk, on=on)]


def test_a_line_says_what_is_there_what_is_before_it_and_what_comes(engine):
    a_shop(engine, "P1", "P2")
    in_stock(engine, 12)
    on_its_way(engine, "R1", 20, FRI)
    received(engine, "O1", 8)
    order_id = received(engine, "O2", 10, 3, products=("P1", "P2"))
    validate()
    said = asked(explained_lines, order_id, on=MON)
    assert list(said.values()) == [
        (
            "12 in stock, 8 for lines before it, 10 for this one; 4 from stock; 6 from "
            "the 20 expected on 2026-02-06 (receipt R1), which can leave on 2026-02-09"
        ),
        STOCK_UNKNOWN,
    ]
    moved(engine, "R1", received_qty=Decimal(15))
    [first, _] = asked(explained_lines, order_id, on=NEXT_MON).values()
    assert first.endswith(
        "4 from stock; 5 from the 5 expected on 2026-02-06 (receipt R1, 3 days late), "
        "which can leave on 2026-02-16; 1 neither in stock nor on its way"
    )


def test_goods_of_a_product_tell_the_queue_and_what_is_free_when(engine):
    a_shop(engine)
    in_stock(engine, 12)
    on_its_way(engine, "R1", 20, FRI)
    received(engine, "O1", 8)
    received(engine, "O2", 10)
    validate()
    [goods] = asked(goods_of, ["P1"], on=MON)
    assert (goods.on_hand, [one.line.order_no for one in goods.lines]) == (
        12,
        ["O1", "O2"],
    )
    assert [(one.from_on, one.qty) for one in goods.free] == [
        (MON, 4),
        (NEXT_MON, 14),
        (date(2026, 2, 16), None),
    ]


def test_the_parts_of_all_lines_add_up_to_what_they_need(engine):
    a_shop(engine)
    in_stock(engine, 7)
    on_its_way(engine, "R1", 5, WED)
    for at in range(5):
        received(engine, f"O{at}", 3)
    validate()
    [goods] = asked(goods_of, ["P1"], on=MON)
    for one in goods.lines:
        parts = sum(part.qty for part in one.cover.parts)
        assert parts + one.cover.missing == one.line.qty
    given = sum(part.qty for one in goods.lines for part in one.cover.parts)
    assert given == 12


def test_a_line_due_soon_without_goods_in_time_is_at_risk(engine):
    a_shop(engine)
    in_stock(engine, 0)
    on_its_way(engine, "R1", 10, WED)
    received(engine, "O1", 10, wanted=date(2026, 2, 12))
    received(engine, "O2", 10, wanted=date(2026, 3, 20))
    validate()
    assert risks(MON) == []
    moved(engine, "R1", is_cancelled=True)
    follow(MON)
    # due in ten days, at risk from five days before on
    assert risks(MON) == []
    assert risks(FRI) == []
    assert risks(date(2026, 2, 7)) == [("O1", None)]
    assert risks(date(2026, 2, 20)) == [("O1", None)]


def test_a_date_that_stock_said_is_only_at_risk(engine):
    a_shop(engine)
    in_stock(engine, 0)
    on_its_way(engine, "R1", 10, WED)
    received(engine, "O1", 10)
    validate()
    with writing(engine) as connection:
        connection.execute(update(order_line).values(date_told_at=MORNING))
    moved(engine, "R1", expected_on=NEXT_MON)
    follow(TUE)
    [one] = asked(at_risk, on=TUE)
    assert (one.order_no, one.receipt_ref, one.is_said) == ("O1", "R1", True)
    assert (one.confirmed_on, one.available_on) == (
        date(2026, 2, 5),
        date(2026, 2, 10),
    )


def test_the_facts_of_the_back_order_rate_count_lines_by_their_day(engine):
    a_shop(engine)
    in_stock(engine, 10)
    received(engine, "O1", 6, 3)
    validate()
    received(engine, "O2", 5, 1)
    validate(TUE)
    follow(WED)
    with reading(engine) as connection:
        found = accepted_lines(connection, first=MON, last=WED)
    # the five are promised for later, so that the one that is left is for the other
    assert [tuple(one) for one in found] == [(MON, 2, 0), (TUE, 2, 1)]


def test_a_back_order_that_is_served_still_was_one_at_acceptance(engine):
    a_shop(engine)
    in_stock(engine, 0)
    on_its_way(engine, "R1", 10, WED)
    received(engine, "O1", 6)
    validate()
    moved(engine, "R1", received_on=TUE)
    follow(WED)
    with reading(engine) as connection:
        assert waiting_lines(connection) == []
        [fact] = accepted_lines(connection, first=MON, last=WED)
    assert fact == (MON, 1, 1)


@pytest.mark.parametrize("on", [MON, date(2026, 2, 16)])
def test_the_reading_of_risk_is_one_statement(engine, on):
    a_shop(engine)
    in_stock(engine, 0)
    for at in range(20):
        received(engine, f"O{at}", 1, 2, 3)
    validate()
    with counted_statements(engine) as counted:
        found = asked(at_risk, on=on)
    assert len([one for one in counted if one.startswith("SELECT")]) == 1
    assert len(found) == (60 if on > MON else 0)
    with reading(engine) as connection:
        lines = connection.execute(select(order_line.c.id)).all()
    assert len(lines) == 60
