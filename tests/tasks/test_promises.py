"""The payments step decides on promises to pay, once, and says so on the invoice."""

from datetime import date

from adv_domain.store.tables import event, promise
from flows.direct import run_directly
from tasks.payments.by_hand import ReceivedMoney, record_payment
from tasks.payments.receivables import PromiseToPay, record_promise
from tests.builders import a_customer
from tests.receivables import DAY, D, an_invoice, rows

PROMISED_ON = date(2026, 3, 10)
WHO = {"by": "Ana", "reason": "phone call", "on": DAY}


def _paid(no, amount, on):
    money = ReceivedMoney("C1", D(amount), on, invoices=(no,), reference=f"{no} {on}")
    record_payment(money, by="Ana", reason="cheque", on=on)


def _payments(on):
    [end] = run_directly("payments", on=on)
    return {
        word: count
        for word, count in end.outcome.done.items()
        if word.startswith("promises")
    }


def test_promises_end_kept_partly_or_broken(engine):
    customer_id = a_customer(engine)
    kept, partly, broken = (an_invoice(engine, customer_id, n) for n in (1, 2, 3))
    for no in (kept, partly, broken):
        record_promise(PromiseToPay(no, PROMISED_ON), **WHO)
    _paid(kept, "100.00", date(2026, 3, 9))
    _paid(partly, "30.00", date(2026, 3, 12))
    assert _payments(date(2026, 3, 12)) == {"promises kept": 1}
    # money after the last day of grace comes too late
    _paid(partly, "70.00", date(2026, 3, 13))
    _paid(broken, "100.00", date(2026, 3, 13))
    assert _payments(date(2026, 3, 13)) == {"promises partly": 1, "promises broken": 1}
    assert rows(engine, promise, "state", "decided_on") == [
        ("kept", date(2026, 3, 12)),
        ("partly", date(2026, 3, 13)),
        ("broken", date(2026, 3, 13)),
    ]
    told = [
        (row.what, row.reason)
        for row in rows(engine, event, "entity", "what", "reason")
        if row.entity == "invoice" and row.what.startswith("promise ")
    ]
    assert told == [
        ("promise kept", "100.00 was promised for 2026-03-10, 100.00 came"),
        ("promise partly", "100.00 was promised for 2026-03-10, 30.00 came"),
        ("promise broken", "100.00 was promised for 2026-03-10, 0.00 came"),
    ]


def test_a_decided_promise_is_left_alone(engine):
    no = an_invoice(engine, a_customer(engine))
    record_promise(PromiseToPay(no, PROMISED_ON), **WHO)
    assert _payments(date(2026, 3, 13)) == {"promises broken": 1}
    assert _payments(date(2026, 3, 14)) == {}


def test_money_from_before_the_promise_does_not_keep_it(engine):
    no = an_invoice(engine, a_customer(engine))
    _paid(no, "60.00", date(2026, 2, 27))
    record_promise(PromiseToPay(no, PROMISED_ON, D("40.00")), **WHO)
    assert _payments(date(2026, 3, 13)) == {"promises broken": 1}
