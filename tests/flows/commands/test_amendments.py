"""`adv amendments` lists what waits; accept and refuse say what became of it."""

import json

import pytest
from click.testing import CliRunner

from flows.cli import cli
from tasks.resources import resources
from tests.builders import a_customer, a_product
from tests.tasks.amendment_runs import (
    answered,
    cancel,
    change,
    changed,
    handed_off,
    row,
)

ANA = ("--by", "Ana", "--reason", "asked again", "--date", "2026-01-05")


@pytest.fixture
def shop(sqlite_home, tmp_path):
    """An order at stock, a change of it that stock was asked about, a lone one."""
    engine = resources().engine
    a_customer(engine)
    a_product(engine)
    handed_off(tmp_path, row(price=10))
    changed(tmp_path, change(quantity=5, ship_to_address="Calle 9"))
    changed(tmp_path, cancel(customer_ref="R9"), change(price=1, document_ref="2"))


def adv(*arguments):
    done = CliRunner().invoke(cli, arguments)
    return done.exit_code, done.output


def said(*arguments):
    code, output = adv(*arguments, "--json")
    assert code == 0, output
    return json.loads(output)


def test_open_changes_are_listed_with_values_and_what_they_wait_for(shop):
    code, output = adv("amendments")
    assert code == 0
    no_order = "there is no order of this customer and reference"
    asked = "message S00000001/2 asks stock"
    assert output.splitlines() == [
        "S00000001  C1 R1",
        f"  2026-01-05  change 1  waits for stock's answer: {asked}",
        "      ship_to_address - → Calle 9",
        "      line 1 quantity 3 → 5",
        "no order yet  C1 R9",
        f"  2026-01-05  cancel 2  held for adv: {no_order}",
        "S00000001  C1 R1",
        "  2026-01-05  change 3  held: change 1 of the order has to be settled first",
        "3 open changes",
    ]
    first = said("amendments")[0]
    assert (first["state"], first["message"]) == ("waiting_stock", "S00000001/2")
    assert first["changes"][1] == {
        "line": 1,
        "field": "quantity",
        "what": "changed",
        "old": "3",
        "new": "5",
    }
    assert first["source"] == {"file": "orders.csv", "row": 2}


def test_an_order_shows_its_changes_and_says_what_it_waits_for(shop):
    order = said("order", "S00000001")
    assert [one["state"] for one in order["amendments"]] == ["waiting_stock", "held"]
    assert "its change 1 waits for stock's answer" in order["why"]
    answered("change_accepted", "S00000001/2")
    code, output = adv("order", "S00000001")
    assert code == 0
    changes = output.partition("Changes\n")[2]
    assert "change 1  applied" in changes
    assert "line 1 quantity 3 → 5" in changes
    assert "change 1 applied by run" in output
    assert "amended by run" in output


def test_a_change_is_accepted_or_refused_with_name_and_reason(shop):
    code, output = adv("amendment", "accept", "1", *ANA)
    assert (code, output) == (
        0,
        "change 1 of order S00000001 is applied\n",
    )
    done = said("amendment", "refuse", "2", *ANA)
    assert (done["state"], done["order"]) == ("refused", None)
    assert said("amendments", "--all")[1]["decided_by"] == "Ana"
    code, output = adv("run", "validation", "--direct", "--date", "2026-01-05")
    assert code == 0
    [held] = said("amendments")
    assert (held["teams"], held["faults"][0]["code"]) == (["sales"], "price")
    assert held["faults"][0]["detail"].startswith("the price is 9.00 below")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("accept", "2", *ANA), 1, "change 2 cannot be accepted: there is no order"),
        (("accept", "9", *ANA), 1, "there is no change 9; see: adv amendments"),
        (("refuse", "x", *ANA), 2, "is not a valid integer"),
        (("refuse", "1", "--by", " ", "--reason", "x"), 2, "needs a name and a reason"),
        (
            ("refuse", "1", *ANA[:-1], "2999-01-01"),
            1,
            "2999-01-01 has not come yet",
        ),
    ],
)
def test_a_word_that_cannot_be_followed_is_refused_with_the_reason(
    shop, arguments, code, message
):
    status, output = adv("amendment", *arguments)
    assert status == code
    assert message in output


def test_a_settled_change_takes_no_other_word(shop):
    adv("amendment", "refuse", "1", *ANA)
    code, output = adv("amendment", "accept", "1", *ANA, "--json")
    assert code == 1
    assert "change 1 is refused: nothing is left to say" in output


def test_the_task_of_a_held_change_names_what_settles_it(shop):
    [task] = said("tasks", "--kind", "amendment_held")
    code, output = adv("tasks", "done", task["key"], "--by", "A", "--result", "x")
    assert code == 1
    assert "adv amendment accept|refuse NUMBER" in output
