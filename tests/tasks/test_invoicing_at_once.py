"""Rows 28 to 30: killed, at once, rolled back: the numbers of invoices stay whole."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import func, select

from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.store.audit import audit
from adv_domain.store.billing.numbering import lock_chain, move_chain
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import chain_head, invoice, invoice_line, run, sales_order
from flows.direct import run_directly
from tasks.billing import posting
from tasks.credits.credit_notes import credit_invoice
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.killing import wait_for_batches

ON = date(2026, 1, 31)
PROGRAM = (
    "from datetime import date; from flows.direct import run_directly;"
    "run_directly('invoicing', on=date(2026, 1, 31))"
)
BATCH = "2"
WHOLE = {
    "series_without_gap",
    "series_dates_not_falling",
    "hash_chain",
    "documents_are_as_posted",
    "chain_head_is_last_document",
    "credit_notes_within_their_invoice",
    "invoiced_is_what_invoices_say",
    "to_invoice_is_what_deliveries_say",
}


def _ship(engine, count, *, customers=7, on=date(2026, 1, 5), first=0):
    product_id = a_product(engine, f"P{first}")
    buyers = [a_customer(engine, f"C{first}-{at}") for at in range(customers)]
    for at in range(first, first + count):
        order_id = an_order(
            engine,
            customer_id=buyers[at % customers],
            product_id=product_id,
            no=f"O{at:04d}",
            lines=1 + at % 2,
        )
        a_delivery(engine, order_id, on=on)


def _posted(engine):
    with reading(engine) as connection:
        rows = connection.execute(
            select(invoice.c.invoice_no, sales_order.c.order_no, invoice.c.gross)
            .join(sales_order, sales_order.c.id == invoice.c.order_id)
            .order_by(invoice.c.chain_position)
        )
        return [(one.invoice_no, one.order_no, one.gross) for one in rows]


def _undisturbed():
    """What one run does if nothing disturbs it: the dry run, by the same code."""
    [end] = run_directly("invoicing", on=ON, dry_run=True)
    return [
        (one["document"], one["orders"][0], Decimal(one["gross"]))
        for one in end.outcome.details
    ]


def _broken(engine):
    with reading(engine) as connection:
        return {one.name for one in audit(connection) if one.violations} & WHOLE


def _environment(home):
    return {
        **os.environ,
        "ADV_BATCH_SIZE": BATCH,
        "ADV_LOCK_WAIT_SECONDS": "120",
        "ADV_PROGRESS": str(home / "progress.jsonl"),
    }


def _batches(path):
    return path.read_text().count('"batch"') if path.exists() else 0


@pytest.mark.parametrize("kills", [30])
def test_row_28_killed_thirty_times_at_random_moments_ends_like_one_run(
    engine, home, monkeypatch, kills
):
    """Also row 76: the dry run had listed exactly these documents."""
    monkeypatch.setenv("ADV_BATCH_SIZE", BATCH)
    _ship(engine, 170)
    expected = _undisturbed()
    random, progress = Random(28), home / "progress.jsonl"
    for _ in range(kills):
        before = _batches(progress)
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], env=_environment(home)
        )
        wait_for_batches(progress, before + 1)
        until = time.perf_counter() + random.uniform(0, 0.02)
        while time.perf_counter() < until:
            pass
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert _broken(engine) <= {"to_invoice_is_what_deliveries_say"}
    left = len(expected) - len(_posted(engine))
    run_directly("invoicing", on=ON)
    assert left > 0, "the kills came too late to interrupt anything"
    assert _posted(engine) == expected
    assert _broken(engine) == set()
    with reading(engine) as connection:
        states = connection.execute(select(run.c.state).order_by(run.c.id)).scalars()
        assert list(states)[-1] == "completed"
    [again] = run_directly("invoicing", on=ON)
    assert again.outcome.message == "nothing to do"


@pytest.mark.parametrize("runs", [2, 4])
def test_row_29_runs_at_once_make_each_invoice_once(engine, home, monkeypatch, runs):
    monkeypatch.setenv("ADV_BATCH_SIZE", BATCH)
    _ship(engine, 40)
    expected = _undisturbed()
    started = [
        subprocess.Popen([sys.executable, "-c", PROGRAM], env=_environment(home))
        for _ in range(runs)
    ]
    assert [one.wait(timeout=180) for one in started] == [0] * runs
    assert _posted(engine) == expected
    assert _broken(engine) == set()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_row_30_numbers_and_dates_hold_under_any_interleaving(
    engine, monkeypatch, seed
):
    """Invariant 23: runs of any day, writes rolled back, and credit notes, mixed."""
    random = Random(seed)
    monkeypatch.setenv("ADV_BATCH_SIZE", "3")
    day = ON
    for at in range(8):
        _ship(engine, random.randint(1, 4), customers=2, first=at * 100)
        if random.random() < 0.5:
            _fail_once(monkeypatch)
        day = ON + timedelta(days=random.randint(-10, 10))
        run_directly("invoicing", on=day)
        _credit_any(engine, random, day)
        assert _broken(engine) == set()
    with reading(engine) as connection:
        for kind in ("invoice", "credit_note"):
            numbers = connection.execute(
                select(invoice.c.number)
                .where(invoice.c.kind == kind)
                .order_by(invoice.c.chain_position)
            ).scalars()
            listed = list(numbers)
            assert listed == list(range(1, len(listed) + 1))


def test_row_30_the_first_documents_of_a_year_at_once_wait_for_each_other(engine):
    """No row of the series is there to lock yet, nor one of the chain."""
    with ThreadPoolExecutor(4) as pool:
        heads = list(pool.map(lambda _: _chained(engine), range(4)))
    assert sorted(heads) == [0, 1, 2, 3]
    with writing(engine) as connection:
        connection.execute(chain_head.delete())
    _ship(engine, 6)
    run_directly("invoicing", on=ON)
    with ThreadPoolExecutor(6) as pool:
        ends = list(pool.map(_credited, range(1, 7)))
    assert sorted(ends) == [f"A-2026-00000{at}" for at in range(1, 7)]
    assert _broken(engine) == set()


def _chained(engine):
    with writing(engine) as connection:
        head = lock_chain(connection, 1)
        move_chain(connection, 1, replace(head, position=head.position + 1))
    return head.position


def _credited(at):
    return credit_invoice(
        invoice_no=f"F-2026-00000{at}",
        reason_code="return",
        reason="came back",
        by="Ana",
        on=ON,
    )


def _fail_once(monkeypatch):
    """Let the next posting break after its numbers were taken."""
    real, left = posting.move_chain, [1]

    def _move(*given):
        if left:
            left.pop()
            raise RuntimeError("the disk is full")
        real(*given)

    monkeypatch.setattr(posting, "move_chain", _move)


def _credit_any(engine, random, day):
    numbers = [no for no, _, gross in _posted(engine) if gross > 0]
    if not numbers:
        return
    with suppress(CreditRefused):
        credit_invoice(
            invoice_no=random.choice(numbers),
            quantities={1: Decimal(random.randint(1, 2))},
            reason_code="return",
            reason="came back",
            by="Ana",
            on=day + timedelta(days=random.randint(0, 20)),
        )


def test_row_42_credit_notes_at_once_never_exceed_a_line(engine):
    _ship(engine, 1)
    run_directly("invoicing", on=ON)

    def _credit(_):
        try:
            return credit_invoice(
                invoice_no="F-2026-000001",
                quantities={1: Decimal(2)},
                reason_code="return",
                reason="came back",
                by="Ana",
                on=ON,
            )
        except CreditRefused as refused:
            return str(refused)

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(_credit, range(4)))
    assert [one for one in ends if one.startswith("A-")] == ["A-2026-000001"]
    assert sum("line 1 has 1 left, not 2" in one for one in ends) == 3
    with reading(engine) as connection:
        back = connection.execute(
            select(func.count()).where(invoice_line.c.qty < 0)
        ).scalar_one()
    assert back == 1
    assert _broken(engine) == set()
