"""An order says itself how it is to leave and how soon, else as its customer's do."""

import json

import pytest
from click.testing import CliRunner

from adv_domain.store.tables import amendment, order_line, sales_order
from flows.cli import cli
from tasks.intake.step import import_file
from tasks.stock.arranging import Arrangement, arrange_order
from tests.builders import a_customer, a_product
from tests.tasks.amendment_runs import (
    ANA,
    DAY,
    PLAIN,
    assert_sound,
    rows,
    run,
    states,
    values,
)


@pytest.fixture
def shop(engine):
    a_customer(engine, shipping_policy="complete", priority=2)
    a_product(engine)
    return engine


def take(tmp_path, *orders):
    """Import orders of one line; each says what is not as usual."""
    columns = [*PLAIN, "shipping_policy", "priority"]
    lines = [
        ",".join(str((PLAIN | one).get(name, "")) for name in columns) for one in orders
    ]
    path = tmp_path / "orders.csv"
    path.write_text("\n".join((",".join(columns), *lines)) + "\n")
    return import_file("orders", path, on=DAY)


def leaving(engine):
    return [
        (one.shipping_policy, one.priority, one.asked_shipping_policy)
        for one in rows(engine, sales_order)
    ]


def told(home, version=1):
    path = home / f"outbox/stock/S00000001-v{version}.json"
    order = json.loads(path.read_text())["order"]
    return order["shipping_policy"], order["priority"]


def test_an_order_leaves_as_it_says_and_else_as_its_customers_do(home, shop, tmp_path):
    asked = {"shipping_policy": "partial", "priority": 1}
    assert take(tmp_path, asked, {"customer_ref": "R2"}).accepted == 2
    assert leaving(shop) == [("partial", 1, "partial"), ("complete", None, None)]
    run("validation")
    run("handoff")
    assert told(home) == ("partial", 1)
    second = json.loads((home / "outbox/stock/S00000002-v1.json").read_text())
    assert second["order"]["shipping_policy"] == "complete"
    assert second["order"]["priority"] == 2


def test_an_order_that_says_so_waits_for_its_payment(home, shop, tmp_path):
    take(tmp_path, {"shipping_policy": "after_payment"})
    run("validation")
    assert "handed off" not in run("handoff").done
    assert [one.state for one in rows(shop, sales_order)] == ["accepted"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"shipping_policy": "soon"}, "shipping_policy"),
        ({"priority": 0}, "priority"),
        ({"priority": 10}, "priority"),
        ({"priority": "high"}, "priority"),
    ],
)
def test_what_is_no_policy_or_priority_is_told_with_its_row(
    shop, tmp_path, wrong, field
):
    tally = take(tmp_path, {}, {"customer_ref": "R2"} | wrong)
    [fault] = tally.errors
    assert (fault.row, fault.field) == (3, field)
    assert [one.customer_ref for one in rows(shop, sales_order)] == ["R1"]


def test_the_lines_of_an_order_agree_on_how_it_leaves(shop, tmp_path):
    tally = take(
        tmp_path, {"priority": 1}, {"line": 2, "priority": 3}, {"customer_ref": "R2"}
    )
    assert "header_conflict" in {fault.code for fault in tally.errors}
    assert [one.customer_ref for one in rows(shop, sales_order)] == ["R2"]


def test_what_is_exported_is_known_again_and_another_priority_is_not_lost(
    shop, tmp_path
):
    take(
        tmp_path, {"shipping_policy": "partial", "priority": 1}, {"customer_ref": "R2"}
    )
    arrange_order("R2", Arrangement(priority=9), **ANA)  # not what was ordered
    for form in ("csv", "json"):
        out = tmp_path / f"out.{form}"
        arguments = ["orders", "export", "R1", "R2", "--format", form]
        result = CliRunner().invoke(cli, [*arguments, "--out", str(out)])
        assert result.exit_code == 0, result.output
        assert "partial" in out.read_text()
        assert import_file("orders", out, on=DAY).duplicate == 2
    again = take(tmp_path, {"shipping_policy": "partial", "priority": 3})
    assert again.duplicate == 0


def test_a_change_says_how_an_order_leaves_and_keeps_what_it_does_not_say(
    home, shop, tmp_path
):
    take(tmp_path, {"shipping_policy": "partial"})
    run("validation")
    take(tmp_path, {"document": "change", "priority": 1, "requested_on": ""})
    assert run("validation").done == {"changes applied": 1, "accepted": 1}
    assert leaving(shop) == [("partial", 1, "partial")]
    assert (0, "asked_priority", None, "1") in values(shop)
    assert rows(shop, order_line)[0].qty == 3
    assert_sound(shop)


def test_a_change_keeps_what_a_person_has_arranged(home, shop, tmp_path):
    take(tmp_path, {})
    arrange_order("R1", Arrangement(priority=9), **ANA)
    run("validation")
    take(tmp_path, {"document": "change", "quantity": 5, "requested_on": ""})
    run("validation")
    assert leaving(shop) == [("complete", 9, None)]


def test_stock_is_asked_whether_an_order_can_leave_otherwise(home, shop, tmp_path):
    take(tmp_path, {})
    run("validation")
    run("handoff")
    assert told(home) == ("complete", 2)
    take(tmp_path, {"document": "change", "shipping_policy": "partial"})
    assert run("validation").done == {"changes asked of stock": 1}
    run("handoff")
    assert told(home, version=2) == ("partial", 2)
    assert leaving(shop) == [("complete", None, None)]  # until stock agrees


def test_an_order_at_stock_cannot_wait_for_its_payment_any_more(home, shop, tmp_path):
    take(tmp_path, {})
    run("validation")
    run("handoff")
    take(tmp_path, {"document": "change", "shipping_policy": "after_payment"})
    assert run("validation").done == {"changes refused": 1}
    assert states(shop) == ["refused"]
    assert "cannot wait for its payment" in rows(shop, amendment)[0].reason


def test_an_order_sent_anew_that_does_not_say_how_it_leaves_leaves_as_before(
    home, shop, tmp_path
):
    (home / "policy.toml").write_text('[intake]\nduplicate_reference = "amend"\n')
    take(tmp_path, {"shipping_policy": "partial", "priority": 1})
    run("validation")
    take(tmp_path, {"quantity": 7})
    assert run("validation").done["changes applied"] == 1
    assert leaving(shop) == [("partial", 1, "partial")]
