"""Do the parent flows run what still makes sense when a step fails?"""

from datetime import date

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading, writing
from adv_domain.store.leases import take_lease
from adv_domain.store.tables import document, outbox, run
from tasks.catalogue import HOURLY, NIGHTLY
from tasks.resources import now, resources
from tests.builders import a_customer, a_delivery, a_product, an_order

pytestmark = pytest.mark.usefixtures("prefect_server")
DAY = date(2026, 1, 31)


@pytest.fixture
def engine(sqlite_home):
    return resources().engine


def ship(engine, code, **customer):
    order_id = an_order(
        engine,
        customer_id=a_customer(engine, code, **customer),
        product_id=a_product(engine, f"P{code}"),
        no=f"O{code}",
    )
    a_delivery(engine, order_id)


def rows(engine, table):
    with reading(engine) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def nightly():
    from flows.nightly_close import nightly_close

    return nightly_close(business_date=DAY, return_state=True)


def test_hourly_cycle_runs_its_steps_in_order_for_one_day(engine):
    from flows.hourly_cycle import hourly_cycle

    state = hourly_cycle(business_date=DAY, return_state=True)
    assert state.is_completed(), state.message
    runs = rows(engine, run)
    assert [one.step for one in runs] == list(HOURLY)
    assert {one.business_date for one in runs} == {DAY}


def test_nightly_close_invoices_the_others_and_its_second_run_only_what_is_left(engine):
    ship(engine, "GOOD")
    ship(engine, "BAD", tax_category="without_rate")

    failed = nightly()
    assert failed.is_failed()
    assert "invoicing: 1 invoice; 1 failed (OBAD: " in failed.message
    assert [one.step for one in rows(engine, run)] == list(NIGHTLY)
    assert len(rows(engine, document)) == 1
    kinds = {one.kind for one in rows(engine, outbox)}
    assert {"invoice", "failure"} <= kinds

    again = nightly()
    assert again.is_completed(), again.message
    assert "1 waiting" in again.message
    assert len(rows(engine, document)) == 1


def test_nobody_is_chased_when_payments_broke(engine):
    ship(engine, "GOOD")
    with writing(engine) as connection:
        take_lease(connection, step="payments", shard=0, owner="another", now=now())

    state = nightly()

    assert state.is_failed()
    assert state.message.startswith("payments: another run holds payments")
    assert "dunning" not in state.message
    ran = [one.step for one in rows(engine, run)]
    assert ran == [step for step in NIGHTLY if step not in {"payments", "dunning"}]
    assert len(rows(engine, document)) == 1
