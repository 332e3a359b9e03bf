"""Row 41: an advance that comes when its order is shipped, invoiced or given up."""

from decimal import Decimal

from sqlalchemy import select, update

from adv_domain.store.audit.advances import advance_checks
from adv_domain.store.engine import reading, writing
from adv_domain.store.payments.reviews import read_proposals
from adv_domain.store.tables import (
    advance_payment,
    failure,
    instalment,
    invoice,
    payment,
    payment_request,
    sales_order,
    task,
)
from tasks.orders.acts.ending import cancel_order
from tasks.payments.by_hand import match_payment
from tests.builders import a_delivery
from tests.tasks.advance_rows import PAID_ON, asked, money, one, rows, run

D = Decimal


def grosses(engine):
    return [one.gross for one in rows(engine, select(invoice).order_by(invoice.c.id))]


def is_sound(engine):
    with reading(engine) as connection:
        return not any(check.violations for check in advance_checks(connection))


def test_row_41_the_full_invoice_withdraws_the_request_and_late_money_pays_it(
    home, engine
):
    request = asked(engine)
    a_delivery(engine, request.order_id, on=PAID_ON)
    done = run("invoicing", PAID_ON).done
    assert done == {"invoices": 1, "withdrawn requests": 1}
    withdrawn = one(engine, payment_request)
    assert (withdrawn.state, withdrawn.reason) == (
        "withdrawn",
        "nothing of the order is left to invoice",
    )
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    late = one(engine, payment)
    assert (late.state, late.reason.endswith("is withdrawn")) == ("review", True)
    final = one(engine, invoice)
    with reading(engine) as connection:
        [proposed] = read_proposals(connection, [late.id])[late.id]
    # the person is shown what it can pay
    assert list(proposed.invoices) == [final.invoice_no]
    assert run("invoicing", PAID_ON).done == {}
    assert grosses(engine) == [D("36.30")]
    match_payment(
        late.id, invoices=[final.invoice_no], by="Ana", reason="late", on=PAID_ON
    )
    assert one(engine, instalment).open_amount == D("25.41")
    assert is_sound(engine)


def test_row_41_money_held_when_the_rest_was_invoiced_is_a_persons(home, engine):
    """A run of an older version, or a hand, invoiced it all with the money held."""
    request = asked(engine)
    a_delivery(engine, request.order_id, on=PAID_ON)
    run("invoicing", PAID_ON)
    with writing(engine) as connection:
        connection.execute(
            update(payment_request).values(state="open", withdrawn_on=None, reason=None)
        )
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    assert one(engine, payment_request).state == "paid"
    done = run("invoicing", PAID_ON).done
    assert done == {"advances released": 1, "withdrawn requests": 1}
    assert run("invoicing", PAID_ON).done == {}
    assert grosses(engine) == [D("36.30")]
    told = one(engine, task)
    assert (told.kind, told.amount) == ("refund", D("10.89"))
    assert "adv payment match" in told.text


def test_row_41_money_between_deliveries_is_an_advance_of_the_rest_alone(home, engine):
    request = asked(engine, rate="0.5")
    a_delivery(engine, request.order_id, on=PAID_ON, qty=D(2), no="D1")
    run("invoicing", PAID_ON)
    # half of the order was asked: 18.15; a third of it, 12.10, is left to bill
    assert one(engine, payment_request).state == "open"
    money(engine, request.amount, request.reference)
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    assert grosses(engine) == [D("24.20"), D("12.10")]
    # the rest of the money is the customer's credit, and held for nothing
    assert one(engine, payment).unapplied_amount == D("6.05")
    request = one(engine, payment_request)
    assert (request.state, request.received) == ("paid", D("12.10"))
    money(engine, "1.00", request.reference, key="K2")
    run("payments", PAID_ON)
    late = rows(engine, select(payment).order_by(payment.c.id))[-1]
    assert late.reason.endswith("is paid already")
    a_delivery(engine, request.order_id, on=PAID_ON, qty=D(1), no="D2")
    run("invoicing", PAID_ON)
    assert grosses(engine) == [D("24.20"), D("12.10"), D("0.00")]
    assert run("invoicing", PAID_ON).done == {}
    assert is_sound(engine)


def test_row_41_a_second_part_after_a_deduction_is_an_advance_of_the_rest(home, engine):
    request = asked(engine, rate="1")
    money(engine, "6.05", request.reference, key="K1")
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    a_delivery(engine, request.order_id, on=PAID_ON, qty=D(2), no="D1")
    run("invoicing", PAID_ON)
    # 24.20 less the 6.05 paid ahead
    assert grosses(engine) == [D("6.05"), D("18.15")]
    money(engine, "30.25", request.reference, key="K2")
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    assert grosses(engine) == [D("6.05"), D("18.15"), D("12.10")]
    a_delivery(engine, request.order_id, on=PAID_ON, qty=D(1), no="D2")
    run("invoicing", PAID_ON)
    assert sum(grosses(engine)) == D("36.30")
    assert is_sound(engine)


def test_row_41_paid_and_cancelled_before_the_night_ends_in_a_refund_task(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    cancel_order(name="O1", by="Ana", reason="mistake", on=PAID_ON)
    done = run("invoicing", PAID_ON).done
    assert done["advances released"] == 1
    assert run("invoicing", PAID_ON).done == {}
    # neither an advance invoice nor a credit note, and no failure that waits
    assert grosses(engine) == []
    assert rows(engine, select(failure).where(failure.c.resolved_at.is_(None))) == []
    assert rows(engine, select(advance_payment)) == []
    told = one(engine, task)
    assert (told.kind, told.amount) == ("refund", D("10.89"))
    assert one(engine, payment).unapplied_amount == D("10.89")
    assert one(engine, payment_request).state == "withdrawn"


def test_row_41_a_rejected_orders_money_is_no_advance(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(state="rejected"))
    assert run("invoicing", PAID_ON).done["advances released"] == 1
    assert grosses(engine) == []
