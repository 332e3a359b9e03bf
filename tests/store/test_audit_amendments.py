"""The audit looks at changes of orders, and sees each row that breaks one."""

from decimal import Decimal

import pytest
from sqlalchemy import update

from adv_domain.store.audit import audit
from adv_domain.store.engine import reading
from adv_domain.store.tables import (
    amendment,
    amendment_change,
    event,
    handoff_message,
    order_line,
    sales_order,
)
from tasks.stock.exceptions import Choice, resolve_exception
from tests.builders import a_customer, a_product
from tests.tasks.amendment_runs import (
    ANA,
    accepted,
    answered,
    cancel,
    change,
    changed,
    handed_off,
    row,
)
from tests.tasks.feedback_runs import book

NAMES = {
    "amendment_transitions_are_listed",
    "amendment_state_is_its_last_event",
    "amended_orders_say_so",
    "stock_is_asked_once_at_a_time",
}


@pytest.fixture
def sound(engine, tmp_path):
    """Two changes applied, one refused, one that stock was asked about."""
    a_customer(engine)
    a_product(engine)
    a_product(engine, code="P2")
    accepted(tmp_path, row(), row(line=2, product="P2"))
    changed(tmp_path, change(quantity=5, ship_to_address="Calle 9"))
    changed(tmp_path, change(line=2, product="P2", quantity=0))
    handed_off(tmp_path, row(customer_ref="R2"))
    changed(tmp_path, change(customer_ref="R2", quantity=1))
    answered("change_refused", "S00000002/2")
    changed(tmp_path, cancel(customer_ref="R2"))
    return engine


def checks(connection):
    return {one.name: one for one in audit(connection)}


def test_a_sound_database_has_no_violation_and_every_check_looked(sound):
    with reading(sound) as connection:
        found = checks(connection)
    assert {one.name: one.first for one in found.values() if one.violations} == {}
    assert {name for name in NAMES if not found[name].rows} == set()


def of(table, row_id, **values):
    return update(table).where(table.c.id == row_id).values(**values)


BREAKS = [
    ("amendment_state_is_its_last_event", of(amendment, 1, state="refused")),
    (
        "amendment_transitions_are_listed",
        update(event)
        .where(event.c.entity == "amendment", event.c.to_state == "waiting_stock")
        .values(from_state="applied"),
    ),
    ("amended_orders_say_so", of(order_line, 1, qty=Decimal(4))),
    ("amended_orders_say_so", of(order_line, 2, qty_cancelled=Decimal(1))),
    ("amended_orders_say_so", of(sales_order, 1, ship_to_address="Calle 8")),
    (
        "amended_orders_say_so",
        update(amendment_change)
        .where(amendment_change.c.amendment_id == 1)
        .values(new_value="7"),
    ),
    ("amended_orders_say_so", of(order_line, 1, order_id=2, line_no=9)),
    ("stock_is_asked_once_at_a_time", of(amendment, 4, handoff_message_id=None)),
    ("stock_is_asked_once_at_a_time", of(amendment, 3, state="waiting_stock")),
    ("one_handoff_message_per_version", of(handoff_message, 1, version=7)),
]
"""What breaks one row, by the check that must see it."""


def test_each_check_sees_the_row_that_breaks_it(sound):
    for check, statement in BREAKS:
        with sound.connect() as connection, connection.begin() as transaction:
            connection.execute(statement)
            found = checks(connection)[check]
            transaction.rollback()
        assert found.violations, f"{check} does not see {statement}"
        assert found.first


def test_a_rest_that_was_given_up_later_is_no_contradiction(sound, tmp_path):
    handed_off(tmp_path, row(customer_ref="R3"))
    changed(tmp_path, change(customer_ref="R3", quantity=8))
    answered("change_accepted", "S00000003/2", message="M9")
    book("M10,cancellation,S00000003,1,,,stock,broken")
    resolve_exception(name="S00000003", line_no=1, choice=Choice.IGNORE, **ANA)
    with reading(sound) as connection:
        assert checks(connection)["amended_orders_say_so"].violations == 0
