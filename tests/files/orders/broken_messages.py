"""EDIFACT and JSON orders that are broken, each with the fault it must give."""

import json
from typing import Any

from tests.files.orders.made_documents import (
    AN_ORDERS,
    D96A,
    HEADER,
    LINES,
    SUMMARY,
    an_interchange,
)

Broken = tuple[bytes, str, str]
"""The bytes, the code of the fault, and a part of the element that it names."""

EDI = an_interchange(AN_ORDERS).decode()
_PLAIN = {"product": "P1", "quantity": 1}
_TWICE = LINES.replace("LIN+2+", "LIN+1+")


def _json(**changes: Any) -> bytes:
    line = {"product": "P1", "quantity": 3, "price": "9.80"}
    order = {"customer": "C1", "customer_ref": "A", "lines": [line]}
    return json.dumps(order | changes).encode()


def _json_line(**changes: Any) -> bytes:
    line: dict[str, Any] = {"product": "P1", "quantity": 3, "price": "9.80"}
    return _json(lines=[line | changes])


EDIFACT: dict[str, Broken] = {
    "cut off in a segment": (EDI[:-30].encode(), "not_edifact", ""),
    "without unz": (EDI[: EDI.index("UNZ")].encode(), "cut_off", "UNZ"),
    "without unt": (
        EDI.replace("UNT+22+1'", "").encode(),
        "cut_off",
        "UNT",
    ),
    "without unb": (EDI[EDI.index("UNH") :].encode(), "not_edifact", "UNB"),
    "wrong count of segments": (
        EDI.replace("UNT+22+", "UNT+21+").encode(),
        "wrong_count",
        "UNT",
    ),
    "wrong reference of a message": (
        EDI.replace("UNT+22+1", "UNT+22+9").encode(),
        "wrong_reference",
        "UNT",
    ),
    "wrong count of messages": (
        an_interchange(AN_ORDERS, count=2),
        "wrong_count",
        "UNZ",
    ),
    "wrong reference of the interchange": (
        EDI.replace("UNZ+1+77", "UNZ+1+78").encode(),
        "wrong_reference",
        "UNZ",
    ),
    "two interchanges, the first cut": (
        (EDI[: EDI.index("UNZ")] + EDI).encode(),
        "cut_off",
        "UNZ",
    ),
    "a segment outside a message": (
        EDI.replace("UNH+1", "BGM+1'UNH+1").encode(),
        "not_edifact",
        "BGM",
    ),
    "an interchange that is a test": (
        EDI.replace("+77'UNH", "+77++++++1'UNH").encode(),
        "test_document",
        "UNB",
    ),
    "an empty interchange": (b"UNB+UNOC:3+a+b+1:1+7'UNZ+0+7'", "empty_file", ""),
    "signs that are letters": (b"UNA:bcdefUNBb1'", "wrong_signs", ""),
    "signs that are one": (b"UNA++++++UNB+1", "wrong_signs", ""),
    "an invoice message": (
        an_interchange(AN_ORDERS.replace("ORDERS", "INVOIC")),
        "other_document",
        "UNH",
    ),
    "an order response by its code": (
        an_interchange(AN_ORDERS.replace("BGM+220", "BGM+231")),
        "other_document",
        "BGM",
    ),
    "a directory before D.96A": (
        an_interchange(AN_ORDERS.replace("D:96A", "D:93A")),
        "unsupported_format",
        "UNH",
    ),
    "wrong count of line items": (
        an_interchange(AN_ORDERS.replace("CNT+2:2", "CNT+2:3")),
        "wrong_count",
        "CNT",
    ),
    "wrong sum of quantities": (
        an_interchange(AN_ORDERS.replace("CNT+2:2'", "CNT+2:2'CNT+1:6'")),
        "wrong_count",
        "CNT",
    ),
    "wrong sum of amounts": (
        an_interchange(AN_ORDERS.replace("MOA+79:39.4", "MOA+79:39.9")),
        "wrong_total",
        "MOA",
    ),
    "line number twice": (
        an_interchange(f"{D96A}|{HEADER}{_TWICE}{SUMMARY}"),
        "repeated_line",
        "LIN",
    ),
    "no line": (
        an_interchange(f"{D96A}|{HEADER}UNS+S'CNT+2:0'"),
        "missing",
        "UNH",
    ),
    "a day of no calendar": (
        an_interchange(AN_ORDERS.replace("20260210", "20260231")),
        "not_a_date",
        "DTM",
    ),
    "a quantity of letters": (
        an_interchange(AN_ORDERS.replace("QTY+21:3", "QTY+21:three")),
        "not_a_number",
        "QTY",
    ),
    "signs of no latin": (
        EDI.replace("UNOC", "UNOY").replace("PO-1", "Pñ-1").encode("iso8859-1"),
        "wrong_encoding",
        "",
    ),
    "a una in the midst": (
        EDI.replace("UNS+S'", "UNA:+.? 'UNS+S'").encode(),
        "wrong_count",
        "UNT",
    ),
}
OWN_JSON: dict[str, Broken] = {
    "json cut off": (_json()[:-9], "not_json", ""),
    "json of two documents": (_json() + _json(), "not_json", ""),
    "a key twice": (
        b'{"customer":"C1","customer":"C2","customer_ref":"A","lines":[]}',
        "repeated_key",
        "",
    ),
    "nested lists": (b"[" * 100_000, "not_json", ""),
    "nested objects": (b'{"a":' * 100_000, "not_json", ""),
    "json in latin 1": (
        b'{"customer":"Jos\xe9","customer_ref":"A","lines":[]}',
        "wrong_encoding",
        "",
    ),
    "half a character": (
        (
            b'{"customer":"C1","customer_ref":"\\ud800","lines":[{"product":"P1",'
            b'"quantity":1}]}'
        ),
        "not_a_text",
        "customer_ref",
    ),
    "half a character in a key": (b'{"\\ud800":1}', "wrong_encoding", ""),
    "an integer of 5,000 digits": (
        _json_line(quantity=1).replace(b'"quantity": 1', b'"quantity": ' + b"1" * 5000),
        "out_of_range",
        "lines[1].quantity",
    ),
    "json nan": (
        _json_line(quantity=1).replace(b'"quantity": 1', b'"quantity": NaN'),
        "not_a_number",
        "lines[1].quantity",
    ),
    "json infinity": (
        _json_line(price=1).replace(b'"price": 1', b'"price": -Infinity'),
        "not_a_number",
        "lines[1].price",
    ),
    "json exponent": (_json_line(price=1e30), "not_a_number", "lines[1].price"),
    "a truth for a text": (_json(customer_ref=True), "not_a_text", "customer_ref"),
    "a list for a text": (_json(customer=["C1"]), "not_a_text", "customer"),
    "lines as a text": (_json(lines="none"), "not_a_list", "lines"),
    "a line as a text": (_json(lines=["P1"]), "not_an_object", "lines[1]"),
    "no lines": (_json(lines=[]), "missing", "orders[1]"),
    "an order as a number": (b"[1]", "not_an_object", "orders[1]"),
    "no orders": (b'{"orders":[]}', "empty_file", ""),
    "another json": (b'{"invoice":"F-1"}', "unsupported_format", ""),
    "another schema": (b'{"schema":"x","orders":[1]}', "unsupported_format", ""),
    "a later version": (
        b'{"schema":"adv/orders","schema_version":2,"orders":[1]}',
        "unsupported_format",
        "",
    ),
    "an export of a shop": (
        b'{"orders":[{"id":1,"line_items":[]}]}',
        "unsupported_format",
        "",
    ),
    "a wrong total": (_json(document_total="9"), "wrong_total", "document_total"),
    "an unknown kind of document": (_json(document="offer"), "not_allowed", "document"),
    "line numbers on some lines": (
        _json(lines=[{"line": 1} | _PLAIN, {"product": "P2", "quantity": 1}]),
        "missing",
        "lines[2]",
    ),
    "a line number of nought": (_json_line(line=0), "out_of_range", "lines[1].line"),
}
