"""Rows 87 and 31: an invoicing run is taken back, and its deliveries ask what next."""

import json
import os
import signal
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from adv_domain.rules.authority import BeyondAuthority
from adv_domain.store.audit import audit
from adv_domain.store.credits.undoing import Undo
from adv_domain.store.engine import reading, writing
from adv_domain.store.mail.delivery import due_mails, mark_sending
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    cancelled_invoice,
    delivery_line,
    document,
    instalment,
    invoice,
    order_line,
    outbox,
    run,
    run_undo,
    sales_order,
    task,
)
from flows.actions.confirm_run import confirm_run as confirm_form
from flows.actions.rebill import rebill as rebill_form
from flows.actions.undo_run import undo_run as undo_run_form
from flows.commands.invoice import invoice as invoice_command
from flows.commands.undo import rebill, undo_run
from flows.direct import execute, run_directly
from tasks.brake import NothingToConfirm
from tasks.credits.credit_notes import credit_invoice
from tasks.credits.rebilling import BilledAnew, Rebilling, rebill_named
from tasks.credits.undo import UndoRefused
from tasks.credits.undo import undo_run as undo
from tasks.payments.by_hand import ReceivedMoney, record_payment
from tasks.resources import now
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.killing import wait_for_batches

ON = date(2026, 1, 31)


def _shipped(engine, count, *, first=0):
    product_id = a_product(engine, f"P{first}")
    buyers = [a_customer(engine, f"C{first}{at}") for at in range(2)]
    for at in range(first, first + count):
        order_id = an_order(
            engine,
            customer_id=buyers[at % 2],
            product_id=product_id,
            no=f"O{at:04d}",
            lines=2,
        )
        a_delivery(engine, order_id)


def _rows(engine, table, *where):
    with reading(engine) as connection:
        return connection.execute(
            select(table).where(*where).order_by(*table.primary_key)
        ).all()


def _run(step="invoicing", on=ON):
    [end] = run_directly(step, on=on)
    return end.outcome


def _last_run(engine):
    with reading(engine) as connection:
        return connection.execute(
            select(func.max(run.c.id)).where(run.c.step == "invoicing")
        ).scalar_one()


def _undo(engine, run_id=None, *, choice="asked", by="Ana", on=ON, **changes):
    said = {"reason_code": "cancellation", "reason": "wrong prices"} | changes
    wish = Undo(run_id or _last_run(engine), choice=choice, by=by, on=on, **said)
    return undo(wish, execute=execute)


def _broken(engine):
    with reading(engine) as connection:
        return [
            one
            for one in audit(connection)
            if one.violations and one.name != "handed_orders_have_a_message"
        ]  # the builders ship without the handoff


def test_row_87_every_invoice_of_the_run_is_credited_once_for_one_reason(engine):
    _shipped(engine, 5)
    _run()
    other = an_order(engine, customer_id=1, product_id=1, no="OTHER")
    a_delivery(engine, other)
    first = _last_run(engine)
    _run()
    undone = _undo(engine, first)
    assert undone.outcome.done == {"credit notes": 5}
    notes = _rows(engine, invoice, invoice.c.kind == "credit_note")
    assert [one.number for one in notes] == [1, 2, 3, 4, 5]
    assert sorted(one.corrects_id for one in notes) == [1, 2, 3, 4, 5]
    assert {(one.reason_code, one.reason) for one in notes} == {
        ("cancellation", "wrong prices")
    }
    open_items = _rows(engine, instalment, instalment.c.open_amount != 0)
    assert [one.invoice_id for one in open_items] == [6]  # the other run's invoice

    again = _undo(engine, first, reason="another one", by="Bo")
    assert again.outcome.message == "nothing to do"
    assert (again.undo.reason, again.undo.by) == ("wrong prices", "Bo")
    assert len(_rows(engine, invoice, invoice.c.kind == "credit_note")) == 5
    assert len(_rows(engine, run_undo)) == 1
    assert _broken(engine) == []


