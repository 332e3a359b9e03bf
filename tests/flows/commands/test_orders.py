"""`adv orders inspect` says what a file holds; the exit status says how it went."""

import json
from pathlib import Path

from click.testing import CliRunner

from flows.commands.orders import orders
from tests.files.order_samples import a_file, a_row


def _inspect(*arguments: str):
    return CliRunner().invoke(orders, ["inspect", *arguments])


def test_good_file_is_shown_as_json(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(a_file(a_row(), a_row(line=2, quantity=1)))
    done = _inspect(str(path), "--json")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["faults"] == []
    [order] = document["orders"]
    assert order["customer_ref"] == "R1"
    assert order["buyer"]["id"] == "C1"
    assert order["currency"] == "EUR"
    assert order["total"] == "35.28"
    assert order["lines"][0]["discount_percent"] == "10.0"


def test_bad_file_ends_one_with_its_faults(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(a_file(a_row(price="NaN")))
    done = _inspect(str(path), "--json")
    assert done.exit_code == 1
    [fault] = json.loads(done.stdout)["faults"]
    assert set(fault) == {"file", "row", "field", "code", "message", "value"}
    assert (fault["row"], fault["field"], fault["value"]) == (2, "price", "NaN")
    told = _inspect(str(path))
    assert told.exit_code == 1
    assert "orders.csv, row 2: price is no number" in told.stdout


def test_other_formats_are_named_as_not_read_yet(tmp_path: Path) -> None:
    path = tmp_path / "orders.xml"
    path.write_text("<?xml version='1.0'?><Order/>")
    done = _inspect(str(path))
    assert done.exit_code == 1
    assert "only CSV" in done.stdout


def test_what_cannot_be_opened_or_mapped_ends_two(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(a_file(a_row()))
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[columns]\nnothing = 'x'\n")
    assert _inspect(str(tmp_path)).exit_code == 2
    assert _inspect(str(tmp_path / "absent.csv")).exit_code == 2
    done = _inspect(str(path), "--mapping", str(wrong))
    assert done.exit_code == 2
    assert "columns.nothing" in done.stderr
