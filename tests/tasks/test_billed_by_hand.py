"""Row 27: who bills by hand what still waits is told so, and nothing is said done."""

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.tables import event, invoice
from flows.cli import cli
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks.advance_rows import PAID_ON, rows

D = Decimal
WAITS = "its customer pays in advance, and has not paid yet"


def bill(*arguments):
    said = ["--by", "Ana", "--reason", "asked", "--date", str(PAID_ON)]
    return CliRunner().invoke(cli, ["bill", *arguments, *said])


def said(engine):
    happened = rows(engine, select(event).where(event.c.what == "billed by hand"))
    return [one.entity_id for one in happened]


@pytest.fixture
def orders(home, engine):
    """O1 waits for its advance, O2 for nothing."""
    made = {"product_id": a_product(engine)}
    ahead = a_customer(engine, "AHEAD", advance_rate=D("0.3"))
    return [
        an_order(engine, no="O1", customer_id=ahead, **made),
        an_order(engine, no="O2", customer_id=a_customer(engine, "C2"), **made),
    ]


def test_row_27_an_order_that_waits_for_its_advance_is_not_said_to_be_billed(
    engine, orders
):
    refused = bill("O1", "--ordered")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert f"nothing was billed: order O1: {WAITS}" in refused.stderr
    assert (
        "waits_for_advance_payment"
        in json.loads(bill("O1", "--ordered", "--json").stdout)["error"]
    )
    assert said(engine) == []
    assert rows(engine, select(invoice)) == []


def test_row_27_what_can_be_billed_is_and_what_waits_is_named(engine, orders):
    done = bill("O1", "O2", "--ordered", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["done"] == {"invoices": 1}
    assert [(one["order"], one["why"]) for one in told["not_billed"]] == [("O1", WAITS)]
    assert said(engine) == [orders[1]]


def test_row_27_an_intra_community_order_is_not_billed_before_it_leaves(home, engine):
    french = a_customer(engine, "FR", country="FR", vat_id="FR40303265045")
    an_order(
        engine,
        state="handed_off",
        product_id=a_product(engine),
        customer_id=french,
    )
    refused = bill("O1", "--ordered")
    assert refused.exit_code == 1
    assert "states the day of delivery" in refused.stderr
    assert said(engine) == []


def test_row_27_what_left_of_such_an_order_is_billed_and_said_so(home, engine):
    french = a_customer(engine, "FR", country="FR", vat_id="FR40303265045")
    order_id = an_order(
        engine,
        state="handed_off",
        product_id=a_product(engine),
        customer_id=french,
    )
    a_delivery(engine, order_id, on=date(2026, 1, 7), qty=D(1))
    done = bill("O1", "--ordered")
    assert (done.exit_code, "1 invoice" in done.stdout) == (0, True), done.output
    assert said(engine) == [order_id]
