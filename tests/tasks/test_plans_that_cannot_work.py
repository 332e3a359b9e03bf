"""Row 27: milestones beyond their order, or of one that is invoiced, are refused."""

from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from adv_domain.rules.advances.milestones import InvalidMilestones
from adv_domain.store.engine import writing
from adv_domain.store.tables import event, failure, invoice, milestone, order_line
from flows.cli import cli
from flows.direct import execute
from tasks.advances.milestones_by_hand import PlanRefused, reach, set_plan
from tasks.orders.acts.common import Saying
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks.advance_rows import PAID_ON, rows, run

D = Decimal
SAYING = Saying("Ana", "agreed", PAID_ON)


def an_order_of(engine, *, state="handed_off", **whose):
    """Let a customer order 3 at 10.00, 36.30 with tax."""
    return an_order(
        engine,
        state=state,
        customer_id=a_customer(engine, **whose),
        product_id=a_product(engine),
    )


def screen():
    result = CliRunner().invoke(cli, ["order", "O1"])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("state", ["held", "accepted", "handed_off"])
@pytest.mark.parametrize(
    "plan", ["30.01 order", "20 order; 15 Assembly", "50% order; 15.01 Assembly"]
)
def test_row_27_a_plan_beyond_its_order_is_refused_with_both_amounts(
    home, engine, state, plan
):
    an_order_of(engine, state=state)
    with pytest.raises(
        PlanRefused, match=r"come to 3\d.\d\d EUR .* order to 30.00 EUR"
    ):
        set_plan("O1", plan, saying=SAYING)
    assert rows(engine, select(milestone)) == []
    assert set_plan("O1", "20 order; 10 Assembly", saying=SAYING)


def test_row_27_a_plan_beyond_its_order_is_refused_by_the_command(home, engine):
    an_order_of(engine)
    said = ["--by", "Ana", "--reason", "x", "--date", str(PAID_ON)]
    refused = CliRunner().invoke(cli, ["milestones", "O1", "--plan", "40 order", *said])
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "come to 40.00 EUR before tax and the order to 30.00 EUR" in refused.stderr


def test_row_27_a_plan_of_an_order_that_is_all_invoiced_is_refused(home, engine):
    order_id = an_order_of(engine, invoicing="order")
    run("invoicing", PAID_ON)
    with pytest.raises(PlanRefused, match="all of order O1 is invoiced"):
        set_plan("O1", "30% order", saying=SAYING)
    a_delivery(engine, order_id, on=PAID_ON)
    run("invoicing", PAID_ON)
    with pytest.raises(PlanRefused, match="order O1 is closed"):
        set_plan("O1", "30% order", saying=SAYING)
    assert rows(engine, select(milestone)) == []


def test_row_27_a_customers_plan_beyond_an_order_is_a_persons_to_mend(home, engine):
    an_order_of(engine, milestones="40 order; 5 Assembly")
    outcome = run("invoicing", PAID_ON)
    [failed] = outcome.failed
    assert failed.document == "milestones of O1"
    assert "come to 45.00 EUR before tax and the order to 30.00 EUR" in failed.message
    assert rows(engine, select(milestone)) == []
    assert rows(engine, select(invoice)) == []
    assert "adv: invoicing set it aside: the milestones" in screen()
    assert run("invoicing", PAID_ON).waiting == 1
    set_plan("O1", "20 order; 5 Assembly", saying=SAYING)
    assert rows(engine, select(failure).where(failure.c.resolved_at.is_(None))) == []
    assert run("invoicing", PAID_ON).done == {"milestones invoiced": 1}


def test_row_27_a_text_that_is_no_plan_is_refused_as_before(home, engine):
    an_order_of(engine)
    with pytest.raises(InvalidMilestones):
        set_plan("O1", "order", saying=SAYING)


def test_row_27_a_part_of_which_no_more_is_left_says_what_it_is_short_of(home, engine):
    """The order shrinks after its plan was agreed: the run and its history say so."""
    order_id = an_order_of(engine)
    set_plan("O1", "20 order; 10 Assembly", saying=SAYING)
    run("invoicing", PAID_ON)
    with writing(engine) as connection:
        connection.execute(update(order_line).values(qty=D("2.4"), net=D(24)))
    done = reach("O1", "Assembly", saying=SAYING, execute=execute).done
    assert done == {"milestones invoiced": 1, "milestones cut to what is left": 1}
    billed = rows(engine, select(invoice).order_by(invoice.c.id))
    assert [one.net for one in billed] == [20, 4]
    told = rows(
        engine,
        select(event).where(event.c.what == "milestone invoiced").order_by(event.c.id),
    )
    assert [one.reason.partition(", ")[2] for one in told] == [
        "",
        "6.00 EUR before tax less than agreed: no more of the order is left",
    ]
    assert told[1].entity_id == order_id


def test_row_27_shares_that_round_are_not_called_cut(home, engine):
    an_order_of(engine)
    set_plan("O1", "33.33% order; 33.33% A; 33.34% B", saying=SAYING)
    for name in ("A", "B"):
        done = reach("O1", name, saying=SAYING, execute=execute).done
        assert "milestones cut to what is left" not in done
    billed = rows(engine, select(invoice).order_by(invoice.c.id))
    assert sum(one.net for one in billed) == 30
