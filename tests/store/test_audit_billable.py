"""Invariant 22: the audit sees what is invoiced beyond what can be billed."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import update

from adv_domain.store.audit import audit
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import delivery_line, order_line, sales_order
from flows.direct import run_directly
from tests.builders import a_customer, a_delivery, a_product, an_order

ON = date(2026, 1, 6)
BY_DELIVERY = "invoiced_and_open_are_what_was_delivered"
BY_ORDER = "invoiced_and_open_are_what_was_ordered"


@pytest.fixture
def billed(engine):
    """An order invoiced by delivery, one as it was ordered, both shipped in part."""
    product_id = a_product(engine)
    for code, schedule in (("SHIP", "shipment"), ("BY", "order")):
        customer_id = a_customer(engine, code, invoicing=schedule)
        order_id = an_order(
            engine,
            no=code,
            customer_id=customer_id,
            product_id=product_id,
            state="handed_off",
        )
        a_delivery(engine, order_id, on=ON, qty=Decimal(2))
    run_directly("invoicing", on=ON)
    return engine


def broken(engine):
    with reading(engine) as connection:
        checks = [
            one for one in audit(connection) if one.name in {BY_DELIVERY, BY_ORDER}
        ]
    assert [one.rows for one in checks] == [1, 1]
    return {one.name: one.first for one in checks if one.violations}


def test_invariant_22_sound_orders_pass(billed):
    assert broken(billed) == {}


@pytest.mark.parametrize(
    ("code", "table", "values", "expected"),
    [
        ("SHIP", order_line, {"qty_invoiced": 3}, {BY_DELIVERY: ("SHIP 1",)}),
        ("SHIP", order_line, {"qty_ignored": 1}, {BY_DELIVERY: ("SHIP 1",)}),
        ("SHIP", delivery_line, {"qty": 3}, {BY_DELIVERY: ("SHIP 1",)}),
        ("SHIP", delivery_line, {"invoice_line_id": None}, {BY_DELIVERY: ("SHIP 1",)}),
        # it would be billed a second time
        ("BY", delivery_line, {"invoice_line_id": None}, {BY_ORDER: ("BY 1",)}),
    ],
)
def test_invariant_22_what_does_not_add_up_is_named(
    billed, code, table, values, expected
):
    with writing(billed) as connection:
        order_id = (
            sales_order.select()
            .where(sales_order.c.order_no == code)
            .with_only_columns(sales_order.c.id)
        ).scalar_subquery()
        connection.execute(
            update(table).where(table.c.order_id == order_id).values(**values)
        )
    assert broken(billed) == expected