def test_row_87_unsent_mails_are_stopped_and_what_left_is_told(engine, home):
    _shipped(engine, 3)
    _run()
    _run("documents")
    with writing(engine) as connection:
        connection.execute(
            update(outbox)
            .where(outbox.c.entity_id == 2)
            .values(state="sent", sent_at=now())
        )
    undone = _undo(engine)
    states = {one.entity_id: one.state for one in _rows(engine, outbox)}
    assert states == {1: "withdrawn", 2: "sent", 3: "withdrawn"}
    [left] = undone.leftovers
    assert (left.invoice_no, left.mail_state) == ("F-2026-000002", "sent")

    _run("documents")  # the credit note of the one that left goes out, no other
    mailed = {one.outbox_key: one.state for one in _rows(engine, outbox)}
    fresh = {key for key in mailed if key.startswith("credit_note:")}
    assert fresh == {f"credit_note:{left.credit_note}"}
    assert len(_rows(engine, document, document.c.kind == "pdf")) == 6
    assert _broken(engine) == []


def test_row_87_all_mails_stop_before_the_first_credit_note(engine):
    _shipped(engine, 3)
    _run()
    _run("documents")
    wish = Undo(_last_run(engine), "price", "wrong prices", "asked", "Ana", ON)
    undo(wish, execute=lambda _plan: [])  # it dies before its first batch
    assert {one.state for one in _rows(engine, outbox)} == {"withdrawn"}
    assert _rows(engine, invoice, invoice.c.kind == "credit_note") == []
    assert _undo(engine).outcome.done == {"credit notes": 3}


def test_row_87_an_invoice_without_its_pages_yet_is_never_mailed(engine):
    _shipped(engine, 2)
    _run()
    _undo(engine)
    assert _run("documents").skipped["mail: cancelled before it left"] == 4
    assert _rows(engine, outbox) == []


def test_row_87_a_mail_is_either_withdrawn_or_sent_never_both(engine):
    _shipped(engine, 2)
    _run()
    _run("documents")
    with reading(engine) as connection:
        batch = due_mails(connection, now=now(), after=0, limit=10)
    with writing(engine) as connection:
        [one] = mark_sending(connection, batch[:1], now=now(), into_folder=False)
    undone = _undo(engine)
    with writing(engine) as connection:
        begun = mark_sending(connection, batch[1:], now=now(), into_folder=False)
    assert begun == []
    assert [row.state for row in _rows(engine, outbox)] == ["sending", "withdrawn"]
    assert [left.mail_state for left in undone.leftovers] == ["sending"]
    assert one.id == batch[0].id


def test_row_87_money_received_stays_as_credit_and_is_told(engine):
    _shipped(engine, 1)
    _run()
    money = ReceivedMoney(
        customer="C00",
        amount=Decimal("72.60"),
        booked_on=ON,
        reference="cheque 1",
        invoices=("F-2026-000001",),
    )
    record_payment(money, by="Ana", reason="by post", on=ON)
    result = CliRunner().invoke(
        undo_run,
        [str(_last_run(engine)), "--by", "Ana", "--reason", "wrong", "--date", str(ON)],
    )
    assert result.exit_code == 0
    assert "72.60" in result.output
    assert "refund them or leave them for his next invoices" in result.output
    assert _broken(engine) == []


def test_row_87_the_role_must_reach_the_whole_run(engine, home):
    _shipped(engine, 3)
    _run()
    (home / "policy.toml").write_text(
        '[roles.clerk]\npeople = ["Ana"]\nlimits = { credit_note = 100 }\n'
        '[roles.head]\npeople = ["Bo"]\nlimits = { credit_note = 1000 }\n'
    )
    with pytest.raises(BeyondAuthority, match=r"217\.80: Bo \(head\)"):
        _undo(engine)
    assert _rows(engine, run_undo) == []
    assert _undo(engine, by="Bo").outcome.done == {"credit notes": 3}


