"""Goods that come back are not billed, or credited where they were billed."""

from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.audit import audit
from adv_domain.store.engine import reading, writing
from adv_domain.store.orders.agreements import read_customers
from adv_domain.store.rows import counted_statements
from adv_domain.store.stock.returns import NewReturn, announce_return
from adv_domain.store.tables import (
    delivery_line,
    event,
    expected_return,
    goods_return,
    invoice,
    invoice_line,
    order_line,
    sales_order,
    task,
)
from flows.cli import cli
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_invoice
from tasks.credits.rebilling import Rebilling, rebill_named
from tasks.orders.credit import read_positions
from tasks.orders.tax import read_tax_basis
from tasks.resources import resources
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import ON, book, news

LATER = date(2026, 1, 8)


@pytest.fixture
def ordered(engine):
    """An order of one line of 10 at stock."""
    known = {"customer_id": a_customer(engine), "product_id": a_product(engine)}
    an_order(engine, state="handed_off", qty=Decimal(10), **known)
    return engine


def rows(engine, table, *columns):
    chosen = [table.c[name] for name in columns]
    with reading(engine) as connection:
        found = connection.execute(select(*chosen).order_by(table.c.id))
        return [tuple(row) for row in found]


def broken(engine):
    with reading(engine) as connection:
        return {one.name for one in audit(connection) if one.violations} & CHECKS


CHECKS = {
    "returned_is_what_returns_say",
    "returned_within_delivered",
    "shipped_is_what_deliveries_say",
    "shipped_within_ordered",
    "to_invoice_is_what_deliveries_say",
    "invoiced_is_what_invoices_say",
    "order_events_follow_each_other",
    "over_shipments_are_asked_about",
}


def test_what_comes_back_before_its_invoice_is_never_billed(ordered):
    book("M1,shipment,O1,1,6,2026-01-05,,,D1")
    file, outcome = book("M2,return,O1,1,2,2026-01-07,,scratched", on=LATER)
    assert outcome.done == {"returns": 1}
    assert file.counts["accepted"] == 1
    quantities = ("qty_shipped", "qty_returned", "qty_ignored", "qty_cancelled")
    assert rows(ordered, order_line, *quantities) == [(6, 2, 2, 0)]
    assert rows(ordered, goods_return, "qty", "qty_billed", "qty_over") == [(2, 0, 0)]
    run_directly("invoicing", on=LATER)
    assert rows(ordered, invoice_line, "qty") == [(4,)]
    assert rows(ordered, task, "kind") == []
    assert broken(ordered) == set()
    told = rows(ordered, event, "what", "reason")
    assert (
        "return",
        "return M2; 2026-01-07; line 1: 2 (delivery D1); scratched",
    ) in told


def test_row_43_what_comes_back_after_its_invoice_is_proposed_for_a_credit_note(
    ordered,
):
    book("M1,shipment,O1,1,6,2026-01-05,,,D1")
    run_directly("invoicing", on=ON)
    book("M2,return,O1,1,2,2026-01-07", on=LATER)
    [(number,)] = rows(ordered, invoice, "invoice_no")
    assert rows(ordered, goods_return, "qty", "qty_billed") == [(2, 2)]
    assert rows(ordered, order_line, "qty_returned", "qty_ignored") == [(2, 0)]
    [(kind, team, text)] = rows(ordered, task, "kind", "team", "text")
    assert (kind, team) == ("return_to_credit", "adv")
    command = text.partition("credit them: adv ")[2]
    asked = f"credit-note {number} --line 1=2 --reason-code return"
    assert command == f"{asked} --reason WHY --by NAME"
    said = ["--by", "ana", "--reason", "scratched", "--date", "2026-01-08"]
    part = CliRunner().invoke(cli, [*asked.replace("=2", "=1").split(), *said])
    assert part.exit_code == 0, part.output
    assert rows(ordered, task, "state") == [("open",)]
    rest = CliRunner().invoke(cli, [*asked.replace("=2", "=1").split(), *said])
    assert rest.exit_code == 0, rest.output
    assert rows(ordered, invoice_line, "qty") == [(6,), (-1,), (-1,)]
    # its goods are credited: nobody is asked any more
    assert rows(ordered, task, "state") == [("dropped",)]
    assert broken(ordered) == set()
    assert broken(ordered) == set()


def test_goods_beyond_the_order_come_back_first_and_answer_their_question(ordered):
    book("M1,shipment,O1,1,13,2026-01-05,,,D1")
    book("M2,return,O1,1,2,2026-01-07", on=LATER)
    assert rows(ordered, task, "kind", "state") == [("over_shipment", "open")]
    book("M3,return,O1,1,2,2026-01-07", on=LATER)
    assert rows(ordered, task, "state", "result") == [("done", "it came back")]
    assert rows(ordered, goods_return, "qty", "qty_over") == [(0, 2), (1, 1)]
    assert rows(ordered, order_line, "qty_shipped", "qty_over", "qty_returned") == [
        (10, 3, 4)
    ]
    assert broken(ordered) == set()


def test_a_return_of_everything_ends_the_order_without_an_invoice(ordered):
    book("M1,shipment,O1,,,2026-01-05")
    book("M2,return,O1,,,2026-01-07", on=LATER)
    assert rows(ordered, sales_order, "state", "to_invoice") == [("closed", False)]
    assert rows(ordered, delivery_line, "qty", "qty_ignored", "ignored_reason") == [
        (10, 10, "came back before it was invoiced")
    ]
    [end] = run_directly("invoicing", on=LATER)
    assert rows(ordered, invoice, "id") == []
    assert not end.outcome.failed
    assert broken(ordered) == set()


