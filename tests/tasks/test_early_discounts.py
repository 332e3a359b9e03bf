"""Row 39 and 42: a conditional discount that was taken gets its credit note, once."""

from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.store.audit import audit
from adv_domain.store.credits.undoing import Undo
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements, insert_rows
from adv_domain.store.tables import (
    closed_period,
    dispute,
    event,
    instalment,
    invoice,
    payment_term,
    task,
)
from flows.commands.invoice import invoice as invoice_command
from flows.direct import execute, run_directly
from tasks.credits.credit_notes import credit_amount
from tasks.credits.undo import undo_run
from tasks.payments.by_hand import (
    ReceivedMoney,
    match_payment,
    record_payment,
    unmatch_payment,
)
from tests.bank_files import booked
from tests.builders import NOW, a_customer, a_delivery, a_product, an_order
from tests.receivables import import_, open_amounts

D = Decimal
ON = date(2026, 2, 10)
PAID_ON = date(2026, 3, 1)
ISSUE = '[invoicing]\nearly_discount_note = "issue"\n'
TERM = {
    "lines": [
        {"share": "percent_of_total", "value": "50", "due": [["add_days", 30]]},
        {"share": "remainder", "due": [["add_days", 60]]},
    ],
    "early_discount": {"percent": "2", "days": 20, "base": "gross"},
}
WHO = {"by": "Ana", "reason": "seen on the statement", "on": PAID_ON}


@pytest.fixture
def posted(engine, home):
    """Two invoices of 1,000.00 + 210.00: 1,185.80 settle one until 2 March."""
    (home / "policy.toml").write_text(ISSUE)
    row = {"code": "early", "name": "early", "definition": TERM}
    with writing(engine) as connection:
        insert_rows(connection, payment_term, [row])
    product_id = a_product(engine)
    customer_id = a_customer(engine, payment_terms="early", language="es")
    for at in (1, 2):
        order_id = an_order(
            engine,
            customer_id=customer_id,
            product_id=product_id,
            no=f"O{at}",
            payment_terms=None,
            qty=D(100),
        )
        a_delivery(engine, order_id, on=ON, no=f"D{at}")
    run_directly("invoicing", on=ON)
    return engine


def rows(engine, table, *columns):
    chosen = [table.c[name] for name in columns]
    with reading(engine) as connection:
        found = connection.execute(select(*chosen).order_by(table.c.id))
        return [tuple(row) for row in found]


def notes(engine):
    found = rows(engine, invoice, "kind", "net", "tax", "gross", "reason_code")
    return [row[1:] for row in found if row[0] == "credit_note"]


def broken(engine):
    with reading(engine) as connection:
        found = {one.name for one in audit(connection) if one.violations}
    return found - {"handed_orders_have_a_message"}  # builders ship without it


def paid(tmp_path, *amounts, day="2026-02-20", name="a.xml", no="F-2026-000001"):
    entries = [booked(one, text=no, day=day) for one in amounts]
    return import_(tmp_path, *entries, name=name, sid=name, on=PAID_ON)


WORKED = (D(-20), D("-4.2"), D("-24.2"), "early_discount")


def test_row_39_the_worked_example_gets_its_note_with_the_payment(posted, tmp_path):
    """rules-of-the-trade.md B.2: paid 1,185.80, credit note 20.00 + 4.20."""
    assert paid(tmp_path, "1185.80")["matched"] == 1
    assert notes(posted) == [WORKED]
    assert open_amounts(posted) == [0, 0, D(605), D(605), 0]
    assert rows(posted, task, "kind") == rows(posted, dispute, "id") == []
    [reason] = [row[0] for row in rows(posted, invoice, "reason") if row[0] is not None]
    assert reason == "Descuento aplicado en el pago hecho dentro de plazo"
    assert ("credited",) in rows(posted, event, "what")
    assert broken(posted) == set()


def test_row_39_another_credit_note_does_not_answer_the_question(
    posted, home, tmp_path
):
    (home / "policy.toml").write_text("")
    paid(tmp_path, "1185.80")
    given = {"invoice_no": "F-2026-000001", "by": "Ana", "on": PAID_ON}
    credit_amount(amount=D("121"), reason_code="price", reason="dear", **given)
    paid(tmp_path, "1.00", name="b.xml", no="nothing known")
    # the note took the rest that waited; the customer is still owed his discount
    assert [row[0] for row in rows(posted, task, "state")] == ["open"]
    assert rows(posted, dispute, "closed_on") == [(None,)]
    amount = D("24.20")
    credit_amount(amount=amount, reason_code="early_discount", reason="paid", **given)
    paid(tmp_path, "2.00", name="c.xml", no="nothing known either")
    assert [row[0] for row in rows(posted, task, "state")] == ["done"]
    assert rows(posted, dispute, "closed_on") == [(PAID_ON,)]
    assert broken(posted) == set()


