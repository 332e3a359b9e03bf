"""Row 41: less than was asked, or more, in several payments; orders that change."""

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from sqlalchemy import select, update

from adv_domain.rules.payments.hand_match import MatchRefused
from adv_domain.store.advances.advance_payments import let_go
from adv_domain.store.audit.advances import advance_checks
from adv_domain.store.audit.rounding import rounding_checks
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    advance_payment,
    customer,
    instalment,
    invoice,
    invoice_charge,
    invoice_tax,
    order_line,
    outbox,
    payment,
    payment_request,
    sales_order,
    task,
)
from flows.cli import cli
from flows.commands.stock import stock
from tasks.payments.advance_by_hand import hold_as_advance
from tests.builders import a_delivery, a_product, an_order
from tests.tasks.advance_rows import PAID_ON, an_advance, asked, money, one, rows, run

D = Decimal


def change(engine, table, **values):
    with writing(engine) as connection:
        connection.execute(update(table).values(**values))


def is_sound(engine):
    with reading(engine) as connection:
        return not any(check.violations for check in advance_checks(connection))


def grosses(engine):
    return [one.gross for one in rows(engine, select(invoice).order_by(invoice.c.id))]


def test_row_41_money_short_of_the_request_is_invoiced_and_the_order_waits(
    home, engine
):
    request = asked(engine)
    money(engine, "5.00", request.reference)
    run("payments", PAID_ON)
    assert one(engine, payment).state == "matched"
    part = one(engine, payment_request)
    assert (part.state, part.received, part.paid_on) == ("open", D("5.00"), None)
    # tax is due on the day of the money, be it all of it or not
    assert run("invoicing", PAID_ON).done == {"advance invoices": 1}
    first = one(engine, invoice)
    assert (first.net, first.tax, first.gross) == (D("4.13"), D("0.87"), D("5.00"))
    assert one(engine, payment).unapplied_amount == 0
    assert run("handoff", PAID_ON).skipped == {"awaiting payment": 1}
    shown = CliRunner().invoke(cli, ["order", "O1"]).output
    assert "due 2026-01-15, 5.00 of it came" in shown

    money(engine, "5.89", request.reference, key="K2")
    run("payments", PAID_ON)
    whole = one(engine, payment_request)
    assert (whole.state, whole.received) == ("paid", D("10.89"))
    assert run("handoff", PAID_ON).done["handed off"] == 1
    run("invoicing", PAID_ON)
    assert grosses(engine) == [D("5.00"), D("5.89")]

    a_delivery(engine, request.order_id, on=PAID_ON)
    run("invoicing", PAID_ON)
    final = rows(engine, select(invoice).order_by(invoice.c.id))[-1]
    assert (final.net, final.gross, final.deducted) == (
        D("21.00"),
        D("25.41"),
        D("10.89"),
    )
    named = rows(engine, select(invoice_charge).order_by(invoice_charge.c.charge_no))
    # the oldest first, each by its number
    assert [one.amount for one in named] == [D("-4.13"), D("-4.87")]
    assert is_sound(engine)


def test_row_41_more_than_was_asked_is_held_up_to_what_the_order_comes_to(home, engine):
    request = asked(engine)
    money(engine, "40.00", request.reference)
    run("payments", PAID_ON)
    assert one(engine, payment_request).received == D("36.30")
    assert run("handoff", PAID_ON).done["handed off"] == 1
    run("invoicing", PAID_ON)
    assert grosses(engine) == [D("36.30")]
    # the rest is the customer's credit
    assert one(engine, payment).unapplied_amount == D("3.70")
    a_delivery(engine, request.order_id, on=PAID_ON)
    run("invoicing", PAID_ON)
    assert grosses(engine)[-1] == 0
    assert is_sound(engine)


def test_row_41_several_payments_of_a_night_fill_one_request(home, engine):
    request = asked(engine)
    for at, amount in enumerate(("3.00", "3.00", "4.89", "2.00")):
        money(engine, amount, request.reference, key=f"K{at}")
    run("payments", PAID_ON)
    states = rows(engine, select(payment.c.state).order_by(payment.c.id))
    assert [one.state for one in states] == ["matched"] * 3 + ["review"]
    assert one(engine, payment_request).state == "paid"
    assert run("invoicing", PAID_ON).done == {"advance invoices": 3}
    assert grosses(engine) == [D("3.00"), D("3.00"), D("4.89")]
    assert sum(one.net for one in rows(engine, select(invoice))) == D("9.00")
    assert is_sound(engine)


