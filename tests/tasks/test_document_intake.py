"""Order documents come in by the inbox like any file: taken or set aside whole."""

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from adv_domain.rules.orders.incoming import IncomingOrder
from adv_domain.store.engine import reading
from adv_domain.store.tables import (
    amendment,
    file_fault,
    order_fault,
    order_line,
    sales_order,
)
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.orders.export import orders_named
from tasks.resources import resources
from tests.files.orders.broken_documents import BROKEN
from tests.files.orders.good_documents import CHANGES, GOOD, SAME
from tests.files.orders.made_documents import (
    AN_ORDERS,
    PEPPOL,
    a_ubl_cancellation,
    a_ubl_change,
    an_interchange,
    an_order,
    written,
)

DAY = date(2026, 1, 7)


def _rows(table: Any) -> list[Mapping[str, Any]]:
    with reading(resources().engine) as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).mappings()
        return [dict(row) for row in rows]


def _inbox(home: Path, files: Mapping[str, bytes]) -> Path:
    folder = home / "inbox" / "orders"
    for at, (name, data) in enumerate(files.items()):
        (folder / f"{at:03d} {name.replace('/', ' ')}.dat").write_bytes(data)
    return folder


def _lying(home: Path, where: str) -> list[Path]:
    folder = home / where / DAY.isoformat() / "orders"
    return sorted(folder.glob("*.dat")) if folder.is_dir() else []


def test_good_documents_are_taken_whatever_their_format(home):
    """The corpus by the inbox: one order in many dresses is one order."""
    inbox = _inbox(home, {name: data for name, (data, _) in GOOD.items()})
    [end] = run_directly("intake", on=DAY)
    assert end.outcome.failed == ()
    assert end.outcome.done["files"] == len(GOOD) >= 18
    assert list(inbox.iterdir()) == []
    assert len(_lying(home, "archive")) == len(GOOD)
    assert _lying(home, "quarantine") == []
    orders = _rows(sales_order)
    refs = [order["customer_ref"] for order in orders]
    # PO-1 of C1 and PO-1 of the GLN: two customers
    assert sorted(refs) == sorted(
        [
            "E-1",
            "E-2",
            "E-3",
            "E-4",
            "J-1",
            "J-2",
            "J-3",
            "L-1",
            "PEP-1",
            "PO-1",
            "PO-1",
        ]
    )
    assert all(order["source_file_id"] and order["content_hash"] for order in orders)
    changes = len(_rows(amendment))
    assert changes == len(CHANGES) + 3
    _inbox(home, {name: data for name, (data, _) in GOOD.items()})
    [end] = run_directly("intake", on=DAY)
    assert len(_rows(sales_order)) == len(orders)
    assert len(_rows(amendment)) == changes


def test_broken_documents_are_set_aside_whole_with_a_report(sqlite_home):
    """The corpus by the inbox: no traceback, nothing lost, nothing half-written."""
    home = sqlite_home
    inbox = _inbox(home, {name: data for name, (data, _, _) in BROKEN.items()})
    [end] = run_directly("intake", on=DAY)
    assert list(inbox.iterdir()) == []
    assert _rows(sales_order) == [] and _rows(order_line) == []
    assert _rows(amendment) == []
    quarantined = _lying(home, "quarantine")
    assert len(quarantined) == len(BROKEN)
    assert {one.code for one in end.outcome.failed} == {"quarantined"}
    assert len(end.outcome.failed) == len(BROKEN)
    for file, (data, code, _) in zip(quarantined, BROKEN.values(), strict=True):
        assert file.read_bytes() == data
        report = file.with_name(file.name + ".report.csv")
        told = list(csv.DictReader(report.open(encoding="utf-8-sig"), delimiter=","))
        assert code in {row["code"] for row in told}, file.name
        assert file.with_name(file.name + ".report.html").is_file()
    with reading(resources().engine) as connection:
        counted = select(func.count()).select_from(file_fault)
        assert connection.execute(counted).scalar_one() >= len(BROKEN)


def test_one_bad_message_of_an_interchange_does_not_stop_the_others(home, tmp_path):
    """Row 3 of the features, for documents: the good ones are taken, once."""
    broken = AN_ORDERS.replace("PO-1", "PO-2").replace("QTY+21:3", "QTY+21:x")
    path = tmp_path / "orders.edi"
    path.write_bytes(an_interchange(AN_ORDERS, broken))
    tally = import_file("orders", path, on=DAY)
    assert (tally.read, tally.accepted, tally.rejected) == (4, 2, 2)
    assert [(fault.field, fault.code) for fault in tally.faults] == [
        ("QTY/1.2", "not_a_number")
    ]
    path.write_bytes(an_interchange(AN_ORDERS, broken.replace(":x", ":3")))
    tally = import_file("orders", path, on=DAY)
    assert (tally.accepted, tally.duplicate, tally.rejected) == (2, 2, 0)


