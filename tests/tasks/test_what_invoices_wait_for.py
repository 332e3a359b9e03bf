"""Row 27: adv order and adv milestones say what an invoice waits for, and on whom."""

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import sales_order
from flows.cli import cli
from tasks.advances.milestone_plans import read_plan
from tasks.advances.milestones_by_hand import set_plan
from tasks.orders.acts.common import Saying
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks.advance_rows import PAID_ON, run

D = Decimal
PLAN = "30% order; 40% Assembly hall; 30% delivery"


def an_order_of(engine, *, state="handed_off", **whose):
    return an_order(
        engine,
        state=state,
        customer_id=a_customer(engine, **whose),
        product_id=a_product(engine),
    )


def adv(*arguments):
    result = CliRunner().invoke(cli, [*arguments, "--date", str(PAID_ON)])
    assert result.exit_code == 0, result.output
    return result.stdout


def part(screen, title):
    return screen.partition(f"\n{title}\n")[2].partition("\n\n")[0].splitlines()


def reaching(engine, state):
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(state=state))


def test_row_27_adv_order_lists_its_milestones_and_who_calls_one_reached(home, engine):
    an_order_of(engine, milestones=PLAN)
    screen = adv("order", "O1")
    assert part(screen, "Invoiced by milestones") == [
        "        30 %  order: the next run invoices it",
        "        40 %  Assembly hall: waits until it is called reached",
        "        30 %  delivery: invoiced as it is delivered",
    ]
    assert part(screen, "Who must act") == [
        (
            "  adv: say when Assembly hall is reached: adv milestones O1 --reached "
            "'Assembly hall' --by NAME --reason WHY"
        )
    ]
    run("invoicing", PAID_ON)
    first, *others = part(adv("order", "O1"), "Invoiced by milestones")
    assert first.startswith("        30 %  order: invoiced by F-")
    assert len(others) == 2
    listed = json.loads(adv("milestones", "O1", "--json"))["milestones"]
    assert [(one["name"], one["waits_for"]) for one in listed] == [
        ("order", "nothing"),
        ("Assembly hall", "person"),
        ("delivery", "delivery"),
    ]
    assert json.loads(adv("order", "O1", "--json"))["milestones"] == listed
    adv("milestones", "O1", "--reached", "Assembly hall", "--by", "A", "--reason", "x")
    assert part(adv("order", "O1"), "Who must act") == [
        "  nobody: it goes on by itself"
    ]


@pytest.mark.parametrize(
    ("state", "waits"),
    [
        ("held", ["acceptance", "day", "person", "delivery"]),
        ("accepted", ["run", "day", "person", "delivery"]),
        ("closed", []),
    ],
)
def test_row_27_what_milestones_wait_for_goes_by_the_orders_state(
    home, engine, state, waits
):
    plan = "10% order; 20% 2026-03-01; 30% Hall"
    order_id = an_order_of(engine, milestones=plan, state=state)
    with reading(engine) as connection:
        found = read_plan(connection, order_id, on=PAID_ON)
    assert [one.waits_for for one in found] == waits


@pytest.mark.parametrize(
    ("state", "rest", "told"),
    [
        ("fulfilled", "delivery", "invoiced as it is delivered"),
        ("closed", "nothing", "invoiced as it was delivered"),
        ("cancelled", "over", "not invoiced any more: no goods of the order are"),
    ],
)
def test_row_27_milestones_of_what_has_left_are_not_invoiced_any_more(
    home, engine, state, rest, told
):
    order_id = an_order_of(engine)
    set_plan("O1", "10 order", saying=Saying("Ana", "agreed", PAID_ON))
    reaching(engine, state)
    with reading(engine) as connection:
        found = read_plan(connection, order_id, on=PAID_ON)
    assert [(one.name, one.waits_for) for one in found] == [
        ("order", "over"),
        ("delivery", rest),
    ]
    assert f"the rest  delivery: {told}" in adv("milestones", "O1")


FRENCH = {"country": "FR", "vat_id": "FR40303265045"}


def test_row_27_an_intra_community_order_is_promised_no_invoice_before_it_leaves(
    home, engine
):
    an_order_of(engine, code="FR", invoicing="order", **FRENCH)
    wanted = "3 ordered and not invoiced: an intra-Community supply is billed as it is"
    assert wanted in adv("order", "O1")


def test_row_27_milestones_of_an_intra_community_order_wait_for_its_delivery(
    home, engine
):
    an_order_of(engine, code="FR", milestones="30% order; 20% Hall", **FRENCH)
    screen = adv("order", "O1")
    shown = part(screen, "Invoiced by milestones")
    assert [one.endswith("invoiced as it is delivered") for one in shown] == [True] * 3
    assert part(screen, "Who must act") == ["  nobody: it goes on by itself"]


def test_row_27_milestones_go_before_the_promise_of_invoicing_by_order(home, engine):
    an_order_of(engine, invoicing="order", milestones="30% order")
    assert "ordered and not invoiced" not in adv("order", "O1")


@pytest.mark.parametrize(
    ("invoicing", "billed_by"),
    [
        ("manual", "it is billed by hand: adv bill O1 --by NAME --reason WHY"),
        ("monthly", "its customer's schedule bills it (monthly)"),
        ("shipment", "the next invoicing run bills it"),
    ],
)
def test_row_27_what_has_left_is_billed_by_what_is_agreed(
    home, engine, invoicing, billed_by
):
    order_id = an_order_of(engine, invoicing=invoicing)
    a_delivery(engine, order_id, on=date(2026, 1, 7), qty=D(1))
    assert f"1 shipped and not invoiced: {billed_by}" in adv("order", "O1")


def test_row_41_an_order_by_order_is_billed_once_its_advance_is_paid(home, engine):
    an_order_of(engine, state="accepted", invoicing="order", advance_rate=D("0.3"))
    told = "not invoiced: it is billed once its advance is paid and invoiced"
    assert told in adv("order", "O1")


def test_reading_a_plan_takes_few_statements_whatever_its_length(home, engine):
    order_id = an_order_of(engine, milestones="; ".join(f"1% M{n}" for n in range(40)))
    with counted_statements(engine) as statements, reading(engine) as connection:
        assert len(read_plan(connection, order_id, on=PAID_ON)) == 41
    assert len(statements) <= 7
