"""Does the audit see a hold without its order, and a held order without its hold?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import update

from adv_domain.store.audit.holds import hold_checks
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import order_hold, sales_order
from flows.direct import run_directly
from tests.builders import NOW, a_customer, a_product, an_order


@pytest.fixture
def held(engine):
    """One order held by two teams, one accepted."""
    a_customer(engine), a_product(engine)
    for no, price, occurrence in (("O1", 20, 2), ("O2", None, 1)):
        an_order(
            engine,
            customer_id=None,
            product_id=None,
            no=no,
            customer_code="C1",
            state="received",
            net=None,
            occurrence=occurrence,
            line={
                "product_code": "P1",
                "unit_price": None,
                "asked_price": None if price is None else Decimal(price),
            },
        )
    run_directly("validation", on=date(2026, 1, 6))
    return engine


def checked(engine):
    with reading(engine) as connection:
        return [
            (one.rows, one.violations, one.first) for one in hold_checks(connection)
        ]


def change(engine, table, **values):
    with writing(engine) as connection:
        connection.execute(update(table).where(table.c.id == 1).values(**values))


def test_holds_and_orders_that_agree_are_sound(held):
    assert checked(held) == [(2, 0, ()), (1, 0, ())]


def test_an_open_hold_of_an_order_that_went_on_is_seen(held):
    change(held, sales_order, state="accepted")
    assert checked(held)[0] == (2, 2, ("O1 order desk", "O1 sales"))


def test_a_hold_of_a_team_that_the_order_does_not_name_is_seen(held):
    change(held, sales_order, held_for="order desk, sales team")
    assert checked(held)[0] == (2, 1, ("O1 sales",))


def test_a_held_order_that_nobody_has_to_answer_is_seen(held):
    with writing(held) as connection:
        connection.execute(update(order_hold).values(closed_at=NOW))
    assert checked(held)[1] == (1, 1, ("O1 order desk, sales",))
