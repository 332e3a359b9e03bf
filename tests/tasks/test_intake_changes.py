"""A change of an order is kept as a document of its own, each once."""

from datetime import date

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import amendment, event, sales_order, source_file
from tasks.intake import changes as intake_changes
from tasks.intake.step import import_file
from tasks.resources import resources
from tests.files.order_samples import COLUMNS, a_file, a_row

DAY = date(2024, 6, 3)
HEADER = f"{COLUMNS},document"


def changed(kind="change", **values):
    return f"{a_row(**values)},{kind}"


def take(tmp_path, *rows, header=HEADER):
    path = tmp_path / "orders.csv"
    path.write_bytes(a_file(*rows, header=header))
    return import_file("orders", path, on=DAY)


def take_order(tmp_path, **values):
    return take(tmp_path, a_row(**values), header=COLUMNS)


def counts(tally):
    return tally.accepted, tally.duplicate, tally.rejected, tally.amendments


def codes(tally):
    return [(fault.row, fault.code) for fault in tally.faults]


def rows(table):
    with reading(resources().engine) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def policy(home, word):
    (home / "policy.toml").write_text(f'[intake]\nduplicate_reference = "{word}"\n')


def test_a_change_is_kept_with_its_source_and_the_order_stays(home, tmp_path):
    take_order(tmp_path)
    assert counts(take(tmp_path, changed(quantity=5))) == (1, 0, 0, 1)
    [order] = rows(sales_order)
    [change] = rows(amendment)
    assert (change.state, change.kind, change.source_row) == ("proposed", "change", 2)
    assert (change.customer_code, change.customer_ref) == ("C1", "R1")
    assert change.content_hash != order.content_hash
    assert change.source_file_id == rows(source_file)[1].id
    assert change.asked["lines"][0]["quantity"] == "5"
    [told] = [one for one in rows(event) if one.entity == "amendment"]
    assert (told.entity_id, told.to_state) == (change.id, "proposed")
    assert told.reason == "orders.csv, row 2"


def test_the_same_change_twice_is_kept_once(home, tmp_path):
    take_order(tmp_path)
    take(tmp_path, changed(quantity=5))
    assert counts(take(tmp_path, changed(quantity="5.0"))) == (0, 1, 0, 0)
    numbered = f"{changed(quantity=5)},CH-2"
    again = take(tmp_path, numbered, header=f"{HEADER},document_ref")
    assert counts(again) == (1, 0, 0, 1)
    assert len(rows(amendment)) == 2


def test_a_change_that_another_has_followed_is_told_and_not_done_again(home, tmp_path):
    take_order(tmp_path)
    take(tmp_path, changed(quantity=5))
    take(tmp_path, changed(quantity=7))
    tally = take(tmp_path, changed(quantity=5), changed(customer_ref="R2"))
    assert counts(tally) == (1, 1, 0, 1)
    assert codes(tally) == [(2, "repeated_change"), (3, "order_not_here")]
    assert tally.errors == []


@pytest.mark.parametrize("kind", ["change", "cancel"])
def test_a_change_before_its_order_is_kept_and_told(home, tmp_path, kind):
    tally = take(tmp_path, changed(kind))
    assert counts(tally) == (1, 0, 0, 1)
    [fault] = tally.faults
    assert (fault.code, fault.field, fault.value) == (
        "order_not_here",
        "customer_ref",
        "R1",
    )
    assert counts(take_order(tmp_path)) == (1, 0, 0, 0)
    assert len(rows(sales_order)) == len(rows(amendment)) == 1


def test_an_order_and_its_change_in_one_file_are_both_taken(home, tmp_path):
    tally = take(tmp_path, changed("order"), changed(quantity=9))
    assert counts(tally) == (2, 0, 0, 1)
    assert codes(tally) == []


def test_two_changes_of_one_order_in_a_file_of_rows_are_one_with_a_clash(
    home, tmp_path
):
    take_order(tmp_path)
    tally = take(tmp_path, changed(quantity=5), changed(quantity=6))
    assert counts(tally) == (0, 0, 2, 0)
    assert codes(tally) == [(3, "repeated_line"), (2, "order_not_taken")]
    assert rows(amendment) == []


@pytest.mark.parametrize(
    ("word", "expected", "orders", "changes"),
    [
        ("reject", (0, 0, 1, 0), 1, 0),
        ("hold", (1, 0, 0, 0), 2, 0),
        ("allow", (1, 0, 0, 0), 2, 0),
        ("amend", (1, 0, 0, 1), 1, 1),
    ],
)
def test_row_2_same_reference_with_other_content_follows_the_policy(
    home, tmp_path, word, expected, orders, changes
):
    """Row 2: flagged, not created, by policy: reject, hold, allow or amend."""
    policy(home, word)
    take_order(tmp_path)
    assert counts(take_order(tmp_path, quantity=7)) == expected
    assert (len(rows(sales_order)), len(rows(amendment))) == (orders, changes)
    assert take_order(tmp_path, quantity=7).accepted == 0
    assert take_order(tmp_path).duplicate == 1
    assert (len(rows(sales_order)), len(rows(amendment))) == (orders, changes)


@pytest.mark.parametrize("state", ["cancelled", "rejected", "fulfilled", "closed"])
def test_a_reference_used_again_after_its_order_has_ended_is_no_change(
    home, tmp_path, engine, state
):
    policy(home, "amend")
    take_order(tmp_path)
    with engine.begin() as connection:
        connection.execute(sales_order.update().values(state=state))
    assert counts(take_order(tmp_path, quantity=7)) == (1, 0, 0, 0)
    assert [one.occurrence for one in rows(sales_order)] == [1, 2]


def test_an_interrupted_file_of_changes_ends_like_one_that_was_not(
    home, tmp_path, monkeypatch
):
    monkeypatch.setenv("ADV_BATCH_SIZE", "2")
    lines = [changed(customer_ref=f"R{number}") for number in range(5)]
    real, calls = intake_changes.insert_amendments, []

    def dies_at_the_second(connection, **rest):
        calls.append(1)
        if len(calls) == 2:
            raise MemoryError("killed here")
        return real(connection, **rest)

    with monkeypatch.context() as patched:
        patched.setattr(intake_changes, "insert_amendments", dies_at_the_second)
        with pytest.raises(MemoryError):
            take(tmp_path, *lines)
    assert len(rows(amendment)) == 2
    assert counts(take(tmp_path, *lines)) == (5, 0, 0, 5)
    assert len(rows(amendment)) == 5


def test_statements_do_not_grow_with_the_changes(home, tmp_path, engine):
    # the first file of an empty database is told to PostgreSQL as growth
    take(tmp_path, changed(customer_ref="R"))
    seen = []
    for first, size in ((0, 5), (100, 60)):
        lines = [
            changed(customer_ref=f"R{number}") for number in range(first, first + size)
        ]
        with counted_statements(engine) as statements:
            assert take(tmp_path, *lines).amendments == size
        seen.append(len(statements))
    assert seen[0] == seen[1]
