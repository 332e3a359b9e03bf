"""Does a person's decision about an order need a name, and is it kept to the rules?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.rules.authority import BeyondAuthority
from adv_domain.rules.orders.states import InvalidTransition
from adv_domain.store.engine import reading, writing
from adv_domain.store.orders.heads import held_orders
from adv_domain.store.tables import (
    customer,
    event,
    handoff_message,
    order_fault,
    order_line,
    sales_order,
)
from flows.direct import run_directly
from tasks.orders.acts.common import ActRefused, UnknownOrder
from tasks.orders.acts.ending import cancel_order, reject_order
from tasks.orders.acts.release import NotReleasable, release_order
from tests.builders import a_customer, a_product, an_order

TODAY = date(2026, 1, 6)
ANA = {"by": "Ana", "reason": "agreed by phone", "on": TODAY}


@pytest.fixture
def shop(engine):
    """A customer C1 and a product P1 at 10.00 EUR."""
    return a_customer(engine), a_product(engine)


def held(engine, no="O1", *, line=None, **changes):
    """Put an order that is held for its price."""
    asked = {"product_code": "P1", "unit_price": None, "net": None, "product_id": None}
    order_id = an_order(
        engine,
        customer_id=None,
        product_id=None,
        no=no,
        line=asked | {"asked_price": Decimal(20)} | (line or {}),
        **{"customer_code": "C1", "state": "received", "net": None} | changes,
    )
    run_directly("validation", on=TODAY)
    return order_id


def rows(engine, table, **where):
    with reading(engine) as connection:
        wanted = [table.c[name] == value for name, value in where.items()]
        return connection.execute(select(table).where(*wanted)).all()


def test_a_released_order_goes_on_and_says_who_and_why(engine, shop):
    order_id = held(engine)
    assert release_order(name="O1", **ANA).state == "accepted"
    [order] = rows(engine, sales_order)
    assert (order.state, order.held_for, order.accepted_on) == ("accepted", None, TODAY)
    [fault] = rows(engine, order_fault)
    assert (fault.waived_by, fault.waived_reason) == ("Ana", "agreed by phone")
    last = rows(engine, event, entity_id=order_id)[-1]
    assert (last.from_state, last.to_state, last.actor) == ("held", "accepted", "Ana")
    assert last.reason == "released: agreed by phone"
    [line] = rows(engine, order_line)
    assert (line.unit_price, line.net) == (20, 60)


def test_a_release_waives_what_held_the_order_and_nothing_new(engine, shop):
    held(engine)
    with writing(engine) as connection:
        connection.execute(update(customer).values(is_blocked=True))
    decided = release_order(name="O1", **ANA)
    assert (decided.state, decided.waits_for) == ("held", "credit control")
    run_directly("validation", on=TODAY)
    assert rows(engine, sales_order)[0].held_for == "credit control"
    with writing(engine) as connection:
        connection.execute(update(customer).values(is_blocked=False))
    run_directly("validation", on=TODAY)
    assert rows(engine, sales_order)[0].state == "accepted"


def test_a_released_order_uses_up_the_credit_limit(engine, shop):
    with writing(engine) as connection:
        connection.execute(update(customer).values(credit_limit=Decimal(90)))
    held(engine, "O1", line={"asked_price": None}, qty=Decimal(9))
    held(engine, "O2", line={"asked_price": None}, qty=Decimal(7))
    assert {one.state for one in rows(engine, sales_order, order_no="O1")} == {"held"}
    assert rows(engine, sales_order, order_no="O2")[0].state == "accepted"
    assert release_order(name="O1", **ANA).state == "accepted"


@pytest.mark.parametrize(
    ("line", "changes", "why"),
    [
        ({"product_code": "P9"}, {}, "line 1 lacks a known product"),
        ({"qty": Decimal(0)}, {}, "line 1 lacks a known product"),
        ({}, {"customer_code": "C9"}, "customer 'C9' is not in the master data"),
        ({}, {"currency": "ZZZ"}, "ZZZ is no currency"),
    ],
    ids=["no product", "no quantity", "no customer", "no currency"],
)
def test_what_cannot_be_delivered_cannot_be_released(engine, shop, line, changes, why):
    held(engine, line=line, **changes)
    with pytest.raises(NotReleasable, match=why):
        release_order(name="O1", **ANA)
    assert rows(engine, sales_order)[0].state == "held"
    assert rows(engine, order_fault)[0].waived_by is None


def test_only_a_held_order_can_be_released(engine, shop):
    an_order(engine, customer_id=shop[0], product_id=shop[1])
    with pytest.raises(NotReleasable, match="it is accepted, not held"):
        release_order(name="O1", **ANA)
    with pytest.raises(UnknownOrder, match="there is no order"):
        release_order(name="O7", **ANA)


def test_a_release_beyond_the_persons_role_is_refused(home, engine, shop):
    held(engine)
    (home / "policy.toml").write_text(
        '[roles.clerk]\npeople = ["Ana"]\nlimits = { release = 50 }\n'
        '[roles.manager]\npeople = ["Eve"]\n'
    )
    with pytest.raises(BeyondAuthority, match="Ana may decide on release up to 50"):
        release_order(name="O1", **ANA)
    with pytest.raises(BeyondAuthority, match="Tom has no role"):
        release_order(name="O1", **ANA | {"by": "Tom"})
    assert rows(engine, sales_order)[0].state == "held"
    assert release_order(name="O1", **ANA | {"by": "Eve"}).state == "accepted"


def test_a_held_order_is_rejected_for_good(engine, shop):
    held(engine)
    assert reject_order(name="O1", **ANA).state == "rejected"
    with pytest.raises(InvalidTransition, match="rejected cannot become cancelled"):
        cancel_order(name="O1", **ANA)
    with reading(engine) as connection:
        assert held_orders(connection, team=None) == []


def test_an_accepted_order_is_not_turned_away_and_the_way_out_is_named(engine, shop):
    an_order(engine, customer_id=shop[0], product_id=shop[1], state="handed_off")
    with pytest.raises(ActRefused, match="only be cancelled; say adv cancel O1"):
        reject_order(name="O1", **ANA)
    assert rows(engine, sales_order)[0].state == "handed_off"


def test_cancelling_leaves_what_was_shipped(engine, shop):
    an_order(
        engine,
        customer_id=shop[0],
        product_id=shop[1],
        state="in_fulfilment",
        line={"qty_shipped": Decimal(1)},
        lines=1,
    )
    assert cancel_order(name="O1", **ANA).state == "cancelled"
    [line] = rows(engine, order_line)
    assert (line.qty_shipped, line.qty_cancelled, line.state) == (1, 2, "open")


def test_stock_is_told_of_a_cancelled_order_it_knows(engine, shop):
    order_id = an_order(
        engine, customer_id=shop[0], product_id=shop[1], state="accepted"
    )
    run_directly("handoff", on=TODAY)
    assert cancel_order(name="ref O1", **ANA).state == "cancelled"
    told = rows(engine, handoff_message, order_id=order_id)
    assert [(one.version, one.kind, one.state) for one in told][-1] == (
        2,
        "cancel",
        "queued",
    )
    assert rows(engine, sales_order)[0].version == 2
    assert rows(engine, order_line)[0].state == "cancelled"


def test_the_work_list_is_by_team_and_age(engine, shop):
    held(engine, "O1")
    held(engine, "O2", line={"asked_price": None, "product_code": "P9"})
    with reading(engine) as connection:
        everyone = held_orders(connection, team=None)
        sales = held_orders(connection, team="sales")
    assert [one.order_no for one in everyone] == ["O1", "O2"]
    assert [one.order_no for one in sales] == ["O1"]
