"""Does `adv price` say which agreement won and why, and why each other lost?"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from adv_domain.rules.orders.pricing import FALLBACKS, PRECEDENCE
from flows.cli import cli
from flows.direct import run_directly
from tests.builders import an_order

CUSTOMERS = "code,name,customer_group,price_list\nC1,Uno,retail,GOLD\nC2,Dos,,\n"
PRODUCTS = "code,name,list_price,category\nP1,Hammer,100,TOOLS\nP2,Nail,0.125,\n"
PRICES = """\
scope,scope_code,product,category,currency,min_quantity,price,discount_percent,\
valid_from,valid_to
customer,C1,,TOOLS,EUR,10,,10,,
customer,C1,,TOOLS,EUR,5,,4,,
customer,C1,,TOOLS,EUR,50,,12,,
customer,C2,P1,,EUR,0,1,,,
group,retail,P1,,EUR,0,95,,2026-01-01,
group,retail,P1,,EUR,0,96,,2025-06-01,
group,retail,P1,,EUR,0,94,,2025-01-01,2026-01-01
group,retail,P1,,EUR,0,97,,2027-01-01,
list,GOLD,*,,EUR,0,,3,,
all,,P1,,USD,0,110,,,
"""
ASKED = ("--customer", "C1", "--product", "P1", "--date", "2026-06-01")


@pytest.fixture
def shop(sqlite_home, tmp_path):
    for kind, text in (
        ("customers", CUSTOMERS),
        ("products", PRODUCTS),
        ("prices", PRICES),
    ):
        path = tmp_path / f"{kind}.csv"
        path.write_text(text)
        assert adv("import", kind, str(path)).exit_code == 0


def adv(*words):
    return CliRunner().invoke(cli, list(words), catch_exceptions=False)


def as_json(*words):
    return json.loads(adv("price", *words, "--json").stdout)


def test_the_winner_the_price_and_the_total_are_told(shop):
    told = as_json(*ASKED, "--qty", "12")
    figures = ("unit_price", "discount_percent", "net_unit_price", "line_total")
    assert [told[name] for name in figures] == ["95", "10", "85.5", "1026.00"]
    assert (told["currency"], told["date"], told["qty"]) == ("EUR", "2026-06-01", "12")
    assert told["agreement"] == (
        "customer:C1 category:TOOLS from:10 < group:retail since:2026-01-01"
    )
    assert told["reason"] == (
        "agreement with customer C1, category TOOLS, from 10 on; taken off: agreement "
        "with customer group retail, since 1 Jan 2026"
    )


def test_each_agreement_that_was_looked_at_says_why_it_lost(shop):
    told = as_json(*ASKED, "--qty", "12")
    assert [
        (one["scope"], one["min_quantity"], one["price"], one["outcome"])
        for one in told["agreements"]
    ] == [
        ("customer", "50", None, "quantity"),
        ("customer", "10", None, "wins"),
        ("customer", "5", None, "smaller_break"),
        ("group", "0", "97", "not_yet"),
        ("group", "0", "95", "base"),
        ("group", "0", "96", "customer_side"),
        ("group", "0", "94", "ended"),
        ("list", "0", None, "customer_side"),
        ("all", "0", "110", "currency"),
        ("listed", "0", "100", "only_listed"),
    ]
    assert all(one["why"] for one in told["agreements"])


def test_of_one_pair_of_sides_the_younger_and_of_one_customer_the_product_wins(shop):
    told = as_json(*ASKED)
    outcomes = {(one["scope"], one["price"]): one for one in told["agreements"]}
    assert outcomes["group", "95"]["outcome"] == "wins"
    assert outcomes["group", "96"]["outcome"] == "older"
    assert outcomes["group", "96"]["why"] == "a younger one is in force"


def test_people_read_the_same_and_the_order_that_decides(shop):
    screen = adv("price", *ASKED, "--qty", "12").stdout
    assert "85.50 EUR a unit (95.00 less 10 %), 1026.00 EUR in all" in screen
    assert "price list GOLD, all products: less particular about the customer" in screen
    assert "12 %" in screen and "quantity not reached" in screen
    for line in (*PRECEDENCE, *FALLBACKS):
        assert line in screen
    [nail] = [
        line
        for line in adv("price", "--customer", "C2", "--product", "P2").stdout.split(
            "\n"
        )
        if "a unit" in line
    ]
    assert nail == "  0.125 EUR a unit, 0.13 EUR in all"


def test_another_currency_has_its_own_agreements(shop):
    told = as_json(*ASKED, "--currency", "usd")
    assert (told["net_unit_price"], told["currency"]) == ("110", "USD")
    assert told["agreement"] == "all"


def test_nothing_agreed_is_told_and_ends_1(shop):
    ended = adv("price", *ASKED, "--currency", "JPY")
    assert ended.exit_code == 1
    assert "no price: nothing was agreed in JPY: an order would be held" in ended.stdout
    told = as_json(*ASKED, "--currency", "JPY")
    assert (told["net_unit_price"], told["line_total"]) == (None, None)
    assert {one["outcome"] for one in told["agreements"]} == {"currency", "ended"} | {
        "not_yet",
        "quantity",
    }


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--customer", "C9", "--product", "P1"), "there is no customer 'C9'"),
        (("--customer", "C1", "--product", "P9"), "there is no product 'P9'"),
    ],
)
def test_who_or_what_nobody_knows_is_a_clear_error(shop, asked, said):
    ended = adv("price", *asked)
    assert ended.exit_code == 1
    assert said in ended.stderr and "correct the code" in ended.stderr
    assert said in as_json(*asked)["error"]


@pytest.mark.parametrize(
    "wrong",
    [("--qty", "0"), ("--qty", "nan"), ("--qty", "1e99"), ("--currency", "EURO")],
)
def test_what_cannot_be_asked_is_a_usage_error(shop, wrong):
    assert adv("price", *ASKED, *wrong).exit_code == 2


@pytest.fixture
def two_orders(shop, sqlite_home):
    """One of 12 P1 at the agreed price, one that asks for another; ours stands."""
    from tasks.resources import resources

    (sqlite_home / "policy.toml").write_text(
        "[validation]\nprice_that_stands = 'ours'\n"
    )
    for no, asked in (("O1", None), ("O2", Decimal("85.10"))):
        an_order(
            resources().engine,
            customer_id=None,
            product_id=None,
            no=no,
            qty=Decimal(12),
            customer_code="C1",
            ordered_on=date(2026, 6, 1),
            requested_on=None,
            state="received",
            line={
                "product_code": "P1",
                "unit_price": None,
                "asked_price": asked,
                "requested_on": None,
            },
        )
    run_directly("validation", on=date(2026, 6, 1))


def test_an_order_shows_where_each_price_comes_from(two_orders):
    agreement = as_json(*ASKED, "--qty", "12")["reason"]
    screen = adv("order", "O1").stdout
    assert "P1 Hammer, 12 C62: 12 open" in screen
    assert f"at 95 less 10 % ({agreement}); invoiced 0" in screen
    replaced = adv("order", "O2").stdout
    assert f"at 95 less 10 % ({agreement}; not as ordered, ordered at 85.1)" in replaced
    assert "line 1: ordered at 85.10, agreed is 85.50" in replaced


def test_a_program_reads_where_each_price_comes_from(two_orders):
    [line] = json.loads(adv("order", "O2", "--json").stdout)["lines"]
    assert (line["asked_price"], line["unit_price"]) == ("85.100000", "95.000000")
    assert line["price_source"].startswith("replaced customer:C1 category:TOOLS")
    assert line["price_detail"].startswith("agreement with customer C1")


def test_operations_read_the_same_order_that_decides():
    page = Path(__file__).parents[3] / "deployments" / "operations.md"
    text = page.read_text(encoding="utf-8")
    for at, line in enumerate(PRECEDENCE, start=1):
        assert f"{at}. {line}" in text
    for line in FALLBACKS:
        assert line in text
