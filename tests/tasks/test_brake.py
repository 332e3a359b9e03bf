"""Row 85: an invoicing run far beyond the usual waits for the yes of a person."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from adv_domain.rules.authority import BeyondAuthority
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    customer,
    event,
    exchange_rate,
    failure,
    invoice,
    milestone,
    payment_request,
    run_brake,
    run_volume,
    sales_order,
    task,
)
from flows.commands.confirm_run import confirm_run
from flows.direct import run_directly
from tasks.brake import NothingToConfirm
from tasks.brake import confirm_run as confirm
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks.advance_rows import an_advance, money

FIRST = date(2026, 1, 5)


POLICY = """
[brake]
least_days = 5
least_documents = 20
least_amount = 10000
"""


class Shop:
    """A company that ships so many orders of 30.00 a day."""

    def __init__(self, engine):
        self.engine, self.count = engine, 0
        self.product_id = a_product(engine)
        self.customer_id = a_customer(engine)

    def ships(self, count, *, on, **changes):
        for _ in range(count):
            self.count += 1
            order_id = an_order(
                self.engine,
                customer_id=self.customer_id,
                product_id=self.product_id,
                no=f"O{self.count:04d}",
                **changes,
            )
            a_delivery(self.engine, order_id, on=on)

    def posted(self):
        with reading(self.engine) as connection:
            return connection.execute(
                select(func.count()).select_from(invoice)
            ).scalar_one()

    def rows(self, table):
        with reading(self.engine) as connection:
            return connection.execute(select(table)).all()


@pytest.fixture
def shop(engine, home):
    """Five working days of two invoices each."""
    (home / "policy.toml").write_text(POLICY)
    made = Shop(engine)
    for at in range(5):
        made.ships(2, on=FIRST + timedelta(days=at))
        _run(FIRST + timedelta(days=at))
    return made


def _run(on, *, dry_run=False):
    [end] = run_directly("invoicing", on=on, dry_run=dry_run)
    return end.outcome


MONDAY = date(2026, 1, 12)
SAID = {"by": "Ana", "reason": "the year's big delivery"}


def test_row_85_far_more_documents_than_usual_post_nothing_until_a_yes(shop):
    shop.ships(21, on=MONDAY)
    stopped = _run(MONDAY)
    assert shop.posted() == 10
    assert stopped.done == {}
    [failed] = stopped.failed
    assert (failed.document, failed.code) == ("the whole run", "run_brake")
    assert "21 documents of 630.00 EUR net" in failed.message
    assert "usual is 2 documents of 60.00 EUR net" in failed.message
    [asked] = [one for one in shop.rows(task) if one.kind == "run_brake"]
    assert (asked.state, asked.amount) == ("open", Decimal(630))
    assert f"adv confirm-run invoicing --date {MONDAY}" in asked.text

    again = _run(MONDAY)
    assert (again.failed, again.waiting, shop.posted()) == ((), 1, 10)
    assert len(shop.rows(run_brake)) == 1

    result = CliRunner().invoke(
        confirm_run,
        ["invoicing", "--date", str(MONDAY), "--by", "Ana", "--reason", "right"],
    )
    assert (result.exit_code, "may post 21 documents" in result.output) == (0, True)
    assert _run(MONDAY).done == {"invoices": 21}
    assert shop.posted() == 31
    [asked] = [one for one in shop.rows(task) if one.kind == "run_brake"]
    assert (asked.state, asked.closed_by) == ("done", "Ana")
    [stood] = shop.rows(failure)
    assert stood.resolved_at is not None
    assert [one.what for one in shop.rows(event) if one.entity == "run_brake"] == [
        "run confirmed"
    ]


def test_row_85_far_more_money_than_usual_stops_too(shop):
    shop.ships(1, on=MONDAY, line={"unit_price": Decimal(4000), "net": Decimal(12000)})
    assert [one.code for one in _run(MONDAY).failed] == ["run_brake"]
    assert shop.posted() == 10


def test_row_85_parts_of_lines_and_other_currencies_are_worth_what_they_are(shop):
    with writing(shop.engine) as connection:
        connection.execute(
            exchange_rate.insert().values(
                currency="USD", base="EUR", rate=Decimal(2), valid_from=FIRST
            )
        )
    order_id = an_order(
        shop.engine,
        customer_id=shop.customer_id,
        product_id=shop.product_id,
        no="BIG",
        currency="USD",
        line={"unit_price": Decimal(9000), "net": Decimal(27000)},
    )
    a_delivery(shop.engine, order_id, on=MONDAY, qty=Decimal(2), no="PART")
    assert _run(MONDAY).done == {"invoices": 1}  # 18,000 USD are 9,000 EUR
    a_delivery(shop.engine, order_id, on=MONDAY, qty=Decimal(1), no="REST")
    [failed] = _run(MONDAY).failed
    assert "2 documents of 13500.00 EUR net" in failed.message


def test_row_85_the_usual_and_the_floor_go_on_unasked(shop):
    shop.ships(20, on=MONDAY)
    assert _run(MONDAY).done == {"invoices": 20}
    assert shop.rows(run_brake) == []


def test_row_85_a_resumed_run_counts_with_what_it_posted_before(shop):
    shop.ships(15, on=MONDAY)
    _run(MONDAY)
    shop.ships(6, on=MONDAY)
    [failed] = _run(MONDAY).failed
    assert "21 documents" in failed.message


def test_row_85_a_yes_is_bound_to_its_figures_and_its_date(shop):
    shop.ships(21, on=MONDAY)
    _run(MONDAY)
    confirm(step="invoicing", on=MONDAY, **SAID)
    shop.ships(4, on=MONDAY)  # beyond a tenth more
    [failed] = _run(MONDAY).failed
    assert "25 documents" in failed.message
    assert [one.code for one in _run(MONDAY + timedelta(days=1)).failed]
    assert shop.posted() == 10
    confirm(step="invoicing", on=MONDAY, **SAID)
    assert _run(MONDAY).done == {"invoices": 25}
    asked = [one.state for one in shop.rows(task) if one.kind == "run_brake"]
    assert "open" not in asked


def test_row_85_nothing_to_confirm_and_too_small_a_role_are_refused(shop, home):
    with pytest.raises(NothingToConfirm, match="adv tasks --kind run_brake"):
        confirm(step="invoicing", on=MONDAY, **SAID)
    (home / "policy.toml").write_text(
        POLICY + '[roles.clerk]\npeople = ["Ana"]\nlimits = { confirm_run = 100 }\n'
        '[roles.head]\npeople = ["Bo"]\n'
    )
    shop.ships(21, on=MONDAY)
    _run(MONDAY)
    with pytest.raises(BeyondAuthority, match="confirm_run up to 100"):
        confirm(step="invoicing", on=MONDAY, **SAID)
    assert _run(MONDAY).done == {}
    confirm(step="invoicing", on=MONDAY, by="Bo", reason="right")
    assert _run(MONDAY).done == {"invoices": 21}


def test_row_85_a_dry_run_says_that_it_would_stop_and_writes_nothing(shop):
    shop.ships(21, on=MONDAY)
    outcome = _run(MONDAY, dry_run=True)
    assert outcome.skipped == {"a person is asked first": 21}
    assert "21 documents" in outcome.details[0]["stopped"]
    assert len(outcome.details) == 22
    assert shop.rows(run_brake) == []
    assert len(shop.rows(run_volume)) == 5


def test_row_85_the_policy_can_switch_it_off(shop, home):
    (home / "policy.toml").write_text("[brake]\non = false\n")
    shop.ships(30, on=MONDAY)
    assert _run(MONDAY).done == {"invoices": 30}


def test_row_85_what_waits_for_a_later_day_is_not_counted(shop):
    shop.ships(30, on=MONDAY + timedelta(days=5))
    shop.ships(1, on=MONDAY)
    assert _run(MONDAY).done == {"invoices": 1}
    with reading(shop.engine) as connection:
        waiting = connection.execute(
            select(func.count()).where(sales_order.c.to_invoice)
        ).scalar_one()
    assert waiting == 30


def test_row_85_orders_that_are_invoiced_as_ordered_count_too(shop):
    customer_id = a_customer(shop.engine, "BY", invoicing="order")
    on = FIRST + timedelta(days=7)
    for at in range(30):
        an_order(
            shop.engine,
            customer_id=customer_id,
            product_id=shop.product_id,
            no=f"B{at}",
            # a part of these was invoiced before
            line={"qty_invoiced": Decimal(1)} if at % 2 else {},
        )
    shop.ships(1, on=on)
    assert _run(on).failed
    [stop] = shop.rows(run_brake)
    assert (stop.documents, stop.amount) == (31, Decimal(15 * 30 + 15 * 20 + 30))
    confirm(step="invoicing", on=on, by="Ana", reason="a new customer")
    assert _run(on).done == {"invoices": 31}


def test_row_85_milestones_count_before_and_after_their_plan_is_written(shop):
    customer_id = a_customer(
        shop.engine, "PLAN", milestones="50% order; 20% 2026-01-12; 10% Assembly"
    )
    made = {"customer_id": customer_id, "product_id": shop.product_id}
    for at in range(15):
        an_order(shop.engine, no=f"M{at}", **made)
    shop.ships(1, on=MONDAY)
    told = _run(MONDAY, dry_run=True)
    # 15 at 50 % and 15 at 20 % of 30.00, and what was shipped
    assert "31 documents of 345.00 EUR net" in told.details[0]["stopped"]
    assert sum("milestone" in one for one in told.details) == 30
    [failed] = _run(MONDAY).failed
    assert "31 documents of 345.00 EUR net" in failed.message
    assert (shop.posted(), shop.rows(milestone)) == (10, [])
    confirm(step="invoicing", on=MONDAY, **SAID)
    done = _run(MONDAY).done
    assert (done["milestones invoiced"], done["invoices"]) == (30, 1)
    # what a run posted counts for the days that follow it
    last = shop.rows(run_volume)[-1]
    assert (last.documents, last.amount) == (31, Decimal(345))
    # milestones with nothing left, or of another day, wait for nothing
    assert _run(MONDAY + timedelta(days=1)).failed == ()


def test_row_85_advances_that_came_count_with_their_net(shop):
    for at in range(21):
        an_advance(shop.engine, no=f"A{at}")
    run_directly("handoff", on=FIRST + timedelta(days=4))
    for at, request in enumerate(shop.rows(payment_request)):
        money(shop.engine, "10.89", request.reference, key=f"K{at}", on=MONDAY)
    run_directly("payments", on=MONDAY)
    [failed] = _run(MONDAY).failed
    assert "21 documents of 189.00 EUR net" in failed.message
    assert shop.posted() == 10
    confirm(step="invoicing", on=MONDAY, **SAID)
    assert _run(MONDAY).done == {"advance invoices": 21}
    last = shop.rows(run_volume)[-1]
    assert (last.documents, last.amount) == (21, Decimal(189))


def test_row_85_orders_that_wait_for_their_advance_are_not_counted(shop):
    for at in range(30):
        order_id = an_advance(shop.engine, no=f"A{at}")
        with writing(shop.engine) as connection:
            connection.execute(
                update(customer)
                .where(customer.c.code == f"C-A{at}")
                .values(invoicing="order")
            )
        assert order_id
    shop.ships(1, on=MONDAY)
    assert _run(MONDAY).done == {"invoices": 1}


def test_row_85_milestones_are_counted_in_a_constant_number_of_statements(shop):
    counted = {}
    for size in (2, 12):
        code = f"PLAN{size}"
        made = {
            "customer_id": a_customer(shop.engine, code, milestones="50% order"),
            "product_id": shop.product_id,
        }
        for at in range(size):
            an_order(shop.engine, no=f"{code}-{at}", **made)
        with counted_statements(shop.engine) as statements:
            _run(MONDAY, dry_run=True)
        counted[size] = len(statements)
        _run(MONDAY)
    assert counted[2] == counted[12]
