"""Rows become whole orders; an order with a faulty row is not taken by halves."""

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.files.mapping import InvalidMapping, read_mapping
from adv_domain.files.order_fields import ORDER_COLUMNS
from adv_domain.files.order_rows import read_orders
from adv_domain.files.text import FileRefused
from tests.files.order_samples import COLUMNS, a_file, a_row, a_source, codes, read

MAPPED = read_mapping(
    b"""
[columns]
customer = "Kunde"
customer_ref = "Nr"
product = "Artikel"
quantity = "Menge"
price = "Preis"
ordered_on = "Datum"
[formats]
date = "%d.%m.%Y"
decimal = ","
[constants]
currency = "EUR"
discount_percent = 2.5
[values.customer]
"Alt 1" = "C1"
[join]
file = "lines.csv"
key = "Nr"
their_key = "Auftrag"
""",
    name="m.toml",
    fields=ORDER_COLUMNS,
)
HEADERS = "Nr;Kunde;Datum\n10;Alt 1;02.05.2024\n11;C2;03.05.2024\n".encode("utf-16")
LINES = b"Auftrag;Artikel;Menge;Preis\n10;P1;3;9,80\n11;P2;1;4,00\n10;P3;2;1,5\n"


def test_lines_are_grouped_and_totalled() -> None:
    [first, second] = read(
        a_file(
            a_row(),
            a_row(line=2, product="P2", quantity=2, price="0.05", discount_percent=0),
            a_row(customer_ref="R2"),
        )
    )
    assert first.order is not None
    assert first.order.header.customer_ref == "R1"
    assert [line.product for line in first.order.lines] == ["P1", "P2"]
    assert first.order.total() == Decimal("26.56")
    assert first.rows == (2, 3)
    assert second.rows == (4,)


def test_header_and_line_files_are_joined() -> None:
    found = list(read_orders(a_source(HEADERS, MAPPED, joined=LINES)))
    assert not codes(found)
    by_ref = {each.order.header.customer_ref: each for each in found if each.order}
    order = by_ref["10"].order
    assert order is not None
    assert order.header.customer == "C1"
    assert order.header.currency == "EUR"
    assert [line.discount_rate for line in order.lines] == [Decimal("0.025")] * 2
    assert by_ref["10"].rows == (2, 4)


def test_line_without_header_and_header_without_line_are_named() -> None:
    header = HEADERS + "12;C3;04.05.2024\n11;C2;03.05.2024\n".encode("utf-16-le")
    lines = LINES + b"99;P9;1;1,00\n"
    found = list(read_orders(a_source(header, MAPPED, joined=lines)))
    faults = [
        (fault.file, fault.row, fault.code) for each in found for fault in each.faults
    ]
    assert faults == [
        ("orders.csv", 5, "repeated_key"),
        ("lines.csv", 3, "order_not_taken"),
        ("lines.csv", 5, "unknown_key"),
        ("orders.csv", 4, "without_lines"),
    ]
    assert sum(len(each.rows) for each in found) == 4


def test_one_bad_row_rejects_its_order_and_no_other() -> None:
    found = read(
        a_file(a_row(), a_row(line=2, quantity="abc"), a_row(customer_ref="R2"))
    )
    assert codes(found) == [
        (3, "quantity", "not_a_number"),
        (2, "", "order_not_taken"),
    ]
    assert [each.order is not None for each in found] == [False, True]


def test_all_faults_of_a_row_are_told_together() -> None:
    [found] = read(a_file(a_row(quantity="", price="NaN", ordered_on="2024-02-31")))
    assert {fault.field for fault in found.faults} == {
        "quantity",
        "price",
        "ordered_on",
    }


def test_contradicting_header_values_are_a_fault() -> None:
    found = read(a_file(a_row(), a_row(line=2, currency="USD")))
    assert (3, "currency", "header_conflict") in codes(found)


