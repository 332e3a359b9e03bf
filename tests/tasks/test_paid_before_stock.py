"""Row 41: an order that ships after payment is asked for it; who waits is named."""

from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from adv_domain.store.audit.advances import advance_checks
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    customer,
    instalment,
    invoice,
    payment_request,
    sales_order,
    task,
)
from flows.cli import cli
from tasks.payments.by_hand import match_payment
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks.advance_rows import PAID_ON, asked, money, one, rows, run

D = Decimal


def after_payment(engine, *, whose=None, **changes):
    """Let an order of 36.30 with tax ship after payment."""
    return an_order(
        engine,
        customer_id=a_customer(engine, **(whose or {})),
        product_id=a_product(engine),
        shipping_policy="after_payment",
        **changes,
    )


def who_must_act(no="O1"):
    result = CliRunner().invoke(cli, ["order", no])
    assert result.exit_code == 0, result.output
    return result.output.partition("Who must act\n")[2].partition("\n\n")[0]


def requests(engine):
    return rows(engine, select(payment_request).order_by(payment_request.c.id))


def is_sound(engine):
    with reading(engine) as connection:
        return not any(check.violations for check in advance_checks(connection))


def test_row_41_an_order_after_payment_is_asked_for_all_of_it_and_then_leaves(
    home, engine
):
    order_id = after_payment(engine)
    assert "the next handoff run: ask the customer" in who_must_act()
    done = run("handoff")
    assert (done.done["payment requests"], done.skipped) == (1, {"awaiting payment": 1})
    request = one(engine, payment_request)
    assert (request.rate, request.amount) == (D(1), D("36.30"))
    told = who_must_act()
    assert "the customer: pay 36.30 EUR asked in advance" in told
    assert f"due {request.due_on}" in told
    assert "payment requests" not in run("handoff").done
    money(engine, "36.30", request.reference)
    run("payments", PAID_ON)
    assert run("handoff", PAID_ON).done["handed off"] == 1
    a_delivery(engine, order_id, on=PAID_ON)
    run("invoicing", PAID_ON)
    # tax once: the advance's invoice, and a final one with all of it deducted
    billed = rows(engine, select(invoice).order_by(invoice.c.id))
    assert [one.gross for one in billed] == [D("36.30"), D("0.00")]
    assert is_sound(engine)


@pytest.mark.parametrize(
    ("whose", "own"),
    [({}, "0"), ({"milestones": "100% order"}, None)],
    ids=["asked otherwise", "milestones"],
)
def test_row_41_what_nobody_asks_for_is_a_persons_to_say(home, engine, whose, own):
    after_payment(engine, whose=whose, advance_rate=None if own is None else D(own))
    assert run("handoff").skipped == {"awaiting payment": 1}
    assert requests(engine) == []
    told = who_must_act()
    assert "say when it is paid, nobody asks for it: adv stock paid O1" in told


def test_row_41_a_customers_share_is_what_an_order_after_payment_waits_for(
    home, engine
):
    after_payment(engine, whose={"advance_rate": D("0.3")})
    run("handoff")
    assert [one.amount for one in requests(engine)] == [D("10.89")]


def test_row_41_an_order_that_may_leave_after_all_is_asked_for_nothing(home, engine):
    after_payment(engine)
    run("handoff")
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(shipping_policy="partial"))
    assert run("handoff").done["handed off"] == 1
    assert [one.state for one in requests(engine)] == ["withdrawn"]


def test_row_41_an_order_said_to_be_paid_is_asked_for_nothing(home, engine):
    after_payment(engine)
    run("handoff")
    who = ["--by", "Ana", "--reason", "card"]
    assert CliRunner().invoke(cli, ["stock", "paid", "O1", *who]).exit_code == 0
    assert run("handoff").done["handed off"] == 1
    assert [one.state for one in requests(engine)] == ["withdrawn"]


@pytest.mark.parametrize("shipped", [3, 1], ids=["whole", "in part"])
def test_row_41_goods_of_an_order_billed_by_order_that_leave_before_their_advance(
    home, engine, shipped
):
    """Billed whole, the request falls; the money pays what is open, tax counts once."""
    request = asked(engine)
    with writing(engine) as connection:
        connection.execute(update(customer).values(invoicing="order"))
    assert run("invoicing").skipped == {"waits_for_advance_payment": 1}
    a_delivery(engine, request.order_id, on=PAID_ON, qty=D(shipped))
    done = run("invoicing", PAID_ON).done
    assert done == {"invoices": 1, "withdrawn requests": 1}
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    final = one(engine, invoice)
    assert (final.gross, final.is_advance) == (D("36.30"), False)
    assert rows(engine, select(task).where(task.c.kind == "refund")) == []
    match_payment(1, invoices=[final.invoice_no], by="Ana", reason="late", on=PAID_ON)
    assert one(engine, instalment).open_amount == D("25.41")
    assert is_sound(engine)
