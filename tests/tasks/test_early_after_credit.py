"""Row 39: after credit notes the offer to early payers is one on what is left."""

from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from adv_domain.rules.credits.joint_credits import JointCredit
from adv_domain.store.engine import writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import dispute, invoice, payment, payment_term, task
from flows.commands.invoice import invoice as invoice_command
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_amount
from tasks.credits.joint_notes import credit_together
from tasks.payments.by_hand import ReceivedMoney, match_payment, record_payment
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.receivables import open_amounts
from tests.tasks.test_early_discounts import (
    ISSUE,
    ON,
    WHO,
    broken,
    notes,
    paid,
    rows,
)

D = Decimal
NO = "F-2026-000001"
LAST = "2026-03-02"
LATE = "2026-03-03"


@pytest.fixture(params=["gross", "net"])
def posted(engine, home, request):
    """An invoice of 1,000.00 + 210.00; 2 % of the gross, or of the net, by 2 March."""
    (home / "policy.toml").write_text(ISSUE)
    term = {
        "lines": [{"share": "remainder", "due": [["add_days", 30]]}],
        "early_discount": {"percent": "2", "days": 20, "base": request.param},
    }
    with writing(engine) as connection:
        row = {"code": "early", "name": "early", "definition": term}
        insert_rows(connection, payment_term, [row])
    product_id = a_product(engine)
    customer_id = a_customer(engine, payment_terms="early")
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
    return request.param


def credited(amount, no=NO):
    credit_amount(
        invoice_no=no,
        amount=D(amount),
        reason_code="late_delivery",
        reason="agreed",
        by="Ana",
        on=date(2026, 2, 15),
    )


def shown():
    found = CliRunner().invoke(invoice_command, [NO])
    assert found.exit_code == 0, found.output
    return found.output


# 121.00 credited of 1,210.00: 1,089.00 = 900.00 + 189.00 are left
FIGURES = {
    "gross": ("1,067.22", "21.78", (D(-18), D("-3.78"), D("-21.78"))),
    "net": ("1,071.00", "18.00", (D("-14.88"), D("-3.12"), D(-18))),
}


def test_row_39_what_adv_invoice_shows_after_a_note_settles_and_is_credited_by_rate(
    posted, engine, tmp_path
):
    credited("121.00")
    amount, discount, note = FIGURES[posted]
    assert (
        f"paid until {LAST}: {amount} settle the rest (discount {discount})" in shown()
    )
    assert paid(tmp_path, amount.replace(",", ""), day=LAST)["matched"] == 1
    assert notes(engine)[1:] == [(*note, "early_discount")]
    assert open_amounts(engine)[0] == 0
    assert rows(engine, task, "kind") == rows(engine, dispute, "id") == []
    assert "settle the" not in shown()  # the discount is given once
    paid(tmp_path, "1.00", name="b.xml")
    assert len(notes(engine)) == 2
    assert broken(engine) == set()


def test_row_53_a_day_late_exactly_the_discount_of_the_rest_stays_open(
    posted, engine, tmp_path
):
    credited("121.00")
    amount, discount, _ = FIGURES[posted]
    paid(tmp_path, amount.replace(",", ""), day=LATE)
    assert open_amounts(engine)[0] == D(discount)
    assert len(notes(engine)) == 1


def test_row_39_the_figure_on_the_document_earns_the_offer_and_leaves_the_rest(
    posted, engine, tmp_path
):
    """The customer paid as if nothing had been credited: the surplus stays his."""
    credited("121.00")
    amount, _, note = FIGURES[posted]
    stated = {"gross": "1185.80", "net": "1190.00"}[posted]
    assert paid(tmp_path, stated)["matched"] == 1
    assert notes(engine)[1:] == [(*note, "early_discount")]
    surplus = D(stated) - D(amount.replace(",", ""))
    assert rows(engine, payment, "unapplied_amount") == [(surplus,)]
    assert open_amounts(engine)[0] == 0
    assert broken(engine) == set()


def test_row_39_the_documents_discount_off_the_rest_waits_for_a_person_who_may_give_it(
    posted, engine, tmp_path
):
    credited("121.00")
    asked = {"gross": "1064.80", "net": "1069.00"}[posted]
    short = {"gross": "2.42", "net": "2.00"}[posted]
    assert paid(tmp_path, asked)["review"] == 1
    [(payment_id, reason)] = rows(engine, payment, "id", "reason")
    assert f"is {short} short: its credit notes lower the early-payment" in reason
    match_payment(payment_id, invoices=[NO], **WHO)
    assert open_amounts(engine)[0] == 0
    assert notes(engine)[1][2:] == (D(asked) - D(1089), "early_discount")
    assert broken(engine) == set()


def test_row_39_a_person_who_records_the_figure_shown_gives_the_discount(
    posted, engine
):
    credited("121.00")
    amount, _, note = FIGURES[posted]
    money = ReceivedMoney("C1", D(amount.replace(",", "")), date(2026, 2, 20))
    done = record_payment(money, **WHO)
    match_payment(done.payment_id, invoices=[NO], **WHO)
    assert notes(engine)[1:] == [(*note, "early_discount")]
    assert open_amounts(engine)[0] == 0


def test_row_39_a_person_who_records_the_documents_figure_leaves_the_surplus(
    posted, engine
):
    credited("121.00")
    amount, _, note = FIGURES[posted]
    stated = {"gross": D("1185.80"), "net": D("1190.00")}[posted]
    done = record_payment(ReceivedMoney("C1", stated, date(2026, 2, 20)), **WHO)
    matched = match_payment(done.payment_id, invoices=[NO], **WHO)
    assert matched.unapplied == stated - D(amount.replace(",", ""))
    assert notes(engine)[1:] == [(*note, "early_discount")]
    assert open_amounts(engine)[0] == 0
    assert broken(engine) == set()


def test_row_39_a_note_over_several_invoices_lowers_the_offer_of_each_by_its_part(
    posted, engine, tmp_path
):
    asked = JointCredit(
        reason_code="rebate", reason="bonus", on=date(2026, 2, 15), gross=D("242.00")
    )
    credit_together(invoice_nos=[NO, "F-2026-000002"], asked=asked, by="Ana")
    amount, discount, _ = FIGURES[posted]
    assert f"{amount} settle the rest (discount {discount})" in shown()
    assert paid(tmp_path, amount.replace(",", ""))["matched"] == 1
    assert open_amounts(engine)[0] == 0


def test_row_39_of_an_invoice_credited_whole_nothing_is_offered(posted, engine):
    credited("1210.00")
    assert "settle the" not in shown()
    assert rows(engine, invoice, "early_until")[0] == (date(2026, 3, 2),)
