"""Stock is told of goods that come back, and of an order once it is paid."""

import json
from datetime import date
from decimal import Decimal

import jsonschema
import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from adv_domain.files.handoff.schema import schema_of
from adv_domain.rules.stock.handoff import SCHEMA_VERSION
from adv_domain.store.audit import audit
from adv_domain.store.engine import reading, writing
from adv_domain.store.stock.returns import book_arrivals
from adv_domain.store.tables import event, expected_return, order_line, sales_order
from flows.commands.stock import stock
from flows.direct import run_directly
from tests.builders import a_customer, a_product, an_order

ON = date(2026, 1, 5)
SAID = ["--by", "Ana", "--reason", "wrong colour", "--date", "2026-01-05"]


@pytest.fixture
def stocked(home, engine):
    return {"customer_id": a_customer(engine), "product_id": a_product(engine)}


def adv(*arguments):
    return CliRunner().invoke(stock, [*arguments, *SAID])


def done():
    [end] = run_directly("handoff", on=ON)
    assert end.error is None, end.error
    return end.outcome


def told(home, version):
    message = json.loads((home / f"outbox/stock/O1-v{version}.json").read_text())
    jsonschema.validate(message, schema_of(SCHEMA_VERSION))
    return message


def shipped(engine, qty, state):
    with writing(engine) as connection:
        connection.execute(update(order_line).values(qty_shipped=Decimal(qty)))
        connection.execute(update(sales_order).values(state=state))


def test_a_return_is_told_to_stock_with_number_quantity_and_reason(
    home, engine, stocked
):
    an_order(engine, no="O1", **stocked)
    done()
    shipped(engine, 3, "fulfilled")
    end = adv(
        "expect-return", "O1", "1", "--quantity", "2", "--expected-on", "2026-01-09"
    )
    assert (end.exit_code, end.output) == (0, "return R0000001 is expected\n")
    assert done().done == {"files written": 1}
    message = told(home, 2)
    assert (message["kind"], message["lines"]) == ("returns", [])
    [back] = message["returns"]
    assert (back["return_no"], back["qty"], back["expected_on"], back["reason"]) == (
        "R0000001",
        "2",
        "2026-01-09",
        "wrong colour",
    )
    with reading(engine) as connection:
        assert "return_expected" in connection.execute(select(event.c.what)).scalars()
        broken = {one.name for one in audit(connection) if one.violations}
    assert not {"one_handoff_message_per_version"} & broken


def test_a_return_of_an_order_under_way_goes_with_what_is_still_to_be_shipped(
    home, engine, stocked
):
    an_order(engine, no="O1", **stocked)
    done()
    shipped(engine, 1, "in_fulfilment")
    assert adv("expect-return", "O1", "1", "--quantity", "1").exit_code == 0
    done()
    message = told(home, 2)
    assert message["kind"] == "change"
    assert [line["qty"] for line in message["lines"]] == ["2"]
    assert [one["qty"] for one in message["returns"]] == ["1"]


@pytest.mark.parametrize("quantity", ["0", "-1", "4"])
def test_no_more_comes_back_than_was_shipped(home, engine, stocked, quantity):
    an_order(engine, no="O1", **stocked)
    shipped(engine, 3, "fulfilled")
    end = adv("expect-return", "O1", "1", "--quantity", quantity)
    assert end.exit_code == 1
    assert "at most 3 can come back" in end.output


def test_what_is_expected_already_cannot_be_expected_twice(home, engine, stocked):
    an_order(engine, no="O1", **stocked)
    shipped(engine, 3, "fulfilled")
    assert adv("expect-return", "O1", "1", "--quantity", "2").exit_code == 0
    assert adv("expect-return", "O1", "1", "--quantity", "2").exit_code == 1
    assert adv("expect-return", "O1", "7", "--quantity", "1").exit_code == 1
    assert adv("expect-return", "O9", "1", "--quantity", "1").exit_code == 1


def test_a_return_that_does_not_come_is_called_off_once(home, engine, stocked):
    an_order(engine, no="O1", **stocked)
    done()
    shipped(engine, 1, "in_fulfilment")
    adv("expect-return", "O1", "1", "--quantity", "1")
    end = adv("call-off-return", "R0000001")
    assert end.output == "return R0000001 is not expected any more\n"
    done()
    assert told(home, 3)["returns"] == []
    assert adv("call-off-return", "R0000001").exit_code == 1


def test_the_last_return_of_an_order_that_was_shipped_is_called_off_too(
    home, engine, stocked
):
    an_order(engine, no="O1", **stocked)
    done()
    shipped(engine, 3, "fulfilled")
    adv("expect-return", "O1", "1", "--quantity", "1")
    assert adv("call-off-return", "R0000001").exit_code == 0
    done()
    message = told(home, 3)
    assert (message["kind"], message["returns"]) == ("returns", [])


def test_goods_that_arrive_are_expected_no_more_the_oldest_first(home, engine, stocked):
    an_order(engine, no="O1", **stocked)
    shipped(engine, 3, "fulfilled")
    for quantity in ("1", "2"):
        adv("expect-return", "O1", "1", "--quantity", quantity)
    with writing(engine) as connection:
        [line_id] = connection.execute(select(order_line.c.id)).scalars()
        book_arrivals(connection, {line_id: Decimal(2)}, on=ON)
    with reading(engine) as connection:
        rows = connection.execute(
            select(expected_return.c.qty_arrived, expected_return.c.state)
        )
        assert [tuple(row) for row in rows] == [(1, "arrived"), (1, "open")]


def test_row_21_an_order_after_payment_is_told_once_somebody_says_that_it_is_paid(
    home, engine, stocked
):
    an_order(engine, no="O1", shipping_policy="after_payment", **stocked)
    assert done().skipped == {"awaiting payment": 1}
    assert adv("paid", "O1").output == "order O1 is paid\n"
    assert done().done == {
        "withdrawn requests": 1,
        "handed off": 1,
        "files written": 1,
    }
    assert told(home, 1)["order"]["credit"] == "paid"
    assert adv("paid", "O1").exit_code == 1
    assert adv("paid", "O9").exit_code == 1
