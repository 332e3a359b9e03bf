"""Do the order commands speak to people and to programs alike?"""

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from flows.cli import cli
from flows.direct import run_directly
from tests.builders import a_customer, a_product, an_order

BY = ["--by", "Ana", "--reason", "agreed by phone", "--date", "2026-01-06"]


@pytest.fixture
def held_order(sqlite_home):
    """An order held because nobody agreed to its price."""
    from tasks.resources import resources

    engine = resources().engine
    a_customer(engine)
    a_product(engine)
    an_order(
        engine,
        customer_id=None,
        product_id=None,
        customer_code="C1",
        state="received",
        net=None,
        line={"product_code": "P1", "asked_price": Decimal(20), "unit_price": None},
    )
    run_directly("validation", on=date(2026, 1, 6))


def adv(*words):
    return CliRunner().invoke(cli, list(words), catch_exceptions=False)


def as_json(*words):
    return json.loads(adv(*words, "--json").stdout)


def test_the_work_list_names_team_cause_and_amount(held_order):
    [entry] = as_json("holds")
    assert (entry["order"], entry["teams"], entry["net"]) == ("O1", ["sales"], "60.00")
    [fault] = entry["faults"]
    assert fault["code"] == "price" and fault["line"] == 1
    assert as_json("holds", "--team", "stock") == []
    told = adv("holds").stdout
    assert "waits for sales" in told and "1 held" in told


def test_an_order_says_where_it_is_and_why(held_order):
    shown = as_json("order", "O1")
    assert (shown["state"], shown["why"]) == ("held", "waits for sales: price")
    assert [one["code"] for one in shown["faults"]] == ["price"]
    assert [one["what"] for one in shown["timeline"]] == ["held"]
    assert shown["lines"][0]["product_code"] == "P1"
    screen = adv("order", "ref O1").stdout
    assert "held: waits for sales: price" in screen and "History" in screen


def test_a_release_is_told_and_logged(held_order):
    assert as_json("release", "O1", *BY) == {
        "order": "O1",
        "state": "accepted",
        "waits_for": "",
    }
    shown = as_json("order", "O1")
    assert shown["faults"][0]["waived_by"] == "Ana"
    assert shown["timeline"][-1]["reason"] == "released: agreed by phone"
    assert adv("release", "O1", *BY).exit_code == 1


def test_reject_and_cancel_end_an_order(held_order):
    assert as_json("reject", "O1", *BY)["state"] == "rejected"
    refused = adv("cancel", "O1", *BY)
    assert refused.exit_code == 1 and "cannot become cancelled" in refused.stderr


def test_a_decision_needs_a_name_and_a_reason(held_order):
    assert adv("release", "O1", "--reason", "x").exit_code == 2
    assert adv("release", "O1", "--by", " ", "--reason", "x").exit_code == 2


def test_an_unknown_order_ends_with_one_line(held_order):
    result = adv("order", "O9")
    assert (result.exit_code, result.stderr) == (1, "adv: there is no order 'O9'\n")
