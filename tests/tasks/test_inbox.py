"""An inbox folder is emptied by the cycle, and no file is lost or taken twice."""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from adv_domain.store import tables
from adv_domain.store.engine import reading
from flows.direct import run_directly
from tasks.resources import resources
from tests.files.order_samples import a_file, a_row

DAY = date(2024, 6, 3)
CUSTOMERS = b"""code,name,country,currency,language,credit_limit
C1,One,ES,EUR,es,1000.00
C2,Two,JP,JPY,en,
C3,Three,TN,TND,fr,10.125
"""


def _write(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


def _all(table: Any) -> list[Mapping[str, Any]]:
    with reading(resources().engine) as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).mappings()
        return [dict(row) for row in rows]


def _count(table: Any) -> int:
    with reading(resources().engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _run_intake():
    [end] = run_directly("intake", on=DAY)
    assert end.error is None
    return end.outcome


def test_inbox_is_emptied_into_archive_and_quarantine(home):
    _write(home / "inbox/customers", "new.csv", CUSTOMERS)
    _write(home / "inbox/orders", "a.csv", a_file(a_row(), a_row(customer_ref="")))
    _write(home / "inbox/orders", "b.csv", b"PK\x03\x04zip")
    outcome = _run_intake()
    assert outcome.done == {"files": 3, "customers": 3, "orders": 1}
    assert {failed.document: failed.code for failed in outcome.failed} == {
        "orders/a.csv": "rows_rejected",
        "orders/b.csv": "quarantined",
    }
    archive = home / "archive" / "2024-06-03"
    assert (archive / "customers/new.csv").read_bytes() == CUSTOMERS
    assert (archive / "orders/a.csv").exists()
    assert "customer_ref" in (archive / "orders/a.csv.report.csv").read_text()
    quarantine = home / "quarantine" / "2024-06-03" / "orders"
    assert (quarantine / "b.csv").read_bytes() == b"PK\x03\x04zip"
    assert "XLSX" in (quarantine / "b.csv.report.html").read_text()
    assert not list((home / "inbox/orders").iterdir())
    again = _run_intake()
    assert again.message == "nothing to do"


def test_same_name_and_same_content_again_is_kept_beside_the_first(home):
    for _ in range(2):
        _write(home / "inbox/orders", "a.csv", a_file(a_row()))
        outcome = _run_intake()
        assert not outcome.failed
    assert outcome.skipped == {"duplicate_rows": 1}
    folder = home / "archive/2024-06-03/orders"
    assert {path.name for path in folder.glob("*.csv")} == {
        "a.csv",
        "a-2.csv",
        "a.csv.report.csv",
        "a-2.csv.report.csv",
    }
    assert _count(tables.sales_order) == 1


def test_run_killed_before_the_move_only_moves(home, monkeypatch):
    from tasks.intake import step as intake

    def dies(*_):
        raise MemoryError("killed here")

    path = _write(home / "inbox/orders", "a.csv", a_file(a_row()))
    with monkeypatch.context() as patched:
        patched.setattr(intake, "move", dies)
        with pytest.raises(MemoryError):
            run_directly("intake", on=DAY)
    assert path.exists()
    assert _run_intake().done == {"files": 1}
    assert (home / "archive/2024-06-03/orders/a.csv").exists()
    assert not path.exists()
    assert not (home / "archive/2024-06-03/orders/a-2.csv").exists()


def test_file_replaced_while_it_is_taken_stays_for_the_next_run(home, monkeypatch):
    from tasks.intake import step as intake

    path = _write(home / "inbox/orders", "a.csv", a_file(a_row()))
    real = intake.take_file

    def replaced_meanwhile(*given, **named):
        tally = real(*given, **named)
        path.write_bytes(a_file(a_row(customer_ref="R2"), a_row(customer_ref="R3")))
        return tally

    with monkeypatch.context() as patched:
        patched.setattr(intake, "take_file", replaced_meanwhile)
        assert _run_intake().done["orders"] == 1
    assert path.exists()
    assert _run_intake().done["orders"] == 2
    assert not path.exists()


def test_unfinished_hidden_and_linked_entries_are_not_taken(home, tmp_path):
    inbox = home / "inbox/orders"
    for name in (".hidden.csv", "a.csv.part", "b.tmp"):
        _write(inbox, name, a_file(a_row()))
    secret = _write(tmp_path, "secret.csv", a_file(a_row()))
    (inbox / "link.csv").symlink_to(secret)
    os.mkfifo(inbox / "pipe.csv")
    (inbox / "folder.csv").mkdir()
    outcome = _run_intake()
    assert {(one.document, one.code) for one in outcome.failed} == {
        ("orders/link.csv", "not_a_file"),
        ("orders/pipe.csv", "not_a_file"),
        ("orders/folder.csv", "not_a_file"),
    }
    assert _count(tables.sales_order) == 0
    again = _run_intake()
    assert (len(again.failed), again.waiting) == (0, 3)
    # what is gone is no failure any more
    (inbox / "folder.csv").rmdir()
    assert _run_intake().waiting == 2
    still_open = {
        one["document"] for one in _all(tables.failure) if one["resolved_at"] is None
    }
    assert still_open == {"orders/link.csv", "orders/pipe.csv"}


def test_names_cannot_lead_out_of_the_archive(home):
    names = ["a..b.csv", "a;rm -rf;.csv", "=cmd.csv", "x" * 240 + ".csv", "né\n.csv"]
    for at, name in enumerate(names):
        _write(home / "inbox/orders", name, a_file(a_row(customer_ref=f"R{at}")))
    outcome = _run_intake()
    assert not outcome.failed
    taken = home / "archive/2024-06-03/orders"
    kept = [path.name for path in taken.iterdir() if "report" not in path.name]
    assert all(not set(name) & set("/\\;=\n") for name in kept)
    assert all(not name.startswith(".") for name in kept)
    assert len(kept) == 5


def test_mapping_beside_the_files_joins_header_and_lines(home):
    inbox = home / "inbox/orders"
    mapping = (
        b'[columns]\ncustomer = "K"\ncustomer_ref = "N"\nproduct = "A"\n'
        b'quantity = "M"\n[join]\nfile = "lines.csv"\nkey = "N"\n'
    )
    _write(inbox, "mapping.toml", mapping)
    _write(inbox, "head.csv", b"N;K\n1;C1\n")
    waiting = _run_intake()
    assert waiting.skipped == {"waits_for_joined_file": 1}
    _write(inbox, "lines.csv", b"N;A;M\n1;P1;2\n1;P2;3\n")
    outcome = _run_intake()
    assert outcome.done == {"files": 1, "orders": 1}
    assert [path.name for path in inbox.iterdir()] == ["mapping.toml"]
    folder = home / "archive/2024-06-03/orders"
    assert (folder / "head.csv").exists()
    assert (folder / "lines.csv").exists()


def test_wrong_mapping_leaves_the_files_and_is_named_once_mended(home):
    inbox = home / "inbox/orders"
    _write(inbox, "mapping.toml", b"[colums]\n")
    path = _write(inbox, "a.csv", a_file(a_row()))
    outcome = _run_intake()
    assert [one.code for one in outcome.failed] == ["invalid_mapping"]
    assert "colums" in outcome.failed[0].message
    assert path.exists()
    (inbox / "mapping.toml").unlink()
    assert _run_intake().done == {"files": 1, "orders": 1}
    [failure] = _all(tables.failure)
    assert failure["resolved_at"] is not None
