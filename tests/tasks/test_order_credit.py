"""Does exposure count each euro once, on its way from order to invoice?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.fault_wording import fault_text
from adv_domain.rules.orders.exposure import CreditRules, Exposure
from adv_domain.store.engine import reading, writing
from adv_domain.store.orders.agreements import read_customers
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import (
    customer,
    event,
    exchange_rate,
    order_fault,
    order_line,
    payment,
    sales_order,
)
from flows.direct import run_directly
from tasks.orders.credit import read_positions
from tasks.orders.tax import read_tax_basis
from tasks.payments.by_hand import ReceivedMoney, record_payment
from tasks.resources import resources
from tests.builders import (
    NOW,
    _insert,
    a_customer,
    a_delivery,
    a_product,
    an_order,
)
from tests.tasks.issued_rows import a_posted_document

TODAY = date(2026, 1, 6)


@pytest.fixture
def order_id(engine):
    """An accepted order of two lines, 3 units at 10.00 EUR each, with 21 % VAT."""
    return an_order(
        engine, customer_id=a_customer(engine), product_id=a_product(engine), lines=2
    )


def standing(engine, rules=CreditRules()):  # noqa: B008  # frozen
    with reading(engine) as connection:
        customers = read_customers(connection, company_id=1, codes=["C1"])
        [position] = read_positions(
            connection,
            list(customers.values()),
            policy=resources().policy,
            taxes=read_tax_basis(connection, on=TODAY),
            on=TODAY,
        ).values()
    return position.stands.get("EUR", Exposure()), position.exposure(rules)


def move(engine, **values):
    with writing(engine) as connection:
        connection.execute(update(order_line).values(**values))


def test_row_13_an_accepted_order_counts_with_its_tax(engine, order_id):
    position, total = standing(engine)
    assert (position.accepted_orders, position.unbilled) == (Decimal("72.60"), 0)
    assert total == Decimal("72.60")


@pytest.mark.parametrize("shipped", ["1", "2", "3"])
def test_shipping_moves_money_from_orders_to_unbilled(engine, order_id, shipped):
    move(engine, qty_shipped=Decimal(shipped))
    position, total = standing(engine)
    assert position.unbilled == Decimal("24.20") * int(shipped)
    assert total == Decimal("72.60")


def test_what_is_invoiced_or_cancelled_no_longer_counts_as_an_order(engine, order_id):
    move(engine, qty_shipped=Decimal(1), qty_invoiced=Decimal(1))
    assert standing(engine)[1] == Decimal("48.40")
    move(engine, qty_cancelled=Decimal(2))
    assert standing(engine)[1] == 0


@pytest.mark.parametrize("state", ["received", "held", "rejected", "cancelled"])
def test_an_order_that_was_not_accepted_does_not_count(engine, order_id, state):
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(state=state))
    assert standing(engine)[1] == 0


def test_open_items_and_unapplied_money_count_once_with_the_orders(engine, order_id):
    a_posted_document(engine, customer_id=1, no="F1")
    unapplied = {
        "company_id": 1,
        "kind": "manual",
        "state": "matched",
        "entry_key": "k1",
        "booked_on": TODAY,
        "amount": Decimal(10),
        "currency": "EUR",
        "customer_id": 1,
        "unapplied_amount": Decimal(10),
        "recorded_at": NOW,
    }
    with writing(engine) as connection:
        insert_rows(connection, payment, [unapplied])
    position, total = standing(engine)
    assert (position.open_items, position.unapplied) == (Decimal("36.30"), 10)
    assert total == Decimal("36.30") - 10 + Decimal("72.60")


def test_row_13_what_was_shipped_of_a_cancelled_order_is_still_to_be_paid(
    engine, order_id
):
    a_delivery(engine, order_id, qty=Decimal(1))
    move(engine, qty_cancelled=Decimal(2))
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(state="cancelled"))
    assert standing(engine)[1] == Decimal("24.20")
    run_directly("invoicing", on=TODAY)
    position, total = standing(engine)
    assert (position.open_items, total) == (Decimal("24.20"), Decimal("24.20"))


def test_row_13_tax_is_rounded_as_the_invoices_will_round_it(engine):
    """Two orders of 0.03 come to 0.04 each with 21 %, not to 0.07 together."""
    known = {"customer_id": a_customer(engine), "product_id": a_product(engine)}
    line = {"unit_price": Decimal("0.01"), "net": Decimal("0.03")}
    for no in ("O1", "O2"):
        an_order(engine, no=no, line=line, **known)
    assert standing(engine)[1] == Decimal("0.08")


def test_row_13_a_kept_worth_and_a_look_at_the_lines_say_the_same(engine, order_id):
    looked_at = standing(engine)
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(gross=Decimal("72.60")))
    assert standing(engine) == looked_at


def paid_in_advance(engine, amount):
    """An order of 72.60 EUR that says it was paid an amount, accepted."""
    a_customer(engine, credit_limit=Decimal(0))
    a_product(engine)
    order_id = an_order(
        engine,
        customer_id=None,
        product_id=None,
        lines=2,
        line={"product_code": "P1", "unit_price": None, "net": None},
        customer_code="C1",
        state="received",
        net=None,
        prepaid=Decimal(amount),
    )
    assert validated().done == {"accepted": 1}
    return order_id


def validated(on=TODAY):
    [end] = run_directly("validation", on=on)
    return end.outcome


def test_row_15_an_order_paid_in_advance_needs_no_credit_at_any_stage(engine):
    order_id = paid_in_advance(engine, "72.60")
    seen = [standing(engine)[1]]
    a_delivery(engine, order_id, qty=Decimal(2))
    seen.append(standing(engine)[1])
    run_directly("invoicing", on=TODAY)
    seen.append(standing(engine)[1])
    a_delivery(engine, order_id, qty=Decimal(1), no="D2")
    run_directly("invoicing", on=TODAY)
    seen.append(standing(engine)[1])
    assert seen == [0, 0, 0, 0]
    pay("50.00", "F-2026-000001", "F-2026-000002")
    assert standing(engine) == (
        Exposure(open_items=Decimal("22.60"), prepaid=Decimal("22.60")),
        0,
    )


def test_row_15_a_part_paid_in_advance_leaves_the_rest(engine):
    a_customer(engine, credit_limit=Decimal(40))
    a_product(engine)
    asked = {"product_code": "P1", "unit_price": None, "net": None}
    for no, prepaid in (("O1", "36.29"), ("O2", "32.60"), ("O3", "0")):
        an_order(
            engine,
            customer_id=None,
            product_id=None,
            no=no,
            lines=2,
            line=asked,
            customer_code="C1",
            state="received",
            net=None,
            prepaid=Decimal(prepaid),
        )
    assert validated().done == {"accepted": 1, "held": 2}
    with reading(engine) as connection:
        first, second, _ = connection.execute(
            select(sales_order).order_by(sales_order.c.id)
        )
    assert (first.state, first.is_prepaid) == ("accepted", False)
    assert second.state == "held"
    assert standing(engine)[1] == Decimal("36.31")


def test_row_15_money_of_the_advance_in_the_books_counts_once(engine):
    paid_in_advance(engine, "72.60")
    money = ReceivedMoney("C1", Decimal("72.60"), TODAY, reference="transfer")
    record_payment(money, by="Ana", reason="bank", on=TODAY)
    assert standing(engine)[1] == 0


def pay(amount, *invoices):
    money = ReceivedMoney("C1", Decimal(amount), TODAY, invoices=invoices)
    record_payment(money, by="Ana", reason="bank", on=TODAY)


def in_dollars(engine, *, rate_on, limit="100"):
    """A customer with credit in euros who orders 72.60 in dollars."""
    a_customer(engine, credit_limit=Decimal(limit))
    a_product(engine, currency="USD")
    _insert(
        engine,
        exchange_rate,
        {
            "currency": "USD",
            "base": "EUR",
            "rate": Decimal("1.25"),
            "valid_from": rate_on,
        },
    )
    return an_order(
        engine,
        customer_id=None,
        product_id=None,
        lines=2,
        line={
            "product_code": "P1",
            "asked_price": Decimal(10),
            "unit_price": None,
            "net": None,
        },
        customer_code="C1",
        state="received",
        net=None,
        currency="USD",
    )


@pytest.fixture
def any_currency(home):
    (home / "policy.toml").write_text(
        '[validation]\nprices = "as_ordered"\n[validation.severity]\n'
        'currency = "warn"\n'
    )


def faults(engine, code):
    with reading(engine) as connection:
        return connection.execute(
            select(order_fault).where(order_fault.c.code == code)
        ).all()


def test_a_foreign_order_is_told_with_rate_date_and_both_amounts(engine, any_currency):
    in_dollars(engine, rate_on=date(2026, 1, 2), limit="50")
    assert validated().done == {"held": 1}
    [fault] = faults(engine, "credit_limit")
    assert fault_text(fault.message, fault.clash, language="en") == (
        "with this order of US$72.60 exposure comes to €58.08, €8.08 beyond the limit "
        "of €50.00; in it US$72.60 count as €58.08, at 1.25 USD for 1 EUR of 2 Jan 2026"
    )
    assert faults(engine, "old_exchange_rate") == []


@pytest.mark.parametrize(
    ("rate_on", "told"), [(date(2025, 12, 6), 0), (date(2025, 12, 5), 1)]
)
def test_an_old_exchange_rate_is_told_and_holds_nothing(
    engine, any_currency, rate_on, told
):
    in_dollars(engine, rate_on=rate_on)
    assert validated().done == {"accepted": 1}
    found = faults(engine, "old_exchange_rate")
    assert [one.severity for one in found] == ["warn"] * told
    for fault in found:
        said = fault_text(fault.message, fault.clash, language="en")
        assert said.startswith("1.25 USD for 1 EUR is the rate of 5 Dec 2025, more tha")


def test_the_policys_limit_is_in_the_companys_currency(home, engine):
    (home / "policy.toml").write_text("[credit]\ndefault_limit = 60\n")
    in_dollars(engine, rate_on=date(2026, 1, 2))
    with writing(engine) as connection:
        connection.execute(update(customer).values(credit_limit=None, currency="USD"))
    assert validated().done == {"accepted": 1}
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(state="received"))
    (home / "policy.toml").write_text("[credit]\ndefault_limit = 58\n")
    assert validated().done == {"held": 1}
    [fault] = faults(engine, "credit_limit")
    assert (fault.clash["limit"], fault.clash["currency"]) == ("58", "EUR")


def test_a_changed_exposure_is_told_without_an_event(engine):
    a_customer(engine, credit_limit=Decimal(10))
    a_product(engine)
    order_id = an_order(
        engine,
        customer_id=None,
        product_id=None,
        line={"product_code": "P1", "unit_price": None, "net": None},
        customer_code="C1",
        state="received",
        net=None,
    )
    validated()
    a_posted_document(engine, customer_id=1, no="F1")
    validated()
    [fault] = faults(engine, "credit_limit")
    assert fault.clash["exposure"] == "72.6"
    with reading(engine) as connection:
        happened = connection.execute(
            select(event.c.what).where(event.c.entity_id == order_id)
        )
        assert [row.what for row in happened] == ["held"]


def test_a_rate_of_nothing_converts_nothing_and_breaks_nothing(engine, any_currency):
    in_dollars(engine, rate_on=date(2026, 1, 2))
    with writing(engine) as connection:
        connection.execute(update(exchange_rate).values(rate=Decimal(0)))
    assert validated().done == {"held": 1}
    [fault] = faults(engine, "credit_limit")
    assert fault.message == "credit_limit.no_rate"
