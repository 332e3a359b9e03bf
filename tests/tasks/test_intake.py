"""Files come in once, whole or by good rows, and every row is accounted for."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from adv_domain.bundled import bundled_path
from adv_domain.policies import Intake, Policy
from adv_domain.store import tables
from adv_domain.store.engine import reading
from adv_domain.store.rows import counted_statements
from tasks.intake import orders as intake_orders
from tasks.intake.step import import_file
from tasks.intake.tally import Tally
from tasks.orders.policy import validation_rules
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


def _take(tmp_path: Path, kind: str, data: bytes, **rest: Any) -> Tally:
    path = _write(tmp_path / "given", f"{kind}.csv", data)
    return import_file(kind, path, on=DAY, **rest)


def _counts(tally: Tally) -> tuple[int, int, int, int]:
    return tally.read, tally.accepted, tally.duplicate, tally.rejected


def _all(table: Any) -> list[Mapping[str, Any]]:
    with reading(resources().engine) as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).mappings()
        return [dict(row) for row in rows]


def _count(table: Any) -> int:
    with reading(resources().engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _policy(home: Path, text: str) -> None:
    (home / "policy.toml").write_text(text)


def test_customers_are_taken_once_and_changed_by_what_a_file_says(home, tmp_path):
    assert _counts(_take(tmp_path, "customers", CUSTOMERS)) == (3, 3, 0, 0)
    assert _counts(_take(tmp_path, "customers", CUSTOMERS)) == (3, 0, 3, 0)
    renamed = b"code,name\nC1,Uno\nC2,Two\n"
    assert _counts(_take(tmp_path, "customers", renamed)) == (2, 1, 1, 0)
    first, second, third = _all(tables.customer)
    assert (first["name"], first["credit_limit"]) == ("Uno", Decimal(1000))
    assert second["credit_limit"] is None
    assert third["credit_limit"] == Decimal("10.125")
    assert first["payment_terms"] == "net30"
    assert third["tax_category"] == "standard"


def test_one_bad_row_does_not_stop_the_others(home, tmp_path):
    bad = CUSTOMERS + b"C4,Four,Spain,EUR,es,1,5\n" + b"C5,Five,ES,EURO,es,abc\n"
    _policy(home, '[intake]\nbroken_file = "good_rows"\n')
    tally = _take(tmp_path, "customers", bad)
    assert _counts(tally) == (5, 3, 0, 2)
    assert [(fault.row, fault.field, fault.code) for fault in tally.faults] == [
        (5, "", "cell_count"),
        (6, "currency", "not_a_code"),
        (6, "credit_limit", "not_a_number"),
    ]
    corrected = CUSTOMERS + b"C5,Five,ES,EUR,es,5\n"
    assert _counts(_take(tmp_path, "customers", corrected)) == (4, 1, 3, 0)


def test_file_with_shifted_cells_is_refused_whole_by_default(home, tmp_path):
    tally = _take(tmp_path, "customers", CUSTOMERS + b"C4,Four,ES,EUR,es,1,5\n")
    assert _counts(tally) == (4, 0, 0, 4)
    assert "row 5" in tally.faults[0].message
    assert _all(tables.customer) == []
    [file] = _all(tables.source_file)
    assert (file["state"], file["rejected"]) == ("quarantined", 4)
    _policy(home, '[intake]\nbroken_file = "good_rows"\n')
    tally = _take(tmp_path, "customers", CUSTOMERS + b"C4,Four,ES,EUR,es,1,5\n")
    assert _counts(tally) == (4, 3, 0, 1)


def test_a_key_that_comes_twice_in_a_file_is_told(home, tmp_path):
    twice = CUSTOMERS + b"C1,One,ES,EUR,es,1000.00\nC2,Zwei,JP,JPY,en,\n"
    tally = _take(tmp_path, "customers", twice)
    assert _counts(tally) == (5, 3, 1, 1)
    assert [(fault.row, fault.code) for fault in tally.faults] == [(6, "repeated_key")]
    assert _counts(_take(tmp_path, "customers", twice)) == (5, 0, 4, 1)


SMALL_FILES = {
    "products": b"code,name,list_price,discontinued\nP1,Tea,1.5,0\nP2,Rye,2,1\n",
    "prices": (
        b"scope,scope_code,product,price,discount_percent,valid_from,valid_to\n"
        b"all,,P1,1.25,,2024-01-01,\n"
        b"customer,C1,P1,,10,2024-01-01,2025-01-01\n"
    ),
    "rebates": (
        b"customer,valid_from,valid_to,threshold,rate_percent\n"
        b"C1,2024-01-01,2025-01-01,1000,2\nC1,2024-01-01,2025-01-01,5000,3\n"
    ),
    "stock": b"product,quantity\nP1,10\nP2,0.5\n",
    "tax_rates": (
        b"territory,category,rate_percent,valid_from\n"
        b"PT,standard,23,2011-01-01\nPT,reduced,6,2011-01-01\n"
    ),
    "payment_terms": (
        b"code;name;definition\n"
        b'a;at once;"{""lines"": [{""share"": ""remainder"", ""due"": []}]}"\n'
        b'b;later;"{""lines"": [{""share"": ""remainder"", '
        b'""due"": [[""add_days"", 9]]}]}"\n'
    ),
    "survey": b"item,score,scale_max,answered_on\nphone,4,5,2024-05-01\n"
    b"phone,4,5,2024-05-01\n",
    "legacy-invoices": (
        b"invoice,customer,issued_on,due_on,amount,currency,settled_on,disputed\n"
        b"L1,X1,2024-01-02,2024-02-01,121.00,EUR,2024-03-01,yes\n"
        b"L2,X1,2024-03-02,2024-04-01,50.00,EUR,,no\n"
    ),
}


@pytest.mark.parametrize("kind", SMALL_FILES)
def test_every_kind_is_taken_once(home, tmp_path, kind):
    assert _counts(_take(tmp_path, kind, SMALL_FILES[kind])) == (2, 2, 0, 0)
    assert _counts(_take(tmp_path, kind, SMALL_FILES[kind])) == (2, 0, 2, 0)


WRONG_ROWS = {
    "prices": (b"scope,product\nall,P1\n", "price"),
    "payment_terms": (b'code;name;definition\na;a;"{""lines"": []}"\n', "definition"),
    "survey": (
        b"item,score,answered_on\nphone,6,2024-05-01\n",
        "score",
    ),
    "legacy-invoices": (
        b"invoice;customer;issued_on;due_on;amount;currency\nL;X;2024-01-02;2024-02-01;1.5;JPY",
        "amount",
    ),
}


@pytest.mark.parametrize("kind", WRONG_ROWS)
def test_values_that_clash_are_told(home, tmp_path, kind):
    data, field = WRONG_ROWS[kind]
    tally = _take(tmp_path, kind, data)
    assert _counts(tally) == (1, 0, 0, 1)
    assert [fault.field for fault in tally.faults] == [field]


def test_survey_of_an_unknown_customer_is_told(home, tmp_path):
    data = b"customer,item,score,answered_on\nC9,phone,4,2024-05-01\n"
    tally = _take(tmp_path, "survey", data)
    assert _counts(tally) == (1, 0, 0, 1)
    assert tally.faults[0].code == "unknown_customer"


def test_legacy_invoice_is_settled_by_a_later_file(home, tmp_path):
    _take(tmp_path, "legacy-invoices", SMALL_FILES["legacy-invoices"])
    later = SMALL_FILES["legacy-invoices"].replace(b"EUR,,no", b"EUR,2024-04-15,no")
    assert _counts(_take(tmp_path, "legacy-invoices", later)) == (2, 1, 1, 0)
    assert _counts(_take(tmp_path, "legacy-invoices", later)) == (2, 0, 2, 0)
    items = _all(tables.instalment)
    assert [item["open_amount"] for item in items] == [0, 0]
    assert items[1]["settled_on"] == date(2024, 4, 15)
    for payment, allocation in zip(
        _all(tables.payment), _all(tables.allocation), strict=True
    ):
        assert payment["amount"] == allocation["amount"]
        assert payment["unapplied_amount"] == 0
    [dispute] = _all(tables.dispute)
    assert dispute["closed_on"] == date(2024, 3, 1)
    changed = later.replace(b"50.00", b"60.00")
    tally = _take(tmp_path, "legacy-invoices", changed)
    assert [fault.code for fault in tally.faults] == ["repeated_key"]


def test_orders_are_taken_with_source_hash_and_event(home, tmp_path):
    _take(tmp_path, "customers", CUSTOMERS)
    _take(tmp_path, "products", SMALL_FILES["products"])
    tally = _take(
        tmp_path,
        "orders",
        a_file(
            a_row(),
            a_row(line=2, product="P9"),
            a_row(customer="C2", currency="", ordered_on=""),
            a_row(customer="??", currency=""),
        ),
    )
    assert _counts(tally) == (4, 4, 0, 0)
    assert tally.orders == 3
    orders = _all(tables.sales_order)
    assert [order["order_no"] for order in orders] == [
        "S00000001",
        "S00000002",
        "S00000003",
    ]
    assert [order["currency"] for order in orders] == ["EUR", "JPY", "EUR"]
    assert orders[1]["ordered_on"] == DAY
    assert orders[2]["customer_id"] is None
    assert [order["source_row"] for order in orders] == [2, 4, 5]
    lines = _all(tables.order_line)
    assert [line["product_id"] is None for line in lines] == [
        False,
        True,
        False,
        False,
    ]
    assert lines[0]["asked_discount_rate"] == Decimal("0.1")
    events = [row for row in _all(tables.event) if row["entity"] == "order"]
    assert [event["to_state"] for event in events] == ["received"] * 3


def test_terms_given_as_json_are_kept_under_a_code(home, tmp_path):
    term = '{""lines"": [{""share"": ""remainder"", ""due"": [[""add_days"", 7]]}]}'
    data = f'code,name,payment_terms\nC1,One,"{term}"\nC2,Two,"{term}"\nC3,Tri,net60\n'
    assert _counts(_take(tmp_path, "customers", data.encode())) == (3, 3, 0, 0)
    assert _counts(_take(tmp_path, "customers", data.encode())) == (3, 0, 3, 0)
    first, second, third = [row["payment_terms"] for row in _all(tables.customer)]
    assert first == second
    assert third == "net60"
    [kept] = [row for row in _all(tables.payment_term) if row["code"] == first]
    assert kept["definition"]["lines"][0]["due"] == [["add_days", 7]]
    wrong = b'code,name,payment_terms\nC4,Four,"{""lines"": []}"\n'
    tally = _take(tmp_path, "customers", wrong)
    assert [fault.code for fault in tally.faults] == ["not_a_term"]


def test_same_file_or_its_parts_again_add_nothing(home, tmp_path):
    rows = [a_row(customer_ref=f"R{number}") for number in range(5)]
    assert _take(tmp_path, "orders", a_file(*rows[:3])).orders == 3
    assert _counts(_take(tmp_path, "orders", a_file(*rows[:3]))) == (3, 0, 3, 0)
    overlap = _take(tmp_path, "orders", a_file(*reversed(rows)))
    assert _counts(overlap) == (5, 2, 3, 0)
    assert _count(tables.sales_order) == 5


def test_the_products_unit_stands_in_where_a_line_names_none(home, tmp_path):
    _take(tmp_path, "products", b"code,name,unit\nP1,Flour,KGM\nP2,Saw,BX\n")
    rows = [
        a_row(unit=""),
        a_row(line=2, product="P2"),
        a_row(line=3, product="P9", unit=""),
    ]
    assert _take(tmp_path, "orders", a_file(*rows)).accepted == 3
    units = [line["unit"] for line in _all(tables.order_line)]
    assert units == ["KGM", "PCE", "PCE"]
    # the same again is the same: as it was sent, and with what stood in spelt out
    spelt_out = [a_row(unit="KGM"), rows[1], a_row(line=3, product="P9")]
    for again in (rows[::-1], spelt_out):
        assert _take(tmp_path, "orders", a_file(*again)).duplicate == 3
    # nor does another unit of the product make the order another one
    _take(tmp_path, "products", b"code,name,unit\nP1,Flour,GRM\n")
    assert (
        _take(tmp_path, "orders", a_file(*rows, a_row(customer_ref="R2"))).orders == 1
    )
    assert _count(tables.sales_order) == 2


@pytest.mark.parametrize(
    ("policy", "counts", "occurrences"),
    [("hold", (1, 1, 0, 0), [1, 2]), ("reject", (1, 0, 0, 1), [1])],
)
def test_other_content_under_a_known_reference_follows_the_policy(
    home, tmp_path, policy, counts, occurrences
):
    _policy(home, f'[intake]\nduplicate_reference = "{policy}"\n')
    _take(tmp_path, "orders", a_file(a_row()))
    changed = a_file(a_row(quantity=7))
    assert _counts(_take(tmp_path, "orders", changed)) == counts
    found = _all(tables.sales_order)
    assert [order["occurrence"] for order in found] == occurrences
    again = _take(tmp_path, "orders", changed)
    assert again.accepted == 0
    assert _count(tables.sales_order) == len(occurrences)


def test_allowed_repeats_are_not_held_by_validation():
    allowed = Policy(intake=Intake(duplicate_reference="allow"))
    setting = validation_rules(allowed).settings["duplicate_reference"]
    assert setting.severity == "off"
    setting = validation_rules(Policy()).settings["duplicate_reference"]
    assert setting.severity == "block"


def test_rejected_row_corrected_and_sent_again_is_accepted(home, tmp_path):
    tally = _take(tmp_path, "orders", a_file(a_row(), a_row(line=2, price="x")))
    assert _counts(tally) == (2, 0, 0, 2)
    tally = _take(tmp_path, "orders", a_file(a_row(), a_row(line=2, price="2")))
    assert _counts(tally) == (2, 2, 0, 0)


def test_interrupted_file_ends_like_one_that_was_not(home, tmp_path, monkeypatch):
    monkeypatch.setenv("ADV_BATCH_SIZE", "2")
    data = a_file(*(a_row(customer_ref=f"R{number}") for number in range(7)))
    real = intake_orders.insert_orders
    calls = []

    def dies_at_the_third(connection, **rest):
        calls.append(1)
        if len(calls) == 3:
            raise MemoryError("killed here")
        return real(connection, **rest)

    monkeypatch.setattr(intake_orders, "insert_orders", dies_at_the_third)
    with pytest.raises(MemoryError):
        _take(tmp_path, "orders", data)
    assert _count(tables.sales_order) == 4
    monkeypatch.setattr(intake_orders, "insert_orders", real)
    assert _counts(_take(tmp_path, "orders", data)) == (7, 7, 0, 0)
    numbers = [order["order_no"] for order in _all(tables.sales_order)]
    assert numbers == [f"S{number:08d}" for number in range(1, 8)]
    [file] = _all(tables.source_file)
    assert (file["state"], file["accepted"]) == ("archived", 7)
    assert _counts(_take(tmp_path, "orders", data)) == (7, 0, 7, 0)


def test_order_that_cannot_be_stored_stops_no_other(home, tmp_path, monkeypatch):
    real = intake_orders.insert_orders

    def refuses_one(connection, **rest):
        if any(order["customer_ref"] == "R2" for order in rest["orders"]):
            raise ValueError("the database says no")
        return real(connection, **rest)

    monkeypatch.setattr(intake_orders, "insert_orders", refuses_one)
    rows = [a_row(customer_ref=f"R{number}") for number in range(5)]
    tally = _take(tmp_path, "orders", a_file(*rows))
    assert _counts(tally) == (5, 4, 0, 1)
    assert [(fault.row, fault.code) for fault in tally.faults] == [(4, "not_storable")]


def test_statements_do_not_grow_with_the_batch(home, tmp_path, engine):
    counts = []
    for size in (50, 600):
        rows = [a_row(customer_ref=f"S{size}-{number}") for number in range(size)]
        with counted_statements(engine) as seen:
            assert _take(tmp_path, "orders", a_file(*rows)).orders == size
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_northwind_is_taken_whole_and_once(home, shared_data):
    folder = bundled_path("deployments") / "mappings" / "northwind"
    data = shared_data / "northwind"
    for kind, rows in (("customers", 91), ("products", 77), ("orders", 2155)):
        path = data / f"{kind}.csv"
        mapping = folder / f"{kind}.toml"
        first = import_file(kind, path, mapping=mapping, on=DAY)
        assert _counts(first) == (rows, rows, 0, 0)
        second = import_file(kind, path, mapping=mapping, on=DAY)
        assert _counts(second) == (rows, 0, rows, 0)
    assert _count(tables.sales_order) == 830
    assert _count(tables.order_line) == 2155
