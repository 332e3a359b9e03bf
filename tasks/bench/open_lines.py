"""What does it cost to see of all open lines whether goods come in time?

The worst case: every product is scarce, a receipt of each slips, and every line waits.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, update

from adv_domain.store.company import COMPANY_ID
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import insert_rows, take_ids
from adv_domain.store.tables import (
    customer,
    expected_receipt,
    order_line,
    product,
    sales_order,
    source_file,
    stock,
)
from tasks.bench.measure import Cost, measured
from tasks.bench.stages import RunStep
from tasks.resources import now, resources
from tasks.stock.goods import at_risk

ON = date(2026, 3, 2)
_LINES_OF_ORDER = 5
_PRODUCTS = 500
_QTY = Decimal(2)


def fill(lines: int) -> None:
    """Put so many open lines there, of orders that stock knows, and half the goods."""
    with writing(resources().engine) as connection:
        [customer_id] = take_ids(connection, customer, 1)
        insert_rows(connection, customer, [_customer(customer_id)])
        insert_rows(connection, product, [_product(at) for at in range(_PRODUCTS)])
        [file_id] = take_ids(connection, source_file, 1)
        insert_rows(connection, source_file, [_file(file_id)])
        _goods(connection, lines, file_id)
        orders = take_ids(connection, sales_order, -(-lines // _LINES_OF_ORDER))
        insert_rows(
            connection, sales_order, [_order(one, customer_id) for one in orders]
        )
        insert_rows(connection, order_line, list(_lines(list(orders), lines)))


def see_goods(run_step: RunStep, lines: int) -> Cost:
    """Reckon the goods of all lines, move what must be moved, and list what is at
    risk; the receipts slip between a first look and this one."""
    run_step("delivery", ON)
    with writing(resources().engine) as connection:
        slipped = ON + timedelta(days=9)
        connection.execute(update(expected_receipt).values(expected_on=slipped))
    with measured(resources().settings.home / "progress.jsonl") as cost:
        run_step("delivery", ON)
        with reading(resources().engine) as connection:
            at_risk(connection, policy=resources().policy, on=ON)
        cost.documents = lines
    return cost


def _customer(customer_id: int) -> dict[str, Any]:
    return {
        "id": customer_id,
        "company_id": COMPANY_ID,
        "code": "C1",
        "name": "Customer 1",
        "party_kind": "business",
        "country": "FR",
        "currency": "EUR",
        "language": "en",
        "payment_terms": "net30",
        "means_of_payment": "transfer",
        "tax_category": "standard",
        "changed_at": now(),
    }


def _product(at: int) -> dict[str, Any]:
    return {
        "code": _code(at),
        "name": f"Product {at}",
        "unit": "C62",
        "tax_class": "standard",
        "changed_at": now(),
    }


def _file(file_id: int) -> dict[str, Any]:
    return {
        "id": file_id,
        "kind": "receipts",
        "name": "receipts.csv",
        "sha256": "0" * 64,
        "size": 0,
        "state": "archived",
        "taken_at": now(),
    }


def _goods(connection: Connection, lines: int, file_id: int) -> None:
    half = _QTY * lines / _PRODUCTS / 2
    goods = {"location": "main"}
    insert_rows(
        connection,
        stock,
        [
            goods | {"product_code": _code(at), "on_hand": half, "as_of": ON}
            for at in range(_PRODUCTS)
        ],
    )
    insert_rows(
        connection,
        expected_receipt,
        [
            goods
            | {
                "product_code": _code(at),
                "receipt_ref": "R1",
                "qty": half,
                "expected_on": ON + timedelta(days=2),
                "source_file_id": file_id,
                "changed_at": now(),
            }
            for at in range(_PRODUCTS)
        ],
    )


def _order(order_id: int, customer_id: int) -> dict[str, Any]:
    return {
        "id": order_id,
        "company_id": COMPANY_ID,
        "order_no": f"B{order_id:08d}",
        "customer_id": customer_id,
        "customer_code": "C1",
        "customer_ref": f"R{order_id}",
        "ordered_on": ON,
        "currency": "EUR",
        "state": "handed_off",
        "channel": "bench",
        "shipping_policy": "partial",
        "content_hash": f"{order_id:064d}",
        "received_at": now(),
    }


def _lines(orders: list[int], lines: int) -> Iterator[dict[str, Any]]:
    for at in range(lines):
        day = ON + timedelta(days=3 + at % 3)
        yield {
            "order_id": orders[at // _LINES_OF_ORDER],
            "line_no": at % _LINES_OF_ORDER + 1,
            "product_code": _code(at * 7 % _PRODUCTS),
            "qty": _QTY,
            "unit": "C62",
            "first_confirmed_on": day,
            "confirmed_on": day,
            "state": "open",
        }


def _code(at: int) -> str:
    return f"P{at:04d}"