def test_row_87_what_is_no_invoicing_run_is_refused_with_the_way_out(engine):
    _shipped(engine, 1)
    _run()
    _run("payments")
    last = _rows(engine, run)[-1].id
    for run_id in (last, 999):
        with pytest.raises(UndoRefused, match="adv undo-run list"):
            _undo(engine, run_id)
    with pytest.raises(UndoRefused, match="use 2026-01-31 or a later day"):
        _undo(engine, on=date(2026, 1, 30))
    with pytest.raises(UndoRefused, match="unknown; known: price"):
        _undo(engine, reason_code="mood")
    listed = CliRunner().invoke(undo_run, ["list"])
    assert "1 invoice" in listed.output and str(_last_run(engine)) in listed.output
    _run()
    with pytest.raises(UndoRefused, match="posted no invoice"):
        _undo(engine)


def test_row_87_what_was_credited_before_is_credited_no_further(engine):
    _shipped(engine, 3)
    _run()
    said = {"reason_code": "return", "reason": "back", "by": "Ana", "on": ON}
    credit_invoice(invoice_no="F-2026-000001", **said)
    credit_invoice(invoice_no="F-2026-000002", quantities={1: Decimal(1)}, **said)
    undone = _undo(engine, choice="recreate")
    assert undone.outcome.done == {"credit notes": 2}
    assert all(one.open_amount == 0 for one in _rows(engine, instalment))
    # of the second a part was credited before: a person says whether it is billed anew
    assert [
        (one.invoice_id, one.choice) for one in _rows(engine, cancelled_invoice)
    ] == [(2, "asked"), (3, "recreate")]
    assert [one.invoice_no for one in undone.asked] == ["F-2026-000002"]
    assert _broken(engine) == []


def test_row_87_statements_do_not_grow_with_the_run(engine, monkeypatch):
    monkeypatch.setenv("ADV_BATCH_SIZE", "5000")
    counts = []
    for at, count in enumerate((3, 30)):
        _shipped(engine, count, first=at * 100)
        _run()
        with counted_statements(engine) as seen:
            _undo(engine, choice="recreate")
        counts.append(len(seen))
        with writing(engine) as connection:
            connection.execute(sales_order.update().values(to_invoice=False))
    assert counts[1] <= counts[0] + 1


@pytest.mark.parametrize("kills", [4])
def test_row_87_a_killed_undoing_is_resumed_by_anyone(engine, home, monkeypatch, kills):
    _shipped(engine, 60)
    _run()
    run_id = _last_run(engine)
    progress = home / "progress.jsonl"
    environment = {**os.environ, "ADV_BATCH_SIZE": "3", "ADV_PROGRESS": str(progress)}
    program = (
        "from datetime import date; from flows.direct import execute;"
        "from adv_domain.store.credits.undoing import Undo;"
        "from tasks.credits.undo import undo_run;"
        f"undo_run(Undo({run_id}, 'price', 'typo', 'recreate', 'Ana',"
        " date(2026, 1, 31)), execute=execute)"
    )
    for at in range(1, kills + 1):
        process = subprocess.Popen([sys.executable, "-c", program], env=environment)
        wait_for_batches(progress, at * 3)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    _undo(engine, run_id, by="Bo", reason="whatever")
    notes = _rows(engine, invoice, invoice.c.kind == "credit_note")
    assert [one.number for one in notes] == list(range(1, 61))
    assert len({one.corrects_id for one in notes}) == 60
    assert {one.reason for one in notes} == {"typo"}
    assert _broken(engine) == []


