"""Does a customer hear, once, that another price stands than he ordered at?"""

from decimal import Decimal

import pytest
from sqlalchemy import select

from adv_domain.mail.render import mail_templates, render_mail
from adv_domain.store.engine import reading
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import outbox, task
from tasks.orders.acts.release import release_order
from tests.builders import a_customer, a_product
from tests.tasks.test_validation import TODAY, received, validate


@pytest.fixture
def shop(engine, home):
    """C1 reads Spanish, C2 has no mail address; P1 at 10.00 EUR; ours stands."""
    (home / "policy.toml").write_text("[validation]\nprice_that_stands = 'ours'\n")
    a_product(engine)
    a_customer(engine, language="es")
    a_customer(engine, "C2", email=None)


def rows(engine, table):
    with reading(engine) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def asked(price):
    return {"asked_price": Decimal(price)}


def test_the_customer_of_an_accepted_order_is_told_in_his_language(engine, shop):
    order_id = received(engine, "O1", line=asked("9.95"))
    received(engine, "O2", line=asked("10"))
    received(engine, "O3", line=asked("5"))
    assert validate().done == {"accepted": 2, "held": 1, "mails queued": 1}
    [mail] = rows(engine, outbox)
    assert (mail.kind, mail.to_address, mail.language) == (
        "price_notice",
        "c1@example.com",
        "es",
    )
    assert (mail.entity, mail.entity_id) == ("order", order_id)
    said = render_mail(
        mail_templates(),
        template=mail.template,
        languages=[mail.language],
        context=mail.context,
    )
    assert said.subject == "Precios de su pedido ref O1"
    assert (
        "- P1 Product P1 · cantidad 3 · precio de su pedido 9,95\N{NO-BREAK SPACE}€ "
        "· precio acordado 10,00\N{NO-BREAK SPACE}€"
    ) in said.text


def test_an_order_released_at_our_price_is_told_then(engine, shop):
    received(engine, "O1", line=asked("5"))
    validate()
    assert rows(engine, outbox) == []
    release_order(name="O1", by="Ana", reason="agreed by phone", on=TODAY)
    [mail] = rows(engine, outbox)
    [line] = mail.context["lines"]
    assert (line["asked"], line["agreed"]) == (
        "5,00\N{NO-BREAK SPACE}€",
        "10,00\N{NO-BREAK SPACE}€",
    )


def test_without_an_address_a_person_tells_him(engine, shop):
    received(engine, "O1", line=asked("9.95"), customer_code="C2")
    assert validate().done == {"accepted": 1}
    assert rows(engine, outbox) == []
    [told] = rows(engine, task)
    assert (told.kind, told.team) == ("missing_address", "sales")
    assert "order O1 of C2 stands at other prices than ordered" in told.text


def test_a_rule_switched_off_tells_nobody(engine, home, shop):
    (home / "policy.toml").write_text(
        "[validation]\nprice_that_stands = 'ours'\nseverity.price_replaced = 'off'\n"
    )
    received(engine, "O1", line=asked("9.95"))
    assert validate().done == {"accepted": 1}
    assert rows(engine, outbox) == []


def test_the_customers_own_price_needs_no_word(engine, home, shop):
    (home / "policy.toml").write_text("[validation]\nprice_that_stands = 'lower'\n")
    received(engine, "O1", line=asked("9.95"))
    assert validate().done == {"accepted": 1}
    received(engine, "O2", line=asked("10.05"))
    assert validate().done == {"accepted": 1, "mails queued": 1}


def test_a_dry_run_tells_nobody(engine, shop):
    from flows.direct import run_directly

    received(engine, "O1", line=asked("9.95"))
    run_directly("validation", on=TODAY, dry_run=True)
    assert rows(engine, outbox) == []


def test_statements_do_not_grow_with_the_orders_told(engine, shop):
    counts = []
    for size in (3, 30):
        for at in range(size):
            received(engine, f"O{size}-{at}", line=asked("9.95"))
        with counted_statements(engine) as seen:
            assert validate().done["mails queued"] == size
        counts.append(len(seen))
    assert counts[0] == counts[1]
