"""Do entry errors that a credit note names later count back to the order's day?"""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import event, kpi_day, order_fault
from flows.direct import execute, run_directly
from tasks.conduct import conduct
from tasks.credits.credit_notes import credit_invoice
from tasks.figures.kpi_figures import figures_by_day
from tasks.figures.kpis import refresh_from
from tests.builders import _insert, a_customer, a_delivery, a_product, an_order
from tests.store.kpi_rows import a_fault, day, figures, value

RATE = "order_entry_error_rate"
LATE = "entry_errors_found_late"
D = Decimal


@pytest.fixture
def invoiced(engine):
    """Two orders of day 0, shipped and invoiced on day 5; a third came on day 1."""
    known = {"customer_id": a_customer(engine), "product_id": a_product(engine)}
    ids = [an_order(engine, no=no, lines=2, **known) for no in ("O1", "O2")]
    for order_id in ids:
        a_delivery(engine, order_id, on=day(5))
    an_order(engine, no="O3", ordered_on=day(1), **known)
    run_directly("invoicing", on=day(5))
    return ids


def credit(no, reason_code, *, on, **quantities):
    return credit_invoice(
        invoice_no=f"F-2026-{no:06d}",
        quantities={int(key[1:]): D(qty) for key, qty in quantities.items()} or None,
        reason_code=reason_code,
        reason="as the customer told us",
        by="Ana",
        on=day(on),
    )


def as_known(engine, of, *, on):
    """Return the figures of a day as they are known at the close of another."""
    with reading(engine) as connection:
        computed = figures_by_day(
            connection, first=day(of), last=day(on), currency="EUR"
        )
    return computed.by_day[day(of)]


def test_row_81_an_error_found_late_counts_on_the_day_of_its_order(engine, invoiced):
    before = figures(engine, 0)
    credit(1, "price", on=40, l1="1")
    found = as_known(engine, 0, on=40)
    assert (found[RATE].numerator, found[RATE].denominator) == (1, 2)
    assert found[f"{RATE}:price"].value == D("0.5")
    assert found[f"{RATE}:price:credit_note"].value == D("0.5")
    assert found[f"{RATE}:quantity"].value == 0
    assert found[LATE].value == found[f"{LATE}:price"].value == D("0.5")
    assert as_known(engine, 40, on=40)[RATE].value is None
    # what was known then stays what it was
    assert figures(engine, 0) == before
    assert as_known(engine, 0, on=39)[RATE].value == 0


def test_row_81_an_error_counts_once_per_order_and_type(engine, invoiced):
    _insert(engine, order_fault, a_fault(invoiced[0], "price", "price", 1))
    credit(1, "price", on=10, l1="1")  # a rule had found the type: not late
    credit(1, "quantity", on=11, l1="1")
    credit(1, "quantity", on=12, l1="1", l2="1")
    found = as_known(engine, 0, on=12)
    assert found[RATE].numerator == 1
    assert found[f"{RATE}:price"].numerator == 1
    assert found[f"{RATE}:quantity"].numerator == 1
    assert found[f"{RATE}:price:price"].numerator == 1
    assert found[f"{RATE}:price:credit_note"].numerator == 1
    assert found[LATE].numerator == found[f"{LATE}:quantity"].numerator == 1
    assert f"{LATE}:price" not in found


@pytest.mark.parametrize(
    "reason", ["return", "late_delivery", "rebate", "early_discount", "cancellation"]
)
def test_row_81_what_is_no_mistake_of_order_entry_does_not_count(
    engine, invoiced, reason
):
    credit(2, reason, on=10)
    assert as_known(engine, 0, on=10)[RATE].value == 0
    with reading(engine) as connection:
        what = select(event.c.what).where(
            event.c.entity == "order", event.c.entity_id == invoiced[1]
        )
        assert "entry error found late" not in connection.execute(what).scalars().all()


def test_row_81_the_order_tells_of_its_late_error(engine, invoiced):
    number = credit(2, "address", on=10)
    with reading(engine) as connection:
        told = connection.execute(
            select(event).where(event.c.what == "entry error found late")
        ).one()
    assert (told.entity, told.entity_id, told.actor) == ("order", invoiced[1], "Ana")
    assert told.reason == f"{number} (address): as the customer told us"


def stored(engine):
    columns = (kpi_day.c.day, kpi_day.c.name, kpi_day.c.dimension, kpi_day.c.numerator)
    with reading(engine) as connection:
        return {tuple(row) for row in connection.execute(select(*columns))}


def test_row_81_the_table_of_an_old_day_shows_what_is_known_now(engine, invoiced):
    """Refreshed every day or rebuilt once, the table is the same (invariant 46)."""
    for on in (0, 5, 20):
        run_directly("kpis", on=day(on))
    then = value(engine, RATE, 0)
    credit(1, "price", on=50)
    credit(2, "tax", on=52, l2="1")
    for on in (50, 53, 60):
        run_directly("kpis", on=day(on))
    by_days = stored(engine)
    assert (day(0), RATE, "price", 1) in by_days
    assert (day(0), LATE, "", 2) in by_days
    conduct(refresh_from(day(0)), on=day(60), execute=execute)
    assert stored(engine) == by_days
    assert value(engine, RATE, 0) == then == 0


def test_a_day_that_has_no_figures_gets_none_of_its_errors_alone(engine, invoiced):
    credit(1, "price", on=50)
    conduct(refresh_from(day(45)), on=day(60), execute=execute)
    days = {row[0] for row in stored(engine)}
    assert min(days) == day(45)


def test_row_81_explain_tells_how_late_errors_count(sqlite_home):
    from flows.cli import cli

    answer = CliRunner().invoke(cli, ["kpi", "explain", RATE, "--json"])
    note = json.loads(answer.stdout)["note"]
    assert "once per order and type" in note and "credit note" in note
    asked = ["kpi", "explain", f"{RATE}:product:unknown_product"]
    answer = CliRunner().invoke(cli, asked)
    assert "type “product” found by “unknown_product”" in answer.stdout


def test_the_form_knows_every_reason(sqlite_home):
    from typing import get_args

    from adv_domain.rules.credits.credit_reasons import BUILT_IN
    from flows.actions.form import CreditReason

    [_, field] = get_args(CreditReason)
    assert [code for code in BUILT_IN if code not in field.description] == []


def test_late_days_reach_back_twelve_weeks_and_no_further(engine, invoiced):
    run_directly("kpis", on=day(20))
    credit(1, "price", on=30)
    on = day(30) + timedelta(days=90)
    conduct(refresh_from(on), on=on, execute=execute)
    assert (day(0), RATE, "price", 0) in stored(engine)
