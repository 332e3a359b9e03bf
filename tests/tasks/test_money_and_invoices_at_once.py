"""Rows 29 and 39: money, invoices, credit notes and an undoing at once wait for each
other, and none of them for ever: one order of locks, and the last ones short."""

import os
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import func, select

from adv_domain.store.audit import audit
from adv_domain.store.credits.undoing import Undo
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import invoice, payment, payment_term
from flows.direct import execute, run_directly
from tasks.credits.credit_notes import credit_invoice
from tasks.credits.undo import undo_run
from tests.builders import NOW, a_customer, a_delivery, a_product, an_order
from tests.killing import ready_to_fork, start_doomed

D = Decimal
ON = date(2026, 2, 10)
PAID_ON = date(2026, 2, 20)
TODAY = date(2026, 3, 1)
ISSUE = '[invoicing]\nearly_discount_note = "issue"\n[brake]\non = false\n'
TERM = {
    "lines": [
        {"share": "percent_of_total", "value": "50", "due": [["add_days", 30]]},
        {"share": "remainder", "due": [["add_days", 60]]},
    ],
    "early_discount": {"percent": "2", "days": 20, "base": "gross"},
}
PAID, UNDONE, NEW = 16, 8, 16


def _orders(engine, made, names):
    """Let half of each order leave; return the orders' ids by name."""
    ids = {
        name: an_order(engine, no=name, lines=2, payment_terms=None, qty=D(100), **made)
        for name in names
    }
    for name, order_id in ids.items():
        a_delivery(engine, order_id, on=ON, qty=D(50), no=f"D{name}")
    return ids


def _numbers(engine):
    with reading(engine) as connection:
        chosen = select(invoice.c.invoice_no, invoice.c.gross).order_by(invoice.c.id)
        return connection.execute(chosen).tuples().all()


def _money(engine, owed):
    """Pay each invoice less its discount, the last one first."""
    with writing(engine) as connection:
        insert_rows(
            connection,
            payment,
            [
                {
                    "company_id": 1,
                    "kind": "bank",
                    "state": "new",
                    "entry_key": f"K{at}",
                    "booked_on": PAID_ON,
                    "amount": gross * D("0.98"),
                    "currency": "EUR",
                    "remittance": number,
                    "unapplied_amount": gross * D("0.98"),
                    "recorded_at": NOW,
                }
                for at, (number, gross) in enumerate(reversed(owed))
            ],
        )


def _run(flow):
    [end] = run_directly(flow, on=TODAY)
    assert end.outcome.failed == (), end.outcome.failed


def _undo(run_id):
    who = Undo(run_id, "price", "wrong list", "recreate", "Ana", TODAY)
    assert undo_run(who, execute=execute).outcome.failed == ()


def _credit(numbers):
    for number in numbers:
        credit_invoice(
            invoice_no=number,
            quantities={1: D(1)},
            reason_code="price",
            reason="wrong list",
            by="Ana",
            on=TODAY,
        )


@pytest.mark.parametrize("turn", [1, 2])
def test_rows_29_39_all_that_posts_at_once_ends_whole(engine, home, tmp_path, turn):
    (home / "policy.toml").write_text(ISSUE)
    row = {"code": "early", "name": "early", "definition": TERM}
    with writing(engine) as connection:
        insert_rows(connection, payment_term, [row])
    made = {
        "product_id": a_product(engine),
        "customer_id": a_customer(engine, payment_terms="early"),
    }
    paid = [f"P{at:03d}" for at in range(PAID)]
    undone = [f"U{at:03d}" for at in range(UNDONE)]
    ids = _orders(engine, made, paid)
    run_directly("invoicing", on=ON)
    owed = _numbers(engine)
    ids |= _orders(engine, made, undone)
    run_directly("invoicing", on=ON)
    with reading(engine) as connection:
        second = connection.execute(select(func.max(invoice.c.run_id))).scalar_one()
    for name, order_id in ids.items():
        # the rest leaves, so that these orders wait to be invoiced too
        a_delivery(engine, order_id, on=ON, qty=D(50), no=f"R{name}")
    _orders(engine, made, [f"N{at:03d}" for at in range(NEW)])
    _money(engine, owed)
    numbers = [number for number, _ in owed]
    environment = {
        **{name: one for name, one in os.environ.items() if name.startswith("ADV_")},
        "ADV_BATCH_SIZE": "4",
        "ADV_LOCK_WAIT_SECONDS": "120",
    }
    ready_to_fork("flows.direct", "tasks.credits.undo", "tests.builders")
    works = [
        partial(_run, "payments"),
        partial(_run, "invoicing"),
        partial(_credit, numbers[::turn]),
        partial(_credit, numbers[::-turn]),
        partial(_undo, second),
    ]
    started = [
        start_doomed(one, environment=environment, log=tmp_path / f"{at}.log")
        for at, one in enumerate(works)
    ]
    for one in started:
        one.join(120)
    assert [one.exitcode for one in started] == [0] * len(works)
    with reading(engine) as connection:
        broken = {one.name for one in audit(connection) if one.violations}
    assert broken <= {"handed_orders_have_a_message"}
