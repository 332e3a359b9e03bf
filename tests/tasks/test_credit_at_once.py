"""Can two orders pass on one remaining limit when they are checked at one moment?"""

import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from threading import Event, Thread

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading, writing
from adv_domain.store.orders.validation import read_waiting
from adv_domain.store.tables import order_fault, sales_order
from flows.direct import run_directly
from tasks.orders.acts.release import release_order
from tasks.orders.decision import decide_orders
from tasks.orders.record import Look
from tasks.resources import now, resources
from tests.builders import a_customer, a_product, an_order

TODAY = date(2026, 1, 6)
A_MOMENT = 0.3  # long enough for a whole decision, where nothing holds it up
PATIENCE = 30


@pytest.fixture
def shop(engine):
    """A customer with credit for one of two orders of 36.30 EUR, O1 and O2."""
    a_customer(engine, credit_limit=Decimal(50))
    a_product(engine)
    asked = {"product_code": "P1", "unit_price": None, "net": None, "product_id": None}
    return [
        an_order(
            engine,
            customer_id=None,
            product_id=None,
            no=no,
            line=asked,
            customer_code="C1",
            state="received",
            net=None,
            occurrence=occurrence,
        )
        for no, occurrence in (("O1", 2), ("O2", 1))
    ]


@contextmanager
def deciding(engine, order_id):
    """Decide on an order in a transaction that is open while the caller goes on."""
    with writing(engine) as connection:
        look = Look(policy=resources().policy, on=TODAY, now=now(), actor="test")
        decide_orders(connection, read_waiting(connection, [order_id]), look=look)
        yield


@contextmanager
def meanwhile(act):
    """Do an act on a connection of its own; it must wait until the caller is done."""
    started, ended = Event(), Event()
    failed = []

    def _run():
        started.set()
        try:
            act()
        except Exception as error:
            failed.append(error)
        ended.set()

    thread = Thread(target=_run)

    def start():
        thread.start()
        assert started.wait(PATIENCE)
        assert not ended.wait(A_MOMENT), "it did not wait for the other decision"

    yield start
    thread.join(PATIENCE)
    assert ended.is_set() and not failed, failed


def states(engine):
    with reading(engine) as connection:
        rows = connection.execute(
            select(sales_order.c.order_no, sales_order.c.state).order_by("order_no")
        )
        return dict(rows.tuples().all())


def held_for_credit(engine):
    with reading(engine) as connection:
        return (
            connection.execute(
                select(sales_order.c.order_no)
                .join(order_fault, order_fault.c.order_id == sales_order.c.id)
                .where(
                    order_fault.c.code == "credit_limit",
                    order_fault.c.resolved_on.is_(None),
                )
            )
            .scalars()
            .all()
        )


def test_row_14_two_orders_validated_at_one_moment(engine, shop):
    with writing(engine) as connection:
        connection.execute(sales_order.update().values(occurrence=1))
    first, second = shop

    def _decide_second():
        with deciding(engine, second):
            pass

    with meanwhile(_decide_second) as start, deciding(engine, first):
        start()
    assert states(engine) == {"O1": "accepted", "O2": "held"}
    assert held_for_credit(engine) == ["O2"]


def test_row_14_a_release_waits_for_the_validation_of_the_same_customer(engine, shop):
    run_directly("validation", on=TODAY)  # O1 is held as a duplicate, O2 accepted
    with writing(engine) as connection:
        connection.execute(
            sales_order.update()
            .where(sales_order.c.order_no == "O2")
            .values(state="received", gross=None)
        )

    def _release():
        release_order(name="O1", by="Ana", reason="wanted twice", on=TODAY)

    with meanwhile(_release) as start, deciding(engine, shop[1]):
        start()
    assert states(engine) == {"O1": "held", "O2": "accepted"}
    assert held_for_credit(engine) == ["O1"]


def test_row_14_processes_of_their_own_do_not_share_a_remainder(home, engine, shop):
    first, _ = shop
    with deciding(engine, first):
        pass
    adv = [sys.executable, "-m", "flows.cli"]
    said = ["--by", "Ana", "--reason", "wanted twice", "--date", str(TODAY)]
    both = [
        subprocess.Popen(
            [*adv, *arguments, "--home", str(home)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for arguments in (
            ["release", "O1", *said],
            ["run", "validation", "--direct", "--date", str(TODAY)],
        )
    ]
    told = [one.communicate(timeout=PATIENCE)[0] for one in both]
    assert sorted(states(engine).values()) == ["accepted", "held"], told
    assert len(held_for_credit(engine)) == 1, told
