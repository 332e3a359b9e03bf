"""Row 41: what becomes of an advance in the end, and what it shows."""

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from sqlalchemy import select, update

from adv_domain.rules.payments.hand_match import MatchRefused
from adv_domain.store.audit.advances import advance_checks
from adv_domain.store.credits.undoing import Undo
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    instalment,
    invoice,
    payment,
    payment_request,
    sales_order,
    task,
)
from flows.cli import cli
from flows.direct import execute
from tasks.advances import advances
from tasks.credits.undo import undo_run
from tasks.payments.advance_by_hand import hold_as_advance
from tasks.payments.by_hand import match_payment
from tests.builders import a_delivery
from tests.tasks.advance_rows import PAID_ON, asked, money, one, rows, run


def cancelled(engine):
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(state="cancelled"))


def test_row_41_a_cancelled_orders_advance_is_credited_once(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    cancelled(engine)
    assert run("invoicing", PAID_ON).done == {"advances credited": 1}
    assert run("invoicing", PAID_ON).done == {}
    advance, note = rows(engine, select(invoice).order_by(invoice.c.id))
    assert (note.corrects_id, note.gross) == (advance.id, Decimal("-10.89"))
    assert note.reason.startswith("Order O1 was cancelled")
    # the money is the customer's credit; a person pays it back
    credit = rows(engine, select(instalment).order_by(instalment.c.id))[-1]
    assert credit.open_amount == Decimal("-10.89")
    told = one(engine, task)
    assert (told.kind, told.amount) == ("refund", Decimal("10.89"))


def test_row_41_what_was_shipped_before_the_cancellation_keeps_its_part(home, engine):
    request = asked(engine, rate="0.5")
    money(engine, request.amount, request.reference)
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    a_delivery(engine, request.order_id, on=PAID_ON, qty=Decimal(1))
    cancelled(engine)
    run("invoicing", PAID_ON)
    run("invoicing", PAID_ON)
    posted = rows(engine, select(invoice).order_by(invoice.c.id))
    assert [one.net for one in posted] == [
        Decimal("15.00"),
        Decimal("0.00"),
        Decimal("-5.00"),
    ]
    with reading(engine) as connection:
        assert not any(check.violations for check in advance_checks(connection))


def test_row_41_a_run_undone_gives_back_its_invoices_before_its_advances(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    a_delivery(engine, request.order_id, on=PAID_ON)
    run("invoicing", PAID_ON)
    _, final = rows(engine, select(invoice).order_by(invoice.c.id))
    wish = Undo(
        final.run_id, "cancellation", "wrong night", "ignore", by="Ana", on=PAID_ON
    )
    undo_run(wish, execute=execute)
    posted = rows(engine, select(invoice).order_by(invoice.c.id))
    assert [one.gross for one in posted] == [
        Decimal("10.89"),
        Decimal("25.41"),
        Decimal("-25.41"),
        Decimal("-10.89"),
    ]


def test_row_41_both_documents_say_what_they_are(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    a_delivery(engine, request.order_id, on=PAID_ON)
    run("invoicing", PAID_ON)
    run("documents", PAID_ON)
    pages = {
        path.stem: " ".join(PdfReader(path).pages[0].extract_text().split())
        for path in (home / "documents").rglob("*.pdf")
    }
    advance, final = rows(engine, select(invoice.c.invoice_no).order_by(invoice.c.id))
    [of_advance] = [text for name, text in pages.items() if advance[0] in name]
    [of_final] = [text for name, text in pages.items() if final[0] in name]
    assert "Advance invoice" in of_advance
    assert "Already paid" in of_advance
    assert "Advance payment for order O1" in of_advance
    assert f"Deducts advance invoice {advance[0]}" in of_final


def test_row_41_adv_order_shows_what_was_asked_in_advance(home, engine):
    request = asked(engine)
    shown = CliRunner().invoke(cli, ["order", "O1"]).output
    assert f"10.89 EUR  {request.reference}  due 2026-01-15" in shown
    answer = CliRunner().invoke(cli, ["order", "O1", "--json"]).output
    [told] = json.loads(answer)["payment_requests"]
    assert (told["amount"], told["state"]) == ("10.89", "open")


def by_hand(payment_id, order="O1"):
    return hold_as_advance(
        payment_id, order=order, by="Ana", reason="cheque", on=PAID_ON
    )


def test_row_41_a_person_takes_money_that_names_no_request(home, engine):
    asked(engine)
    money(engine, "10.89", "cheque")
    run("payments", PAID_ON)
    [whole] = rows(engine, select(payment))
    with pytest.raises(MatchRefused, match="no open payment request"):
        by_hand(whole.id, order="O2")
    with pytest.raises(MatchRefused, match="there is no payment 99"):
        by_hand(99)
    assert by_hand(whole.id).state == "matched"
    # a second click, and another use of it, are refused
    with pytest.raises(MatchRefused, match="no open payment request"):
        by_hand(whole.id)
    with pytest.raises(MatchRefused, match="held as the advance of order O1"):
        match_payment(whole.id, invoices=["F-1"], by="Ana", reason="x", on=PAID_ON)
    assert run("invoicing", PAID_ON).done == {"advance invoices": 1}
    assert one(engine, payment_request).paid_on == PAID_ON
    assert run("handoff", PAID_ON).done["handed off"] == 1


def test_row_41_a_run_killed_between_money_and_invoice_is_resumed(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    broken = pytest.MonkeyPatch()
    broken.setattr(advances, "allocate", _crash)
    with pytest.raises(KeyboardInterrupt):
        run("invoicing", PAID_ON)
    broken.undo()
    assert rows(engine, select(invoice)) == []
    assert run("invoicing", PAID_ON).done == {"advance invoices": 1}
    assert one(engine, invoice).number == 1


def _crash(*_, **__):
    raise KeyboardInterrupt


def test_row_41_an_advance_that_does_not_come_is_a_persons_to_ask_for(home, engine):
    request = asked(engine)
    assert request.due_on == date(2026, 1, 15)
    # what was transferred on the last day may still be on its way
    assert run("handoff", date(2026, 1, 16)).done == {}
    assert run("handoff", date(2026, 1, 17)).done == {"overdue advances told": 1}
    assert run("handoff", date(2026, 1, 18)).done == {}
    told = one(engine, task)
    assert (told.kind, told.amount, told.entity_id) == (
        "advance_overdue",
        Decimal("10.89"),
        request.order_id,
    )
    assert "asked for 10.89 EUR in advance of order O1 by 2026-01-15" in told.text
    money(engine, "10.89", request.reference)
    run("payments", date(2026, 1, 20))
    run("handoff", date(2026, 1, 20))
    assert one(engine, task).state == "dropped"


def test_row_41_of_a_part_that_came_the_rest_is_told(home, engine):
    request = asked(engine)
    money(engine, "5.00", request.reference)
    run("payments", PAID_ON)
    run("handoff", date(2026, 2, 1))
    told = one(engine, task)
    assert (told.amount, "of which 5.00 came" in told.text) == (Decimal("5.89"), True)
