"""Does exposure count each euro once, on its way from order to invoice?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import update

from adv_domain.rules.orders.credit import CreditRules, exposure
from adv_domain.store.engine import reading, writing
from adv_domain.store.orders.agreements import read_customers
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import order_line, payment, sales_order
from tasks.orders.credit import read_credit
from tasks.resources import resources
from tests.builders import NOW, a_customer, a_product, an_order
from tests.tasks.issued_rows import a_posted_document

TODAY = date(2026, 1, 6)


@pytest.fixture
def order_id(engine):
    """An accepted order of two lines, 3 units at 10.00 EUR each, with 21 % VAT."""
    return an_order(
        engine, customer_id=a_customer(engine), product_id=a_product(engine), lines=2
    )


def standing(engine):
    with reading(engine) as connection:
        customers = list(
            read_customers(connection, company_id=1, codes=["C1"]).values()
        )
        facts = read_credit(connection, customers, policy=resources().policy, on=TODAY)
    [position] = facts.positions.values()
    return position, exposure(position, rules=CreditRules())


def move(engine, **values):
    with writing(engine) as connection:
        connection.execute(update(order_line).values(**values))


def test_an_accepted_order_counts_with_its_tax(engine, order_id):
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
