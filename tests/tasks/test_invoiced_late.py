"""Row 27: what the law wanted sooner is told by the run, its list, and the invoice."""

from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.rules.billing.issue_deadlines import lateness
from adv_domain.store.engine import reading
from adv_domain.store.tables import event, invoice, task
from flows.cli import cli
from flows.direct import run_directly
from tests.builders import a_customer, a_delivery, a_product, an_order

LATE = date(2026, 10, 28)
WHY = (
    "13 days after the law's last day: the law wants it invoiced by 2026-10-15, the "
    "15th of the month after"
)


def invoicing(on=LATE, **options):
    [end] = run_directly("invoicing", on=on, **options)
    assert end.error is None
    return end.outcome


def rows(engine, statement):
    with reading(engine) as connection:
        return connection.execute(statement).all()


def shipped(engine, *, customer=None, line=None, on=date(2026, 9, 25)):
    order_id = an_order(
        engine,
        customer_id=a_customer(engine, **(customer or {})),
        product_id=a_product(engine),
        line=line or {},
    )
    a_delivery(engine, order_id, on=on)
    return order_id


@pytest.mark.parametrize("issued_on", [date(2026, 10, 15), date(2026, 9, 25)])
def test_row_27_the_laws_last_day_is_in_time(issued_on):
    assert not lateness("ES", supplied_on=date(2026, 9, 25), issued_on=issued_on)


def test_row_27_one_day_late_is_told_by_the_sellers_law():
    said = lateness("FR", supplied_on=date(2026, 9, 2), issued_on=date(2026, 10, 1))
    assert said.startswith("1 day after the law's last day: ")


@pytest.mark.parametrize("schedule", ["shipment", "weekly fri", "monthly", "daily"])
def test_row_27_an_invoice_after_the_laws_last_day_says_so_everywhere(engine, schedule):
    shipped(engine, customer={"invoicing": schedule})
    [told] = invoicing(dry_run=True).details
    assert told["late"] == WHY
    outcome = invoicing()
    assert outcome.message == "1 invoice; 1 invoiced later than lawful"
    [said] = rows(engine, select(event).where(event.c.what == "invoiced late"))
    assert (said.entity, said.reason) == ("invoice", WHY)
    shown = CliRunner().invoke(cli, ["invoice", "F-2026-000001"]).output
    assert f"invoiced late, {WHY}" in shown


def test_row_27_what_is_set_aside_near_the_laws_last_day_is_a_task(engine):
    shipped(engine, line={"unit_price": None, "net": None})
    assert invoicing(date(2026, 10, 11)).failed
    assert rows(engine, select(task).where(task.c.kind == "invoice_by")) == []
    assert invoicing(date(2026, 10, 12)).waiting == 1
    [asked] = rows(engine, select(task).where(task.c.kind == "invoice_by"))
    assert "could not be invoiced" in asked.text and "2026-10-15" in asked.text
    invoicing(date(2026, 10, 13))
    assert len(rows(engine, select(task).where(task.c.kind == "invoice_by"))) == 1


def test_row_27_an_invoice_in_time_says_nothing(engine):
    shipped(engine)
    assert invoicing(date(2026, 10, 15)).done == {"invoices": 1}
    [one] = rows(engine, select(invoice))
    assert one.net == Decimal(30)
    assert "late" not in CliRunner().invoke(cli, ["invoice", one.invoice_no]).output


def test_row_76_a_moved_date_is_told_by_the_run_and_the_invoice(engine):
    shipped(engine)
    invoicing(date(2026, 10, 10))
    order_id = an_order(engine, customer_id=1, product_id=1, no="O2")
    a_delivery(engine, order_id, on=date(2026, 9, 26), no="D2")
    outcome = invoicing(date(2026, 10, 1))
    assert outcome.message == (
        "1 invoice; 1 dated 2026-10-10, the last day of that number range"
    )
    shown = CliRunner().invoke(cli, ["invoice", "F-2026-000002"]).output
    assert "dated so because the series already holds 2026-10-10" in shown
