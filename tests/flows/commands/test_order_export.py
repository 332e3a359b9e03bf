"""`adv orders export` writes orders on record; what it writes comes back the same."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import cli
from tasks.intake.step import import_file
from tests.files.orders.made_documents import an_order, written


@pytest.fixture
def known(sqlite_home, tmp_path):
    """Two orders on record."""
    path = tmp_path / "given.json"
    path.write_bytes(written("json", an_order("A-1"), an_order("A-2", lines=3)))
    assert import_file("orders", path).orders == 2
    return tmp_path


def _export(*arguments: str):
    return CliRunner().invoke(cli, ["orders", "export", *arguments])


def test_an_order_is_printed_by_number_or_reference(known: Path) -> None:
    by_number = _export("S00000001")
    assert by_number.exit_code == 0
    document = json.loads(by_number.stdout)
    assert [order["customer_ref"] for order in document["orders"]] == ["A-1"]
    assert _export("A-1", "S00000001").stdout == by_number.stdout


@pytest.mark.parametrize("form", ["csv", "json", "edifact", "xlsx"])
def test_several_orders_go_into_one_file(known: Path, form: str) -> None:
    out = known / "orders.out"
    done = _export("A-1", "A-2", "--format", form, "--out", str(out))
    assert (done.exit_code, done.stdout) == (0, f"written: {out}\n")
    assert import_file("orders", out).duplicate == 5


@pytest.mark.parametrize("form", ["ubl", "orderx"])
def test_formats_of_one_order_a_file_fill_a_folder(known: Path, form: str) -> None:
    out = known / "folder"
    assert _export("A-1", "A-2", "--format", form, "--out", str(out)).exit_code == 0
    files = sorted(out.iterdir())
    assert [file.name for file in files] == ["S00000001.xml", "S00000002.xml"]
    assert sum(import_file("orders", file).duplicate for file in files) == 5
    told = _export("A-1", "A-2", "--format", form)
    assert told.exit_code == 2
    assert "name a folder" in told.stderr


def test_what_cannot_be_written_is_told(known: Path) -> None:
    absent = _export("A-9")
    assert absent.exit_code == 1
    assert "order 'A-9' is not here" in absent.stderr
    text = _export("A-1", "--format", "xlsx")
    assert text.exit_code == 2
    nowhere = _export("A-1", "--out", str(known / "none" / "a.json"))
    assert nowhere.exit_code == 2
    assert "cannot be written" in nowhere.stderr
