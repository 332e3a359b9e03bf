"""One order leaves otherwise than its customer's do (row 21)."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.stock.supply import open_lines
from adv_domain.store.tables import event, sales_order
from flows.commands.stock import stock
from flows.direct import run_directly
from tests.builders import a_customer, a_product, an_order

ON = date(2026, 1, 5)
SAID = ["--by", "Ana", "--reason", "agreed by phone", "--date", "2026-01-05"]


@pytest.fixture
def stocked(home, engine):
    customer_id = a_customer(engine, priority=5)
    return {"customer_id": customer_id, "product_id": a_product(engine)}


def arrange(*arguments):
    return CliRunner().invoke(stock, ["arrange", "O1", *arguments, *SAID])


def done():
    [end] = run_directly("handoff", on=ON)
    assert end.error is None, end.error
    return end.outcome


def told(home, version):
    text = (home / f"outbox/stock/O1-v{version}.json").read_text()
    message = json.loads(text)
    order = message["order"]
    return message["kind"], order["shipping_policy"], order["priority"]


def test_row_21_an_order_at_stock_is_told_anew(home, engine, stocked):
    an_order(engine, no="O1", **stocked)
    done()
    end = arrange("--shipping", "complete", "--priority", "1")
    assert end.output == "order O1: shipping_policy complete, priority 1\n"
    assert done().done == {"files written": 1}
    assert told(home, 1) == ("order", "partial", 5)
    assert told(home, 2) == ("change", "complete", 1)
    with reading(engine) as connection:
        last = connection.execute(select(event).order_by(event.c.id)).all()[-1]
        assert (last.what, last.reason) == (
            "arranged",
            "shipping_policy complete, priority 1: agreed by phone",
        )
        assert connection.execute(select(sales_order.c.version)).scalar() == 2


def test_row_21_an_order_not_yet_at_stock_is_told_once_so(home, engine, stocked):
    an_order(engine, no="O1", **stocked)
    assert arrange("--shipping", "complete").exit_code == 0
    done()
    assert told(home, 1) == ("order", "complete", 5)


def test_row_21_pending_demand_is_told_anew(home, engine, stocked):
    an_order(engine, no="O1", state="held", held_for="credit", **stocked)
    done()
    assert arrange("--priority", "1").exit_code == 0
    assert done().done == {"pending told": 1, "files written": 1}
    assert told(home, 2) == ("pending", "partial", 1)
    assert done().message == "nothing to do"


def test_row_21_an_accepted_order_can_be_made_to_wait_for_its_payment(
    home, engine, stocked
):
    an_order(engine, no="O1", **stocked)
    assert arrange("--shipping", "after_payment").exit_code == 0
    assert done().skipped == {"awaiting payment": 1}


def test_the_orders_own_priority_gives_its_lines_their_place(home, engine, stocked):
    for number in ("O1", "O2"):
        line = {"product_code": "P1"}
        an_order(engine, no=number, line=line, **stocked)
    assert arrange("--priority", "1").exit_code == 0
    with reading(engine) as connection:
        lines = open_lines(connection, ["P1"])["P1"]
    assert [(one.order_no, one.priority) for one in lines] == [("O1", 1), ("O2", 5)]


@pytest.mark.parametrize(
    ("state", "arguments", "words"),
    [
        ("handed_off", ["--shipping", "after_payment"], "stock knows order O1"),
        ("fulfilled", ["--priority", "1"], "order O1 is fulfilled: it has left"),
        ("accepted", [], "say how the order is to leave"),
    ],
)
def test_what_is_too_late_or_nothing_is_refused(
    home, engine, stocked, state, arguments, words
):
    an_order(engine, no="O1", state=state, **stocked)
    end = arrange(*arguments)
    assert end.exit_code == 1
    assert words in end.output