def test_goods_of_a_closed_order_come_back_too(ordered):
    book("M1,shipment,O1,,,2026-01-05")
    run_directly("invoicing", on=ON)
    assert rows(ordered, sales_order, "state") == [("closed",)]
    file, _ = book("M2,return,O1,1,10,2026-01-07", on=LATER)
    assert file.counts["accepted"] == 1
    assert rows(ordered, goods_return, "qty_billed") == [(10,)]
    assert broken(ordered) == set()


def test_exposure_falls_with_what_came_back_unbilled(ordered):
    def owed():
        with reading(ordered) as connection:
            found = read_customers(connection, company_id=1, codes=["C1"])
            customers = list(found.values())
            taxes = read_tax_basis(connection, on=LATER)
            policy = resources().policy
            positions = read_positions(
                connection, customers, policy=policy, taxes=taxes, on=LATER
            )
        return positions[customers[0].id].stands["EUR"]

    book("M1,shipment,O1,1,5,2026-01-05")
    assert (owed().unbilled, owed().accepted_orders) == (Decimal("60.5"),) * 2
    book("M2,return,O1,1,4,2026-01-07", on=LATER)
    assert owed().unbilled == Decimal("12.1")
    assert owed().accepted_orders == Decimal("60.5")


def test_a_return_that_stands_before_its_shipment_in_the_file_is_booked_after_it(
    ordered,
):
    file, _ = book(
        "M2,return,O1,1,2,2026-01-05", "M1,shipment,O1,1,6,2026-01-05", on=LATER
    )
    assert file.counts == {"read": 2, "accepted": 2, "duplicate": 0, "rejected": 0}
    assert rows(ordered, order_line, "qty_shipped", "qty_returned") == [(6, 2)]


def test_the_same_return_again_changes_nothing(ordered):
    book("M1,shipment,O1,1,6,2026-01-05")
    book("M2,return,O1,1,2,2026-01-07", on=LATER)
    file, _ = book("M2,return,O1,1,2.0,2026-01-07", on=LATER)
    assert file.counts["duplicate"] == 1
    file, _ = book("M2,return,O1,1,3,2026-01-07", on=LATER)
    assert [fault.code for fault in file.all_faults] == ["conflicting_message"]
    assert rows(ordered, goods_return, "qty") == [(2,)]


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        ("M2,return,O1,1,7,2026-01-07", "more_than_delivered", "quantity"),
        ("M2,return,O1,1,1,2026-01-07,,,D9", "more_than_delivered", "delivery_no"),
        ("M2,return,O1,1,1,2026-01-04", "more_than_delivered", "quantity"),
        ("M2,return,O1,9,1,2026-01-07", "unknown_line", "line"),
        ("M2,return,O1,1,1,2199-02-07", "date_in_future", "date"),
        ("M2,return,O7,1,1,2026-01-07", "unknown_order", "order_no"),
    ],
)
def test_a_return_that_cannot_be_is_refused_with_what_to_do(ordered, row, code, field):
    book("M1,shipment,O1,1,6,2026-01-05,,,D1")
    file, _ = book(row, on=LATER)
    [fault] = file.all_faults
    assert (fault.row, fault.code, fault.field) == (2, code, field)
    assert any(word in fault.message for word in ("correct", "send"))
    assert rows(ordered, goods_return, "id") == []


def test_statements_do_not_grow_with_the_returns(engine):
    known = {"customer_id": a_customer(engine), "product_id": a_product(engine)}
    seen = []
    for first, count in ((0, 3), (10, 40)):
        numbers = range(first, first + count)
        for number in numbers:
            an_order(engine, no=f"O{number}", state="handed_off", **known)
        book(text=news(*(f"M{n},shipment,O{n},1,4,2026-01-05" for n in numbers)))
        text = news(*(f"R{n},return,O{n},1,2,2026-01-05" for n in numbers))
        with counted_statements(engine) as statements:
            book(text=text)
        seen.append(len(statements))
    assert seen[0] == seen[1]
    assert broken(engine) == set()


def test_what_was_announced_and_came_is_expected_no_more(ordered):
    book("M1,shipment,O1,1,6,2026-01-05,,,D1")
    coming = NewReturn(1, 1, Decimal(3), None, "scratched", "ana", ON)
    with writing(ordered) as connection:
        announce_return(connection, coming)
    book("M2,return,O1,1,2,2026-01-07", on=LATER)
    assert rows(ordered, expected_return, "qty_arrived", "state") == [(2, "open")]
    book("M3,return,O1,1,2,2026-01-07", on=LATER)
    assert rows(ordered, expected_return, "qty_arrived", "state") == [(3, "arrived")]


@pytest.mark.parametrize(("came_back", "billed"), [("2", [6, -6, 4]), ("6", [6, -6])])
def test_what_came_back_is_not_billed_anew_with_a_cancelled_invoice(
    ordered, came_back, billed
):
    book("M1,shipment,O1,1,6,2026-01-05,,,D1")
    run_directly("invoicing", on=ON)
    [(number,)] = rows(ordered, invoice, "invoice_no")
    book(f"M2,return,O1,1,{came_back},2026-01-07", on=LATER)
    said = {"by": "Ana", "reason": "typo", "on": LATER}
    credit_invoice(invoice_no=number, reason_code="price", **said)
    rebill_named(number, choice=Rebilling.RECREATE, **said)
    assert broken(ordered) == set()
    run_directly("invoicing", on=LATER)
    assert [qty for (qty,) in rows(ordered, invoice_line, "qty")] == billed
    assert broken(ordered) == set()
