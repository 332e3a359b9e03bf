"""A workbook is taken wherever a CSV is: master data, orders and news of stock."""

from datetime import date

import pytest
from sqlalchemy import func, select

from adv_domain.store import tables
from adv_domain.store.engine import reading
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.resources import resources
from tasks.stock.delivery import import_feedback
from tests.files.workbooks import a_workbook, cells_of

DAY = date(2024, 6, 3)
BOOKS = {
    "customers": (
        ["code", "name", "credit_limit", "credit_limit_until", "blocked"],
        ["C1", "Ferretería Sol S.L.", 1234.5, date(2025, 1, 1), False],
        tables.customer,
    ),
    "products": (
        ["code", "name", "list_price", "lead_time_days"],
        [4711, "Hammer", 9.8, 3],
        tables.product,
    ),
    "prices": (
        ["scope", "product", "price", "valid_from"],
        ["all", "4711", 0.1, date(2024, 1, 1)],
        tables.price,
    ),
    "rebates": (
        ["customer", "valid_from", "valid_to", "threshold", "rate_percent"],
        ["C1", date(2024, 1, 1), date(2025, 1, 1), 1000, 2.5],
        tables.rebate,
    ),
    "stock": (["product", "quantity"], ["4711", 10], tables.stock),
    "receipts": (
        ["product", "receipt", "quantity", "expected_on", "cancelled"],
        ["4711", 815, 10, date(2024, 7, 1), False],
        tables.expected_receipt,
    ),
    "legacy-invoices": (
        ["invoice", "customer", "issued_on", "due_on", "amount"],
        ["L1", "X1", date(2024, 1, 2), date(2024, 2, 1), 121.1],
        tables.instalment,
    ),
}
OF_NO_PRODUCT_HERE = ("stock", "receipts")


@pytest.mark.parametrize("kind", BOOKS)
def test_workbook_of_a_kind_is_taken_once(sqlite_home, tmp_path, kind):
    header, row, table = BOOKS[kind]
    path = tmp_path / f"{kind}.xlsx"
    path.write_bytes(a_workbook(row, header=header))
    first = import_file(kind, path, on=DAY)
    told = ["product_not_here"] if kind in OF_NO_PRODUCT_HERE else []
    assert first.accepted == 1
    assert [fault.code for fault in first.faults] == told
    assert import_file(kind, path, on=DAY).duplicate == 1
    with reading(resources().engine) as connection:
        assert connection.scalar(select(func.count()).select_from(table)) == 1


def test_news_of_stock_in_a_workbook_is_booked(home, tmp_path):
    inbox = home / "inbox"
    for kind, header, row in (
        ("customers", ["code", "name"], ["C1", "One"]),
        ("products", ["code", "name", "list_price"], ["P1", "Tea", 9.8]),
        ("orders", None, cells_of(discount_percent=0, requested_on=None)),
    ):
        (inbox / kind).mkdir(parents=True, exist_ok=True)
        book = a_workbook(row) if header is None else a_workbook(row, header=header)
        (inbox / kind / f"{kind}.xlsx").write_bytes(book)
    for step in ("intake", "validation", "handoff"):
        [end] = run_directly(step, on=DAY)
        assert not end.outcome.failed, end.outcome.failed
    path = tmp_path / "news.xlsx"
    header = ["message_id", "kind", "customer", "customer_ref", "date", "delivery_no"]
    row = ["M1", "shipment", "C1", "R1", date(2024, 6, 3), "D1"]
    path.write_bytes(a_workbook(row, header=header))
    booked = import_feedback(path, mapping=None, on=DAY)
    assert (booked.accepted, booked.faults) == (1, [])
