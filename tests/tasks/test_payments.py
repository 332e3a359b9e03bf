"""Money in is booked once, matched to the cent, and asked about where unclear."""

from datetime import UTC, date, datetime

import pytest

from adv_domain.store.engine import writing
from adv_domain.store.rows import counted_statements, insert_rows
from adv_domain.store.tables import (
    allocation,
    dispute,
    event,
    match_proposal,
    payment,
    series,
    task,
)
from tests.bank_files import booked, camt
from tests.builders import a_customer
from tests.receivables import (
    DAY,
    D,
    an_invoice,
    assert_money_adds_up,
    counts,
    import_,
    open_amounts,
    rows,
)

IBAN = "DE89370400440532013000"


@pytest.fixture(autouse=True)
def _series(engine):
    with writing(engine) as connection:
        insert_rows(
            connection,
            series,
            [
                {
                    "company_id": 1,
                    "kind": "invoice",
                    "fiscal_year": 2026,
                    "prefix": "F",
                    "width": 6,
                    "last_number": 0,
                }
            ],
        )


def test_a_payment_with_a_reference_settles_its_invoice(engine, tmp_path):
    customer = a_customer(engine)
    no = an_invoice(engine, customer)
    found = import_(tmp_path, booked("100.00", text=f"Pago {no}"))
    assert counts(found) == {"read": 1, "accepted": 1, "payments": 1, "matched": 1}
    assert open_amounts(engine) == [D(0)]
    [(on, evidence)] = rows(engine, allocation, "allocated_on", "evidence")
    assert (on, evidence) == (date(2026, 2, 20), f"invoice number {no}: exact amount")
    assert_money_adds_up(engine)


def test_the_same_file_and_an_overlapping_one_add_nothing(engine, tmp_path):
    no = an_invoice(engine, a_customer(engine), 1, "300.00")
    first = [booked("100.00", text=no, ref=f"B{n}") for n in range(2)]
    import_(tmp_path, *first)
    again = import_(tmp_path, *first)
    assert counts(again) == {"read": 2, "duplicate": 2}
    overlap = import_(
        tmp_path, *first, booked("100.00", text=no, ref="B9"), sid="week", name="b.xml"
    )
    assert (overlap["accepted"], overlap["duplicate"]) == (1, 2)
    assert open_amounts(engine) == [D(0)]
    assert_money_adds_up(engine)


def test_true_twins_in_one_file_are_both_money(engine, tmp_path):
    no = an_invoice(engine, a_customer(engine), 1, "300.00")
    found = import_(tmp_path, booked("100.00", text=no), booked("100.00", text=no))
    assert found["matched"] == 2
    assert open_amounts(engine) == [D("100.00")]


def test_a_statement_that_does_not_balance_books_nothing(engine, tmp_path):
    no = an_invoice(engine, a_customer(engine))
    found = import_(tmp_path, booked("100.00", text=no), closing="100.01")
    assert counts(found) == {"read": 1, "rejected": 1}
    assert found["faults"][0]["code"] == "balance_off"
    assert "0.01" in found["faults"][0]["message"]
    assert rows(engine, payment, "id") == []


def test_part_over_and_unknown_money_are_kept_apart(engine, tmp_path):
    customer = a_customer(engine, iban="DE89 3704 0044 0532 0130 00")
    part, over = an_invoice(engine, customer, 1), an_invoice(engine, customer, 2)
    found = import_(
        tmp_path,
        booked("40.00", text=part),
        booked("130.00", text=over),
        booked("7.77", text="gift"),
        booked("55.00", iban=IBAN),
        booked("-3.00", text="fees"),
    )
    assert (found["matched"], found["review"], found["unmatched"]) == (2, 1, 1)
    assert (found["payments"], found["other"]) == (4, 1)
    assert open_amounts(engine) == [D("60.00"), D(0)]
    states = rows(engine, payment, "state", "customer_id", "unapplied_amount")
    assert states == [
        ("matched", customer, D(0)),
        ("matched", customer, D("30.00")),
        ("unmatched", None, D("7.77")),
        ("review", customer, D("55.00")),
        ("other", None, D("-3.00")),
    ]
    [(invoices,)] = rows(engine, match_proposal, "invoices")
    assert invoices == [part]
    assert_money_adds_up(engine)


def test_a_foreign_currency_is_never_mixed(engine, tmp_path):
    no = an_invoice(engine, a_customer(engine), currency="USD")
    found = import_(tmp_path, booked("100.00", text=no))
    assert found["review"] == 1
    assert open_amounts(engine) == [D("100.00")]


def test_a_returned_payment_reopens_its_items_with_the_reason(engine, tmp_path):
    customer = a_customer(engine)
    no = an_invoice(engine, customer, 1, "60.00", "40.00")
    import_(tmp_path, booked("100.00", text=no, e2e="E7", iban=IBAN))
    assert open_amounts(engine) == [D(0), D(0)]
    back = booked("-100.00", e2e="E7", iban=IBAN, reason="AC04", day="2026-02-25")
    found = import_(tmp_path, back, sid="S2", name="b.xml")
    assert found["matched"] == 1
    assert open_amounts(engine) == [D("60.00"), D("40.00")]
    undone = rows(engine, allocation, "reversed_on", "reverse_reason")
    assert set(undone) == {(date(2026, 2, 25), "AC04")}
    states = rows(engine, payment, "state", "customer_id", "reverses_id")
    assert [tuple(s)[:2] for s in states] == [
        ("reversed", customer),
        ("matched", customer),
    ]
    assert_money_adds_up(engine)
    assert import_(tmp_path, back, sid="S2", name="b.xml")["accepted"] == 0
    assert_money_adds_up(engine)


