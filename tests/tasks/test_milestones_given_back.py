"""Row 31: what an order's milestones billed is given back: to whom, and what of it."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.store.engine import writing
from adv_domain.store.tables import customer, instalment, task
from flows.direct import execute
from tasks.billing.milestones_by_hand import reach
from tasks.orders.acts.ending import cancel_order
from tests.builders import a_customer, a_product, an_order
from tests.tasks.advance_rows import money
from tests.tasks.feedback_runs import book
from tests.tasks.milestone_runs import LATER, ON, bills, rows, run, saying, sound

D = Decimal


@pytest.fixture
def shop(engine):
    """A customer with a plan, and his order of two lines of 30.00 at 21 %."""
    made = {
        "product_id": a_product(engine),
        "customer_id": a_customer(engine, "PLAN", milestones="30% order; 40% Assembly"),
    }
    an_order(engine, lines=2, state="handed_off", **made)
    return made


def refunds(engine):
    found = rows(engine, select(task).where(task.c.kind == "refund"))
    return [(one.amount, one.text) for one in found]


def cancelled():
    cancel_order(name="O1", by="Ana", reason="no more", on=LATER)
    return run(LATER).done["advances credited"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Order O1 was cancelled; this credits what was invoiced of it"),
        ("es", "El pedido O1 se ha anulado; se abona lo facturado"),
        ("fr", "La commande O1 a été annulée ; ceci crédite ce qui a été facturé"),
    ],
)
def test_row_31_nobody_is_paid_back_what_he_never_paid(engine, shop, language, said):
    del shop
    with writing(engine) as connection:
        connection.execute(update(customer).values(language=language))
    run()
    assert cancelled() == 1
    assert bills(engine)[-1].reason.startswith(said)
    assert [one.open_amount for one in rows(engine, select(instalment))] == [0, 0]
    assert refunds(engine) == []
    sound(engine)


def test_row_31_what_came_for_a_milestone_is_asked_to_be_paid_back(engine, shop):
    del shop
    run()
    [first] = bills(engine)
    money(engine, "10.00", first.invoice_no, on=ON)
    run(flow="payments")
    assert cancelled() == 1
    [(amount, text)] = refunds(engine)
    assert amount == D("10.00")
    assert f"its milestone {first.invoice_no}, of which 10.00 EUR came" in text
    sound(engine)


def test_row_31_money_that_pays_for_the_rest_of_the_order_is_not_paid_back(
    engine, shop
):
    del shop
    run()
    [first] = bills(engine)
    money(engine, "21.78", first.invoice_no, on=ON)
    run(flow="payments")
    book("M1,shipment,O1,1,1,2026-01-08", on=LATER)
    # 10.00 of 60.00 was delivered, and deducts as much of the 18.00
    assert cancelled() == 1
    assert [one.net for one in bills(engine)] == [18, 0, -8]
    assert [amount for amount, _ in refunds(engine)] == [D("9.68")]
    sound(engine)


def test_row_31_what_he_still_owes_of_the_order_is_kept_from_what_is_paid_back(
    engine, shop
):
    del shop
    run()
    reach("O1", "Assembly", saying=saying(ON), execute=execute)
    second = bills(engine)[-1]
    money(engine, "29.04", second.invoice_no, on=ON)
    run(flow="payments")
    book("M1,shipment,O1,1,1,2026-01-08", on=LATER)
    # 10.00 was delivered: he owes 12.10 of the first milestone, and has paid 29.04
    assert cancelled() == 2
    assert [one.net for one in bills(engine)] == [18, 24, 0, -8, -24]
    assert [amount for amount, _ in refunds(engine)] == [D("16.94")]
    sound(engine)
