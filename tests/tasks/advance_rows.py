"""Orders paid in advance, and the money for them, put straight into the tables."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import (
    payment,
    payment_request,
)
from flows.direct import run_directly
from tests.builders import DAY, NOW, a_customer, a_product, an_order

PAID_ON = date(2026, 1, 8)


def run(flow, on=DAY, **options):
    [end] = run_directly(flow, on=on, **options)
    return end.outcome


def rows(engine, statement):
    with reading(engine) as connection:
        return connection.execute(statement).all()


def one(engine, table):
    [row] = rows(engine, select(table).order_by(table.c.id))
    return row


def an_advance(engine, rate="0.3", no="O1", **changes):
    """Let a customer who pays ahead order 3 units at 10.00; return the order's id."""
    customer_id = a_customer(engine, f"C-{no}", advance_rate=Decimal(rate))
    product_id = a_product(engine, f"P-{no}")
    return an_order(
        engine, customer_id=customer_id, product_id=product_id, no=no, **changes
    )


def money(engine, amount, said, *, key="K1", on=PAID_ON):
    with writing(engine) as connection:
        insert_rows(
            connection,
            payment,
            [
                {
                    "company_id": 1,
                    "kind": "bank",
                    "state": "new",
                    "entry_key": key,
                    "booked_on": on,
                    "amount": Decimal(amount),
                    "currency": "EUR",
                    "remittance": said,
                    "unapplied_amount": Decimal(amount),
                    "recorded_at": NOW,
                }
            ],
        )


def asked(engine, **options):
    """Ask for the advance of an order; return its request."""
    an_advance(engine, **options)
    run("handoff")
    return one(engine, payment_request)
