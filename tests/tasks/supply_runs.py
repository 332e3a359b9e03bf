"""A shop with stock and receipts, and orders as intake leaves them."""

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import (
    back_order,
    date_change,
    expected_receipt,
    order_line,
    sales_order,
    source_file,
    stock,
    stock_position,
)
from flows.direct import run_directly
from tests.builders import a_customer, a_product, an_order

# a Monday, Wednesday and Friday without holidays near them
MON, WED, FRI = date(2026, 2, 2), date(2026, 2, 4), date(2026, 2, 6)
MORNING = datetime(2026, 2, 2, 9, tzinfo=UTC)
TUE, THU = date(2026, 2, 3), date(2026, 2, 5)
NEXT_MON, NEXT_TUE = date(2026, 2, 9), date(2026, 2, 10)


def positions(engine):
    with reading(engine) as connection:
        rows = connection.execute(select(stock_position).order_by("product_code"))
        return [(row.product_code, row.on_hand, row.reserved) for row in rows]


def policy(home, text):
    (home / "policy.toml").write_text(text, encoding="utf-8")


def a_shop(engine, *products, **of_products):
    """Put customer C1 and the products there, each with a lead time of one day."""
    a_customer(engine)
    for code in products or ("P1",):
        a_product(engine, code, lead_time_days=1, **of_products)


def in_stock(engine, qty, *, code="P1", location="main", as_of=MON):
    with writing(engine) as connection:
        row = {"product_code": code, "location": location, "on_hand": Decimal(qty)}
        insert_rows(connection, stock, [row | {"as_of": as_of}])


def on_its_way(engine, ref, qty, expected_on, *, code="P1", **changes):
    with writing(engine) as connection:
        file_id = connection.scalar(select(source_file.c.id).limit(1))
        if file_id is None:
            file = {
                "id": 1,
                "kind": "receipts",
                "name": "r.csv",
                "sha256": "0" * 64,
                "size": 9,
            }
            taken = {"state": "archived", "taken_at": MORNING}
            insert_rows(connection, source_file, [file | taken])
            file_id = 1
        row = {
            "product_code": code,
            "location": "main",
            "receipt_ref": ref,
            "qty": Decimal(qty),
            "expected_on": expected_on,
            "source_file_id": file_id,
            "changed_at": MORNING,
        }
        insert_rows(connection, expected_receipt, [row | changes])


def moved(engine, ref, **values):
    """Change a receipt as a later file does."""
    with writing(engine) as connection:
        chosen = expected_receipt.c.receipt_ref == ref
        connection.execute(update(expected_receipt).where(chosen).values(**values))


def received(engine, no, *qtys, wanted=None, customer="C1", products=(), **changes):
    """Put an order of Monday there, a line for each quantity."""
    order_id = an_order(
        engine,
        customer_id=None,
        product_id=None,
        no=no,
        lines=0,
        **{
            "customer_code": customer,
            "state": "received",
            "net": None,
            "ordered_on": MON,
            "requested_on": wanted,
            "received_at": MORNING,
        }
        | changes,
    )
    codes = products or ("P1",) * len(qtys)
    with writing(engine) as connection:
        insert_rows(
            connection,
            order_line,
            [
                {
                    "order_id": order_id,
                    "line_no": at,
                    "product_code": code,
                    "qty": Decimal(qty),
                    "unit": "C62",
                    "state": "open",
                }
                for at, (qty, code) in enumerate(zip(qtys, codes, strict=True), start=1)
            ],
        )
    return order_id


def validate(on=MON):
    [end] = run_directly("validation", on=on)
    return end.outcome.done


def follow(on):
    """Run the delivery step, which reckons the goods; return what it did."""
    [end] = run_directly("delivery", on=on)
    return end.outcome


def dates(engine):
    """Return first and current date by order number and line."""
    columns = (
        sales_order.c.order_no,
        order_line.c.line_no,
        order_line.c.first_confirmed_on,
        order_line.c.confirmed_on,
    )
    with reading(engine) as connection:
        rows = connection.execute(
            select(*columns).join(order_line).order_by(order_line.c.id)
        )
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def waits(engine):
    """Return receipt, quantity and day of what waits now, by order number and line."""
    with reading(engine) as connection:
        rows = connection.execute(
            select(
                sales_order.c.order_no,
                order_line.c.line_no,
                expected_receipt.c.receipt_ref,
                back_order.c.qty_waiting,
                back_order.c.available_on,
            )
            .select_from(back_order)
            .join(order_line, order_line.c.id == back_order.c.order_line_id)
            .join(sales_order, sales_order.c.id == back_order.c.order_id)
            .outerjoin(
                expected_receipt, expected_receipt.c.id == back_order.c.receipt_id
            )
            .where(back_order.c.closed_on.is_(None))
        )
        return {(row[0], row[1]): tuple(row[2:]) for row in rows}


def changes(engine):
    with reading(engine) as connection:
        rows = connection.execute(select(date_change).order_by(date_change.c.id))
        return [
            (row.old_on, row.new_on, row.cause, row.note, row.stock_message_id)
            for row in rows
        ]
