"""Do the commands about goods speak to people and to programs alike?"""

import json

import pytest
from click.testing import CliRunner

from flows.cli import cli
from tasks.resources import resources
from tests.tasks.supply_runs import (
    FRI,
    a_shop,
    in_stock,
    on_its_way,
    received,
    validate,
)

DAY = ["--date", "2026-02-02"]


def adv(*words):
    return CliRunner().invoke(cli, list(words), catch_exceptions=False)


@pytest.fixture
def shop(sqlite_home):
    engine = resources().engine
    a_shop(engine, "P1", "P2")
    in_stock(engine, 12)
    on_its_way(engine, "R1", 20, FRI)
    received(engine, "O1", 8)
    received(engine, "O2", 10)
    validate()


def test_availability_shows_stock_receipts_queue_and_what_is_free(shop):
    told = adv("stock", "availability", "P1", *DAY)
    assert told.exit_code == 0
    coming = "20 expected on 2026-02-06 (receipt R1), which can leave on 2026-02-09"
    o1 = "12 in stock, 0 for lines before it, 8 for this one; 8 from stock"
    o2 = "12 in stock, 8 for lines before it, 10 for this one; 4 from stock"
    assert told.stdout.splitlines() == [
        "P1: 12 in stock (counted: 12 at main on 2026-02-02)",
        f"on its way: the {coming}",
        f"order O1 line 1, confirmed 2026-02-03: {o1}",
        f"order O2 line 1, confirmed 2026-02-09: {o2}; 6 from the {coming}",
        "free from 2026-02-02 on: 4",
        "free from 2026-02-09 on: 14",
        "free from 2026-02-16 on: any quantity",
    ]


def test_availability_for_programs(shop):
    found = json.loads(adv("stock", "availability", "P1", *DAY, "--json").stdout)
    assert (found["product"], found["on_hand"]) == ("P1", "12.000000")
    assert found["receipts"] == [
        {
            "receipt": "R1",
            "location": "main",
            "quantity": "20.000000",
            "expected_on": "2026-02-06",
            "available_on": "2026-02-09",
        }
    ]
    second = found["lines"][1]
    assert (second["order"], second["is_back_order"]) == ("O2", True)
    assert [part["receipt"] for part in second["parts"]] == [None, "R1"]
    assert found["free"][-1] == {"from": "2026-02-16", "quantity": None}


def test_availability_says_where_stock_is_not_known_and_what_is_no_product(shop):
    told = adv("stock", "availability", "P2", *DAY)
    assert told.stdout == ("P2: stock is not known here: the lead time alone decides\n")
    none = adv("stock", "availability", "P9", *DAY)
    assert none.exit_code == 1
    assert "no product P9" in none.stderr


def test_back_orders_name_the_receipt_they_wait_for(shop):
    told = adv("stock", "back-orders", *DAY)
    assert told.stdout == (
        "2026-02-09  order O2 line 1 (C1)  P1  6 of 10 wait: receipt R1, expected "
        "2026-02-06, can leave on 2026-02-09\n"
    )
    [one] = json.loads(adv("stock", "back-orders", *DAY, "--json").stdout)
    assert (one["order"], one["receipt"], one["waiting"]) == ("O2", "R1", "6.000000")
    nothing = adv("stock", "back-orders", "--at-risk", *DAY)
    assert nothing.stdout == "no line waits for goods\n"


def test_a_count_too_old_to_promise_by_is_told_wherever_goods_are_asked_for(shop):
    new, old = DAY, ["--date", "2026-02-10"]
    screens = (
        ["delays"],
        ["stock", "back-orders"],
        ["stock", "back-orders", "--at-risk"],
        ["order", "O1"],
        ["stock", "availability", "P1"],
    )
    words = {
        "order": "the date: stock was last counted on 2026-02-02, too long ago",
        "availability": "P1: stock was last counted on 2026-02-02, too long ago",
    }
    every = "the stock count of 1 product with open lines is older than 7 days"
    for screen in screens:
        said = next((words[one] for one in screen if one in words), every)
        assert said in adv(*screen, *old).stdout, screen
        assert said not in adv(*screen, *new).stdout, screen
    document = json.loads(adv("delays", *old, "--json").stdout)
    assert document["old_counts"] == {"products": 1, "oldest_on": "2026-02-02"}
    assert json.loads(adv("delays", *new, "--json").stdout)["old_counts"] is None
    line = json.loads(adv("order", "O1", *old, "--json").stdout)["lines"][0]
    assert line["explanation"].startswith("stock was last counted on 2026-02-02")
