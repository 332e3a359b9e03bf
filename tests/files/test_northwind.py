"""The mappings that the product ships read Northwind whole and to the cent."""

from decimal import Decimal
from pathlib import Path

import pytest

from adv_domain.bundled import bundled_path
from adv_domain.files.file_kind import read_records
from adv_domain.files.kinds import KINDS
from adv_domain.files.order_files import read_order_file
from adv_domain.files.sources import load_mapping, read_inputs, row_source

NORTHWIND = Path(__file__).parents[3] / "shared" / "data" / "northwind"
pytestmark = pytest.mark.skipif(
    not NORTHWIND.is_dir(), reason="the shared sample data is not beside the project"
)


@pytest.mark.parametrize(
    ("kind", "file", "rows"),
    [
        ("customers", "customers", 91),
        ("products", "products", 77),
        ("stock", "products", 77),
    ],
)
def test_master_data_is_read_whole(kind: str, file: str, rows: int) -> None:
    known = KINDS[kind]
    path = bundled_path("deployments") / "mappings" / "northwind" / f"{kind}.toml"
    mapping = load_mapping(path, fields=known.columns)
    given, joined = read_inputs(NORTHWIND / f"{file}.csv", mapping)
    source = row_source(given, known.fields, mapping, joined=joined)
    found = list(read_records(known, source))
    assert len(found) == rows
    assert not any(faults for _, _, faults in found)


def test_orders_are_joined_with_their_lines() -> None:
    path = bundled_path("deployments") / "mappings" / "northwind" / "orders.toml"
    read = read_order_file(NORTHWIND / "orders.csv", path)
    assert not read.faults
    assert len(read.orders) == 830
    assert sum(len(order.lines) for order in read.orders) == 2155
    totals = [order.total() for order in read.orders]
    assert sum(total for total in totals if total) == Decimal("1265793.29")


def test_copy_with_unquoted_commas_names_its_first_bad_row(tmp_path: Path) -> None:
    import csv

    with (NORTHWIND / "orders.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    first_bad = next(at for at, row in enumerate(rows, 1) if "," in "".join(row))
    naive = "\n".join(",".join(row) for row in rows)
    (tmp_path / "orders.csv").write_text(naive, encoding="utf-8")
    lines = (NORTHWIND / "order_details.csv").read_bytes()
    (tmp_path / "order_details.csv").write_bytes(lines)
    path = bundled_path("deployments") / "mappings" / "northwind" / "orders.toml"
    read = read_order_file(tmp_path / "orders.csv", path)
    shifted = [fault for fault in read.faults if fault.code == "cell_count"]
    assert shifted[0].row == first_bad
    assert len(read.orders) == 830 - len(shifted)


def test_shipments_are_those_that_left() -> None:
    from adv_domain.files.stock_feedback import (
        FEEDBACK_COLUMNS,
        FEEDBACK_FIELDS,
        read_feedback,
    )

    path = bundled_path("deployments") / "mappings" / "northwind" / "shipments.toml"
    mapping = load_mapping(path, fields=FEEDBACK_COLUMNS)
    given, _ = read_inputs(NORTHWIND / "orders.csv", mapping)
    found = list(read_feedback(row_source(given, FEEDBACK_FIELDS, mapping)))
    assert len(found) == 809
    assert not any(faults for _, _, faults in found)
