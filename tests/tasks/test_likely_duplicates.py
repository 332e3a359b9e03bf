"""Is an order for the same goods as another one told, and only told?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.fault_wording import fault_text
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import event, order_fault, sales_order
from flows.direct import run_directly
from tests.builders import a_customer, a_product, an_order

TODAY = date(2026, 1, 6)


@pytest.fixture(autouse=True)
def shop(engine):
    a_product(engine)
    a_product(engine, "P2")
    for code in ("C1", "C2"):
        a_customer(engine, code)


def received(engine, no, *, product="P1", **changes):
    line = {"product_code": product, "unit_price": None, "net": None}
    values = {"customer_code": "C1", "state": "received", "net": None} | changes
    return an_order(
        engine, customer_id=None, product_id=None, no=no, line=line, **values
    )


def validate(on=TODAY):
    [end] = run_directly("validation", on=on)
    return end.outcome.done


def told(engine):
    """Return by order number which other order each fault names."""
    with reading(engine) as connection:
        rows = connection.execute(
            select(sales_order.c.order_no, order_fault)
            .join(order_fault, order_fault.c.order_id == sales_order.c.id)
            .where(order_fault.c.resolved_on.is_(None))
        )
        found = rows.all()
    assert {row.code for row in found} <= {"likely_duplicate"}
    return {row.order_no: row.clash["order"] for row in found}


def test_twins_of_one_batch_go_on_and_the_younger_names_the_older(engine):
    received(engine, "O1")
    received(engine, "O2")
    received(engine, "O3")
    assert validate() == {"accepted": 3}
    assert told(engine) == {"O2": "O1", "O3": "O2"}
    with reading(engine) as connection:
        fault = connection.execute(select(order_fault)).first()
    assert (fault.family, fault.severity) == ("duplicate", "warn")
    assert fault_text(fault.message, fault.clash, language="en") == (
        "order O1 of 5 Jan 2026 (reference ref O1) asks for the same products and "
        "quantities: make sure that both are wanted"
    )


def test_a_twin_of_an_earlier_run_is_found(engine, monkeypatch):
    monkeypatch.setenv("ADV_BATCH_SIZE", "1")
    received(engine, "O1")
    validate()
    received(engine, "O2", ordered_on=date(2026, 1, 11))
    validate(date(2026, 1, 11))
    assert told(engine) == {"O2": "O1"}


@pytest.mark.parametrize(
    "other",
    [
        {"customer_code": "C2"},
        {"qty": Decimal(4)},
        {"product": "P2"},
        {"lines": 2},
        {"ordered_on": date(2026, 1, 12)},
    ],
    ids=["customer", "quantity", "product", "line more", "a week later"],
)
def test_what_differs_is_no_twin(engine, other):
    received(engine, "O1")
    received(engine, "O2", **other)
    validate(date(2026, 1, 12))
    assert told(engine) == {}


def test_a_cancelled_order_is_nobodys_twin(engine):
    received(engine, "O1", state="cancelled")
    first = received(engine, "O2")
    validate()
    assert told(engine) == {}
    with writing(engine) as connection:
        given_up = sales_order.c.id == first
        connection.execute(update(sales_order).where(given_up).values(state="rejected"))
    received(engine, "O3")
    validate()
    assert told(engine) == {}


def test_row_18_a_held_twin_is_answered_the_same_on_any_day(engine, home):
    (home / "policy.toml").write_text(
        '[validation.severity]\nlikely_duplicate = "block"\n', encoding="utf-8"
    )
    received(engine, "O1")
    received(engine, "O2")
    assert validate() == {"accepted": 1, "held": 1}
    with reading(engine) as connection:
        before = connection.execute(select(event)).all()
    assert validate(date(2026, 3, 1)) == {}
    with reading(engine) as connection:
        assert connection.execute(select(event)).all() == before
    assert told(engine) == {"O2": "O1"}
