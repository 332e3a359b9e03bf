"""A customer's history has all that happened, in order, and reads as people write."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner

from adv_domain.store.engine import reading, writing
from adv_domain.store.payments.customer_account import read_account
from adv_domain.store.payments.customer_story import read_story
from adv_domain.store.rows import counted_statements, insert_rows
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.tables import dunning_notice, outbox, payment, task
from flows.direct import run_directly
from tasks.payments.by_hand import ReceivedMoney, record_payment
from tasks.payments.receivables import (
    Complaint,
    PromiseToPay,
    open_dispute,
    record_promise,
)
from tests.bank_files import booked
from tests.builders import NOW, a_customer, a_delivery, a_product, an_order
from tests.receivables import DAY, D, an_invoice, import_, rows

LATER = DAY + timedelta(days=9)


def _adv(*arguments):
    from flows.cli import cli

    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def _remind(engine, customer_id, item_id, *, level=1, state="completed"):
    key = f"reminder {customer_id} {level}"
    mail = {
        "outbox_key": key,
        "kind": "reminder",
        "state": "sent",
        "to_address": "buyer@example.com",
        "template": "reminder_friendly",
        "language": "en",
        "context": {},
        "attachments": [],
        "message_id": f"<{key}@x>",
        "customer_id": customer_id,
        "business_date": DAY + timedelta(days=level),
        "queued_at": NOW,
        "sent_at": NOW,
    }
    notice = {
        "customer_id": customer_id,
        "instalment_id": item_id,
        "level": level,
        "policy": "default",
        "channel": "email",
        "tone": "friendly",
        "effect": "none",
        "state": state,
        "decided_on": DAY + timedelta(days=level),
        "completed_on": DAY + timedelta(days=level),
        "amount": D(1500),
        "interest": D(0),
        "fee": D(0),
        "currency": "EUR",
        "outbox_key": key,
    }
    with writing(engine) as connection:
        insert_rows(connection, outbox, [mail])
        insert_rows(connection, dunning_notice, [notice])


def _hold(engine, customer_id, product_id, no="O1"):
    order_id = an_order(
        engine, no=no, customer_id=customer_id, product_id=product_id, state="held"
    )
    held = Happening(
        "order", order_id, "held", "validation", "received", "held", "price 5 % off"
    )
    with writing(engine) as connection:
        record_events(connection, [held], business_date=LATER, now=NOW)


@pytest.fixture
def eventful(engine):
    """A customer who disputed, was reminded, promised, and whose order is held."""
    customer_id, product_id = a_customer(engine), a_product(engine)
    no = an_invoice(engine, customer_id, 1, "1500.00")
    who = {"by": "Ana", "reason": "boxes broken", "on": DAY}
    open_dispute(Complaint(no, "quality", "Jo", D("4.50")), **who)
    _remind(engine, customer_id, 1)
    promised_on = LATER + timedelta(days=9)
    record_promise(
        PromiseToPay(no, promised_on, D(100)), by="Ana", reason="by phone", on=LATER
    )
    _hold(engine, customer_id, product_id)
    other = a_customer(engine, "C2")
    _hold(engine, other, product_id, no="O2")
    return engine


def test_the_timeline_tells_reminders_mails_holds_disputes_and_promises(eventful):
    told = json.loads(_adv("customer", "C1", "--json"))["timeline"]
    lines = [(one["on"], one["of"], one["what"], one["reason"]) for one in told]
    reminded_on = (DAY + timedelta(days=1)).isoformat()
    no = "invoice F-2026-000001"
    assert sorted(lines) == sorted(
        [
            (DAY.isoformat(), no, "disputed 4.50 EUR", "quality: boxes broken"),
            (reminded_on, no, "reminder level 1 by email: completed", "1500.00 EUR"),
            (reminded_on, "mail reminder", "to buyer@example.com: sent", None),
            (LATER.isoformat(), "order O1", "held", "price 5 % off"),
            (
                LATER.isoformat(),
                no,
                f"promised 100.00 EUR by {LATER + timedelta(days=9)}",
                "by phone",
            ),
        ]
    )
    days = [one["on"] for one in told]
    assert days == sorted(days)
    screen = _adv("customer", "C1")
    assert f"{LATER}  order O1: held by validation (price 5 % off)" in screen
    assert "O2" not in screen


def test_the_timeline_takes_a_constant_number_of_statements(eventful):
    def counted():
        with reading(eventful) as connection:
            account = read_account(connection, 1)
            with counted_statements(eventful) as seen:
                assert read_story(connection, 1, account=account)
        return len(seen)

    before = counted()
    for n in range(2, 12):
        no = an_invoice(eventful, 1, n, "20.00")
        open_dispute(Complaint(no, "price", "Jo"), by="A", reason="x", on=DAY)
        _remind(eventful, 1, 1, level=n, state="withdrawn")
        _hold(eventful, 1, 1, no=f"H{n}")
    assert counted() == before


def test_amounts_on_screens_are_those_of_the_currency_and_grouped(engine, tmp_path):
    no = an_invoice(engine, a_customer(engine), 1, "1234.50")
    import_(tmp_path, booked("1239.38", text=no))
    record_payment(ReceivedMoney("C1", D(2000), DAY), by="Ana", reason="cheque", on=DAY)
    [reason, _cheque] = [row.reason for row in rows(engine, payment, "reason")]
    assert reason.endswith("overpaid by 4.88")
    assert "2,004.88" in _adv("customer", "list")
    assert "1,239.38 EUR" in _adv("customer", "C1")
    assert " 2,000.00 EUR unmatched" in _adv("review", "list")


def test_the_task_of_an_early_discount_has_the_digits_of_its_currency(engine, tmp_path):
    early = {"early_until": DAY, "early_amount": D("98.00")}
    no = an_invoice(engine, a_customer(engine), 1, **early)
    import_(tmp_path, booked("98.00", text=no))
    [(text,)] = rows(engine, task, "text")
    assert text == (
        f"credit 2.00 EUR early-payment discount of {no}: "
        f"adv credit-note {no} --amount 2.00 --reason-code early_discount "
        "--reason WHY --by NAME"
    )
    [(reason,)] = rows(engine, payment, "reason")
    assert reason.endswith("early-payment discount of 2.00")


def test_an_old_invoice_shows_no_empty_words(engine):
    no = an_invoice(engine, a_customer(engine), 1, rf_reference=None)
    told = _adv("invoice", no)
    assert "None" not in told
    assert "order" not in told


def test_the_lines_of_an_invoice_read_as_they_are_printed(engine):
    order_id = an_order(
        engine,
        customer_id=a_customer(engine),
        product_id=a_product(engine),
        line={
            "description": "Oak chair",
            "unit_price": Decimal("9.5"),
            "discount_rate": Decimal("0.125"),
        },
    )
    plain = an_order(
        engine,
        no="O2",
        customer_id=1,
        product_id=1,
        line={"description": "Oil", "unit": "XYZ", "unit_price": Decimal("1.0625")},
    )
    a_delivery(engine, order_id)
    a_delivery(engine, plain, no="D2")
    run_directly("invoicing", on=DAY)
    told = _adv("invoice", "F-2026-000001")
    assert "3 pcs Oak chair at 9.50 less 12.5%: 24.94" in told
    assert "order O1" in told
    assert "3 XYZ Oil at 1.0625: 3.19" in _adv("invoice", "F-2026-000002")
