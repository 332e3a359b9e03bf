import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adv_domain.files.mapping import OWN, read_mapping
from adv_domain.files.sources import InputFile, row_source
from adv_domain.files.stock_feedback import (
    FEEDBACK_COLUMNS,
    FEEDBACK_FIELDS,
    ReadEntry,
    read_feedback,
)
from adv_domain.files.stock_feedback_formats import is_json
from adv_domain.files.stock_feedback_json import read_feedback_json
from adv_domain.files.text import FileRefused
from adv_domain.rules.stock.entries import DelayCause, EntryKind, StockEntry

HEADER = "message_id,kind,order_no,line,quantity,date,cause\n"


def from_csv(text: str, mapping: str = "") -> list[ReadEntry]:
    known = (
        read_mapping(mapping.encode(), name="m.toml", fields=FEEDBACK_COLUMNS)
        if mapping
        else OWN
    )
    file = InputFile("news.csv", text.encode())
    return list(read_feedback(row_source(file, FEEDBACK_FIELDS, known)))


def from_json(content: object) -> Iterator[ReadEntry]:
    return read_feedback_json("news.json", json.dumps(content).encode())


def entries(read: Any) -> list[StockEntry]:
    return [entry for _, entry, _ in read if entry is not None]


def test_the_four_kinds_are_read_with_their_place_in_the_file():
    found = entries(
        from_csv(
            HEADER + "M1,confirmation,O1,,,2025-03-10,\n"
            "M2,shipment,O1,1,2.5,2025-03-04,\n"
            "M3,new_date,O1,2,,2025-03-20,carrier\n"
            "M4,cancellation,O1,2,,,\n"
        )
    )
    assert [entry.kind for entry in found] == list(
        map(EntryKind, ["confirmation", "shipment", "new_date", "cancellation"])
    )
    assert [entry.source_row for entry in found] == [2, 3, 4, 5]
    assert (found[1].line_no, found[1].qty) == (1, Decimal("2.5"))
    assert (found[0].line_no, found[0].on) == (0, date(2025, 3, 10))
    assert (found[2].cause, found[3].on) == (DelayCause.CARRIER, None)


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (",shipment,O1,1,1,2025-03-04,", "message_id", "missing"),
        ("M1,moved,O1,1,1,2025-03-04,", "kind", "not_allowed"),
        ("M1,shipment,,1,1,2025-03-04,", "order_no", "missing"),
        ("M1,shipment,O1,1,1,,", "date", "missing"),
        ("M1,shipment,O1,1,-1,2025-03-04,", "quantity", "out_of_range"),
        ("M1,shipment,O1,1,0,2025-03-04,", "quantity", "not_positive"),
        ("M1,shipment,O1,,1,2025-03-04,", "line", "missing"),
        ("M1,new_date,O1,1,3,2025-03-04,", "quantity", "not_expected"),
        ("M1,new_date,O1,1,,04/03/2025,", "date", "not_a_date"),
        ("M1,new_date,O1,1,,2025-03-04,moon", "cause", "not_allowed"),
    ],
)
def test_a_wrong_row_names_row_field_and_remedy_and_spares_the_others(
    row: str, field: str, code: str
):
    bad, good = from_csv(f"{HEADER}{row}\nM9,shipment,O1,1,1,2025-03-04,\n")
    [fault] = bad[2]
    assert (fault.row, fault.field, fault.code) == (2, field, code)
    assert fault.message
    assert good[1] is not None


@pytest.mark.parametrize("name", ["cause", "reason"])
def test_the_cause_is_read_by_its_name_and_by_the_one_it_had_before(name: str):
    text = f"message_id,kind,order_no,date,{name}\nM1,new_date,O1,2025-03-04,customer\n"
    [of_csv] = entries(from_csv(text))
    message = {
        "message_id": "M1",
        "kind": "new_date",
        "order_no": "O1",
        "date": "2025-03-04",
    }
    [of_json] = entries(from_json([{**message, name: "customer"}]))
    [of_line] = entries(from_json([{**message, "lines": [{name: "customer"}]}]))
    causes = {of_csv.cause, of_json.cause, of_line.cause}
    assert causes == {DelayCause.CUSTOMER}


