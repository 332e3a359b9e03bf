"""Does a customer hear, once for each state of his order, what we accepted?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.mail.render import mail_templates, render_mail
from adv_domain.store.engine import reading, writing
from adv_domain.store.orders.changeable import OrderWrites, write_changed_orders
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    event,
    order_fault,
    order_line,
    outbox,
    sales_order,
    task,
)
from flows.direct import run_directly
from tasks.orders.acts.ending import cancel_order
from tasks.orders.acts.release import release_order
from tests.builders import a_customer, a_product
from tests.tasks.test_validation import TODAY, change, received, validate

TOLD = ("price_replaced", "likely_duplicate", "missing_address")


@pytest.fixture
def shop(engine):
    a_product(engine)
    return a_customer(engine)


def tell(on=TODAY, **how):
    [end] = run_directly("notices", on=on, **how)
    return end.outcome


def mails(engine):
    with reading(engine) as connection:
        chosen = select(outbox).where(outbox.c.kind == "order_confirmation")
        return connection.execute(chosen.order_by(outbox.c.id)).all()


def asked(price="10"):
    return {"asked_price": Decimal(price), "requested_on": None}


def test_an_accepted_order_is_confirmed_once_with_dates_and_prices(engine, shop):
    order_id = received(
        engine, "O1", requested_on=TODAY, line={"requested_on": None}, lines=2
    )
    assert validate().done.get("held")  # wanted too soon: somebody must decide
    assert tell().message == "nothing to do"
    release_order(name="O1", by="Ana", reason="agreed by phone", on=TODAY)
    assert tell().done == {"confirmations queued": 1}
    assert tell().message == "nothing to do"
    [mail] = mails(engine)
    assert (mail.to_address, mail.language, mail.entity_id) == (
        "c1@example.com",
        "en",
        order_id,
    )
    said = render_mail(
        mail_templates(),
        template=mail.template,
        languages=[mail.language],
        context=mail.context,
    )
    assert said.subject == "Confirmation of your order ref O1"
    line = (
        "- P1 Product P1 · quantity 3 · price €10.00 · amount "
        "€30.00 · delivery 8 Jan 2026 (you asked for 6 Jan 2026)"
    )
    assert said.text.count(line) == 2, said.text
    assert "Total excluding VAT: €60.00. Payment terms: 30 days" in said.text
    with reading(engine) as connection:
        told = connection.execute(
            select(event.c.entity_id).where(event.c.what == "order_confirmation")
        ).scalars()
        assert list(told) == [order_id]


def test_what_the_customer_should_know_is_noted_and_nothing_internal(
    engine, shop, home
):
    (home / "policy.toml").write_text("[validation]\nprice_that_stands = 'ours'\n")
    received(engine, "O1", line=asked("9.95"))
    validate()
    tell()
    [mail] = mails(engine)
    price = "the price agreed with you stands, not the one in your order"
    assert {"line": "1", "text": price} in mail.context["remarks"]
    with reading(engine) as connection:
        found = set(connection.execute(select(order_fault.c.code)).scalars())
    assert "price_replaced" in found
    assert len(mail.context["remarks"]) == len(found & set(TOLD))


def test_a_changed_order_is_confirmed_anew_and_says_so(engine, shop):
    order_id = received(engine, "O1")
    validate()
    tell()
    sent(engine)
    changed(engine, order_id)  # nothing that he sees
    assert tell().skipped == {"confirmed as it is": 1}
    changed(engine, order_id, qty=Decimal(5), net=Decimal(50))
    assert tell().done == {"confirmations queued": 1}
    first, second = mails(engine)
    assert (first.context["is_change"], second.context["is_change"]) == (False, True)
    assert second.context["lines"][0]["qty"] == "5"
    changed(engine, order_id, qty=Decimal(3), net=Decimal(30))
    assert tell().done == {"confirmations queued": 1}


def changed(engine, order_id, **line):
    """Change a line as an agreed change of the customer does."""
    with writing(engine) as connection:
        write_changed_orders(connection, OrderWrites())
        connection.execute(
            update(sales_order)
            .where(sales_order.c.id == order_id)
            .values(to_confirm=True)
        )
        if line:
            connection.execute(
                update(order_line)
                .where(order_line.c.order_id == order_id)
                .values(**line)
            )


def sent(engine):
    with writing(engine) as connection:
        connection.execute(update(outbox).values(state="sent"))


def test_a_confirmation_that_has_not_left_is_replaced_by_the_next(engine, shop):
    order_id = received(engine, "O1")
    validate()
    tell()
    changed(engine, order_id, qty=Decimal(5), net=Decimal(50))
    tell()
    assert [(one.state, one.context["is_change"]) for one in mails(engine)] == [
        ("withdrawn", False),
        ("queued", False),
    ]


def test_history_is_taken_in_without_a_word(engine, shop):
    order_id = received(engine, "O1", ordered_on=date(2025, 11, 1))
    validate()
    change(engine, sales_order, order_id, state="accepted", to_confirm=True)
    assert tell().skipped == {"ordered too long ago to be confirmed": 1}
    assert tell().message == "nothing to do"
    assert mails(engine) == []


@pytest.mark.parametrize(
    ("policy", "awaits"), [("after_payment", True), ("partial", False)]
)
def test_a_confirmation_says_that_the_goods_leave_once_the_order_is_paid(
    engine, shop, policy, awaits
):
    received(engine, "O1", shipping_policy=policy)
    validate()
    tell()
    [mail] = mails(engine)
    assert mail.context["awaits_payment"] is awaits


def test_a_cancelled_order_is_not_confirmed(engine, shop):
    received(engine, "O1")
    validate()
    cancel_order(name="O1", by="Ana", reason="no need", on=TODAY)
    assert tell().skipped == {"cancelled before it was confirmed": 1}
    assert mails(engine) == []


def test_who_has_no_address_makes_one_task_and_who_wants_nothing_none(engine):
    a_product(engine)
    a_customer(engine, "C1", email=None)
    a_customer(engine, "C2", progress_mails="none")
    for no, code in (("O1", "C1"), ("O2", "C1"), ("O3", "C2")):
        received(engine, no, customer_code=code, line={"product_code": "P1"})
    validate()
    assert tell().skipped == {
        "no mail address": 2,
        "confirmation not wanted by the customer": 1,
    }
    with reading(engine) as connection:
        chosen = select(task.c.text).where(task.c.kind == "missing_address")
        [text] = connection.execute(chosen).scalars()
    assert "customer C1 has no mail address" in text
    assert mails(engine) == []


def test_statements_do_not_grow_with_the_orders(engine, shop):
    seen = []
    for first, count in ((0, 2), (10, 20)):
        for number in range(first, first + count):
            received(engine, f"O{number}", line={"qty": Decimal(number + 1)})
        validate()
        with counted_statements(engine) as statements:
            tell()
        seen.append(len(statements))
    assert seen[0] == seen[1]
