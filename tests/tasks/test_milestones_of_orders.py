"""Row 27: an order's file, or a form, says by which milestones it is invoiced."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import invoice, milestone, sales_order
from flows.cli import cli
from tasks.advances.milestones_by_hand import set_plan
from tasks.intake.step import import_file
from tasks.orders.acts.common import Saying
from tests.builders import a_customer, a_product
from tests.tasks.amendment_runs import (
    DAY,
    PLAIN,
    assert_sound,
    rows,
    run,
    states,
    values,
)

OWN = "50% order; 20% Assembly; 30% delivery"


@pytest.fixture
def shop(engine):
    a_customer(engine, milestones="30% order")
    a_product(engine)
    return engine


def take(tmp_path, *orders):
    """Import orders of one line; each says what is not as usual."""
    columns = [*PLAIN, "milestones"]
    lines = [
        ",".join(str((PLAIN | one).get(name, "")) for name in columns) for one in orders
    ]
    path = tmp_path / "orders.csv"
    path.write_text("\n".join((",".join(columns), *lines)) + "\n")
    return import_file("orders", path, on=DAY)


def plans(engine):
    """Return order and name of each milestone, in order."""
    with reading(engine) as connection:
        found = connection.execute(
            select(sales_order.c.customer_ref, milestone.c.name)
            .join(sales_order, sales_order.c.id == milestone.c.order_id)
            .order_by(sales_order.c.id, milestone.c.milestone_no)
        )
        return [tuple(row) for row in found]


def test_row_27_an_orders_own_milestones_go_before_its_customers(shop, tmp_path):
    assert take(tmp_path, {"milestones": OWN}, {"customer_ref": "R2"}).accepted == 2
    assert [one.milestones for one in rows(shop, sales_order)] == [
        "50% order; 20% Assembly",
        None,
    ]
    run("validation")
    assert run("invoicing").done["milestones invoiced"] == 2
    assert plans(shop) == [("R1", "order"), ("R1", "Assembly"), ("R2", "order")]
    assert [one.net for one in rows(shop, invoice)] == [15, 9]
    assert run("invoicing").message == "nothing to do"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("80% order; 30% Assembly", "more than 100 %"),
        ("order", "a share and a name"),
        ("30% delivery; 70% order", "delivery is the last"),
    ],
)
def test_row_27_what_is_no_plan_is_told_with_its_row_and_field(
    shop, tmp_path, wrong, why
):
    tally = take(tmp_path, {}, {"customer_ref": "R2", "milestones": wrong})
    [fault] = tally.errors
    assert (fault.row, fault.field, fault.code) == (3, "milestones", "not_milestones")
    assert why in fault.message
    assert [one.customer_ref for one in rows(shop, sales_order)] == ["R1"]


def test_row_27_what_is_exported_is_known_again_and_another_plan_is_not(shop, tmp_path):
    take(tmp_path, {"milestones": OWN}, {"customer_ref": "R2"})
    for form in ("csv", "json"):
        out = tmp_path / f"out.{form}"
        arguments = ["orders", "export", "R1", "R2", "--format", form]
        result = CliRunner().invoke(cli, [*arguments, "--out", str(out)])
        assert result.exit_code == 0, result.output
        assert "50% order; 20% Assembly" in out.read_text()
        assert import_file("orders", out, on=DAY).duplicate == 2
    assert take(tmp_path, {"milestones": "10% order"}).duplicate == 0


def test_row_27_a_change_gives_other_milestones_until_they_are_set(shop, tmp_path):
    take(tmp_path, {"milestones": OWN})
    run("validation")
    change = {"document": "change", "milestones": "40% order", "requested_on": ""}
    take(tmp_path, change)
    assert run("validation").done == {"changes applied": 1, "accepted": 1}
    assert (0, "milestones", "50% order; 20% Assembly", "40% order") in values(shop)
    run("invoicing")
    assert plans(shop) == [("R1", "order")]
    take(tmp_path, change | {"milestones": "60% order"})
    run("validation")
    assert [one.milestones for one in rows(shop, sales_order)] == ["40% order"]
    assert states(shop)[0] != "received"
    assert_sound(shop)


def test_row_27_a_persons_plan_goes_before_the_files(shop, tmp_path):
    take(tmp_path, {"milestones": OWN})
    run("validation")
    number = rows(shop, sales_order)[0].order_no
    set_plan(number, "10% order", saying=Saying("Ana", "agreed", DAY))
    run("invoicing")
    assert [one.net for one in rows(shop, invoice)] == [3]
