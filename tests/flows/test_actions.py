"""Do operators' acts in the Prefect UI do what they say, and refuse what they must?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import event, invoice, promise, sales_order, switch
from flows.actions.form import NoAmount, amount_of, amount_or_all
from tasks.resources import resources
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import book
from tests.tasks.issued_rows import a_posted_document

SAID = {"by": "Ana", "reason": "agreed by phone"}


@pytest.fixture
def engine(sqlite_home, prefect_server):
    return resources().engine


def rows(engine, table):
    with reading(engine) as connection:
        return connection.execute(select(table)).all()


def test_held_order_is_released_with_name_and_reason(engine):
    from flows.actions.release_order import release_order

    an_order(
        engine,
        customer_id=a_customer(engine),
        product_id=a_product(engine),
        state="held",
        customer_code="C1",
        line={"product_code": "P1"},
    )
    state = release_order(order="O1", **SAID, return_state=True)
    assert state.message == "order O1 is accepted"
    [order] = rows(engine, sales_order)
    assert order.state == "accepted"
    assert any(one.actor == "Ana" for one in rows(engine, event))


def a_held_order(engine):
    """Put an order held for its price, 20.00 where 10.00 is agreed."""
    from flows.direct import run_directly

    an_order(
        engine,
        customer_id=a_customer(engine),
        product_id=a_product(engine),
        state="received",
        customer_code="C1",
        line={"product_code": "P1", "asked_price": Decimal(20)},
    )
    run_directly("validation", on=date(2026, 1, 6))


def test_row_16_an_order_is_corrected_by_the_fields_that_are_filled_in(engine):
    from flows.actions.correct_order import correct_order

    a_held_order(engine)
    refused = correct_order(order="O1", line=1, price="1O", **SAID, return_state=True)
    assert refused.is_failed() and "write a number" in refused.message
    state = correct_order(
        order="O1", line=1, price="10", quantity="4", **SAID, return_state=True
    )
    assert state.message == "order O1 is accepted"
    [order] = rows(engine, sales_order)
    assert order.net == 40


def test_row_16_an_order_is_rejected_with_name_and_reason(engine):
    from flows.actions.reject_order import reject_order

    a_held_order(engine)
    state = reject_order(order="O1", **SAID, return_state=True)
    assert state.message == "order O1 is rejected"
    assert rows(engine, event)[-1].reason == "agreed by phone"


def test_only_the_rules_that_are_named_are_waived(engine):
    from flows.actions.release_order import release_order

    a_held_order(engine)
    state = release_order(order="O1", rules="deadline", **SAID, return_state=True)
    assert state.is_failed() and "deadline does not hold it" in state.message
    state = release_order(order="O1", rules=" price ,", **SAID, return_state=True)
    assert state.message == "order O1 is accepted"


def test_row_27_milestones_are_set_and_called_reached_by_a_form(engine):
    from flows.actions.milestones import milestones

    an_order(engine, customer_id=a_customer(engine), product_id=a_product(engine))
    said = {**SAID, "order": "O1", "business_date": date(2026, 1, 6)}
    refused = milestones(**said, return_state=True)
    assert refused.is_failed() and "give a plan, or" in refused.message
    refused = milestones(**said, plan="130% order", return_state=True)
    assert refused.is_failed() and "more than 100 %" in refused.message
    state = milestones(**said, plan="30% order; 40% Assembly", return_state=True)
    assert state.message == "order O1 is invoiced by 2 milestones: order, Assembly"
    state = milestones(**said, reached="assembly", return_state=True)
    assert state.message == "2 milestones invoiced"
    assert [one.net for one in rows(engine, invoice)] == [9, 12]
    refused = milestones(**said, reached="Assembly", return_state=True)
    assert refused.is_failed() and "invoiced already" in refused.message


def test_order_that_is_not_held_is_refused_with_the_reason(engine):
    from flows.actions.release_order import release_order

    an_order(engine, customer_id=a_customer(engine), product_id=a_product(engine))
    state = release_order(order="O1", **SAID, return_state=True)
    assert state.is_failed()
    assert "it is accepted, not held" in state.message


def test_promise_covers_all_that_is_open_when_no_amount_is_given(engine):
    from flows.actions.record_promise import record_promise

    a_posted_document(engine, customer_id=a_customer(engine), no="F1")
    state = record_promise(
        invoice="F1",
        promised_on=date(2026, 4, 1),
        business_date=date(2026, 3, 15),
        **SAID,
        return_state=True,
    )
    assert state.is_completed()
    assert sum(one.amount for one in rows(engine, promise)) == Decimal("36.30")


def test_row_88_a_customer_gets_his_order_book_by_a_form(engine):
    from flows.actions.send_order_book import send_order_book

    customer_id = a_customer(engine)
    an_order(engine, customer_id=customer_id, product_id=a_product(engine))
    state = send_order_book(customer="C1", **SAID, return_state=True)
    assert "queued to c1@example.com: 1 open line" in state.message
    refused = send_order_book(customer="C9", **SAID, return_state=True)
    assert refused.is_failed() and "there is no customer C9" in refused.message


def test_mail_is_stopped_and_let_go(engine):
    from flows.actions.let_mail_go import let_mail_go
    from flows.actions.stop_mail import stop_mail

    assert stop_mail(**SAID, return_state=True).is_completed()
    assert [one.is_on for one in rows(engine, switch)] == [True]
    assert let_mail_go(**SAID, return_state=True).is_completed()
    assert [one.is_on for one in rows(engine, switch)] == [False]


def test_act_without_a_name_is_refused(engine):
    from flows.actions.stop_mail import stop_mail

    state = stop_mail(by="", reason="x", return_state=True)
    assert state.is_failed()
    assert rows(engine, switch) == []


def test_amounts_are_read_as_text():
    assert amount_or_all(" ") is None
    assert amount_of(" 1210.00 ") == Decimal("1210.00")
    for text in ("", "1.210,00", "NaN", "x"):
        with pytest.raises(NoAmount):
            amount_of(text)


def test_a_task_is_finished_from_its_form(engine):
    from flows.actions.finish_task import finish_task
    from tests.tasks.test_worklist import asked_for

    asked_for(engine, "T1")
    state = finish_task(task="T1", by="Ana", result="billed", return_state=True)
    assert state.message == "over_shipment T1 is done: billed"
    again = finish_task(task="T1", by="Ana", result="billed", return_state=True)
    assert again.is_failed()
    assert "no task T1 is open" in again.message


def test_a_change_of_an_order_is_refused_and_accepted_from_its_form(engine, tmp_path):
    from flows.actions.accept_amendment import accept_amendment
    from flows.actions.refuse_amendment import refuse_amendment
    from tests.tasks.amendment_runs import change, changed, handed_off

    a_customer(engine)
    a_product(engine)
    handed_off(tmp_path)
    changed(tmp_path, change(quantity=5))
    state = accept_amendment(amendment=1, **SAID, return_state=True)
    assert state.message == "change 1 of order S00000001 is applied"
    changed(tmp_path, change(quantity=9))
    state = refuse_amendment(amendment=2, **SAID, return_state=True)
    assert state.message == ("change 2 of order S00000001 is refused: agreed by phone")
    again = accept_amendment(amendment=2, **SAID, return_state=True)
    assert again.is_failed()
    assert "change 2 is refused" in again.message


@pytest.mark.parametrize(
    ("choice", "after"),
    [
        ("recreate", "order O1 is in_fulfilment, its line 1 is open"),
        ("drop", "order O1 is cancelled, its line 1 is cancelled"),
    ],
)
def test_row_23_what_stock_gave_up_is_decided_on_in_a_form(engine, choice, after):
    from flows.actions.resolve_exception import resolve_exception
    from flows.direct import run_directly

    an_order(engine, customer_id=a_customer(engine), product_id=a_product(engine))
    run_directly("handoff", on=date(2026, 1, 5))
    book("M1,refusal,O1,1,,")
    said = {"order": "O1", "line": 1, "choice": choice}
    state = resolve_exception(**said, **SAID, return_state=True)
    assert state.message == after
    again = resolve_exception(**said, **SAID, return_state=True)
    assert again.is_failed() and "none that stock gave up" in again.message


def test_what_stock_must_know_is_said_from_forms(engine):
    from flows.actions.call_off_return import call_off_return
    from flows.actions.expect_return import expect_return
    from flows.actions.resend_message import resend_message
    from flows.actions.say_paid import say_paid
    from flows.actions.settle_message import settle_message
    from tests.builders import a_customer, a_product, an_order

    stocked = {"customer_id": a_customer(engine), "product_id": a_product(engine)}
    an_order(engine, no="O1", shipping_policy="after_payment", **stocked)
    an_order(engine, no="O2", state="fulfilled", line={"qty_shipped": 3}, **stocked)
    ana = {"by": "Ana", "reason": "wrong colour", "return_state": True}
    assert say_paid(order="O1", **ana).message.startswith("order O1 is paid")
    back = expect_return(
        order="O2", line=1, quantity="2", expected_on=date(2026, 1, 9), **ana
    )
    assert back.message == "return R0000001 is expected"
    gone = call_off_return(return_no="R0000001", **ana)
    assert gone.message == "return R0000001 is not expected any more"
    for form in (resend_message, settle_message):
        state = form(message="O2/1", **ana)
        assert state.is_failed()
        assert "see adv stock messages --state failed" in state.message
