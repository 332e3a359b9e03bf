"""The corpus of table files through intake: no file is lost, no order half-written,
every row counted once, whatever is sent."""

from datetime import date

import pytest
from sqlalchemy import func, select

from adv_domain.store import tables
from adv_domain.store.engine import reading
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.resources import resources
from tests.files.order_samples import a_file, a_row
from tests.files.table_corpus import (
    BAD_FILES,
    BAD_ROWS,
    GOOD_FILES,
    GOOD_REFS,
    PATH_TRICKS,
    SHIFTED,
    TableFile,
)

DAY = date(2024, 6, 3)
EVERY_FILE = GOOD_FILES | BAD_FILES
LINES_OF_GOOD = 3


def _stored():
    """Return the references of the stored orders, and how many lines they have."""
    with reading(resources().engine) as connection:
        refs = connection.scalars(
            select(tables.sales_order.c.customer_ref).order_by(tables.sales_order.c.id)
        )
        count = select(func.count()).select_from(tables.order_line)
        return sorted(refs), connection.scalar(count)


def _files():
    with reading(resources().engine) as connection:
        return list(connection.execute(select(tables.source_file)).mappings())


def _import(folder, given: TableFile):
    path = folder / given.name
    path.write_bytes(given.make())
    for name, data in given.beside.items():
        (folder / name).write_bytes(data)
    mapping = folder / "m.toml"
    mapping.write_text(given.mapping, encoding="utf-8")
    return import_file("orders", path, mapping=mapping if given.mapping else None)


@pytest.mark.parametrize("name", GOOD_FILES)
def test_good_file_is_taken_whole_and_once(name, sqlite_home, tmp_path):
    first = _import(tmp_path, GOOD_FILES[name])
    assert (first.read, first.accepted, first.orders) == (LINES_OF_GOOD, 3, 2)
    assert first.errors == []
    again = _import(tmp_path, GOOD_FILES[name])
    assert (again.read, again.duplicate, again.orders) == (LINES_OF_GOOD, 3, 0)
    assert _stored() == (sorted(GOOD_REFS), LINES_OF_GOOD)


@pytest.mark.parametrize(
    ("name", "policy"),
    [(name, "nothing") for name in BAD_FILES]
    + [(name, "good_rows") for name in SHIFTED],
)
def test_bad_file_is_counted_and_nothing_of_it_is_half_taken(
    name, policy, sqlite_home, tmp_path
):
    (sqlite_home / "policy.toml").write_text(f'[intake]\nbroken_file = "{policy}"\n')
    given = BAD_FILES[name]
    tally = _import(tmp_path, given)
    assert tally.accepted + tally.duplicate + tally.rejected == tally.read
    refused_whole = not given.refs or (name in SHIFTED and policy == "nothing")
    lines = 0 if refused_whole else LINES_OF_GOOD
    assert _stored() == ([] if refused_whole else sorted(GOOD_REFS), lines)
    assert tally.accepted == lines
    assert given.code in {fault.code for fault in tally.errors}
    [file] = _files()
    assert file["state"] == ("quarantined" if refused_whole else "archived")


def test_inbox_of_every_file_is_emptied_and_each_file_is_kept(home):
    inbox = home / "inbox" / "orders"
    inbox.mkdir(parents=True, exist_ok=True)
    sent = {}
    plain = [each for each in EVERY_FILE.values() if not each.mapping]
    for at, given in enumerate(plain):
        path = inbox / f"{at:03d} {given.name}"
        path.write_bytes(given.make())
        sent[path.name] = path.read_bytes()
    [end] = run_directly("intake", on=DAY)
    assert end.error is None
    assert list(inbox.iterdir()) == []
    assert _stored() == (sorted(GOOD_REFS), LINES_OF_GOOD)
    kept = {}
    for folder in ("archive", "quarantine"):
        for path in (home / folder / str(DAY) / "orders").iterdir():
            if ".report." not in path.name:
                kept[path.name] = path.read_bytes()
                report = path.with_name(f"{path.name}.report.csv").read_text("utf-8")
                assert path.name in report or folder == "archive"
    assert kept == sent
    failed = {one.document for one in end.outcome.failed}
    bad = [each for each in plain if each.code]
    assert len(failed) == len(bad)
    [again] = run_directly("intake", on=DAY)
    assert again.outcome.message == "nothing to do"


def test_names_lead_nowhere_but_to_archive(home):
    inbox = home / "inbox" / "orders"
    inbox.mkdir(parents=True, exist_ok=True)
    before = {path for path in home.parent.rglob("*") if home not in path.parents}
    for at, name in enumerate(PATH_TRICKS):
        (inbox / name).write_bytes(a_file(a_row(customer_ref=f"R{at}")))
    [end] = run_directly("intake", on=DAY)
    assert end.outcome.done["orders"] == len(PATH_TRICKS)
    assert not end.outcome.failed
    folder = home / "archive" / str(DAY) / "orders"
    kept = [path for path in folder.iterdir() if ".report." not in path.name]
    assert len(kept) == len(PATH_TRICKS)
    for path in kept:
        assert path.name.isprintable()
        assert not set(path.name) & set('/\\;$=|<>:"\n')
        assert not path.name.startswith((".", "-"))
    after = {path for path in home.parent.rglob("*") if home not in path.parents}
    assert after == before


def test_rejected_rows_of_the_corpus_are_accepted_once_corrected(sqlite_home, tmp_path):
    for name in BAD_ROWS:
        if BAD_ROWS[name].refs:
            _import(tmp_path, BAD_ROWS[name])
    assert _stored() == (sorted(GOOD_REFS), LINES_OF_GOOD)
    path = tmp_path / "corrected.csv"
    path.write_bytes(a_file(a_row(customer_ref="R9")))
    assert import_file("orders", path, on=DAY).orders == 1
