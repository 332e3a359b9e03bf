"""Do the order commands speak to people and to programs alike?"""

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from flows.cli import cli
from flows.direct import run_directly
from tasks.resources import resources
from tests.builders import a_customer, a_product, an_order

DAY = ["--date", "2026-01-06"]


def received(no="O1", *, line=None, **changes):
    asked = {"product_code": "P1", "asked_price": Decimal(20), "unit_price": None}
    an_order(
        resources().engine,
        customer_id=None,
        product_id=None,
        no=no,
        line=asked | (line or {}),
        **{"customer_code": "C1", "state": "received", "net": None} | changes,
    )


@pytest.fixture
def held_order(sqlite_home):
    """An order held because nobody agreed to its price."""
    a_customer(resources().engine)
    a_product(resources().engine)
    received()
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


def test_a_team_that_nothing_waits_for_is_told_which_teams_there_are(held_order):
    told = adv("holds", "--team", "salse").stdout
    assert told == "0 held for salse\norders wait for: sales\n"


def test_an_order_says_where_it_is_and_why(held_order):
    shown = as_json("order", "O1")
    assert (shown["state"], shown["why"]) == ("held", "waits for sales: price")
    assert [one["code"] for one in shown["faults"]] == ["price"]
    assert [one["what"] for one in shown["timeline"]] == ["held"]
    assert shown["lines"][0]["product_code"] == "P1"
    screen = adv("order", "ref O1").stdout
    assert "held: waits for sales: price" in screen and "History" in screen


def test_an_unknown_order_ends_with_one_line(held_order):
    result = adv("order", "O9")
    assert (result.exit_code, result.stderr) == (1, "adv: there is no order 'O9'\n")


def test_the_most_urgent_answer_comes_first_with_its_age(sqlite_home):
    a_customer(resources().engine)
    a_product(resources().engine)
    (sqlite_home / "policy.toml").write_text("[holds.team_hours]\n'order desk' = 2\n")
    received("O1")
    received("O2", qty=Decimal(1), line={"asked_price": None}, occurrence=2)
    run_directly("validation", on=date(2026, 1, 7))
    first, second = as_json("holds", "--date", "2026-01-08")
    assert [first["order"], second["order"]] == ["O2", "O1"]
    assert first["overdue"] and second["overdue"]
    [answer] = first["answers"]
    assert answer == {
        "team": "order desk",
        "since": "2026-01-08T05:00:00+00:00",
        "due": "2026-01-08T10:00:00+00:00",
        "waited_hours": "8",
        "overdue_hours": "6",
        "told": [],
        "why": "",
    }
    told = adv("holds", "--date", "2026-01-08").stdout
    assert "order desk: 8 working hours, overdue by 6 (due 2026-01-08 11:00)" in told
    assert "sales: 1 held, 1 overdue, 60.00 EUR, longest 8 working hours" in told
    assert "2 held, 2 overdue" in told
    [of_sales] = as_json("holds", "--team", "sales", "--date", "2026-01-08")
    assert [one["team"] for one in of_sales["answers"]] == ["sales"]


def test_it_says_to_whom_silence_went_on_and_why_the_team_has_it(sqlite_home):
    a_customer(resources().engine)
    a_product(resources().engine)
    (sqlite_home / "policy.toml").write_text(
        "[holds]\none_desk_below = 5\none_desk = 'desk'\n"
        "[[holds.escalation]]\nto = 'Eve'\n"
    )
    received(ordered_on=date(2026, 1, 7))
    for day in (7, 8):
        run_directly("validation", on=date(2026, 1, day))
    told = adv("holds", "--date", "2026-01-08").stdout
    assert "told: Eve; orders that day: 1 (below 5): one desk has all its holds" in told
    [shown] = as_json("order", "O1")["holds"]
    assert (shown["team"], shown["told"]) == ("desk", ["Eve"])
    assert "one desk has all its holds" in adv("order", "O1").stdout


def test_a_foreign_amount_has_its_value_and_one_without_a_rate_has_none(held_order):
    [entry] = as_json("holds")
    assert (entry["net"], entry["value"]) == ("60.00", "60.00")
    received("O2", currency="USD")
    run_directly("validation", on=date(2026, 1, 6))
    values = {one["order"]: one["value"] for one in as_json("holds")}
    assert values == {"O1": "60.00", "O2": None}
    assert "0.00 EUR and 1 of unknown worth" in adv("holds").stdout


def test_row_10_warnings_and_owners_are_shown_beside_what_holds(sqlite_home):
    a_customer(resources().engine)
    a_product(resources().engine)
    (sqlite_home / "policy.toml").write_text(
        "[validation.severity]\ndeadline = 'warn'\n[validation.owner]\n"
        "deadline = 'planning'\n"
    )
    soon = {"requested_on": date(2026, 1, 5)}
    received("O1", line=soon)
    received("O2", line=soon | {"asked_price": None}, qty=Decimal(4))
    run_directly("validation", on=date(2026, 1, 6))
    [entry] = as_json("holds", *DAY)
    assert [
        (one["code"], one["severity"], one["owner"]) for one in entry["faults"]
    ] == [
        ("deadline", "warn", "planning"),
        ("price", "block", "sales"),
    ]
    told = adv("holds", *DAY).stdout
    assert "deadline (warn, planning): line 1: wanted for 5 Jan 2026" in told
    assert "1 went on with a warning: adv holds --warnings" in told
    [warned] = as_json("holds", "--warnings", *DAY)
    assert (warned["order"], warned["state"]) == ("O2", "accepted")
    assert warned["faults"][0]["severity"] == "warn"
    assert as_json("holds", "--warnings", "--date", "2026-01-05") == []
    shown = adv("order", "O2").stdout
    assert "deadline (warn, planning): line 1: wanted" in shown
    assert "accepted; the next handoff run tells stock; warning: deadline" in shown


def test_the_reader_may_choose_his_language(held_order, monkeypatch):
    monkeypatch.setenv("ADV_LANGUAGE", "en")
    for command in (["holds"], ["order", "O1"]):
        told = adv(*command, "--language", "es").stdout
        assert "el precio" in told.lower()
