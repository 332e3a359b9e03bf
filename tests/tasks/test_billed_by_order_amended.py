"""Row 27: what a customer changes of an order that was invoiced before its delivery."""

from decimal import Decimal

import pytest
from sqlalchemy import update

from adv_domain.store.engine import writing
from adv_domain.store.tables import amendment, customer, invoice, invoice_line, task
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_amount
from tests.builders import a_customer, a_product
from tests.tasks.amendment_runs import (
    DAY,
    answered,
    assert_sound,
    cancel,
    change,
    changed,
    handed_off,
    row,
    rows,
    run,
)


@pytest.fixture
def billed(engine, tmp_path):
    """Two lines of three, accepted, told to stock and invoiced."""
    for code in ("P1", "P2"):
        a_product(engine, code)
    a_customer(engine, "C1", invoicing="order")
    handed_off(tmp_path, row(), row(line=2, product="P2"))
    assert run("invoicing").done == {"invoices": 1}
    return tmp_path


def agreed(folder, *lines):
    """Let the customer's change be asked of stock, and stock agree."""
    changed(folder, *lines)
    run("handoff")
    answered("change_accepted", "S00000001/2")


def test_row_27_a_line_that_is_taken_away_is_proposed_for_credit(engine, billed):
    agreed(billed, change(line=2, product="P2", quantity=0))
    run("invoicing")
    [asked] = rows(engine, task, kind="billed_not_delivered")
    assert "--line 2=3 --reason-code not_delivered" in asked.text
    assert [one.state for one in rows(engine, amendment)] == ["applied"]
    assert_sound(engine)


def test_row_27_a_cancellation_is_proposed_for_credit_whole(engine, billed):
    agreed(billed, cancel())
    run("invoicing")
    [asked] = rows(engine, task, kind="billed_not_delivered")
    assert "--line 1=3 --line 2=3 --reason-code not_delivered" in asked.text
    assert_sound(engine)


def test_row_27_more_of_a_line_and_a_new_line_are_billed(engine, billed):
    agreed(billed, change(quantity=5), change(line=3, product="P2", quantity=2))
    assert run("invoicing").done == {"invoices": 1}
    lines = rows(engine, invoice_line)
    assert [one.qty for one in lines] == [3, 3, 2, 2]
    assert_sound(engine)


def test_row_27_the_price_of_what_is_invoiced_cannot_change(engine, billed):
    changed(billed, change(price="9.00"))
    [one] = rows(engine, amendment)
    assert "the price cannot change: 3 were invoiced under it" in one.reason


def test_row_27_a_customer_is_then_invoiced_by_shipment_and_this_order_is_not_again(
    engine, billed
):
    with writing(engine) as connection:
        connection.execute(update(customer).values(invoicing="shipment"))
    agreed(billed, change(quantity=4))
    assert run("invoicing").done == {"invoices": 1}
    assert [one.net for one in rows(engine, invoice)] == [Decimal(60), Decimal(10)]


@pytest.fixture
def credits_at_once(home):
    (home / "policy.toml").write_text('[invoicing]\ncredit_undelivered = "credit"\n')


def test_row_43_the_policy_credits_what_will_not_be_delivered(
    engine, billed, credits_at_once
):
    del credits_at_once
    agreed(billed, change(quantity=2), change(line=2, product="P2", quantity=0))
    [end] = run_directly("invoicing", on=DAY, dry_run=True)
    assert [one["gross"] for one in end.outcome.details] == ["-48.40"]
    assert len(rows(engine, invoice)) == 1
    assert run("invoicing").done == {"credit notes": 1}
    note = rows(engine, invoice)[1]
    assert (note.reason_code, note.net) == ("not_delivered", Decimal(-40))
    assert note.reason == "Order S00000001: what will not be delivered"
    assert [one.qty for one in rows(engine, invoice_line)] == [3, 3, -1, -3]
    assert rows(engine, task, kind="billed_not_delivered") == []
    assert run("invoicing").message == "nothing to do"
    # wanted again after all, it is billed again
    changed(billed, change(quantity=3))
    run("handoff")
    answered("change_accepted", "S00000001/3", message="M2")
    assert run("invoicing").done == {"invoices": 1}
    assert_sound(engine)


def test_row_43_a_whole_order_that_is_cancelled_is_credited_whole(
    engine, billed, credits_at_once
):
    del credits_at_once
    agreed(billed, cancel())
    assert run("invoicing").done == {"credit notes": 1}
    assert sum(one.gross for one in rows(engine, invoice)) == 0
    assert rows(engine, task, kind="billed_not_delivered") == []
    assert run("invoicing").message == "nothing to do"
    assert_sound(engine)


def test_row_43_what_cannot_be_credited_by_itself_is_asked_with_its_cause(
    engine, billed, credits_at_once
):
    del credits_at_once
    agreed(billed, change(line=2, product="P2", quantity=0))
    said = {"by": "Ana", "reason": "scratched", "on": DAY}
    [number] = [one.invoice_no for one in rows(engine, invoice)]
    credit_amount(
        invoice_no=number, amount=Decimal(60), reason_code="late_delivery", **said
    )
    done = run("invoicing").done
    [asked] = rows(engine, task, kind="billed_not_delivered")
    assert done == {"credit notes proposed": 1}
    assert "not credited by itself" in asked.text
