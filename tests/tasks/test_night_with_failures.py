"""Five customers cannot be invoiced: the night does the rest and says who and why."""

from datetime import date

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import failure, invoice, run, sales_order
from flows.direct import run_directly
from tasks.intake.step import import_file
from tests.builders import a_customer, a_delivery, a_product, an_order

ON = date(2026, 1, 31)
BAD = ("C03", "C08", "C09", "C15", "C20")
BAD_ORDERS = [f"O{code}" for code in BAD]
ORDERS = 22
RATE = "territory,category,rate_percent,valid_from\nES,unrated,7,2020-01-01\n"


@pytest.fixture
def shipped(engine, monkeypatch):
    """22 customers with a shipped order each; five are of a category without rate."""
    monkeypatch.setenv("ADV_BATCH_SIZE", "4")
    product_id = a_product(engine)
    for at in range(1, ORDERS + 1):
        code = f"C{at:02d}"
        category = "unrated" if code in BAD else "standard"
        buyer = a_customer(engine, code, tax_category=category)
        order_id = an_order(
            engine, customer_id=buyer, product_id=product_id, no=f"O{code}"
        )
        a_delivery(engine, order_id)


def test_the_others_are_invoiced_and_the_five_are_named(shipped, engine):
    night = _night()
    invoicing = night["invoicing"]
    assert invoicing.is_failed
    assert invoicing.outcome.done == {"invoices": ORDERS - 5}
    assert [one.document for one in invoicing.outcome.failed] == BAD_ORDERS
    assert {one.code for one in invoicing.outcome.failed} == {"missing_tax_rate"}
    for order_no in BAD_ORDERS:
        assert f"{order_no}: no tax rate for category unrated" in (
            invoicing.outcome.message
        )
    others = [step for step, end in night.items() if end.is_failed or end.kept_by]
    assert others == ["invoicing"]
    assert night["documents"].outcome.done["documents"] == ORDERS - 5
    assert _last_state(engine) == "failed"


def test_an_unchanged_cause_waits_and_a_mended_one_is_invoiced(
    shipped, engine, tmp_path
):
    _night()
    again = _night()["invoicing"]
    assert (again.is_failed, again.outcome.waiting) == (False, 5)
    assert again.outcome.message == "5 waiting"
    assert _last_state(engine) == "completed"
    before = set(_invoiced(engine))

    rates = tmp_path / "rates.csv"
    rates.write_text(RATE, encoding="utf-8")
    assert import_file("tax_rates", rates, on=ON).accepted == 1
    mended = _night()["invoicing"]
    assert (mended.outcome.done, mended.is_failed) == ({"invoices": 5}, False)
    assert sorted(set(_invoiced(engine)) - before) == BAD_ORDERS
    assert sorted(_invoiced(engine).values()) == list(range(1, ORDERS + 1))
    assert all(row.resolved_at for row in _rows(engine, select(failure)))

    last = _night()["invoicing"]
    assert last.outcome.message == "nothing to do"
    assert len(_invoiced(engine)) == ORDERS


def _night():
    return {end.step: end for end in run_directly("nightly", on=ON)}


def _rows(engine, statement):
    with reading(engine) as connection:
        return connection.execute(statement).all()


def _invoiced(engine):
    """Order number → number of its invoice."""
    found = _rows(
        engine,
        select(sales_order.c.order_no, invoice.c.number).join(
            invoice, invoice.c.order_id == sales_order.c.id
        ),
    )
    return {row.order_no: row.number for row in found}


def _last_state(engine):
    rows = _rows(
        engine,
        select(run.c.state).where(run.c.step == "invoicing").order_by(run.c.id.desc()),
    )
    return rows[0].state
