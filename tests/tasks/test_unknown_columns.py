"""A column that nobody reads is told; one under its other name is read."""

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store import tables
from adv_domain.store.engine import reading
from flows.cli import cli
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.intake.tally import Tally
from tasks.resources import resources

DAY = date(2024, 6, 3)


def _take(tmp_path: Path, kind: str, text: str, mapping: str | None = None) -> Tally:
    path = tmp_path / f"{kind}.csv"
    path.write_text(text)
    if mapping is None:
        return import_file(kind, path, on=DAY)
    said = tmp_path / "mapping.toml"
    said.write_text(mapping)
    return import_file(kind, path, on=DAY, mapping=said)


def _told(tally: Tally) -> list[tuple[int, str, str, str]]:
    return [(each.row, each.field, each.code, each.message) for each in tally.faults]


def _rows(table: Any) -> list[dict[str, Any]]:
    with reading(resources().engine) as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).mappings()
        return [dict(row) for row in rows]


def test_an_unknown_column_is_told_and_rejects_nothing(home, tmp_path):
    tally = _take(tmp_path, "products", "code,name,tax_clas,colour\nP1,One,reduced,\n")
    assert (tally.read, tally.accepted, tally.rejected) == (1, 1, 0)
    assert tally.errors == []
    assert _told(tally) == [
        (
            1,
            "tax_clas",
            "unknown_column",
            "column tax_clas is not known and was ignored; did you mean tax_class?",
        ),
        (1, "colour", "unknown_column", "column colour is not known and was ignored"),
    ]
    assert [row["code"] for row in _rows(tables.file_fault)] == ["unknown_column"] * 2
    assert [row["state"] for row in _rows(tables.source_file)] == ["archived"]
    assert _rows(tables.failure) == []


def test_tax_category_of_a_product_is_its_tax_class(home, tmp_path):
    tally = _take(tmp_path, "products", "code,name,tax_category\nP1,One,reduced\n")
    assert tally.faults == []
    assert _rows(tables.product)[0]["tax_class"] == "reduced"


def test_prices_of_a_list_or_customer_hold_for_it_only(home, tmp_path):
    header = "product,price,price_list\n"
    tally = _take(tmp_path, "prices", f"{header}P1,9.50,GOLD\nP2,8,\n")
    assert (tally.accepted, tally.rejected) == (1, 1)
    assert [(each.field, each.code) for each in tally.faults] == [
        ("scope_code", "missing")
    ]
    of_customer = _take(tmp_path, "prices", "product,price,customer\nP1,9,C1\n")
    assert of_customer.faults == []
    assert [
        (row["scope"], row["scope_code"], row["unit_price"])
        for row in _rows(tables.price)
    ] == [("list", "GOLD", Decimal("9.5")), ("customer", "C1", Decimal(9))]


def test_an_alias_that_contradicts_another_column_is_told(sqlite_home, tmp_path):
    text = "code,name,tax_class,tax_category\nP1,One,standard,reduced\n"
    tally = _take(tmp_path, "products", text)
    assert [each.field for each in tally.faults] == ["tax_category"]
    assert _rows(tables.product)[0]["tax_class"] == "standard"
    both = _take(tmp_path, "prices", "product,price,price_list,customer\nP1,9,G,C1\n")
    assert [each.message.rpartition("; ")[2] for each in both.faults] == [
        "did you mean scope_code?"
    ] * 2


def test_a_mapping_that_names_columns_leaves_the_others_out_on_purpose(
    sqlite_home, tmp_path
):
    text = "Artikel,name,Farbe\nP1,One,red\n"
    mapping = '[columns]\ncode = "Artikel"\n'
    assert _take(tmp_path, "products", text, mapping).faults == []


def test_the_command_tells_it_and_ends_well(sqlite_home, tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("code,name,colour\nP1,One,red\n")
    plain = CliRunner().invoke(cli, ["import", "products", str(path)])
    assert plain.exit_code == 0, plain.output
    assert "products.csv, row 1: column colour is not known" in plain.output
    told = CliRunner().invoke(cli, ["import", "products", str(path), "--json"])
    assert told.exit_code == 0
    [fault] = json.loads(told.stdout)["faults"]
    assert (fault["row"], fault["field"]) == (1, "colour")


def test_the_orders_of_a_file_can_be_inspected_all_the_same(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("customer,customer_ref,product,quantity,colour\nC1,R1,P1,1,red\n")
    result = CliRunner().invoke(cli, ["orders", "inspect", str(path), "--json"])
    document = json.loads(result.stdout)
    assert (result.exit_code, len(document["orders"])) == (0, 1)
    assert [fault["code"] for fault in document["faults"]] == ["unknown_column"]


@pytest.mark.parametrize(
    ("kind", "step", "text"),
    [
        ("products", "intake", "code,name,colour\nP1,One,red\n"),
        (
            "orders",
            "intake",
            "customer,customer_ref,product,quantity,colour\nC1,R1,P1,1,red\n",
        ),
        (
            "deliveries",
            "delivery",
            "message_id,kind,order_no,date,colour\nM1,shipment,NOPE,2024-06-03,red\n",
        ),
    ],
)
def test_the_report_beside_the_file_tells_it(sqlite_home, kind, step, text):
    inbox = sqlite_home / "inbox" / kind
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "new.csv").write_text(text)
    [end] = run_directly(step, on=DAY)
    assert sum(n for key, n in end.outcome.skipped.items() if "unknown" in key) == 1
    [report] = sqlite_home.glob(f"*/{DAY}/{kind}/new.csv.report.csv")
    with report.open(newline="", encoding="utf-8-sig") as stream:
        codes = [row["code"] for row in csv.DictReader(stream)]
    assert "unknown_column" in codes