def test_row_39_by_default_a_person_is_asked_and_then_nobody_twice(
    posted, home, tmp_path
):
    (home / "policy.toml").write_text("")
    paid(tmp_path, "1185.80")
    assert notes(posted) == []
    [(kind, text, state)] = rows(posted, task, "kind", "text", "state")
    assert (kind, state) == ("credit_note", "open")
    assert "--amount 24.20 --reason-code early_discount" in text
    asked = {
        "invoice_no": "F-2026-000001",
        "amount": D("24.20"),
        "reason_code": "early_discount",
        "reason": "agreed",
        "by": "Ana",
        "on": PAID_ON,
    }
    credit_amount(**asked)
    with pytest.raises(CreditRefused, match=r"0\.00 of its early-payment discount"):
        credit_amount(**asked)
    (home / "policy.toml").write_text(ISSUE)
    paid(tmp_path, "1.00", name="b.xml", no="nothing known")
    assert notes(posted) == [WORKED]
    assert rows(posted, task, "state") == [("done",)]


def test_row_39_late_or_short_takes_no_discount(posted, tmp_path):
    paid(tmp_path, "1185.80", day="2026-03-03")
    paid(tmp_path, "1185.00", name="b.xml", no="F-2026-000002")
    assert notes(posted) == []
    assert rows(posted, task, "kind") == []
    assert sum(open_amounts(posted)) == D("24.20") + D("25.00")


def test_row_39_a_second_run_and_the_same_file_again_credit_nothing_more(
    posted, tmp_path
):
    paid(tmp_path, "1185.80")
    paid(tmp_path, "1185.80")  # the same file
    run_directly("payments", on=PAID_ON)
    assert notes(posted) == [WORKED]


def test_row_39_a_payment_taken_back_leaves_the_note_and_tells_a_person(
    posted, tmp_path
):
    paid(tmp_path, "1185.80")
    back = booked("-1185.80", reason="AC04", text="F-2026-000001", day="2026-02-25")
    import_(tmp_path, back, sid="S2", name="b.xml", on=PAID_ON)
    assert notes(posted) == [WORKED]
    assert sum(open_amounts(posted)[:2]) == D("1185.80")
    assert rows(posted, task, "kind", "state") == [("unearned_discount", "open")]
    shown = CliRunner().invoke(invoice_command, ["F-2026-000001"]).output
    assert "A-2026-000001 credited an early-payment discount whose payment" in shown
    # paid again in time: settled to the cent, no second discount
    paid(tmp_path, "1185.80", name="c.xml", day="2026-03-01")
    assert notes(posted) == [WORKED]
    assert open_amounts(posted)[:2] == [0, 0]
    assert broken(posted) == set()


def test_row_39_a_person_who_matches_a_payment_in_time_gives_the_discount_too(posted):
    money = ReceivedMoney("C1", D("1185.80"), date(2026, 2, 20), reference="CHQ 1")
    done = record_payment(money, **WHO)
    match_payment(done.payment_id, invoices=["F-2026-000002"], **WHO)
    assert notes(posted) == [WORKED]
    assert open_amounts(posted)[2:] == [0, 0, 0]
    unmatch_payment(done.payment_id, **WHO)
    match_payment(done.payment_id, invoices=["F-2026-000002"], **WHO)
    assert notes(posted) == [WORKED]
    assert open_amounts(posted)[2:] == [0, 0, 0]
    assert rows(posted, task, "kind", "state") == [("unearned_discount", "open")]


def test_row_87_undoing_the_run_credits_what_the_discount_left(posted, tmp_path):
    paid(tmp_path, "1185.80")
    [[run_id]] = {tuple(row) for row in rows(posted, invoice, "run_id") if row[0] == 1}
    undo_run(
        Undo(run_id, "cancellation", "wrong prices", "ignore", "Ana", PAID_ON),
        execute=execute,
    )
    assert sum(row[0] for row in rows(posted, invoice, "gross")) == 0
    assert broken(posted) == set()


def test_row_39_in_a_closed_period_a_person_is_asked_and_told_why(posted, tmp_path):
    closing = {
        "company_id": 1,
        "first_on": date(2026, 3, 1),
        "last_on": date(2026, 3, 31),
        "closed_by": "Ana",
        "closed_at": NOW,
    }
    with writing(posted) as connection:
        insert_rows(connection, closed_period, [closing])
    paid(tmp_path, "1185.80")
    assert notes(posted) == []
    [(text,)] = rows(posted, task, "text")
    assert "not credited by itself: 2026-03-01 lies in a closed period" in text
    assert rows(posted, dispute, "reason") == [("early_discount",)]


def test_row_39_both_invoices_in_one_payment_get_a_note_each(posted, tmp_path):
    paid(tmp_path, "2371.60", no="F-2026-000001 F-2026-000002")
    assert notes(posted) == [WORKED, WORKED]
    assert set(open_amounts(posted)) == {0}


def test_a_batch_of_discounts_takes_no_more_statements_than_one(posted, tmp_path):
    from adv_domain.rules.payments.match_decision import DiscountTaken
    from adv_domain.store.payments.discounts import TakenBy
    from tasks.credits.credit_posting import CreditedBy
    from tasks.payments.early_discounts import give_early_discounts

    items = rows(posted, instalment, "id", "invoice_id")
    counts = []
    for wanted in ([2], [2], [4, 2]):  # the first opens the series of the year
        taken = [
            TakenBy(DiscountTaken(one, f"F-2026-{of:06d}", D("1.00")), 1)
            for one, of in items
            if one in wanted
        ]
        with counted_statements(posted) as counted, writing(posted) as connection:
            credited = CreditedBy("adv", PAID_ON)
            assert give_early_discounts(connection, taken, credited=credited)
        counts.append(len(counted))
    assert counts[1] == counts[2]
