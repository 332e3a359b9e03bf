"""Goods on their way to stock come in by file, and a later file moves them."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from adv_domain.store import tables
from adv_domain.store.engine import reading
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.resources import resources

DAY = date(2024, 6, 3)
HEADER = "product,receipt,quantity,expected_on,received_quantity,received_on,cancelled"
PRODUCTS = b"code,name\nP1,Tea\nP2,Rye\n"


def _take(tmp_path, kind, data):
    path = tmp_path / f"{kind}.csv"
    path.write_bytes(data)
    return import_file(kind, path, on=DAY)


def _receipts_of(*rows):
    return "\n".join([HEADER, *rows]).encode()


def _stored():
    receipt = tables.expected_receipt
    with reading(resources().engine) as connection:
        rows = connection.execute(select(receipt).order_by(receipt.c.id)).mappings()
        return [dict(row) for row in rows]


def test_a_later_file_moves_a_receipt_and_names_itself_as_its_source(home, tmp_path):
    _take(tmp_path, "products", PRODUCTS)
    first = _receipts_of("P1,R1,10,2024-06-10,,,", "P2,R1,3,2024-06-12,,,")
    assert _take(tmp_path, "receipts", first).accepted == 2
    again = _take(tmp_path, "receipts", first)
    assert (again.read, again.accepted, again.duplicate) == (2, 0, 2)
    before = _stored()
    later = _receipts_of("P1,R1,10,2024-06-17,4,2024-06-09,", "P2,R1,3,2024-06-12,,,")
    tally = _take(tmp_path, "receipts", later)
    assert (tally.accepted, tally.duplicate, tally.faults) == (1, 1, [])
    after = _stored()
    assert after[0]["expected_on"] == date(2024, 6, 17)
    assert after[0]["received_qty"] == Decimal(4)
    assert after[0]["source_file_id"] > before[0]["source_file_id"]
    assert after[1] == before[1]
    assert _take(tmp_path, "receipts", later).accepted == 0


def test_the_inbox_takes_receipts(home):
    inbox = home / "inbox" / "receipts"
    assert inbox.is_dir()
    (inbox / "r.csv").write_bytes(_receipts_of("P1,R1,10,2024-06-10,,,yes"))
    [end] = run_directly("intake", on=DAY)
    assert end.outcome.done["receipts"] == 1
    [row] = _stored()
    assert row["is_cancelled"]


WRONG = {
    "nothing": ("P1,R1,0,2024-06-10,,,", "quantity", "out_of_range"),
    "less than nothing": ("P1,R1,-1,2024-06-10,,,", "quantity", "out_of_range"),
    "less than nothing came": (
        "P1,R1,1,2024-06-10,-1,,",
        "received_quantity",
        "out_of_range",
    ),
    "no day": ("P1,R1,1,,,,", "expected_on", "missing"),
    "no name": ("P1,,1,2024-06-10,,,", "receipt", "missing"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_receipt_is_told_and_the_next_one_taken(home, tmp_path, case):
    row, field, code = WRONG[case]
    _take(tmp_path, "products", PRODUCTS)
    data = _receipts_of(row, "P2,R2,3,2024-06-12,,,")
    tally = _take(tmp_path, "receipts", data)
    assert (tally.read, tally.accepted, tally.rejected) == (2, 1, 1)
    [fault] = tally.faults
    assert (fault.row, fault.field, fault.code) == (2, field, code)


def test_one_receipt_twice_in_a_file_with_other_values_is_told(home, tmp_path):
    _take(tmp_path, "products", PRODUCTS)
    data = _receipts_of("P1,R1,10,2024-06-10,,,", "P1,R1,11,2024-06-10,,,")
    tally = _take(tmp_path, "receipts", data)
    assert [fault.code for fault in tally.faults] == ["repeated_key"]
    assert [row["qty"] for row in _stored()] == [10]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("stock", b"product,quantity\nP1,5\nBOLT-7,10\n"),
        (
            "receipts",
            _receipts_of("P1,R1,5,2024-06-10,,,", "BOLT-7,R1,1,2024-06-10,,,"),
        ),
    ],
)
def test_goods_of_no_product_of_ours_are_kept_and_told(home, tmp_path, kind, data):
    _take(tmp_path, "products", PRODUCTS)
    tally = _take(tmp_path, kind, data)
    assert (tally.accepted, tally.rejected) == (2, 0)
    [fault] = tally.faults
    assert (fault.row, fault.field, fault.code) == (3, "product", "product_not_here")
    assert "BOLT-7" in fault.message
    assert tally.errors == []


def test_stock_below_zero_is_refused_and_what_stood_stays(home, tmp_path):
    _take(tmp_path, "products", PRODUCTS)
    _take(tmp_path, "stock", b"product,quantity\nP1,5\n")
    tally = _take(tmp_path, "stock", b"product,quantity\nP1,-3\nP2,0\n")
    assert (tally.accepted, tally.rejected) == (1, 1)
    [fault] = tally.faults
    assert (fault.row, fault.field, fault.code) == (2, "quantity", "negative_stock")
    with reading(resources().engine) as connection:
        held = select(tables.stock.c.on_hand).order_by(tables.stock.c.product_code)
        assert connection.scalars(held).all() == [5, 0]
