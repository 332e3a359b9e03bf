"""Does a person's word about an order, or about many, do what it says?"""

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from flows.cli import cli
from flows.direct import run_directly
from tasks.resources import resources
from tests.builders import a_customer, a_product, an_order

BY = ["--by", "Ana", "--reason", "agreed by phone", "--date", "2026-01-06"]


def held(*numbers, **changes):
    """Put orders that are held for their price."""
    for no in numbers:
        an_order(
            resources().engine,
            customer_id=None,
            product_id=None,
            no=no,
            line={"product_code": "P1", "asked_price": Decimal(20), "unit_price": None},
            **{"customer_code": "C1", "state": "received", "net": None} | changes,
        )
    run_directly("validation", on=date(2026, 1, 6))


@pytest.fixture
def shop(sqlite_home):
    a_customer(resources().engine)
    a_product(resources().engine)


@pytest.fixture
def held_order(shop):
    held("O1")


def adv(*words):
    return CliRunner().invoke(cli, list(words), catch_exceptions=False)


def as_json(*words):
    return json.loads(adv(*words, "--json").stdout)


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


def test_row_16_release_and_reject_are_logged_with_name_and_reason(shop):
    held("O1", "O2")
    adv("release", "O1", *BY)
    adv("reject", "O2", *BY)
    for no, what, reason in (
        ("O1", "accepted", "released: agreed by phone"),
        ("O2", "rejected", "agreed by phone"),
    ):
        last = as_json("order", no)["timeline"][-1]
        assert (last["what"], last["actor"], last["reason"]) == (what, "Ana", reason)


def test_each_of_many_has_its_own_end_and_one_refused_stops_no_other(shop):
    held("O1", "O2", "O3")
    adv("release", "O2", *BY)
    result = adv("release", "O1", "O2", "O3", *BY)
    assert result.exit_code == 1
    assert "order O1 is accepted" in result.stdout
    assert "O2: not done: order O2 cannot be released: it is accepted" in result.stdout
    assert result.stdout.endswith("2 done, 1 refused\n")
    assert [one["state"] for one in as_json("holds")] == []
    again = as_json("reject", "O1", "O9", *BY)
    assert [one["order"] for one in again] == ["O1", "O9"]
    assert all("error" in one for one in again)


def test_all_of_a_team_and_rule_are_released_and_nothing_else(shop):
    held("O1", "O2")
    held("O3", occurrence=2, qty=Decimal(4))
    done = as_json("release", "--all", "--team", "sales", "--rule", "price", *BY)
    assert {one["order"]: one["state"] for one in done} == {
        "O1": "accepted",
        "O2": "accepted",
        "O3": "held",
    }
    [left] = as_json("holds")
    holding = [one["code"] for one in left["faults"] if one["severity"] == "block"]
    assert holding == ["duplicate_reference"]
    none = as_json("release", "--all", "--rule", "price", *BY)
    assert none == []


def test_a_teams_release_waives_only_what_the_team_answers_for(shop):
    held("O1", occurrence=2)
    assert as_json("release", "--all", "--team", "sales", *BY) == [
        {"order": "O1", "state": "held", "waits_for": "order desk"}
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "name the orders, or say --all"),
        (["O1", "--all"], "name the orders, or say --all"),
        (["--all"], "--all needs --team or --rule"),
        (["O1", "--team", "sales"], "--team goes with --all"),
    ],
)
def test_which_orders_are_meant_must_be_clear(held_order, words, told):
    result = adv("release", *words, *BY)
    assert result.exit_code == 2 and told in result.stderr


def test_a_rule_that_does_not_hold_the_order_is_told(held_order):
    result = adv("release", "O1", "--rule", "credit_limit", *BY)
    assert result.exit_code == 1
    assert "credit_limit does not hold it; what does: price" in result.stderr


def test_a_day_to_come_is_refused(held_order):
    result = adv("release", "O1", *BY[:4], "--date", "2999-01-01")
    assert result.exit_code == 1 and "has not come yet" in result.stderr


def test_row_16_a_correction_is_told_and_the_order_checked_anew(held_order):
    answer = as_json("correct", "O1", "--line", "1", "--price", "agreed", *BY)
    assert answer == {"order": "O1", "state": "accepted", "waits_for": ""}
    shown = as_json("order", "O1")
    assert shown["timeline"][-1]["reason"] == (
        "corrected line 1 price 20 → agreed: agreed by phone"
    )
    [fault] = shown["faults"]
    assert (fault["code"], fault["resolved_on"]) == ("price", "2026-01-06")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "say what is to be corrected"),
        (["--price", "10"], "price: say of which line"),
        (["--line", "1", "--qty", "many"], "quantity 'many': write a number"),
        (["--customer", "C9"], "customer 'C9' is not in the master data"),
    ],
)
def test_a_correction_that_cannot_be_says_what_to_write(held_order, words, told):
    result = adv("correct", "O1", *words, *BY)
    assert result.exit_code == 1 and told in result.stderr
    assert as_json("order", "O1")["state"] == "held"
