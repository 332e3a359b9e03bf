"""Row 41: an order is paid in advance, lawfully, before stock is told of it."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.mail.render import mail_templates, render_mail
from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.store.advances.advance_payments import (
    Receipt,
    Standing,
    let_go,
    write_receipts,
)
from adv_domain.store.advances.advances import read_advances
from adv_domain.store.audit.advances import advance_checks
from adv_domain.store.billing.documents import document_rows
from adv_domain.store.billing.issued import issued_document
from adv_domain.store.engine import reading, writing
from adv_domain.store.orders.exposure import read_standings
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    customer,
    event,
    failure,
    instalment,
    invoice,
    invoice_charge,
    invoice_line,
    order_line,
    outbox,
    payment,
    payment_request,
    sales_order,
    task,
)
from tasks.credits.credit_notes import credit_invoice
from tests.builders import a_delivery, a_product, an_order
from tests.tasks.advance_rows import PAID_ON, an_advance, asked, money, one, rows, run


def test_row_41_stock_is_not_told_before_the_advance_is_paid(home, engine):
    order_id = an_advance(engine)
    first = run("handoff")
    assert first.done == {"payment requests": 1}
    assert first.skipped == {"awaiting payment": 1}
    request = one(engine, payment_request)
    # 30 % of 30.00 and 21 % of it
    assert (request.amount, request.state) == (Decimal("10.89"), "open")
    assert request.due_on == date(2026, 1, 15)
    # asked once, whatever runs again
    assert run("handoff").done == {}
    money(engine, "10.89", f"for {request.reference}")
    assert run("payments", PAID_ON).done["matched"] == 1
    paid = one(engine, payment_request)
    assert (paid.state, paid.paid_on) == ("paid", PAID_ON)
    assert run("handoff", PAID_ON).done["handed off"] == 1
    told = rows(
        engine,
        select(event.c.what, event.c.reason).where(
            event.c.entity == "order", event.c.entity_id == order_id
        ),
    )
    assert [what for what, _ in told][:2] == ["payment requested", "advance paid"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "is no invoice"),
        ("es", "no es una factura"),
        ("fr", "n’est pas une facture"),
    ],
)
def test_row_41_the_request_says_that_it_is_no_invoice(home, engine, language, words):
    order_id = an_advance(engine)
    with writing(engine) as connection:
        connection.execute(update(customer).values(language=language))
    run("handoff")
    mail = one(engine, outbox)
    assert (mail.entity_id, mail.outbox_key) == (order_id, "payment_request:O1:1")
    said = render_mail(
        mail_templates(),
        template=mail.template,
        languages=(mail.language,),
        context=mail.context,
    )
    assert words in said.text
    assert words in said.html
    assert one(engine, payment_request).reference in said.text
    [page] = mail.attachments
    assert (home / page).read_bytes().startswith(b"%PDF")
    # no number of the series is used up
    assert rows(engine, select(invoice)) == []


def test_row_41_a_customer_without_address_is_asked_by_a_person(home, engine):
    order_id = an_advance(engine)
    with writing(engine) as connection:
        connection.execute(update(customer).values(email=None))
    run("handoff")
    assert rows(engine, select(outbox)) == []
    told = one(engine, task)
    assert (told.entity_id, told.amount) == (order_id, Decimal("10.89"))


def test_row_41_request_money_invoice_and_deduction_in_their_lawful_order(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    assert run("invoicing", PAID_ON).done == {"advance invoices": 1}
    assert run("invoicing", PAID_ON).done == {}
    advance = one(engine, invoice)
    assert (advance.is_advance, advance.net, advance.tax, advance.gross) == (
        True,
        Decimal("9.00"),
        Decimal("1.89"),
        Decimal("10.89"),
    )
    assert one(engine, instalment).open_amount == 0
    assert one(engine, payment).unapplied_amount == 0
    with reading(engine) as connection:
        [printed] = document_rows(connection, [advance.id])
    # the day of the money is on it (Directive 2006/112/EC art. 226, 7)
    assert issued_document(printed).paid_on == PAID_ON
    a_delivery(engine, request.order_id, on=date(2026, 1, 12))
    run("invoicing", date(2026, 1, 12))
    assert run("invoicing", date(2026, 1, 12)).done == {}
    _, final = rows(engine, select(invoice).order_by(invoice.c.id))
    assert (final.net, final.tax, final.gross) == (
        Decimal("21.00"),
        Decimal("4.41"),
        Decimal("25.41"),
    )
    assert final.deducted == advance.gross
    deduction = one(engine, invoice_charge)
    assert (deduction.amount, deduction.description, deduction.advance_id) == (
        Decimal("-9.00"),
        advance.invoice_no,
        advance.id,
    )
    # both together are what the order comes to
    assert advance.gross + final.gross == Decimal("36.30")


def test_row_41_a_prepaid_order_ends_in_an_invoice_of_nothing(home, engine):
    request = asked(engine, rate="1")
    money(engine, "36.30", request.reference)
    run("payments", PAID_ON)
    a_delivery(engine, request.order_id, on=PAID_ON)
    # one night posts both: the advance first, then what deducts it
    assert run("invoicing", PAID_ON).done == {"advance invoices": 1, "invoices": 1}
    advance, final = rows(engine, select(invoice).order_by(invoice.c.id))
    assert (advance.gross, final.gross) == (Decimal("36.30"), Decimal("0.00"))
    assert final.deducted == Decimal("36.30")
    assert {row.open_amount for row in rows(engine, select(instalment))} == {0}


def test_row_41_partial_deliveries_deduct_no_more_than_they_bill(home, engine):
    request = asked(engine, rate="0.5")
    money(engine, request.amount, request.reference)
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    for day, no in ((12, "D1"), (13, "D2"), (14, "D3")):
        a_delivery(
            engine, request.order_id, on=date(2026, 1, day), qty=Decimal(1), no=no
        )
        run("invoicing", date(2026, 1, day))
    posted = rows(engine, select(invoice).order_by(invoice.c.id))
    assert [one.net for one in posted] == [
        Decimal("15.00"),
        Decimal("0.00"),
        Decimal("5.00"),
        Decimal("10.00"),
    ]
    assert sum(one.deducted for one in posted) == posted[0].gross


def test_row_41_invoices_of_two_months_share_what_was_paid_ahead(home, engine):
    """Posted by one run after skipped nights, each deducts of it, none twice."""
    request = asked(engine, rate="0.5")
    money(engine, request.amount, request.reference)
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    for no, on in enumerate((date(2026, 1, 12), date(2026, 2, 2))):
        a_delivery(engine, request.order_id, on=on, qty=Decimal(1 + no), no=f"D{no}")
    assert run("invoicing", date(2026, 2, 3)).done == {"invoices": 2}
    posted = rows(engine, select(invoice).order_by(invoice.c.id))
    assert [one.net for one in posted] == [
        Decimal("15.00"),
        Decimal("0.00"),
        Decimal("15.00"),
    ]
    assert sum(one.deducted for one in posted) == posted[0].gross
    with reading(engine) as connection:
        assert not any(one.violations for one in advance_checks(connection))


def test_row_41_money_for_a_request_that_is_paid_is_shown_to_a_person(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference, key="K0")
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    last = rows(engine, select(payment).order_by(payment.c.id))[-1]
    assert last.state == "review"
    assert last.reason.endswith("is paid already")


def test_row_41_an_order_that_changes_is_asked_for_anew(home, engine):
    request = asked(engine)
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(gross=Decimal("36.30")))
    assert run("handoff").done == {"payment requests": 1}
    old, new = rows(engine, select(payment_request).order_by(payment_request.c.id))
    assert (old.state, new.state) == ("withdrawn", "open")
    assert (new.request_no, new.reference != request.reference) == (2, True)
    # he pays what he was asked first: it is for the same order
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    old, new = rows(engine, select(payment_request).order_by(payment_request.c.id))
    assert (old.state, new.state, new.received) == (
        "withdrawn",
        "paid",
        Decimal("10.89"),
    )


def test_row_41_a_cancelled_order_is_asked_for_no_more(home, engine):
    asked(engine)
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(state="cancelled"))
    assert run("handoff").done == {"withdrawn requests": 1}
    withdrawn = one(engine, payment_request)
    assert withdrawn.state == "withdrawn"
    assert run("handoff").done == {}
    money(engine, "10.89", withdrawn.reference)
    run("payments", PAID_ON)
    assert one(engine, payment).reason.endswith("is withdrawn")


def test_row_41_an_order_that_cannot_be_priced_does_not_leave(home, engine):
    an_advance(engine, line={"unit_price": None})
    assert run("handoff").skipped == {"awaiting payment": 1}
    assert "has no agreed price" in one(engine, failure).message


def test_row_41_each_tax_rate_has_a_line_of_its_own(home, engine):
    order_id = an_advance(engine)
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
    # 9.00 at 21 % and 9.00 at 10 %
    assert request.amount == Decimal("20.79")
    money(engine, "20.79", request.reference)
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    lines = rows(engine, select(invoice_line).order_by(invoice_line.c.line_no))
    assert {(line.tax_rate, line.net) for line in lines} == {
        (Decimal("0.21"), Decimal("9.00")),
        (Decimal("0.1"), Decimal("9.00")),
    }


def standing(engine, order_id):
    """Return what the order's customer stands at: owed less what he paid ahead."""
    [head] = rows(engine, select(sales_order).where(sales_order.c.id == order_id))
    with reading(engine) as connection:
        return read_standings(connection, [head.customer_id])


