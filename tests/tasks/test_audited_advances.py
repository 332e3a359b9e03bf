"""What adv audit says of orders that are paid ahead."""

from datetime import timedelta

from sqlalchemy import delete

from adv_domain.store.audit import audit
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import handoff_message
from tests.builders import DAY
from tests.tasks.advance_rows import an_advance, asked, run
from tests.tasks.feedback_runs import book


def broken(engine):
    with reading(engine) as connection:
        return {one.name: one.first for one in audit(connection) if one.violations}


def test_row_74_goods_that_left_before_their_advance_was_paid_break_nothing(engine):
    asked(engine)
    book(f"M1,shipment,O1,1,3,{DAY},,,DN1", on=DAY)
    assert broken(engine) == {}
    run("handoff", on=DAY + timedelta(days=1))
    run("invoicing", on=DAY + timedelta(days=1))
    assert broken(engine) == {}


def test_row_74_an_order_that_was_handed_off_keeps_its_message(engine):
    an_advance(engine, rate="0")
    run("handoff")
    book(f"M1,shipment,O1,1,3,{DAY},,,DN1", on=DAY)
    assert broken(engine) == {}
    with writing(engine) as connection:
        connection.execute(delete(handoff_message))
    assert broken(engine) == {"handed_orders_have_a_message": ("O1",)}