def test_row_41_parts_of_two_tax_rates_are_deducted_to_the_cent_over_part_shipments(
    home, engine
):
    order_id = an_advance(engine, rate="0.5")
    reduced = a_product(engine, "P-R", tax_class="reduced")
    other = an_order(
        engine,
        customer_id=one(engine, customer).id,
        product_id=reduced,
        no="O2",
        state="closed",
    )
    with writing(engine) as connection:
        connection.execute(
            update(order_line)
            .where(order_line.c.order_id == other)
            .values(order_id=order_id, line_no=2)
        )
    run("handoff")
    request = one(engine, payment_request)
    # half of 30.00 at 21 % and of 30.00 at 10 %
    assert request.amount == D("34.65")
    money(engine, "11.11", request.reference, key="K1")
    money(engine, "23.54", request.reference, key="K2")
    run("payments", PAID_ON)
    for day, no in ((12, "D1"), (13, "D2"), (14, "D3")):
        a_delivery(engine, order_id, on=date(2026, 1, day), qty=D(1), no=no)
        run("invoicing", date(2026, 1, day))
    posted = rows(engine, select(invoice).order_by(invoice.c.id))
    assert [one.gross for one in posted[:2]] == [D("11.11"), D("23.54")]
    assert sum(one.net for one in posted) == D("60.00")
    # each document rounds its own tax: the order comes to 69.30 all the same
    assert sum(one.gross for one in posted) == D("69.30")
    assert sum(one.deducted for one in posted) == request.amount
    assert is_sound(engine)


def test_row_41_what_a_smaller_order_leaves_of_its_advance_is_given_back(home, engine):
    request = asked(engine, rate="1")
    money(engine, "36.30", request.reference)
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    a_delivery(engine, request.order_id, on=PAID_ON, qty=D(1))
    # the rest is given up: two of three units
    change(engine, order_line, qty_cancelled=D(2))
    assert run("invoicing", PAID_ON).done == {"invoices": 1}
    # not before nothing more can come
    change(engine, sales_order, state="fulfilled")
    assert run("invoicing", PAID_ON).done == {"advances credited": 1}
    assert run("invoicing", PAID_ON).done == {}
    assert grosses(engine) == [D("36.30"), D("0.00"), D("-24.20")]
    note = rows(engine, select(invoice).order_by(invoice.c.id))[-1]
    assert note.reason.startswith("Order O1 came to less than was paid for it")
    told = one(engine, task)
    assert (told.kind, told.amount) == ("refund", D("24.20"))
    assert "came to less than was paid in advance" in told.text
    credit = rows(engine, select(instalment).order_by(instalment.c.id))[-1]
    assert credit.open_amount == D("-24.20")
    assert is_sound(engine)


def test_row_41_of_several_advances_only_what_is_left_is_given_back(home, engine):
    request = asked(engine, rate="1")
    money(engine, "12.10", request.reference, key="K1")
    money(engine, "24.20", request.reference, key="K2")
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    a_delivery(engine, request.order_id, on=PAID_ON, qty=D(1))
    change(engine, sales_order, state="cancelled")
    run("invoicing", PAID_ON)
    assert grosses(engine) == [D("12.10"), D("24.20"), D("0.00"), D("-24.20")]
    assert run("invoicing", PAID_ON).done == {}
    assert is_sound(engine)


def test_row_41_money_for_an_order_cancelled_before_its_invoice_is_released(
    home, engine
):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    change(engine, sales_order, state="cancelled")
    change(engine, order_line, state="cancelled", qty_cancelled=D(3))
    done = run("invoicing", PAID_ON).done
    assert done == {"advances released": 1, "withdrawn requests": 1}
    assert run("invoicing", PAID_ON).done == {}
    assert rows(engine, select(invoice)) == []
    assert one(engine, payment).unapplied_amount == D("10.89")
    told = one(engine, task)
    assert (told.kind, told.amount) == ("refund", D("10.89"))
    assert is_sound(engine)