def test_stock_that_moved_a_date_and_named_no_cause_is_the_cause_itself():
    [entry] = entries(from_csv(HEADER + "M1,new_date,O1,,,2025-03-04,\n"))
    assert entry.cause is DelayCause.STOCK


def test_two_causes_of_one_message_are_a_fault():
    message = {
        "message_id": "M1",
        "kind": "new_date",
        "order_no": "O1",
        "date": "2025-03-04",
        "cause": "stock",
        "reason": "carrier",
    }
    [(_, entry, faults)] = from_json([message])
    assert entry is None
    assert [(fault.field, fault.code) for fault in faults] == [
        ("reason", "unknown_field")
    ]


def test_another_layout_is_read_through_a_mapping():
    text = "OrderID;CustomerID;ShippedDate\n10248;VINET;16/07/1996\n10249;TOMSP;\n"
    mapping = """
        [columns]
        message_id = "OrderID"
        customer = "CustomerID"
        customer_ref = "OrderID"
        date = "ShippedDate"
        [constants]
        kind = "shipment"
        [formats]
        date = "%d/%m/%Y"
        [skip]
        when_empty = ["date"]
    """
    [entry] = entries(from_csv(text, mapping))
    assert entry.order_name == "VINET 10248"
    assert (entry.kind, entry.on) == (EntryKind.SHIPMENT, date(1996, 7, 16))
    assert (entry.line_no, entry.qty) == (0, None)


def test_json_and_csv_give_equal_entries():
    message = {
        "message_id": "M2",
        "kind": "shipment",
        "order_no": "O1",
        "date": "2025-03-04",
        "lines": [{"line": 1, "quantity": 2.5}, {"line": "2", "quantity": "7"}],
    }
    rows = "M2,shipment,O1,1,2.5,2025-03-04,\nM2,shipment,O1,2,7,2025-03-04,\n"
    of_json = entries(from_json({"messages": [message]}))
    of_csv = entries(from_csv(HEADER + rows))
    assert [entry._replace(source_row=0) for entry in of_json] == [
        entry._replace(source_row=0) for entry in of_csv
    ]
    assert {entry.source_row for entry in of_json} == {1}


def test_a_message_without_lines_speaks_of_the_whole_order():
    message = {
        "message_id": "M1",
        "kind": "confirmation",
        "order_no": "O1",
        "date": "2025-03-10",
    }
    [entry] = entries(from_json([message]))
    assert (entry.line_no, entry.qty) == (0, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": [{"line": 1, "quantity": "x"}]}, "lines[1].quantity"),
        ({"lines": [{"line": 1, "colour": "red"}]}, "lines[1].colour"),
        ({"lines": [7]}, "lines[1]."),
        ({"lines": 7}, "lines"),
        ({"colour": "red"}, "colour"),
        ({"order_no": True}, "order_no"),
        ({"kind": None}, "kind"),
    ],
)
def test_a_wrong_message_names_its_number_and_field(change: dict[str, Any], field: str):
    good = {
        "message_id": "M1",
        "kind": "shipment",
        "order_no": "O1",
        "date": "2025-03-04",
    }
    first, second = from_json([{**good, **change}, good])
    assert first[1] is None
    assert field in [fault.field for fault in first[2]]
    assert {fault.row for fault in first[2]} == {1}
    assert second[1] is not None


@pytest.mark.parametrize("text", ["{", '{"a": 1}', "7", "[" * 100_000, "\xff"])
def test_a_file_that_is_no_list_of_messages_is_refused_as_a_whole(text: str):
    with pytest.raises(FileRefused, match="send it again"):
        list(read_feedback_json("news.json", text.encode("latin-1")))


def test_json_is_told_by_its_first_character():
    assert is_json(b"\xef\xbb\xbf \n{}") and is_json(b"[]")
    assert not is_json(HEADER.encode())