def test_requested_dates_may_differ_by_line() -> None:
    [found] = read(a_file(a_row(), a_row(line=2, requested_on="2024-05-10")))
    assert found.order is not None
    assert str(found.order.header.requested_on) == "2024-05-10"
    assert [str(line.requested_on) for line in found.order.lines] == [
        "2024-05-20",
        "2024-05-10",
    ]


def test_repeated_or_half_missing_line_numbers_are_faults() -> None:
    assert (3, "line", "repeated_line") in codes(read(a_file(a_row(), a_row())))
    assert (3, "line", "missing") in codes(read(a_file(a_row(), a_row(line=""))))


def test_unquoted_comma_is_caught_and_its_order_not_taken() -> None:
    shifted = a_row(line=2, product="Nuts, salted")
    found = read(a_file(a_row(), shifted, a_row(customer_ref="R2")))
    assert codes(found) == [(2, "", "order_not_taken"), (3, "", "cell_count")]
    assert "row 3 of orders.csv" in found[0].faults[0].message
    assert "comma" in found[1].faults[0].message
    assert a_source(a_file(a_row(), shifted)).broken_rows()[0].row == 3


def test_row_order_changes_neither_orders_nor_hashes() -> None:
    rows = [
        a_row(customer_ref=f"R{order}", line="", product=f"P{line}")
        for order in range(5)
        for line in range(3)
    ]
    shuffled = rows[:]
    random.Random(7).shuffle(shuffled)
    assert _hashes(a_file(*rows)) == _hashes(a_file(*shuffled))


def test_hash_ignores_how_a_number_is_written_and_sees_what_it_says() -> None:
    same = _hashes(a_file(a_row(quantity="3.0", price="9.8")))
    assert same == _hashes(a_file(a_row()))
    assert same != _hashes(a_file(a_row(quantity="4")))


def _hashes(data: bytes) -> set[str]:
    return {each.order.content_hash for each in read(data) if each.order}


def test_missing_column_names_what_the_file_has() -> None:
    with pytest.raises(FileRefused) as refusal:
        read(a_file(a_row(), header=COLUMNS.replace("quantity", "qty")))
    fault = refusal.value.fault
    assert fault.code == "missing_column"
    assert "'quantity'" in fault.message
    assert "qty" in fault.message


def test_wrong_constant_is_a_mistake_of_the_mapping() -> None:
    mapping = read_mapping(b'[constants]\ncurrency = "euro"', name="m.toml")
    with pytest.raises(InvalidMapping, match=r"constants\.currency"):
        read(a_file(a_row()), mapping)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["R1", "R2", "R3"]),
            st.sampled_from(["1", "2.5", "x", "", "1,5"]),
        ),
        max_size=12,
    )
)
def test_every_row_is_accounted_for_once(rows: list[tuple[str, str]]) -> None:
    lines = [a_row(customer_ref=ref, line="", quantity=qty) for ref, qty in rows]
    found = read(a_file(*lines))
    counted = sorted(row for each in found for row in each.rows)
    assert counted == list(range(2, len(rows) + 2))
    told = {fault.row for each in found for fault in each.faults}
    rejected = {row for each in found if each.order is None for row in each.rows}
    assert told == rejected


def test_an_order_and_a_change_of_it_in_one_file_are_two_documents() -> None:
    header = f"{COLUMNS},document"
    data = a_file(
        f"{a_row()},",
        f"{a_row(line=2, product='P2')},Order",
        f"{a_row(quantity=5)},change",
        header=header,
    )
    order, change = (each.order for each in read(data))
    assert order is not None and change is not None
    assert (order.header.document, len(order.lines)) == ("order", 2)
    assert (change.header.document, change.source_row) == ("change", 4)
    assert change.content_hash != order.content_hash


def test_a_document_of_no_known_kind_is_told_with_its_row() -> None:
    data = a_file(f"{a_row()},offer", header=f"{COLUMNS},document")
    assert codes(read(data)) == [(2, "document", "not_allowed")]
