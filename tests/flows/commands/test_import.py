"""`adv import` counts every row, and its exit status says how it went."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.commands.import_ import import_file
from tests.files.order_samples import a_file, a_row


def _import(*arguments: str):
    return CliRunner().invoke(import_file, list(arguments))


@pytest.fixture
def order_file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_bytes(a_file(a_row(), a_row(line=2), a_row(customer_ref="R2")))
    return path


def test_orders_are_counted_in_rows_and_orders(sqlite_home, order_file):
    first = _import("orders", str(order_file), "--json")
    assert first.exit_code == 0, first.output
    assert json.loads(first.stdout) == {
        "read": 3,
        "accepted": 3,
        "duplicate": 0,
        "rejected": 0,
        "faults": [],
        "orders": 2,
    }
    second = json.loads(_import("orders", str(order_file), "--json").stdout)
    assert (second["accepted"], second["duplicate"]) == (0, 3)
    assert order_file.exists()


def test_rejected_rows_end_one_and_are_told(sqlite_home, tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text("code,name,currency\nC1,One,EUR\nC2,Two,EURO\n")
    done = _import("customers", str(path))
    assert done.exit_code == 1
    assert "rows 2 read, 1 accepted, 0 duplicate, 1 rejected" in done.stdout
    assert "customers.csv, row 3: currency is not a code" in done.stdout


def test_what_cannot_be_opened_or_mapped_ends_two(sqlite_home, tmp_path, order_file):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[columns]\nnothing = 'x'\n")
    for kind in ("orders", "bank", "deliveries", "customers"):
        assert _import(kind, str(tmp_path)).exit_code == 2
        assert _import(kind, str(tmp_path / "absent")).exit_code == 2
    assert _import("orders", str(order_file), "--mapping", str(wrong)).exit_code == 2
    assert _import("tables", str(order_file)).exit_code == 2


def test_without_a_home_the_way_to_one_is_told(tmp_path, order_file, monkeypatch):
    monkeypatch.delenv("ADV_DATABASE_URL", raising=False)
    monkeypatch.setenv("ADV_HOME", str(tmp_path / "nothing"))
    done = _import("orders", str(order_file))
    assert done.exit_code == 2
    assert "adv init" in done.stderr


def test_every_kind_that_an_inbox_takes_can_be_imported():
    from adv_domain.files.kinds import KINDS

    [kinds] = [one.type.choices for one in import_file.params if one.name == "kind"]
    assert set(kinds) == {*KINDS, "orders", "deliveries", "bank"}
