"""Is a release by those who may, on record, and for what was seen alone?"""

import threading
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.rules.authority import BeyondAuthority
from adv_domain.store.engine import reading, writing
from adv_domain.store.orders.heads import find_orders, lock_order
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import (
    customer,
    event,
    exchange_rate,
    order_fault,
    order_hold,
    product,
    sales_order,
)
from flows.direct import run_directly
from tasks.orders.acts.ending import reject_order
from tasks.orders.acts.release import NotReleasable, release_order
from tests.builders import a_customer, a_product, an_order

TODAY = date(2026, 1, 6)
TOMORROW = date(2026, 1, 7)
ANA = {"by": "Ana", "reason": "agreed by phone", "on": TODAY}
ROLES = (
    '[roles.clerk]\npeople = ["Ana"]\nlimits = { release = 50 }\n'
    '[roles.manager]\npeople = ["Eve"]\n'
)


@pytest.fixture
def shop(engine):
    """A customer C1 and a product P1 at 10.00 EUR."""
    return a_customer(engine), a_product(engine)


def held(engine, no="O1", *, line=None, **changes):
    """Put an order of 3 pieces at 20.00 that is held for its price."""
    asked = {"product_code": "P1", "unit_price": None, "net": None, "product_id": None}
    order_id = an_order(
        engine,
        customer_id=None,
        product_id=None,
        no=no,
        line=asked | {"asked_price": Decimal(20)} | (line or {}),
        **{"customer_code": "C1", "state": "received", "net": None} | changes,
    )
    validate()
    return order_id


def validate(on=TODAY):
    [end] = run_directly("validation", on=on)
    return end.outcome


def rows(engine, table, **where):
    with reading(engine) as connection:
        wanted = [table.c[name] == value for name, value in where.items()]
        return connection.execute(
            select(table).where(*wanted).order_by(table.c.id)
        ).all()


def change(engine, table, **values):
    with writing(engine) as connection:
        connection.execute(update(table).values(**values))


def test_row_16_a_release_has_a_name_and_a_reason_on_record(engine, shop):
    order_id = held(engine)
    assert release_order(name="O1", **ANA).state == "accepted"
    [fault] = rows(engine, order_fault)
    assert (fault.waived_by, fault.waived_reason) == ("Ana", "agreed by phone")
    told = rows(engine, event, entity_id=order_id)[-1]
    assert (told.what, told.actor, told.reason) == (
        "accepted",
        "Ana",
        "released: agreed by phone",
    )


def test_a_release_of_one_rule_leaves_the_others_to_their_team(engine, shop):
    order_id = held(engine, occurrence=2)
    decided = release_order(name="O1", rules=["price"], **ANA)
    assert (decided.state, decided.waits_for) == ("held", "order desk")
    assert [(one.team, one.closed_on) for one in rows(engine, order_hold)] == [
        ("order desk", None),
        ("sales", TODAY),
    ]
    told = rows(engine, event, entity_id=order_id)
    assert [one.what for one in told] == ["held", "released"]
    assert told[-1].reason == (
        "released price: agreed by phone; duplicate_reference; waits for order desk"
    )
    with pytest.raises(NotReleasable, match="price does not hold it; what does: dup"):
        release_order(name="O1", rules=["price"], **ANA)
    assert release_order(name="O1", **ANA).state == "accepted"


def test_row_18_a_waived_order_that_is_unchanged_is_not_told_again(engine, shop):
    order_id = held(engine, occurrence=2)
    release_order(name="O1", rules=["price"], **ANA)
    before = rows(engine, event), rows(engine, order_fault), rows(engine, order_hold)
    assert validate(on=TOMORROW).message == "1 skipped (still held)"
    assert before == (
        rows(engine, event),
        rows(engine, order_fault),
        rows(engine, order_hold),
    )
    assert rows(engine, sales_order, id=order_id)[0].held_for == "order desk"


def test_a_waiver_holds_for_the_values_it_was_given_for(engine, shop):
    order_id = held(engine, occurrence=2)
    release_order(name="O1", rules=["price"], **ANA)
    change(engine, product, list_price=Decimal(1))
    validate(on=TOMORROW)
    assert rows(engine, sales_order, id=order_id)[0].held_for == "order desk, sales"
    price = rows(engine, order_fault, code="price")[0]
    assert (price.waived_by, price.resolved_on) == (None, None)
    assert rows(engine, event, entity_id=order_id)[-1].reason.endswith(
        "other values than those waived: price"
    )
    assert [one.team for one in rows(engine, order_hold, closed_on=None)] == [
        "order desk",
        "sales",
    ]