def test_row_41_an_advance_counts_once_before_and_after_its_invoice(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    ahead = [("EUR", Decimal("10.89"))]
    assert [one[1:] for one in standing(engine, request.order_id).unapplied] == ahead
    run("invoicing", PAID_ON)
    known = standing(engine, request.order_id)
    assert [one[1:] for one in known.unapplied] == ahead
    assert known.open_items == []
    a_delivery(engine, request.order_id, on=PAID_ON)
    run("invoicing", PAID_ON)
    known = standing(engine, request.order_id)
    assert [one.amount for one in known.open_items] == [Decimal("25.41")]
    assert sum(one.amount for one in known.unapplied) == 0


def test_row_41_a_credited_final_invoice_gives_the_advance_back(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    a_delivery(engine, request.order_id, on=PAID_ON)
    run("invoicing", PAID_ON)
    _, final = rows(engine, select(invoice).order_by(invoice.c.id))
    credit_invoice(
        invoice_no=final.invoice_no,
        reason_code="cancellation",
        reason="wrong goods",
        by="Ana",
        on=PAID_ON,
    )
    note = rows(engine, select(invoice).order_by(invoice.c.id))[-1]
    assert (note.gross, note.deducted) == (Decimal("-25.41"), Decimal("-10.89"))
    with reading(engine) as connection:
        ahead = read_advances(connection, [request.order_id])[request.order_id]
        assert ahead.gross == Decimal("10.89")
        assert not any(check.violations for check in advance_checks(connection))


def test_row_41_the_audit_finds_a_deduction_beyond_the_advance(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    a_delivery(engine, request.order_id, on=PAID_ON)
    run("invoicing", PAID_ON)
    with writing(engine) as connection:
        connection.execute(update(invoice_charge).values(amount=Decimal("-9.01")))
    with reading(engine) as connection:
        found = {one.name: one.violations for one in advance_checks(connection)}
    assert {name: count for name, count in found.items() if count} == {
        "advances_are_never_overdrawn": 1
    }


def test_row_41_money_taken_back_is_asked_for_again(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    with writing(engine) as connection:
        [paid] = connection.execute(select(payment)).all()
        assert let_go(connection, [paid.id]) == [request.order_id]
    again = one(engine, payment_request)
    assert (again.state, again.received, again.paid_on) == ("open", 0, None)
    with writing(engine) as connection:
        # what was invoiced meanwhile stays: its invoice is open again
        write_receipts(
            connection,
            [Receipt(again.id, paid.id, again.amount, PAID_ON)],
            [Standing(again.id, again.amount, "paid", PAID_ON)],
        )
    run("invoicing", PAID_ON)
    with writing(engine) as connection:
        assert let_go(connection, [paid.id]) == []


def test_row_41_statements_do_not_grow_with_the_advances(home, engine):
    seen = []
    # the first round only leaves behind what the other two find: messages to stock
    for first, count in ((0, 2), (10, 2), (20, 12)):
        for number in range(first, first + count):
            an_advance(engine, no=f"N{number}")
        with counted_statements(engine) as statements:
            run("handoff")
        still_open = select(payment_request).where(payment_request.c.state == "open")
        for at, row in enumerate(rows(engine, still_open)):
            money(engine, row.amount, row.reference, key=f"K{first}-{at}")
        with counted_statements(engine) as more:
            run("payments", PAID_ON)
            run("invoicing", PAID_ON)
        seen.append(Counter(_table(one) for one in [*statements, *more]))
        run("handoff", PAID_ON)  # what was paid leaves, not in the next count
    names = ("payment_request", "invoice", "invoice_line", "instalment", "outbox")
    assert all(seen[1][name] for name in names)
    assert {name: seen[1][name] for name in names} == {
        name: seen[2][name] for name in names
    }


def _table(statement):
    """Return the table that a statement reads first or writes; leases are renewed by
    the clock, so that not every statement counts."""
    found = re.search(r"(?:FROM|INTO|UPDATE|COPY)\s+\"?(\w+)", statement)
    return found.group(1) if found else ""


def test_row_41_what_was_deducted_of_an_advance_is_not_credited_again(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    advance = one(engine, invoice)
    a_delivery(engine, request.order_id, on=PAID_ON)
    run("invoicing", PAID_ON)
    with pytest.raises(CreditRefused, match="net is left at 21"):
        credit_invoice(
            invoice_no=advance.invoice_no,
            reason_code="cancellation",
            reason="order cancelled",
            by="Ana",
            on=PAID_ON,
        )