def test_row_31_a_cancelled_invoice_asks_and_is_made_anew(engine):
    _shipped(engine, 1)
    _run()
    note_no = credit_invoice(
        invoice_no="F-2026-000001", reason_code="price", reason="typo", by="Ana", on=ON
    )
    assert note_no == "A-2026-000001"
    [asked] = _rows(engine, task, task.c.kind == "rebill")
    assert "--choose recreate|ignore" in asked.text
    assert _run().message == "nothing to do"  # until somebody has said so

    result = CliRunner().invoke(
        rebill,
        [
            "F-2026-000001",
            "--choose",
            "recreate",
            "--by",
            "Bo",
            "--reason",
            "right now",
        ],
    )
    assert (result.exit_code, "billed with the next run" in result.output) == (0, True)
    [order] = _rows(engine, sales_order)
    assert (order.state, order.to_invoice) == ("fulfilled", True)
    assert {one.qty_invoiced for one in _rows(engine, order_line)} == {0}
    assert _broken(engine) == []
    assert _run().done == {"invoices": 1}
    [order] = _rows(engine, sales_order)
    assert (order.state, order.to_invoice) == ("closed", False)
    assert {one.qty_invoiced for one in _rows(engine, order_line)} == {3}
    assert [one.state for one in _rows(engine, task, task.c.kind == "rebill")] == [
        "dropped"
    ]
    assert _broken(engine) == []
    with pytest.raises(BilledAnew, match="by F-2026-000002"):
        rebill_named(
            "F-2026-000001", choice=Rebilling.IGNORE, by="Bo", reason="x", on=ON
        )


def test_row_31_deliveries_ignored_by_a_persons_word_are_never_billed(engine):
    _shipped(engine, 2)
    _run()
    _undo(engine)
    assert len(_rows(engine, task, task.c.kind == "rebill")) == 2
    count = rebill_named(
        f"run:{_rows(engine, run_undo)[0].run_id}",
        choice=Rebilling.IGNORE,
        by="Bo",
        reason="a present",
        on=ON,
    )
    assert count == 2
    assert {one.ignored_reason for one in _rows(engine, delivery_line)} == {"a present"}
    assert _run().message == "nothing to do"
    assert {one.choice for one in _rows(engine, cancelled_invoice)} == {"ignore"}
    assert _broken(engine) == []


def test_row_31_a_return_of_all_goods_asks_nothing(engine):
    _shipped(engine, 1)
    _run()
    credit_invoice(
        invoice_no="F-2026-000001", reason_code="return", reason="b", by="Ana", on=ON
    )
    assert _rows(engine, cancelled_invoice) == []
    assert _rows(engine, task) == []


def test_row_87_the_forms_do_the_same(engine):
    _shipped(engine, 2)
    _run()
    run_id = _last_run(engine)
    said = {"by": "Ana", "reason": "wrong prices", "business_date": ON}
    state = undo_run_form.fn(run_id, **said)
    assert state.message == f"run {run_id}: 2 credit notes"
    state = rebill_form.fn(f"run:{run_id}", "recreate", **said)
    assert state.message == "recreate: the deliveries of 2 cancelled invoices"
    with pytest.raises(NothingToConfirm):
        confirm_form.fn(**said)


def test_row_75_the_invoice_shows_its_chain_of_credit_notes_and_proposals(engine):
    _shipped(engine, 1)
    _run()
    said = {"reason_code": "price", "reason": "typo", "by": "Ana", "on": ON}
    note_no = credit_invoice(invoice_no="F-2026-000001", **said)
    shown = CliRunner().invoke(invoice_command, ["F-2026-000001", "--json"])
    view = json.loads(shown.output)
    assert [one["invoice_no"] for one in view["credit_notes"]] == [note_no]
    assert [one["deliveries"] for one in view["cancelled"]] == ["asked"]
    assert [one["task"] for one in view["proposals"]] == ["rebill:F-2026-000001"]
    told = CliRunner().invoke(invoice_command, ["F-2026-000001"]).output
    assert f"credited by {note_no}" in told
    assert "adv rebill F-2026-000001" in told
    note = CliRunner().invoke(invoice_command, [note_no]).output
    assert "corrects F-2026-000001" in note