def test_a_document_in_an_inbox_of_joined_tables_waits_for_none(home):
    folder = home / "inbox" / "orders"
    (folder / "mapping.toml").write_text(
        '[columns]\ncustomer = "Kunde"\n'
        '[join]\nfile = "lines.csv"\nkey = "No"\nholds = "lines"\n'
    )
    (folder / "order.xml").write_bytes(SAME["ubl"])
    [end] = run_directly("intake", on=DAY)
    assert end.outcome.done == {"files": 1, "orders": 1}


def test_changes_and_cancellations_become_amendments(home, tmp_path):
    path = tmp_path / "any"
    path.write_bytes(PEPPOL.encode())
    assert import_file("orders", path, on=DAY).orders == 1
    path.write_bytes(a_ubl_change())
    tally = import_file("orders", path, on=DAY)
    assert (tally.orders, tally.amendments, tally.errors) == (0, 1, [])
    path.write_bytes(a_ubl_cancellation())
    assert import_file("orders", path, on=DAY).amendments == 2
    assert [(one["kind"], one["customer_ref"]) for one in _rows(amendment)] == [
        ("change", "PEP-1"),
        ("cancel", "PEP-1"),
        ("cancel", "PEP-2"),
    ]


def _bare(ref: str = "PO-1") -> IncomingOrder:
    """Make an order as a table says it too: no number of the buyer but our code."""
    return an_order(ref, document_total=None, buyer_ids=(), buyer_name=None)


def test_row_6_csv_json_and_ubl_orders_give_equal_records(home, tmp_path):
    """One order in each format: the first is taken, the others are known as it."""
    forms = ("csv", "json", "ubl", "xlsx", "edifact", "orderx")
    order = _bare()
    for form in forms:
        path = tmp_path / f"order-{form}"
        path.write_bytes(written(form, order))
        tally = import_file("orders", path, on=DAY)
        assert tally.faults == []
        first = form == forms[0]
        assert (tally.orders, tally.duplicate) == ((1, 0) if first else (0, 2)), form
    # and each alone makes the same record
    [taken] = _records()
    for form in forms[1:]:
        other = tmp_path / f"other-{form}"
        other.write_bytes(written(form, _bare(form)))
        import_file("orders", other, on=DAY)
        record = _records()[-1]
        assert record.pop("customer_ref") == form
        assert record == {key: taken[key] for key in record}


_OWN = {
    "id",
    "order_no",
    "source_file_id",
    "source_row",
    "received_at",
    "content_hash",
    "order_id",
}


def _records() -> list[dict[str, Any]]:
    """Return the orders with their lines, less what is each one's own."""
    lines: dict[int, list[dict[str, Any]]] = {}
    for line in _rows(order_line):
        plain = {name: value for name, value in line.items() if name not in _OWN}
        lines.setdefault(line["order_id"], []).append(plain)
    return [
        {name: value for name, value in order.items() if name not in _OWN}
        | {"lines": lines[order["id"]]}
        for order in _rows(sales_order)
    ]


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "ubl", "edifact", "orderx"])
def test_row_8_an_exported_order_re_imports_to_an_equal_record(home, tmp_path, form):
    path = tmp_path / "given.xml"
    path.write_bytes(PEPPOL.encode())
    import_file("orders", path, on=DAY)
    [(number, order)] = orders_named(["PEP-1"])
    again = tmp_path / "again"
    again.write_bytes(written(form, order))
    tally = import_file("orders", again, on=DAY)
    assert (tally.orders, tally.errors) == (0, [])
    assert tally.duplicate == tally.read
    [record] = _records()
    with resources().engine.begin() as connection:
        connection.execute(
            sales_order.update().values(
                customer_ref="gone", content_hash="x", record_hash=None
            )
        )
    import_file("orders", _copied(again), on=DAY)
    fresh = _records()[1]
    known = record | {"record_hash": fresh["record_hash"]}
    assert fresh == known
    assert number.startswith("S")


def _copied(path: Path) -> Path:
    other = path.with_name("again-2")
    other.write_bytes(path.read_bytes())
    return other


def test_row_7_an_order_of_an_unknown_currency_is_held_with_a_coded_error(
    home, tmp_path
):
    path = tmp_path / "order.xml"
    path.write_bytes(PEPPOL.replace("EUR", "XYZ").encode())
    assert import_file("orders", path, on=DAY).orders == 1
    run_directly("validation", on=DAY)
    [order] = _rows(sales_order)
    assert order["state"] == "held"
    codes = {fault["code"] for fault in _rows(order_fault)}
    assert {"unknown_customer", "unknown_product", "currency"} <= codes