def test_what_is_waived_stays_so_when_its_cause_goes_and_comes_back(engine, shop):
    order_id = held(engine, occurrence=2)
    release_order(name="O1", rules=["price"], **ANA)
    for list_price in (20, 10):
        change(engine, product, list_price=Decimal(list_price))
        validate(on=TOMORROW)
    assert rows(engine, sales_order, id=order_id)[0].held_for == "order desk"


def test_row_16_beyond_the_limit_is_refused_and_who_may_is_named(home, engine, shop):
    held(engine)
    (home / "policy.toml").write_text(ROLES)
    with pytest.raises(BeyondAuthority) as refused:
        release_order(name="O1", **ANA)
    assert str(refused.value) == (
        "Ana may decide on release up to 50; who may decide on 60.00: Eve (manager)"
    )
    assert rows(engine, order_fault)[0].waived_by is None
    assert release_order(name="O1", **ANA | {"by": "Eve"}).state == "accepted"


@pytest.mark.parametrize(
    ("rate", "told"),
    [(Decimal(2), None), (Decimal("1.1"), "54.55"), (None, "what has no known amount")],
    ids=["30.00 at its rate", "54.55 at its rate", "no rate"],
)
def test_row_16_a_foreign_amount_counts_at_the_rate_of_the_day(
    home, engine, shop, rate, told
):
    change(engine, customer, currency="USD")
    held(engine, currency="USD")
    (home / "policy.toml").write_text(ROLES)
    if rate is not None:
        row = {"currency": "USD", "base": "EUR", "rate": rate}
        with writing(engine) as connection:
            insert_rows(connection, exchange_rate, [row | {"valid_from": TODAY}])
    if told is None:
        assert release_order(name="O1", **ANA).state == "accepted"
        return
    with pytest.raises(BeyondAuthority, match=f"decide on {told}: Eve"):
        release_order(name="O1", **ANA)


def test_row_16_an_order_without_amount_needs_the_highest_limit(home, engine, shop):
    held(engine, line={"asked_price": None, "product_code": "P9"})
    (home / "policy.toml").write_text(ROLES)
    with pytest.raises(BeyondAuthority, match="no known amount: Eve"):
        release_order(name="O1", **ANA)
    with pytest.raises(NotReleasable, match="lacks a known product"):
        release_order(name="O1", **ANA | {"by": "Eve"})


def test_who_comes_second_is_told_who_was_faster(engine, shop):
    held(engine)
    release_order(name="O1", **ANA)
    told = (
        "it is accepted, not held: accepted by Ana at .* "
        r"\(released: agreed by phone\)"
    )
    with pytest.raises(NotReleasable, match=told):
        release_order(name="O1", **ANA | {"by": "Eve"})


def test_of_two_decisions_at_the_same_moment_one_wins(home, engine, shop):
    """Both meet the order while a third connection holds it, so that neither is first
    by the clock; on SQLite the write lock does what the row lock does."""
    order_id = held(engine)
    ends = {}

    def _decide(act, by):
        try:
            ends[by] = act(name="O1", by=by, reason="now", on=TODAY).state
        except ValueError as error:
            ends[by] = str(error)

    people = [
        threading.Thread(target=_decide, args=(release_order, "Ana")),
        threading.Thread(target=_decide, args=(reject_order, "Eve")),
        threading.Thread(target=_decide, args=(release_order, "Tom")),
    ]
    with writing(engine) as connection:
        lock_order(connection, find_orders(connection, "O1")[0].id)
        for person in people:
            person.start()
        people[0].join(0.3)
    for person in people:
        person.join(30)
    [won] = [by for by, end in ends.items() if end in {"accepted", "rejected"}]
    state = ends.pop(won)
    assert len(ends) == 2
    for refused in ends.values():
        assert f"is {state}" in refused
    decisions = [
        one for one in rows(engine, event, entity_id=order_id) if one.actor != "run 1"
    ]
    assert [
        one.to_state for one in decisions if one.actor in {"Ana", "Eve", "Tom"}
    ] == [state]