def test_a_payment_and_its_return_in_one_file_cancel_out(engine, tmp_path):
    no = an_invoice(engine, a_customer(engine))
    import_(
        tmp_path,
        booked("100.00", text=no, e2e="E7"),
        booked("-100.00", e2e="E7", reason="MD06"),
    )
    assert open_amounts(engine) == [D("100.00")]
    assert_money_adds_up(engine)


def test_a_return_that_fits_two_payments_is_asked_about(engine, tmp_path):
    no = an_invoice(engine, a_customer(engine), 1, "500.00")
    import_(tmp_path, booked("100.00", text=no), booked("100.00", text=no))
    found = import_(
        tmp_path, booked("-100.00", reason="AC04", text=no), sid="S2", name="b.xml"
    )
    assert found["review"] == 1
    assert open_amounts(engine) == [D("300.00")]
    assert_money_adds_up(engine)


def test_an_early_discount_settles_and_asks_for_the_credit_note(engine, tmp_path):
    no = an_invoice(
        engine,
        a_customer(engine),
        1,
        "1210.00",
        early_until=date(2026, 2, 20),
        early_amount=D("1185.80"),
    )
    import_(tmp_path, booked("1185.80", text=no))
    assert open_amounts(engine) == [D("24.20")]
    assert rows(engine, dispute, "amount", "reason") == [(D("24.20"), "early_discount")]
    [(kind, amount, state)] = rows(engine, task, "kind", "amount", "state")
    assert (kind, amount, state) == ("credit_note", D("24.20"), "open")
    assert_money_adds_up(engine)

    # the rest is settled (here by more money): the note and the task are closed
    import_(tmp_path, booked("24.20", text=no), sid="S2", name="b.xml")
    import_(tmp_path, booked("1.00"), sid="S3", name="c.xml")
    assert rows(engine, dispute, "result") == [("settled",)]
    assert rows(engine, task, "state") == [("done",)]


def test_open_questions_are_looked_at_again_when_an_invoice_arrives(engine, tmp_path):
    from flows.direct import run_directly

    customer = a_customer(engine)
    found = import_(tmp_path, booked("100.00", text="F-2026-000005"))
    assert found["unmatched"] == 1
    an_invoice(engine, customer, 5, posted_at=datetime.now(UTC))
    [end] = run_directly("payments", on=DAY)
    assert end.outcome.done == {"matched": 1}
    assert open_amounts(engine) == [D(0)]
    [end] = run_directly("payments", on=DAY)
    assert end.outcome.message == "nothing to do"
    [(what, before, after)] = rows(engine, event, "what", "from_state", "to_state")[1:]
    assert (what, before, after) == ("matched", "unmatched", "matched")
    assert_money_adds_up(engine)


def test_statements_do_not_grow_with_the_batch(engine, tmp_path, monkeypatch):
    monkeypatch.setenv("ADV_BATCH_SIZE", "100000")
    customer = a_customer(engine, iban=IBAN)
    seen = {}
    for n in (2, 5, 40):  # the first also makes the lease
        entries = [
            booked("100.00", text=an_invoice(engine, customer, 1000 * n + i))
            for i in range(n)
        ]
        entries += [booked(f"{n}.{i:02d}", text="who") for i in range(n)]
        with counted_statements(engine) as statements:
            found = import_(tmp_path, *entries, sid=f"S{n}", name=f"{n}.xml")
        assert found["matched"] == n
        seen[n] = len(statements)
    assert seen[5] == seen[40]
    assert_money_adds_up(engine)


def test_the_inbox_is_booked_matched_and_cleared(home, engine):
    from flows.direct import run_directly

    no = an_invoice(engine, a_customer(engine))
    inbox = home / "inbox" / "bank"
    (inbox / "good.xml").write_bytes(camt(booked("100.00", text=no)))
    (inbox / "off.xml").write_bytes(camt(booked("5.00"), sid="S2", closing="5.07"))
    (inbox / "old.sta").write_bytes(b":20:REF\r\n:25:ES91\r\n")
    [end] = run_directly("payments", on=DAY)
    assert end.outcome.done == {"files": 3, "payments": 1, "matched": 1}
    told = {one.document: one.message for one in end.outcome.failed}
    assert "difference 0.07 EUR" in told["bank/off.xml"]
    assert "MT940" in told["bank/old.sta"]
    assert open_amounts(engine) == [D(0)]
    kept = {p.name for p in (home / "archive").rglob("*.*")}
    assert kept == {"good.xml", "good.xml.report.csv", "good.xml.report.html"}
    page = home / "quarantine" / DAY.isoformat() / "bank" / "off.xml.report.html"
    assert "difference 0.07 EUR" in page.read_text()
    assert list(inbox.iterdir()) == []
    [end] = run_directly("payments", on=DAY)
    assert end.outcome.message == "nothing to do"


def test_a_corrected_file_clears_the_failure(home, engine):
    from adv_domain.store.tables import failure
    from flows.direct import run_directly

    path = home / "inbox" / "bank" / "off.xml"
    path.write_bytes(camt(booked("5.00"), closing="5.07"))
    run_directly("payments", on=DAY)
    path.write_bytes(camt(booked("5.00")))
    [end] = run_directly("payments", on=DAY)
    assert end.outcome.done == {"files": 1, "payments": 1, "unmatched": 1}
    assert [
        row.resolved_at is None for row in rows(engine, failure, "resolved_at")
    ] == [False]
