"""Row 27: an order that is invoiced by milestones."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select, update

from adv_domain.rules.money import ZERO
from adv_domain.store.audit import audit
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    customer,
    document,
    instalment,
    invoice,
    order_line,
    sales_order,
)
from flows.commands.customer import customer as customer_screen
from flows.commands.invoice import invoice as invoice_screen
from flows.commands.milestones import milestones
from flows.commands.order import order
from flows.direct import execute, run_directly
from tasks.advances.milestone_plans import Waits
from tasks.advances.milestones_by_hand import PlanRefused, plan_of, reach, set_plan
from tasks.credits.credit_notes import credit_invoice
from tasks.credits.rebilling import Rebilling, rebill_named
from tasks.orders.acts.common import Saying
from tasks.orders.acts.ending import cancel_order
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.schematron import Rulebook
from tests.tasks.feedback_runs import book

ON = date(2026, 1, 6)
LATER = ON + timedelta(days=3)
PLAN = "30% order; 40% Assembly; 30% delivery"
D = Decimal


def run(on=ON, *, dry_run=False):
    [end] = run_directly("invoicing", on=on, dry_run=dry_run)
    return end.outcome


def rows(engine, statement):
    with reading(engine) as connection:
        return connection.execute(statement).all()


def bills(engine):
    return rows(engine, select(invoice).order_by(invoice.c.id))


def saying(on=LATER):
    return Saying("Ana", "the customer signed", on)


def sound(engine):
    with reading(engine) as connection:
        broken = {one.name: one.first for one in audit(connection) if one.violations}
    assert set(broken) <= {"handed_orders_have_a_message"}, broken


@pytest.fixture
def shop(engine):
    """A customer with a plan, and his order of two lines of 30.00 at 21 %."""
    made = {
        "product_id": a_product(engine),
        "customer_id": a_customer(engine, "PLAN", milestones="30% order; 40% Assembly"),
    }
    an_order(engine, lines=2, state="handed_off", **made)
    return made


def test_row_27_shares_at_order_at_an_event_and_at_delivery_come_to_the_order(
    engine, shop
):
    del shop
    first_run = run()
    assert first_run.failed == ()
    assert first_run.done == {
        "orders planned by milestones": 1,
        "milestones invoiced": 1,
    }
    [first] = bills(engine)
    assert (first.net, first.gross, first.is_advance) == (D(18), D("21.78"), True)
    # to be paid by the order's terms, and no day of supply is stated
    [owed] = rows(engine, select(instalment))
    assert (owed.due_on, owed.open_amount) == (ON + timedelta(days=30), D("21.78"))
    assert first.supplied_on is None
    assert run(LATER).message == "nothing to do"
    outcome = reach("O1", "assembly", saying=saying(), execute=execute)
    assert outcome.done == {"milestones invoiced": 1}
    with pytest.raises(PlanRefused, match="invoiced already"):
        reach("O1", "Assembly", saying=saying(), execute=execute)
    book("M1,shipment,O1,,,2026-01-08", on=LATER)
    assert run(LATER).done == {"invoices": 1}
    assert [one.net for one in bills(engine)] == [18, 24, 18]
    assert sum(one.gross for one in bills(engine)) == D("72.60")
    last = bills(engine)[-1]
    assert (last.deducted, last.is_advance) == (D("50.82"), False)
    assert [one.state for one in rows(engine, select(sales_order))] == ["closed"]
    assert run(LATER).message == "nothing to do"
    sound(engine)


def test_row_27_a_milestone_waits_for_its_day_and_a_held_order_for_its_acceptance(
    engine,
):
    made = {
        "product_id": a_product(engine),
        "customer_id": a_customer(engine, milestones="50% order; 500.00 2026-01-09"),
    }
    order_id = an_order(engine, state="held", qty=D(300), **made)
    assert run().message == "nothing to do"
    accepted = update(sales_order).where(sales_order.c.id == order_id)
    with writing(engine) as connection:
        connection.execute(accepted.values(state="accepted"))
    assert run().done["milestones invoiced"] == 1
    assert run(LATER).done == {"milestones invoiced": 1}
    assert [one.net for one in bills(engine)] == [1500, 500]
    sound(engine)


def test_row_27_what_was_delivered_before_a_milestone_is_not_invoiced_twice(
    engine, shop
):
    del shop
    run()
    book("M1,shipment,O1,1,3,2026-01-08", "M2,shipment,O1,2,3,2026-01-08", on=LATER)
    run(LATER)
    assert [one.net for one in bills(engine)] == [18, 42]
    # it is invoiced in full: the milestone has nothing left
    reach("O1", "Assembly", saying=saying(), execute=execute)
    assert len(bills(engine)) == 2
    sound(engine)


def test_row_27_half_delivered_a_milestone_takes_no_more_than_is_left(engine, shop):
    del shop
    run()
    book("M1,shipment,O1,1,3,2026-01-08", "M2,shipment,O1,2,1,2026-01-08", on=LATER)
    run(LATER)
    # 40 was delivered, less the 18 of the first milestone
    reach("O1", "Assembly", saying=saying(), execute=execute)
    assert [one.net for one in bills(engine)] == [18, 22, 20]
    book("M3,shipment,O1,2,2,2026-01-09", on=LATER)
    run(LATER)
    assert sum(one.net for one in bills(engine)) == 60
    assert sum(one.gross for one in bills(engine)) == D("72.60")
    sound(engine)


def test_row_27_a_cancelled_orders_milestones_are_given_back(engine, shop):
    del shop
    run()
    cancel_order(name="O1", by="Ana", reason="no more", on=LATER)
    assert run(LATER).done == {"advances credited": 1}
    assert sum(one.gross for one in bills(engine)) == 0
    assert [one.open_amount for one in rows(engine, select(instalment))] == [0, 0]
    assert run(LATER).message == "nothing to do"
    sound(engine)


def test_row_31_a_milestone_whose_invoice_is_cancelled_may_be_invoiced_anew(
    engine, shop
):
    del shop
    run()
    [first] = bills(engine)
    who = {"by": "Ana", "reason": "wrong address", "on": LATER}
    credit_invoice(invoice_no=first.invoice_no, reason_code="address", **who)
    assert run(LATER).message == "nothing to do"
    rebill_named(first.invoice_no, choice=Rebilling.RECREATE, **who)
    assert run(LATER).done == {"milestones invoiced": 1}
    assert [one.net for one in bills(engine)] == [18, -18, 18]
    book("M1,shipment,O1,,,2026-01-08", on=LATER)
    run(LATER)
    assert sum(one.net for one in bills(engine)) == 60
    sound(engine)


def test_row_27_an_order_may_get_a_plan_of_its_own_until_one_is_invoiced(engine):
    made = {"product_id": a_product(engine), "customer_id": a_customer(engine, "C1")}
    an_order(engine, state="handed_off", **made)
    set_plan("O1", PLAN, saying=saying(ON))
    plan = set_plan("O1", "50% order; 50% Trial run", saying=saying(ON))
    assert [one.name for one in plan] == ["order", "Trial run"]
    assert run().done == {"milestones invoiced": 1}
    with pytest.raises(PlanRefused, match="has a milestone that is invoiced"):
        set_plan("O1", PLAN, saying=saying(ON))
    with pytest.raises(PlanRefused, match="it has: order, Trial run"):
        reach("O1", "Assembly", saying=saying(ON), execute=execute)
    assert [one.invoice for one in plan_of("O1", on=ON)] == [
        bills(engine)[0].invoice_no,
        None,
    ]


def test_row_27_a_plan_goes_before_invoicing_as_ordered(engine, shop):
    with writing(engine) as connection:
        connection.execute(update(customer).values(invoicing="order"))
    assert run().done["milestones invoiced"] == 1
    assert [one.net for one in bills(engine)] == [18]
    assert run(LATER).message == "nothing to do"
    del shop


def test_row_27_an_intra_community_order_is_invoiced_as_it_is_delivered(engine):
    customer_id = a_customer(
        engine, "FR", country="FR", vat_id="FR40303265045", milestones="30% order"
    )
    an_order(
        engine,
        state="handed_off",
        product_id=a_product(engine),
        customer_id=customer_id,
    )
    assert run().skipped == {"billed_when_delivered": 1}
    book("M1,shipment,O1,,,2026-01-08", on=LATER)
    assert run(LATER).done == {"invoices": 1}
    sound(engine)


def test_row_27_a_dry_run_names_the_milestones_and_writes_nothing(engine, shop):
    del shop
    set_plan("O1", "30% order", saying=saying(ON))
    [told] = run(dry_run=True).details
    assert (told["order"], told["milestone"]) == ("O1", "order")
    assert bills(engine) == []


def test_row_73_the_invoice_of_a_milestone_is_to_be_paid_and_passes(home, engine, shop):
    del shop
    run()
    run_directly("documents", on=ON)
    [made] = rows(engine, select(document))
    reader = PdfReader(BytesIO((home / made.path).read_bytes()))
    [xml] = next(iter(reader.attachments.values()))
    fired, broken = Rulebook().verdict(xml, rules="cii")
    assert fired > 40
    assert [one for one in broken if one[0] == "fatal"] == []
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert "Part of order O1 that is due on order" in text
    assert "21.78" in text and "5 Feb 2026" in text
    assert b"<ram:DuePayableAmount>21.78</ram:DuePayableAmount>" in xml


def test_row_27_adv_milestones_shows_sets_and_invoices(home, engine, shop):
    del shop
    at = ["O1", "--home", str(home), "--date", str(ON)]
    who = ["--by", "Ana", "--reason", "signed"]
    command = CliRunner().invoke
    # what the next run will give it, from its customer's column
    assert "order: the next run invoices it" in command(milestones, at).output
    refused = command(milestones, [*at, "--plan", "60% a; 60% b", *who])
    assert (refused.exit_code, "more than 100 %" in refused.output) == (1, True)
    assert command(milestones, [*at, "--plan", PLAN]).exit_code == 2
    shown = command(milestones, [*at, "--plan", PLAN, *who])
    assert shown.output == (
        "        30 %  order: the next run invoices it\n"
        "        40 %  Assembly: waits until it is called reached\n"
        "        30 %  delivery: invoiced as it is delivered\n"
    )
    done = command(milestones, [*at, "--reached", "Assembly", *who])
    assert done.exit_code == 0
    [first, _] = bills(engine)
    # in the currency's own digits
    assert f"order: invoiced by {first.invoice_no} ({first.gross:.2f})\n" in done.output
    assert "Assembly: invoiced by F-" in done.output
    listed = command(milestones, [*at, "--json"])
    assert '"percent": "40' in listed.output
    for screen in ([order, *at], [order, *at, "--json"], [customer_screen, "PLAN"]):
        shown = command(screen[0], [*screen[1:], "--home", str(home)])
        assert shown.exit_code == 0, shown.output
    # nobody has paid anything: what was billed ahead is not called unapplied money
    assert "  less invoiced ahead of delivery " in shown.output
    assert "less unapplied" not in shown.output
    told = command(invoice_screen, [first.invoice_no, "--home", str(home)])
    assert "21.78" in told.output and "2026-02-05" in told.output


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    prices=st.lists(
        st.decimals("10.01", "99.99", places=2), min_size=2, max_size=2, unique=True
    ),
    shares=st.lists(st.integers(1, 33), min_size=1, max_size=3),
    early=st.booleans(),
    number=st.integers(0, 10**9),
)
def test_row_27_milestones_and_delivery_come_to_the_order_to_the_cent(
    engine, prices, shares, early, number
):
    code = f"H{number}-{len(rows(engine, select(sales_order.c.id)))}"
    kinds = ("standard", "reduced")
    if not rows(engine, select(sales_order.c.id)):
        for kind in kinds:
            a_product(engine, kind, tax_class=kind)
    plan = "; ".join(
        f"{share}% {name}" for share, name in zip(shares, "abc", strict=False)
    )
    order_id = an_order(
        engine,
        no=code,
        lines=2,
        state="handed_off",
        product_id=1,
        customer_id=a_customer(engine, code, milestones=plan),
    )
    with writing(engine) as connection:
        for line_no, (price, product_id) in enumerate(
            zip(prices, (1, 2), strict=True), 1
        ):
            connection.execute(
                update(order_line)
                .where(
                    order_line.c.order_id == order_id, order_line.c.line_no == line_no
                )
                .values(unit_price=price, net=price * 3, product_id=product_id)
            )
    run()
    names = list("abc")[: len(shares)]
    if early:
        a_delivery(engine, order_id, on=ON, qty=D(1), no=f"{code}-1")
        run()
    for name in reversed(names):
        reach(code, name, saying=saying(ON), execute=execute)
    a_delivery(engine, order_id, on=ON, qty=D(2) if early else D(3), no=f"{code}-2")
    run()
    found = rows(engine, select(invoice).where(invoice.c.order_id == order_id))
    assert sum((one.net for one in found), ZERO) == sum(price * 3 for price in prices)
    assert all(one.net >= 0 for one in found)
    waits = [one.name for one in plan_of(code, on=ON) if one.waits_for is Waits.PERSON]
    # what was delivered first may have left nothing for a milestone
    assert waits == [] or early
    sound(engine)
