"""Order documents that are broken or hostile, each with the fault it must give."""

import json
import zlib
from typing import Any

from tests.files.orders.made_documents import (
    AN_ORDERS,
    D96A,
    HEADER,
    LINES,
    PEPPOL,
    SUMMARY,
    a_pdf,
    a_ubl_cancellation,
    a_ubl_change,
    an_interchange,
    written,
)

UBL = PEPPOL
ORDER_X = written("orderx").decode()
EDI = an_interchange(AN_ORDERS).decode()
_ROOT = PEPPOL.index("<Order ") if "<Order " in PEPPOL else PEPPOL.index("<Order\n")


_PLAIN: dict[str, Any] = {"product": "P1", "quantity": 1}


def _json(**changes: Any) -> bytes:
    line = {"product": "P1", "quantity": 3, "price": "9.80"}
    order = {"customer": "C1", "customer_ref": "A", "lines": [line]}
    return json.dumps(order | changes).encode()


def _json_line(**changes: Any) -> bytes:
    line: dict[str, Any] = {"product": "P1", "quantity": 3, "price": "9.80"}
    return _json(lines=[line | changes])


def _doctype(text: str) -> str:
    return PEPPOL[:_ROOT] + text + PEPPOL[_ROOT:]


_LAUGHS = (
    "<!DOCTYPE Order ["
    '<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)
_SUM_OF_LINES = (
    '<cbc:LineExtensionAmount currencyID="EUR">90.00<'
    "/cbc:LineExtensionAmount>\n  <cbc:Tax"
)
_DEEP = "<a>" * 50_000
_TWICE = LINES.replace("LIN+2+", "LIN+1+")
_LATER = EDI.replace("UNH+1+", "UNH+1+", 1)

Broken = tuple[bytes, str, str]
"""The bytes, the code of the fault, and a part of the element that it names."""

XML: dict[str, Broken] = {
    "cut off": (UBL[: len(UBL) // 2].encode(), "not_xml", ""),
    "cut off at its end": (UBL[:-20].encode(), "not_xml", ""),
    "only a prolog": (b"<?xml version='1.0'?>", "not_xml", ""),
    "latin 1 told as utf-8": (
        UBL.replace("Screws", "Tornillería").encode("iso8859-1"),
        "not_xml",
        "",
    ),
    "unknown encoding": (UBL.replace("UTF-8", "x-none").encode(), "not_xml", ""),
    "utf-16 cut in a sign": (
        UBL.replace("UTF-8", "UTF-16").encode("utf-16")[:-1],
        "not_xml",
        "",
    ),
    "billion laughs": (
        _doctype(_LAUGHS).replace("Screws", "&j;").encode(),
        "document_type",
        "",
    ),
    "laughs in an attribute": (
        _doctype(_LAUGHS).replace("<Order", '<Order note="&e;"', 1).encode(),
        "document_type",
        "",
    ),
    "external entity": (
        _doctype('<!DOCTYPE Order [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
        .replace("Screws", "&x;")
        .encode(),
        "document_type",
        "",
    ),
    "external document type": (
        _doctype('<!DOCTYPE Order SYSTEM "http://127.0.0.1:9/a.dtd">').encode(),
        "document_type",
        "",
    ),
    "nested without end": (
        UBL.replace("<cbc:ID>PEP-1</cbc:ID>", _DEEP).encode(),
        "not_xml",
        "",
    ),
    "a text without end": (
        UBL.replace("Screws", "x" * 11_000_000).encode(),
        "not_xml",
        "",
    ),
    "a catalogue": (
        UBL.replace("Order-2", "Catalogue-2")
        .replace("Order\n", "Catalogue\n")
        .encode(),
        "other_document",
        "",
    ),
    "an invoice": (
        b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>',
        "other_document",
        "",
    ),
    "a web page": (b"<html><body>Your order</body></html>", "other_document", ""),
    "unknown namespace": (
        UBL.replace("oasis:names:specification:ubl", "example").encode(),
        "other_document",
        "",
    ),
    "another root of ubl": (
        UBL.replace("<Order ", "<Offer ").replace("</Order>", "</Offer>").encode(),
        "other_document",
        "",
    ),
    "an empty order": (
        b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>',
        "missing",
        "Order",
    ),
    "order-x of an answer": (
        ORDER_X.replace(">220<", ">231<").encode(),
        "other_document",
        "",
    ),
    "order-x cut off": (ORDER_X[:900].encode(), "not_xml", ""),
    "order-x with a wrong total": (
        ORDER_X.replace(">52.92</ram:Grand", ">99.00</ram:Grand").encode(),
        "wrong_total",
        "GrandTotalAmount",
    ),
}
VALUES: dict[str, Broken] = {
    "nan": (UBL.replace(">50.00<", ">NaN<").encode(), "not_a_number", "PriceAmount"),
    "infinity": (UBL.replace(">200<", ">INF<").encode(), "not_a_number", "Quantity"),
    "10^30": (
        UBL.replace(">50.00<", f">1{'0' * 30}<").encode(),
        "out_of_range",
        "PriceAmount",
    ),
    "exponent": (UBL.replace(">200<", ">2E2<").encode(), "not_a_number", "Quantity"),
    "a line of 10^18": (
        UBL.replace(">50.00<", ">999999999.00<")
        .replace(">200<", ">999999999<")
        .encode(),
        "out_of_range",
        "PriceAmount",
    ),
    "price for no unit": (
        UBL.replace('"C62">100<', '"C62">0<').encode(),
        "out_of_range",
        "BaseQuantity",
    ),
    "negative price": (
        UBL.replace(">50.00<", ">-50.00<").encode(),
        "out_of_range",
        "PriceAmount",
    ),
    "31 february": (
        UBL.replace("2026-02-10", "2026-02-31").encode(),
        "not_a_date",
        "EndDate",
    ),
    "window ends before it begins": (
        UBL.replace(
            " <cac:Delivery>\n",
            " <cac:Delivery><cbc:LatestDeliveryDate>2026-01-02"
            "</cbc:LatestDeliveryDate>\n",
        ).encode(),
        "out_of_range",
        "StartDate",
    ),
    "no reference": (
        UBL.replace("<cbc:ID>PEP-1</cbc:ID>", "").encode(),
        "missing",
        "Order",
    ),
    "no buyer": (
        UBL.replace("BuyerCustomerParty", "OriginatorCustomerParty").encode(),
        "missing",
        "Order",
    ),
    "no quantity": (
        UBL.replace('<cbc:Quantity unitCode="C62">200</cbc:Quantity>', "").encode(),
        "missing",
        "LineItem",
    ),
    "no article": (
        UBL.replace("<cac:Item>", "<cac:X>")
        .replace("</cac:Item>", "</cac:X>")
        .encode(),
        "missing",
        "LineItem",
    ),
    "two lines of one number": (
        UBL.replace(
            "</cac:OrderLine>",
            "</cac:OrderLine>"
            + UBL[UBL.index("<cac:OrderLine>") : UBL.index("</Order>")],
            1,
        ).encode(),
        "repeated_line",
        "OrderLine[2]/LineItem/ID",
    ),
    "wrong count of lines": (
        UBL.replace(
            " <cac:BuyerCustomerParty>",
            " <cbc:LineCountNumeric>2</cbc:LineCountNumeric><cac:BuyerCustomerParty>",
        ).encode(),
        "wrong_count",
        "LineCountNumeric",
    ),
    "wrong payable": (
        UBL.replace(">121.00</cbc:Pay", ">500.00</cbc:Pay").encode(),
        "wrong_total",
        "PayableAmount",
    ),
    "wrong sum of lines": (
        UBL.replace(_SUM_OF_LINES, _SUM_OF_LINES.replace(">90", ">80")).encode(),
        "wrong_total",
        "LineExtensionAmount",
    ),
    "wrong line": (
        UBL.replace(">200<", ">201<").encode(),
        "wrong_total",
        "OrderLine[1]/LineItem/LineExtensionAmount",
    ),
    "two currencies": (
        UBL.replace('"EUR">50.00', '"USD">50.00').encode(),
        "currency_conflict",
        "PriceAmount",
    ),
    "currency of five letters": (
        UBL.replace(">EUR<", ">EUROS<").encode(),
        "not_a_code",
        "DocumentCurrencyCode",
    ),
    "country of no land": (
        UBL.replace(
            "<cac:Delivery>",
            "<cac:Delivery><cac:DeliveryAddress><cac:Country><cbc:IdentificationCode>"
            "XX</cbc:IdentificationCode></cac:Country></cac:DeliveryAddress>",
        ).encode(),
        "not_a_code",
        "IdentificationCode",
    ),
    "reference of a thousand signs": (
        UBL.replace(">PEP-1<", f">{'9' * 1000}<").encode(),
        "too_long",
        "ID",
    ),
    "control character": (
        UBL.replace(">PEP-1<", ">PEP&#x85;1<").encode(),
        "control_character",
        "ID",
    ),
    "change of no order": (
        a_ubl_change()
        .replace(b"<cac:OrderReference>", b"<cac:Contract>")
        .replace(b"</cac:OrderReference>", b"</cac:Contract>"),
        "missing",
        "OrderChange",
    ),
    "cancellation of no order": (
        a_ubl_cancellation().replace(b">PEP-1<", b"><").replace(b">PEP-2<", b"><"),
        "missing",
        "OrderCancellation",
    ),
}
PDF: dict[str, Broken] = {
    "pdf without attachment": (a_pdf(), "no_order_inside", ""),
    "pdf with a picture": (a_pdf(("a.png", b"\x89PNG")), "no_order_inside", ""),
    "pdf with two xml": (
        a_pdf(("a.xml", b"<a/>"), ("b.xml", b"<b/>")),
        "no_order_inside",
        "",
    ),
    "pdf with an invoice": (
        a_pdf(("factur-x.xml", b"<CrossIndustryInvoice/>")),
        "other_document",
        "",
    ),
    "pdf with a broken order": (
        a_pdf(("order-x.xml", ORDER_X[:500].encode())),
        "not_xml",
        "",
    ),
    "pdf with a password": (
        a_pdf(("order-x.xml", ORDER_X.encode()), password="secret"),
        "encrypted",
        "",
    ),
    "pdf cut off": (
        a_pdf(("order-x.xml", ORDER_X.encode()))[:600],
        "not_pdf",
        "",
    ),
    "pdf of a head alone": (b"%PDF-1.7", "not_pdf", ""),
    "pdf of garbage": (b"%PDF-1.7\n" + bytes(range(256)) * 20, "not_pdf", ""),
}
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
GARBAGE: dict[str, Broken] = {
    "nothing": (b"", "empty_file", ""),
    "blanks": (b" \r\n", "empty_file", ""),
    "zeros": (bytes(400), "binary_file", ""),
    "packed": (zlib.compress(PEPPOL.encode()), "binary_file", ""),
}
BROKEN = XML | VALUES | PDF | EDIFACT | OWN_JSON | GARBAGE
"""All of them by name."""