def test_row_41_a_larger_order_is_asked_for_the_rest_of_its_share(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    # the customer orders twice as much before stock is told
    change(engine, order_line, qty=D(6))
    change(engine, sales_order, gross=D("72.60"))
    assert run("handoff", PAID_ON).done == {"payment requests": 1}
    first, second = rows(engine, select(payment_request).order_by(payment_request.c.id))
    assert (first.state, second.amount) == ("paid", D("10.89"))
    page = PdfReader(home / second.path).pages[0].extract_text()
    assert "Already paid" in page
    assert run("handoff", PAID_ON).skipped == {"awaiting payment": 1}
    money(engine, "10.89", second.reference, key="K2")
    run("payments", PAID_ON)
    assert run("handoff", PAID_ON).done["handed off"] == 1
    run("invoicing", PAID_ON)
    assert grosses(engine) == [D("10.89"), D("10.89")]
    assert is_sound(engine)


def test_row_41_a_smaller_order_that_is_paid_ahead_already_is_asked_nothing_more(
    home, engine
):
    request = asked(engine, rate="1")
    money(engine, "12.10", request.reference)
    run("payments", PAID_ON)
    change(engine, order_line, qty=D(1))
    change(engine, sales_order, gross=D("12.10"))
    again = run("handoff", PAID_ON).done
    assert again["changed orders paid ahead already"] == 1
    assert again["handed off"] == 1
    assert one(engine, payment_request).state == "paid"
    assert len(rows(engine, select(outbox))) == 1
    assert is_sound(engine)


def test_row_41_money_of_several_payments_taken_back_opens_the_request_again(
    home, engine
):
    request = asked(engine)
    money(engine, "5.00", request.reference, key="K1")
    money(engine, "5.89", request.reference, key="K2")
    run("payments", PAID_ON)
    last = rows(engine, select(payment).order_by(payment.c.id))[-1]
    with writing(engine) as connection:
        assert let_go(connection, [last.id]) == [request.order_id]
    again = one(engine, payment_request)
    assert (again.state, again.received) == ("open", D("5.00"))
    assert len(rows(engine, select(advance_payment))) == 1
    assert is_sound(engine)


def test_row_41_a_person_takes_a_part_and_a_payment_is_held_once(home, engine):
    asked(engine)
    money(engine, "5.00", "cheque")
    run("payments", PAID_ON)
    said = {"by": "Ana", "reason": "cheque", "on": PAID_ON}
    part = one(engine, payment)
    assert hold_as_advance(part.id, order="O1", **said).state == "matched"
    first = one(engine, payment_request)
    assert (first.state, first.received) == ("open", D("5.00"))
    with pytest.raises(MatchRefused, match="held as the advance of order O1 already"):
        hold_as_advance(part.id, order="O1", **said)


def arrange(*arguments):
    said = ["--by", "Ana", "--reason", "new customer", "--date", "2026-01-05"]
    return CliRunner().invoke(stock, ["arrange", "O1", *arguments, *said])


def test_row_41_one_order_is_paid_ahead_otherwise_than_its_customers(home, engine):
    request = asked(engine)
    end = arrange("--advance-percent", "50", "--json")
    assert json.loads(end.output) == {"order": "O1", "advance_rate": "0.5"}
    assert run("handoff").done == {"payment requests": 1}
    first, second = rows(engine, select(payment_request).order_by(payment_request.c.id))
    assert (first.state, second.amount) == ("withdrawn", D("18.15"))
    assert first.id == request.id
    # asked once, whatever runs again
    assert run("handoff").done == {}
    arrange("--advance-percent", "0")
    done = run("handoff").done
    assert (done["withdrawn requests"], done["handed off"]) == (1, 1)
    last = rows(engine, select(payment_request).order_by(payment_request.c.id))[-1]
    assert last.reason == "no advance is asked for any more"
    # stock knows it now
    late = arrange("--advance-percent", "50")
    assert late.exit_code == 1
    assert "stock knows order O1 already" in late.output


def test_row_41_an_order_of_a_customer_without_advance_is_asked_for_one(home, engine):
    an_advance(engine, rate="0")
    arrange("--advance-percent", "100")
    assert run("handoff").done == {"payment requests": 1}
    assert one(engine, payment_request).amount == D("36.30")


def test_row_41_a_request_for_an_order_paid_otherwise_is_withdrawn(home, engine):
    asked(engine)
    change(engine, sales_order, is_prepaid=True)
    assert run("handoff").done["withdrawn requests"] == 1
    assert one(engine, payment_request).reason == "the order was paid otherwise"


def test_row_41_the_audit_finds_money_that_no_payment_brought(home, engine):
    request = asked(engine)
    money(engine, "5.00", request.reference)
    run("payments", PAID_ON)
    assert is_sound(engine)
    change(engine, payment_request, received=D("5.01"))
    with reading(engine) as connection:
        found = {one.name: one.violations for one in advance_checks(connection)}
    assert found["requests_have_received_their_money"] == 1


def test_row_41_the_audit_allows_the_cents_that_a_part_leaves_and_no_more(home, engine):
    request = asked(engine, rate="1")
    # no base with its 21 % comes to 0.03 or to 36.27: each is a cent off
    money(engine, "0.03", request.reference, key="K1")
    money(engine, "36.27", request.reference, key="K2")
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    assert grosses(engine) == [D("0.03"), D("36.27")]
    with reading(engine) as connection:
        assert [one.violations for one in rounding_checks(connection)] == [0, 0]
    change(engine, invoice_tax, tax=invoice_tax.c.tax + D("0.10"))
    with reading(engine) as connection:
        assert [one.violations for one in rounding_checks(connection)] == [0, 2]
