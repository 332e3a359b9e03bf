"""Does an unchanged order get the same answer on any day, without a word?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    customer,
    event,
    order_fault,
    order_hold,
    order_line,
    product,
    sales_order,
)
from flows.direct import run_directly
from tasks.orders.acts.release import release_order
from tests.builders import a_customer, a_product, an_order

TODAY = date(2026, 1, 6)
LATER = (TODAY, date(2026, 1, 7), date(2026, 1, 12), date(2026, 3, 2))


def received(engine, no, *, line=None, **changes):
    asked = {"product_code": "P1", "unit_price": None, "net": None, "product_id": None}
    return an_order(
        engine,
        customer_id=None,
        product_id=None,
        no=no,
        line=asked | {"requested_on": None} | (line or {}),
        **{
            "customer_code": "C1",
            "state": "received",
            "net": None,
            "requested_on": date(2026, 4, 1),
        }
        | changes,
    )


def validate(on):
    [end] = run_directly("validation", on=on)
    return end.outcome


def on_record(engine):
    with reading(engine) as connection:
        return {
            table.name: connection.execute(select(table).order_by(table.c.id)).all()
            for table in (sales_order, order_line, order_fault, order_hold, event)
        }


def change(engine, table, **values):
    with writing(engine) as connection:
        connection.execute(update(table).values(**values))


@pytest.fixture
def shop(engine):
    a_customer(engine), a_product(engine)
    return engine


WRONG = {
    "price": {"line": {"asked_price": Decimal(99)}},
    "deadline": {"requested_on": date(2026, 1, 5)},
    "date_in_past": {"requested_on": date(2025, 12, 1)},
    "unknown customer": {"customer_code": "C9"},
    "unknown product": {"line": {"product_code": "P9"}},
    "quantity": {"qty": Decimal(1_000_000)},
    "currency": {"currency": "ZZZ"},
    "foreign currency": {"currency": "USD"},
    "duplicate": {"occurrence": 2},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_row_18_revalidation_of_an_unchanged_order_adds_nothing(shop, wrong):
    received(shop, "O1", **wrong)
    assert validate(TODAY).done == {"held": 1}
    before = on_record(shop)
    for day in LATER:
        outcome = validate(day)
        assert (outcome.done, outcome.skipped) == ({}, {"still held": 1})
        assert on_record(shop) == before


@pytest.mark.parametrize(
    "change_of",
    [
        (customer, {"credit_limit": Decimal(1)}),
        (customer, {"credit_limit": Decimal(1), "currency": "USD"}),
        (customer, {"is_blocked": True}),
        (product, {"is_discontinued": True}),
    ],
    ids=[
        "over the limit",
        "no rate to the limit's currency",
        "blocked",
        "sold no more",
    ],
)
def test_row_18_what_customer_and_product_say_is_told_once(shop, change_of):
    table, values = change_of
    change(shop, table, **values)
    received(shop, "O1")
    assert validate(TODAY).done == {"held": 1}
    before = on_record(shop)
    for day in LATER:
        validate(day)
        assert on_record(shop) == before


def test_row_18_a_waived_rule_stays_waived_and_an_accepted_order_is_left_alone(shop):
    change(shop, customer, credit_limit=Decimal(1))
    received(shop, "O1", line={"asked_price": Decimal(99)})
    received(shop, "O2", line={"asked_price": Decimal(98)}, qty=Decimal(4))
    validate(TODAY)
    ana = {"by": "Ana", "reason": "agreed", "on": TODAY}
    release_order(name="O1", **ana)
    release_order(name="O2", rules=["price"], **ana)
    # the released order took up credit, which the other is told once
    validate(TODAY)
    before = on_record(shop)
    assert [one.state for one in before["sales_order"]] == ["accepted", "held"]
    for day in LATER:
        validate(day)
        assert on_record(shop) == before
