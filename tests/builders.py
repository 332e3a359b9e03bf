"""Rows with good defaults, put straight into the tables; a test shows what matters."""

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import select

from adv_domain.store.engine import writing
from adv_domain.store.rows import insert_rows, take_ids
from adv_domain.store.tables import (
    customer,
    delivery,
    delivery_line,
    order_line,
    product,
    sales_order,
    stock_message,
)

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = date(2026, 1, 5)


def _insert(engine, table, values):
    with writing(engine) as connection:
        [row_id] = take_ids(connection, table, 1)
        insert_rows(connection, table, [{"id": row_id, **values}])
    return row_id


def a_customer(engine, code="C1", **changes):
    """Insert a Spanish business customer paying at 30 days; return its id."""
    values = {
        "company_id": 1,
        "code": code,
        "name": f"Customer {code}",
        "party_kind": "business",
        "vat_id": "ESB12345674",
        "address": "Calle Nueva 2",
        "city": "Madrid",
        "country": "ES",
        "currency": "EUR",
        "language": "en",
        "email": f"{code.lower()}@example.com",
        "payment_terms": "net30",
        "means_of_payment": "transfer",
        "tax_category": "standard",
        "changed_at": NOW,
    }
    return _insert(engine, customer, values | changes)


def a_product(engine, code="P1", **changes):
    """Insert a product at 10.00 EUR in the standard tax class; return its id."""
    values = {
        "code": code,
        "name": f"Product {code}",
        "unit": "C62",
        "tax_class": "standard",
        "list_price": Decimal("10.00"),
        "currency": "EUR",
        "changed_at": NOW,
    }
    return _insert(engine, product, values | changes)


def an_order(engine, *, customer_id, product_id, no="O1", lines=1, **changes):
    """Insert an accepted order, each line 3 units at 10.00; return its id."""
    qty = changes.pop("qty", Decimal(3))
    line = changes.pop("line", {})
    values = {
        "company_id": 1,
        "order_no": no,
        "customer_id": customer_id,
        "customer_code": f"of {customer_id}",
        "customer_ref": f"ref {no}",
        "ordered_on": DAY,
        "requested_on": date(2026, 1, 20),
        "currency": "EUR",
        "state": "accepted",
        "payment_terms": "net30",
        "channel": "file",
        "shipping_policy": "partial",
        "net": qty * 10 * lines,
        "content_hash": no.rjust(64, "0"),
        "received_at": NOW,
    }
    order_id = _insert(engine, sales_order, values | changes)
    for line_no in range(1, lines + 1):
        _insert(
            engine,
            order_line,
            {
                "order_id": order_id,
                "line_no": line_no,
                "product_id": product_id,
                "product_code": f"of {product_id}",
                "qty": qty,
                "unit": "C62",
                "unit_price": Decimal(10),
                "net": qty * 10,
                "requested_on": date(2026, 1, 20),
                "state": "open",
            }
            | line,
        )
    return order_id


def a_delivery(engine, order_id, *, on=DAY, qty=None, no="D1"):
    """Ship the order's lines (all, or qty of each); the order waits for its invoice."""
    with writing(engine) as connection:
        lines = connection.execute(
            select(order_line.c.id, order_line.c.qty)
            .where(order_line.c.order_id == order_id)
            .order_by(order_line.c.line_no)
        ).all()
    message_id = _insert(
        engine,
        stock_message,
        {
            "message_key": f"{order_id}:{no}",
            "kind": "shipment",
            "order_id": order_id,
            "dated_on": on,
            "received_at": NOW,
        },
    )
    delivery_id = _insert(
        engine,
        delivery,
        {
            "delivery_no": no,
            "order_id": order_id,
            "stock_message_id": message_id,
            "shipped_on": on,
        },
    )
    for line in lines:
        _insert(
            engine,
            delivery_line,
            {
                "delivery_id": delivery_id,
                "order_id": order_id,
                "order_line_id": line.id,
                "qty": qty or line.qty,
            },
        )
    with writing(engine) as connection:
        connection.execute(
            order_line.update()
            .where(order_line.c.order_id == order_id)
            .values(qty_shipped=order_line.c.qty_shipped + (qty or lines[0].qty))
        )
        connection.execute(
            sales_order.update()
            .where(sales_order.c.id == order_id)
            .values(to_invoice=True, state="in_fulfilment" if qty else "fulfilled")
        )
    return delivery_id
