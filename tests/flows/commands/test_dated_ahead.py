"""Row 37: what was posted for a day to come by mistake can be taken back."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from adv_domain.store.engine import reading
from adv_domain.store.tables import instalment, invoice, run
from flows.cli import cli
from flows.direct import run_directly
from tasks.resources import business_day, now
from tests.builders import a_customer, a_delivery, a_product, an_order

BY = ["--by", "Ana", "--reason", "a slip of the date"]


def adv(*arguments):
    result = CliRunner().invoke(cli, [str(one) for one in arguments])
    return result.exit_code, result.output


def rows(engine, statement):
    with reading(engine) as connection:
        return connection.execute(statement).all()


@pytest.fixture
def ahead(engine):
    """The day on which an invoice is dated, by a slip: a month to come."""
    today = business_day(now())
    order_id = an_order(
        engine, customer_id=a_customer(engine), product_id=a_product(engine)
    )
    a_delivery(engine, order_id, on=today)
    on = today + timedelta(days=30)
    [end] = run_directly("invoicing", on=on)
    assert end.outcome.done["invoices"] == 1
    return on


def undo_of(engine):
    wanted = select(func.max(run.c.id)).where(run.c.step == "invoicing")
    return ["undo-run", rows(engine, wanted)[0][0], *BY, "--then", "recreate"]


def note():
    return ["credit-note", "F-2026-000001", *BY, "--reason-code", "price"]


@pytest.mark.parametrize("act", ["undo", "note"])
def test_row_37_an_invoice_of_a_day_to_come_is_taken_back_as_of_that_day(
    engine, ahead, act
):
    [number] = rows(engine, select(invoice.c.invoice_no))[0]
    command = undo_of(engine) if act == "undo" else [*note()]
    command = [number if one == "F-2026-000001" else one for one in command]
    code, told = adv(*command)
    assert code == 1
    assert f"use {ahead} or a later day" in told and "--yes-future" in told
    code, told = adv(*command, "--date", ahead)
    assert code == 1
    assert "has not come yet" in told and "--yes-future" in told
    code, told = adv(*command, "--date", ahead, "--yes-future")
    assert code == 0, told
    wanted = select(invoice.c.kind, invoice.c.issued_on).order_by(invoice.c.id)
    assert [tuple(one) for one in rows(engine, wanted)] == [
        ("invoice", ahead),
        ("credit_note", ahead),
    ]
    open_items = select(instalment).where(instalment.c.open_amount != 0)
    assert rows(engine, open_items) == []
