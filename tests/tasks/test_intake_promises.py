"""What intake promises of files of rows: feature rows 1 to 5, invariants 14 to 16."""

import csv
from datetime import date
from hashlib import sha256
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from adv_domain.bundled import bundled_path
from adv_domain.store.engine import reading
from adv_domain.store.tables import order_line, sales_order, source_file
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.resources import resources
from tests.files.order_samples import a_file, a_row, read
from tests.files.workbooks import a_workbook, cells_of

DAY = date(2024, 6, 3)
LAW = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_examples = count()


def _take(folder, data, name="orders.csv"):
    path = folder / name
    path.write_bytes(data)
    return import_file("orders", path, on=DAY)


def _counts(tally):
    return tally.read, tally.accepted, tally.duplicate, tally.rejected


def _orders():
    with reading(resources().engine) as connection:
        return list(
            connection.execute(
                select(sales_order).order_by(sales_order.c.id)
            ).mappings()
        )


def _policy(home, text):
    (home / "policy.toml").write_text(f"[intake]\n{text}\n")


TWO_ORDERS = a_file(a_row(), a_row(line=2, product="P2"), a_row(customer_ref="R2"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_row_1_the_same_file_twice_creates_each_order_once(home, tmp_path, kind):
    rows = [cells_of(), cells_of(line=2), cells_of(customer_ref="R2")]
    data = TWO_ORDERS if kind == "csv" else a_workbook(*rows)
    assert _counts(_take(tmp_path, data, f"o.{kind}")) == (3, 3, 0, 0)
    assert _counts(_take(tmp_path, data, f"o.{kind}")) == (3, 0, 3, 0)
    assert _counts(_take(tmp_path, data, f"renamed.{kind}")) == (3, 0, 3, 0)
    assert [order["customer_ref"] for order in _orders()] == ["R1", "R2"]


def test_row_1_the_same_orders_in_another_form_are_the_same_orders(home, tmp_path):
    _take(tmp_path, TWO_ORDERS)
    rows = [cells_of(), cells_of(line=2, product="P2"), cells_of(customer_ref="R2")]
    assert _counts(_take(tmp_path, a_workbook(*rows), "o.xlsx")) == (3, 0, 3, 0)
    other = TWO_ORDERS.replace(b",", b";").replace(b"9.80", b"9.8000")
    assert _counts(_take(tmp_path, other, "o2.csv")) == (3, 0, 3, 0)


@pytest.mark.parametrize(
    ("policy", "counts", "occurrences"),
    [
        ("reject", (1, 0, 0, 1), [1]),
        ("hold", (1, 1, 0, 0), [1, 2]),
        ("allow", (1, 1, 0, 0), [1, 2]),
    ],
)
def test_row_2_the_same_reference_in_two_files_follows_the_policy(
    home, tmp_path, policy, counts, occurrences
):
    _policy(home, f'duplicate_reference = "{policy}"')
    _take(tmp_path, a_file(a_row()))
    tally = _take(tmp_path, a_file(a_row(quantity=7)), "second.csv")
    assert _counts(tally) == counts
    assert [order["occurrence"] for order in _orders()] == occurrences
    if policy == "reject":
        [fault] = tally.faults
        assert (fault.file, fault.row, fault.field, fault.value) == (
            "second.csv",
            2,
            "customer_ref",
            "R1",
        )
        assert "give the order a reference of its own" in fault.message
    # whatever the policy, no file creates an order of it a second time
    assert _take(tmp_path, a_file(a_row(quantity=7)), "third.csv").accepted == 0


@pytest.mark.parametrize("policy", ["hold", "allow"])
def test_row_2_held_or_allowed_is_decided_by_validation(home, tmp_path, policy):
    _policy(home, f'duplicate_reference = "{policy}"')
    _take(tmp_path, a_file(a_row()))
    _take(tmp_path, a_file(a_row(quantity=7)), "second.csv")
    run_directly("validation", on=DAY)
    codes_of_second = {fault.code for fault in _faults_of(_orders()[1]["id"])}
    assert ("duplicate_reference" in codes_of_second) is (policy == "hold")


def _faults_of(order_id):
    from adv_domain.store.tables import order_fault

    with reading(resources().engine) as connection:
        return connection.execute(
            select(order_fault).where(order_fault.c.order_id == order_id)
        ).all()


def test_row_3_one_bad_row_does_not_stop_the_others_and_is_named(home, tmp_path):
    data = a_file(
        a_row(),
        a_row(customer_ref="R2", ordered_on="2024-02-31"),
        a_row(customer_ref="R3"),
    )
    tally = _take(tmp_path, data)
    assert _counts(tally) == (3, 2, 0, 1)
    [fault] = tally.faults
    assert (fault.file, fault.row, fault.field) == ("orders.csv", 3, "ordered_on")
    assert (fault.code, fault.value) == ("not_a_date", "2024-02-31")
    assert "correct it" in fault.message
    assert [order["customer_ref"] for order in _orders()] == ["R1", "R3"]


def test_row_3_the_report_names_file_row_field_and_reason(home):
    inbox = home / "inbox" / "orders"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "may.csv").write_bytes(
        a_file(a_row(), a_row(customer_ref="R2", price="x"))
    )
    run_directly("intake", on=DAY)
    report = home / "archive" / str(DAY) / "orders" / "may.csv.report.csv"
    with report.open(encoding="utf-8-sig", newline="") as stream:
        [fault] = csv.DictReader(stream)
    assert (fault["file"], fault["row"], fault["field"]) == ("may.csv", "3", "price")
    assert fault["value"] == "x"
    assert "is no number" in fault["what is wrong"]
    assert "correct it" in fault["what to do"]


@pytest.mark.parametrize("how", ["alone", "in the whole file again"])
def test_row_4_a_rejected_row_corrected_and_sent_again_is_accepted(home, tmp_path, how):
    good, wrong = a_row(), a_row(customer_ref="R2", quantity="two")
    assert _counts(_take(tmp_path, a_file(good, wrong))) == (2, 1, 0, 1)
    corrected = a_row(customer_ref="R2", quantity="2")
    rows = [corrected] if how == "alone" else [good, corrected]
    tally = _take(tmp_path, a_file(*rows), "corrected.csv")
    assert (tally.accepted, tally.rejected) == (1, 0)
    assert [order["customer_ref"] for order in _orders()] == ["R1", "R2"]


def test_row_5_every_order_keeps_its_file_row_and_content_hash(home, tmp_path):
    _take(tmp_path, TWO_ORDERS, "may.csv")
    [first, second] = _orders()
    with reading(resources().engine) as connection:
        [file] = connection.execute(select(source_file)).mappings()
        rows = connection.execute(
            select(order_line.c.order_id, order_line.c.source_row).order_by(
                order_line.c.id
            )
        ).all()
    assert (file["name"], file["sha256"]) == (
        "may.csv",
        sha256(TWO_ORDERS).hexdigest(),
    )
    assert {first["source_file_id"], second["source_file_id"]} == {file["id"]}
    assert (first["source_row"], second["source_row"]) == (2, 4)
    assert rows == [(first["id"], 2), (first["id"], 3), (second["id"], 4)]
    hashes = [each.order.content_hash for each in read(TWO_ORDERS) if each.order]
    assert [first["content_hash"], second["content_hash"]] == hashes


def _some_orders(draw, prefix):
    """Return the rows of some orders, as lists by order."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=6))
    return [
        [
            a_row(
                customer=f"C{at % 3}",
                customer_ref=f"{prefix}-{at}",
                line="",
                product=f"P{draw(st.integers(1, 9))}",
                quantity=draw(st.integers(1, 9)),
            )
            for _ in range(size)
        ]
        for at, size in enumerate(sizes)
    ]


def _hashes(data):
    return {each.order.content_hash for each in read(data) if each.order}


@given(data=st.data())
@LAW
def test_invariant_14_any_split_or_overlap_of_files_gives_the_same_orders(
    sqlite_home, tmp_path, data
):
    prefix = f"I14-{next(_examples)}"
    orders = _some_orders(data.draw, prefix)
    places = st.lists(st.sampled_from(range(len(orders))), unique=True)
    files = [*data.draw(st.lists(places, max_size=4)), list(range(len(orders)))]
    for file in data.draw(st.permutations(files)):
        if file:
            _take(tmp_path, a_file(*(row for at in file for row in orders[at])))
    stored = [one for one in _orders() if one["customer_ref"].startswith(f"{prefix}-")]
    assert len(stored) == len(orders)
    whole = a_file(*(row for rows in orders for row in rows))
    assert {one["content_hash"] for one in stored} == _hashes(whole)


@given(data=st.data())
@LAW
def test_invariant_15_row_order_does_not_change_the_orders(sqlite_home, tmp_path, data):
    prefix = f"I15-{next(_examples)}"
    rows = [row for order in _some_orders(data.draw, prefix) for row in order]
    _take(tmp_path, a_file(*data.draw(st.permutations(rows))))
    stored = [one for one in _orders() if one["customer_ref"].startswith(f"{prefix}-")]
    assert {one["content_hash"] for one in stored} == _hashes(a_file(*rows))
    again = _take(tmp_path, a_file(*rows))
    assert (again.accepted, again.duplicate) == (0, len(rows))


BROKEN = st.sampled_from(
    ["", "price", "quantity", "customer_ref", "cut", "comma", "quote"]
)


@given(data=st.data(), policy=st.sampled_from(["nothing", "good_rows"]))
@LAW
def test_invariant_16_every_row_read_is_accepted_rejected_or_a_duplicate(
    sqlite_home, tmp_path, data, policy
):
    _policy(sqlite_home, f'broken_file = "{policy}"')
    prefix = f"I16-{next(_examples)}"
    rows = [row for order in _some_orders(data.draw, prefix) for row in order]
    broken = [_broken(row, data.draw(BROKEN)) for row in rows]
    file = a_file(*broken, *data.draw(st.lists(st.sampled_from(rows), max_size=3)))
    for _ in range(2):
        tally = _take(tmp_path, file)
        assert tally.accepted + tally.duplicate + tally.rejected == tally.read
        if not any('"' in row for row in broken):
            assert tally.read == file.count(b"\n") - 1
        told = {fault.row for fault in tally.errors}
        assert bool(told) == bool(tally.rejected)


def _broken(row, what):
    cells = row.split(",")
    match what:
        case "price":
            cells[8] = "NaN"
        case "quantity":
            cells[6] = ""
        case "customer_ref":
            cells[1] = ""
        case "cut":
            cells = cells[:5]
        case "comma":
            cells[5] += ",salted"
        case "quote":
            cells[5] = '"P'
    return ",".join(cells)


@pytest.fixture
def naive_northwind(shared_data, tmp_path):
    """Return a copy of Northwind's orders without the quotes, and its first bad row."""
    folder = shared_data / "northwind"
    with (folder / "orders.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    bad = [at for at, row in enumerate(rows, 1) if any("," in cell for cell in row)]
    naive = "\n".join(",".join(row) for row in rows)
    (tmp_path / "orders.csv").write_text(naive, encoding="utf-8")
    lines = (folder / "order_details.csv").read_bytes()
    (tmp_path / "order_details.csv").write_bytes(lines)
    return tmp_path, bad


@pytest.mark.parametrize("policy", ["nothing", "good_rows"])
def test_northwind_with_unquoted_commas_goes_aside_or_gives_its_good_rows(
    home, naive_northwind, policy
):
    folder, bad = naive_northwind
    assert bad
    _policy(home, f'broken_file = "{policy}"')
    inbox = home / "inbox" / "orders"
    inbox.mkdir(parents=True, exist_ok=True)
    mapping = bundled_path("deployments") / "mappings" / "northwind" / "orders.toml"
    (inbox / "mapping.toml").write_bytes(mapping.read_bytes())
    for name in ("orders.csv", "order_details.csv"):
        (inbox / name).write_bytes((folder / name).read_bytes())
    [end] = run_directly("intake", on=DAY)
    [failed] = end.outcome.failed
    kept = home / ("quarantine" if policy == "nothing" else "archive") / str(DAY)
    assert (kept / "orders" / "orders.csv").exists()
    assert (kept / "orders" / "order_details.csv").exists()
    report = (kept / "orders" / "orders.csv.report.csv").read_text(encoding="utf-8-sig")
    assert f"orders.csv,{bad[0]}," in report
    if policy == "nothing":
        assert f"row {bad[0]} of orders.csv" in failed.message
        assert _orders() == []
    else:
        assert failed.code == "rows_rejected"
        assert len(_orders()) == 830 - len(bad)
