"""Does what a customer owes hold his new orders, and does his payment let them go?"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.fault_wording import fault_text
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    customer,
    dunning_notice,
    order_fault,
    sales_order,
    task,
)
from flows.direct import run_directly
from tasks.payments.by_hand import ReceivedMoney, record_payment
from tasks.payments.receivables import (
    Complaint,
    PromiseToPay,
    close_dispute,
    open_dispute,
    record_promise,
)
from tests.bank_files import booked, camt
from tests.builders import _insert, a_customer, a_product, an_order
from tests.store.kpi_rows import a_notice
from tests.tasks.dunning_rows import an_invoice

DUE = date(2026, 1, 10)
LATE = DUE + timedelta(days=31)
WHO = {"by": "Ana", "reason": "by phone", "on": LATE}
BLOCKING = """
[validation.severity]
overdue = "block"
[payments]
promise_grace_days = 2
[credit]
overdue_days = 30
"""


@pytest.fixture
def shop(home, engine):
    """A customer C1 and a product P1; what is overdue holds his orders."""
    (home / "policy.toml").write_text(BLOCKING)
    a_product(engine)
    return a_customer(engine)


def owes(engine, customer_id, no="F1", **changes):
    values = {"due_on": DUE, "amount": Decimal(100)} | changes
    return an_invoice(engine, customer_id, no, **values)


def ordered(engine, no="O1"):
    return an_order(
        engine,
        customer_id=None,
        product_id=None,
        no=no,
        line={"product_code": "P1", "unit_price": None, "net": None},
        customer_code="C1",
        state="received",
        net=None,
    )


def validated(on=LATE):
    [end] = run_directly("validation", on=on)
    return end.outcome.done


def standing(engine, code):
    with reading(engine) as connection:
        return connection.execute(
            select(order_fault).where(
                order_fault.c.code == code, order_fault.c.resolved_on.is_(None)
            )
        ).all()


def test_row_17_an_overdue_customer_is_held_and_told_why(engine, shop):
    owes(engine, shop)
    ordered(engine)
    assert validated(on=LATE - timedelta(days=1)) == {"accepted": 1}
    ordered(engine, "O2")
    assert validated() == {"held": 1}
    [fault] = standing(engine, "overdue")
    assert (fault.family, fault.owner) == ("credit", "credit control")
    assert fault_text(fault.message, fault.clash, language="en") == (
        "customer C1 owes €100.00 for more than 30 days after the due date, the oldest "
        "since 10 Jan 2026: ask for payment first"
    )


def test_row_17_by_default_an_overdue_customer_is_warned_of(home, engine, shop):
    (home / "policy.toml").unlink()
    owes(engine, shop)
    ordered(engine)
    assert validated(on=DUE + timedelta(days=61)) == {"accepted": 1}
    assert [one.severity for one in standing(engine, "overdue")] == ["warn"]


def test_row_17_the_hold_lifts_in_the_cycle_after_the_payment(home, engine, shop):
    owes(engine, shop, "F-2026-000001")
    ordered(engine)
    assert validated() == {"held": 1}
    run_directly("hourly", on=LATE)
    assert standing(engine, "overdue")
    entry = booked("100.00", text="F-2026-000001", day=str(LATE))
    (home / "inbox/bank/today.xml").write_bytes(camt(entry))
    ends = {one.step: one.outcome for one in run_directly("hourly", on=LATE)}
    assert ends["payments"].done["matched"] == 1
    assert ends["validation"].done == {"accepted": 1}
    with reading(engine) as connection:
        assert connection.execute(select(sales_order.c.state)).scalar() == "handed_off"
    assert standing(engine, "overdue") == []


def test_row_17_disputed_parts_do_not_count(engine, shop):
    owes(engine, shop)
    ordered(engine)
    validated()
    open_dispute(Complaint("F1", "price", "sales", Decimal("50.01")), **WHO)
    assert validated() == {"accepted": 1}  # 49.99 is left: below the minimum
    close_dispute("F1", result="the price was right", by="Ana", on=LATE)
    ordered(engine, "O2")
    assert validated() == {"held": 1}


@pytest.mark.parametrize(
    ("counts", "expected"), [("false", "accepted"), ("true", "held")]
)
def test_row_17_a_promise_not_yet_broken_counts_by_the_policy(
    home, engine, shop, counts, expected
):
    (home / "policy.toml").write_text(BLOCKING + f"count_promised = {counts}\n")
    owes(engine, shop)
    record_promise(PromiseToPay("F1", LATE + timedelta(days=3)), **WHO)
    ordered(engine)
    assert validated() == {expected: 1}
    ordered(engine, "O2")
    within_grace, broken = LATE + timedelta(days=5), LATE + timedelta(days=6)
    assert validated(on=within_grace) == {expected: 1}
    ordered(engine, "O3")
    assert validated(on=broken) == {"held": 1}


def test_money_that_is_not_matched_yet_counts_as_paid(engine, shop):
    owes(engine, shop)
    ordered(engine)
    validated()
    money = ReceivedMoney("C1", Decimal("60.00"), LATE)
    record_payment(money, **WHO)
    assert validated() == {"accepted": 1}


def test_a_credit_note_not_set_against_anything_counts_as_paid(engine, shop):
    owes(engine, shop)
    owes(engine, shop, "A1", amount=Decimal(-60))
    ordered(engine)
    assert validated() == {"accepted": 1}


def reminded(engine, customer_id, item, level, state="completed"):
    _insert(
        engine,
        dunning_notice,
        a_notice(customer_id, item, f"m{level}", state) | {"level": level},
    )


def test_row_17_a_customer_at_the_level_is_held_until_he_has_paid(home, engine, shop):
    [item] = owes(engine, shop, "F-2026-000001")
    reminded(engine, shop, item, 3)
    reminded(engine, shop, item, 4, state="decided")
    ordered(engine)
    soon = DUE + timedelta(days=20)
    assert validated(on=soon) == {"accepted": 1}
    with writing(engine) as connection:
        connection.execute(update(dunning_notice).values(state="completed"))
    ordered(engine, "O2")
    assert validated(on=soon) == {"held": 1}
    [fault] = standing(engine, "dunned")
    assert fault_text(fault.message, fault.clash, language="en") == (
        "customer C1 stands at reminder level 4 with €100.00: ask for payment first"
    )
    entry = booked("100.00", text="F-2026-000001", day=str(soon))
    (home / "inbox/bank/today.xml").write_bytes(camt(entry))
    run_directly("payments", on=soon)
    assert validated(on=soon) == {"accepted": 1}


def test_row_17_a_level_of_another_system_and_a_disputed_item(engine, shop):
    owes(engine, shop, item={"legacy_level": 4}, due_on=LATE - timedelta(days=1))
    ordered(engine)
    assert validated() == {"held": 1}
    open_dispute(Complaint("F1", "price", "sales"), **WHO)
    assert validated() == {"accepted": 1}


def test_a_rule_that_is_off_reads_nothing(home, engine, shop):
    owes(engine, shop)
    ordered(engine)
    off = "[validation]\nblock_at_dunning_level = 4\n[validation.severity]\n"
    (home / "policy.toml").write_text(off + 'overdue = "off"\ndunned = "off"\n')
    with counted_statements(engine) as seen:
        assert validated() == {"accepted": 1}
    assert not any("FROM dunning_notice" in one for one in seen)


def ends(on=LATE):
    [end] = run_directly("validation", on=on)
    return end.outcome


def limited(engine, until, code="C1"):
    with writing(engine) as connection:
        connection.execute(
            update(customer)
            .where(customer.c.code == code)
            .values(
                credit_limit=Decimal(5000),
                credit_limit_source="insurer",
                credit_limit_until=until,
            )
        )


def tasks_of(engine):
    with reading(engine) as connection:
        return connection.execute(select(task).order_by(task.c.id)).all()


def test_the_end_of_a_limit_is_told_ahead_and_once(engine, shop):
    until = LATE + timedelta(days=14)
    limited(engine, until)
    assert ends(on=LATE - timedelta(days=1)).message == "nothing to do"
    assert ends().done == {"ends of limits told": 1}
    assert ends().message == "nothing to do"
    [told] = tasks_of(engine)
    assert (told.kind, told.team, told.amount) == (
        "credit_limit_ends",
        "credit control",
        5000,
    )
    assert told.text == (
        f"the credit limit of 5000.00 EUR (insurer) of customer C1 ends on {until}: "
        "renew it (adv import customers); after that day new orders count against a "
        "limit of zero"
    )


def test_a_renewed_limit_closes_its_task_and_the_next_end_is_told(engine, shop):
    limited(engine, LATE)
    ends()
    limited(engine, LATE + timedelta(days=365))
    assert ends().done == {"limits renewed": 1}
    assert [one.state for one in tasks_of(engine)] == ["done"]
    again = LATE + timedelta(days=360)
    assert ends(on=again).done == {"ends of limits told": 1}


def test_a_limit_that_ended_unseen_is_told_and_an_old_one_is_not(engine, shop):
    a_customer(engine, "C2")
    limited(engine, LATE - timedelta(days=14))
    limited(engine, LATE - timedelta(days=15), "C2")
    assert ends().done == {"ends of limits told": 1}
    [told] = tasks_of(engine)
    assert " of customer C1 ended on " in told.text


def test_a_dry_run_tells_nobody(engine, shop):
    limited(engine, LATE)
    [end] = run_directly("validation", on=LATE, dry_run=True)
    assert end.outcome.done == {"ends of limits told": 1}
    assert tasks_of(engine) == []
