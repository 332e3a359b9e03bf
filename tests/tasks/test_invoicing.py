"""Invoicing: every billable quantity once, numbers without gap, failures set aside."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from adv_domain.rules.billing.chain import text_hash
from adv_domain.settings import read_settings
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements, insert_rows
from adv_domain.store.tables import (
    delivery_line,
    failure,
    instalment,
    invoice,
    invoice_line,
    order_line,
    sales_order,
    tax_rate,
)
from flows.direct import run_directly
from tasks import resources as tasks_resources
from tests.builders import a_customer, a_delivery, a_product, an_order

ON = date(2026, 1, 31)


def _shipped(engine, *, count, customers=1, lines=1, **customer):
    product_id = a_product(engine)
    buyers = [a_customer(engine, f"C{at}", **customer) for at in range(customers)]
    for at in range(count):
        order_id = an_order(
            engine,
            customer_id=buyers[at % customers],
            product_id=product_id,
            no=f"O{at:04d}",
            lines=lines,
        )
        a_delivery(engine, order_id)


def _run(on=ON):
    [end] = run_directly("invoicing", on=on)
    return end.outcome


def _rows(engine, statement):
    with reading(engine) as connection:
        return connection.execute(statement).all()


def test_a_shipped_order_is_invoiced_once_with_its_terms(engine):
    # Portugal lets the parties agree on 60 days from the invoice, Spain would not
    _shipped(engine, count=1, lines=2, payment_terms="two_halves", country="PT")
    with writing(engine) as connection:
        connection.execute(sales_order.update().values(payment_terms=None))
    assert _run().done == {"invoices": 1}
    [posted] = _rows(engine, select(invoice))
    assert posted.invoice_no == "F-2026-000001"
    assert (posted.net, posted.tax, posted.gross) == (
        Decimal("60.000"),
        Decimal("12.600"),
        Decimal("72.600"),
    )
    assert posted.buyer["name"] == "Customer C0"
    assert [
        (row.due_on, row.amount)
        for row in _rows(engine, select(instalment).order_by(instalment.c.id))
    ] == [
        (date(2026, 3, 2), Decimal("36.300")),
        (date(2026, 4, 1), Decimal("36.300")),
    ]
    [order] = _rows(engine, select(sales_order))
    assert (order.state, order.to_invoice) == ("closed", False)
    assert _run().message == "nothing to do"


def test_a_part_delivery_leaves_the_exact_rest_open(engine):
    _shipped(engine, count=0)
    order_id = an_order(engine, customer_id=1, product_id=1)
    a_delivery(engine, order_id, qty=Decimal(1), no="D1")
    assert _run().done == {"invoices": 1}
    a_delivery(engine, order_id, qty=Decimal(2), no="D2")
    assert _run().done == {"invoices": 1}
    [line] = _rows(engine, select(order_line))
    assert line.qty_invoiced == Decimal(3)
    nets = [row.net for row in _rows(engine, select(invoice).order_by(invoice.c.id))]
    assert nets == [Decimal("10.000"), Decimal("20.000")]


def test_an_order_without_tax_rate_waits_and_the_others_are_invoiced(engine):
    _shipped(engine, count=8, customers=4)
    a_customer(engine, "BAD", tax_category="unheard_of")
    bad_id = an_order(engine, customer_id=5, product_id=1, no="BAD")
    a_delivery(engine, bad_id)

    first = _run()
    assert first.done == {"invoices": 8}
    [failed] = first.failed
    assert failed.document == "BAD"
    assert "no tax rate for category unheard_of" in failed.message

    second = _run()
    assert (second.waiting, second.failed) == (1, ())
    assert second.message == "1 waiting"

    with writing(engine) as connection:
        insert_rows(
            connection,
            tax_rate,
            [
                {
                    "territory": "ES",
                    "category": "unheard_of",
                    "rate": Decimal("0.07"),
                    "vat_code": "S",
                    "valid_from": date(2020, 1, 1),
                }
            ],
        )
    assert _run().done == {"invoices": 1}
    numbers = [
        row.number for row in _rows(engine, select(invoice).order_by(invoice.c.id))
    ]
    assert numbers == list(range(1, 10))
    [mended] = _rows(engine, select(failure))
    assert mended.resolved_at is not None
    assert _run().message == "nothing to do"


def test_a_write_that_fails_isolates_its_document(engine):
    _shipped(engine, count=5)
    with writing(engine) as connection:
        connection.execute(
            order_line.update()
            .where(order_line.c.order_id == 3)
            .values(unit_price=Decimal("999999999999"), qty=Decimal("999999999"))
        )
        connection.execute(
            delivery_line.update()
            .where(delivery_line.c.order_id == 3)
            .values(qty=Decimal("999999999"))
        )
    outcome = _run()
    assert outcome.done == {"invoices": 4}
    assert [one.document for one in outcome.failed] == ["O0002"]
    numbers = [
        row.number for row in _rows(engine, select(invoice).order_by(invoice.c.id))
    ]
    assert numbers == [1, 2, 3, 4]


def test_a_day_before_the_last_of_the_series_moves_up_and_says_why(engine):
    _shipped(engine, count=1)
    _run(date(2026, 1, 31))
    order_id = an_order(engine, customer_id=1, product_id=1, no="LATE")
    a_delivery(engine, order_id)
    _run(date(2026, 1, 20))
    [late] = _rows(engine, select(invoice).where(invoice.c.number == 2))
    assert late.issued_on == date(2026, 1, 31)
    assert "already holds 2026-01-31" in late.date_reason


def test_row_76_a_dry_run_posts_nothing_and_lists_the_same(engine):
    _shipped(engine, count=3)
    [end] = run_directly("invoicing", on=ON, dry_run=True)
    assert len(end.outcome.details) == 3
    assert _rows(engine, select(func.count()).select_from(invoice)) == [(0,)]
    assert _run().done == {"invoices": 3}


def test_statements_do_not_grow_with_the_batch(engine, monkeypatch):
    monkeypatch.setenv("ADV_BATCH_SIZE", "5000")
    counts = []
    _shipped(engine, count=60, customers=3)
    for most in (10, 50):
        with writing(engine) as connection:
            first = connection.execute(
                text("select min(id) from sales_order where to_invoice")
            ).scalar()
            connection.execute(
                sales_order.update()
                .where(sales_order.c.id >= first)
                .values(to_invoice=sales_order.c.id < first + most)
            )
        reads = []
        monkeypatch.setattr(
            tasks_resources,
            "read_settings",
            lambda given, reads=reads: reads.append(1) or read_settings(given),
        )
        with counted_statements(engine) as seen:
            assert _run().done == {"invoices": most}
        counts.append((len(seen), len(reads)))
        with writing(engine) as connection:
            connection.execute(
                sales_order.update()
                .where(sales_order.c.state == "fulfilled")
                .values(to_invoice=True)
            )
    # neither statements nor looks at the settings grow with the orders
    assert counts[1][0] <= counts[0][0]
    assert counts[1][1] <= counts[0][1]


@pytest.mark.parametrize("kills", [3])
def test_a_run_killed_at_any_moment_is_resumed_to_the_same_end(
    engine, home, monkeypatch, kills
):
    _shipped(engine, count=120, customers=7, lines=2)
    environment = {
        **os.environ,
        "ADV_BATCH_SIZE": "5",
        "ADV_PROGRESS": str(home / "progress.jsonl"),
    }
    program = (
        "from datetime import date; from flows.direct import run_directly;"
        "run_directly('invoicing', on=date(2026, 1, 31))"
    )
    for at in range(1, kills + 1):
        process = subprocess.Popen([sys.executable, "-c", program], env=environment)
        _wait_for_batches(home / "progress.jsonl", at * 4)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    monkeypatch.setenv("ADV_BATCH_SIZE", "5")
    _run()
    posted = _rows(engine, select(invoice).order_by(invoice.c.chain_position))
    assert [row.number for row in posted] == list(range(1, 121))
    orders = [row.order_id for row in posted]
    assert orders == sorted(set(orders))
    assert len(orders) == 120
    previous = ""
    for row in posted:
        assert row.previous_hash == previous
        assert row.hash == text_hash(row.record)
        previous = row.hash
    assert _rows(engine, select(func.count()).select_from(invoice_line)) == [(240,)]


def _wait_for_batches(path, count):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if path.exists() and path.read_text().count('"batch"') >= count:
            return
        time.sleep(0.005)
    raise AssertionError("the run made no progress")


def test_goods_of_a_later_day_wait_for_the_close_of_their_own(engine):
    order_id = an_order(
        engine,
        customer_id=a_customer(engine),
        product_id=a_product(engine),
        qty=Decimal(5),
    )
    a_delivery(engine, order_id, on=date(2026, 2, 2), qty=Decimal(2), no="LATE")
    waiting = _run()
    assert (waiting.done, waiting.skipped) == ({}, {"shipped_later": 1})

    a_delivery(engine, order_id, on=date(2026, 1, 30), qty=Decimal(3), no="DUE")
    assert _run().done == {"invoices": 1}
    assert _rows(engine, select(invoice_line.c.qty)) == [(Decimal(3),)]
    [order] = _rows(engine, select(sales_order))
    assert (order.to_invoice, order.state != "closed") == (True, True)

    assert _run(on=date(2026, 2, 2)).done == {"invoices": 1}
    supplied = _rows(
        engine,
        select(invoice.c.issued_on, invoice.c.supplied_on).order_by(invoice.c.id),
    )
    assert all(row.supplied_on <= row.issued_on for row in supplied)
    assert _run(on=date(2026, 2, 2)).message == "nothing to do"


def test_row_76_a_dry_run_lists_each_document_and_each_order_left_out(
    engine, monkeypatch
):
    """By the code that posts: the real run makes exactly these, in several batches."""
    monkeypatch.setenv("ADV_BATCH_SIZE", "3")
    _shipped(engine, count=8, customers=3)
    bad = a_customer(engine, "BAD", tax_category="unheard_of")
    a_delivery(engine, an_order(engine, customer_id=bad, product_id=1, no="BAD"))
    late = an_order(engine, customer_id=1, product_id=1, no="LATE")
    a_delivery(engine, late, on=date(2026, 2, 20))
    [end] = run_directly("invoicing", on=ON, dry_run=True)
    left_out = {
        one["order"]: one["not_invoiced"]
        for one in end.outcome.details
        if "order" in one
    }
    assert left_out["LATE"] == "shipped_later"
    assert "unheard_of" in left_out["BAD"]
    assert _rows(engine, select(func.count()).select_from(invoice)) == [(0,)]
    assert _run().done == {"invoices": 8}
    posted = _rows(engine, select(invoice).order_by(invoice.c.number))
    names = {one.id: one.order_no for one in _rows(engine, select(sales_order))}
    assert [
        (one["document"], one["orders"], Decimal(one["gross"]))
        for one in end.outcome.details
        if "document" in one
    ] == [(one.invoice_no, [names[one.order_id]], one.gross) for one in posted]
