"""Order documents that are broken or hostile, each with the fault it must give."""

import zlib

from tests.files.orders.broken_messages import EDIFACT, OWN_JSON, Broken
from tests.files.orders.made_documents import (
    PEPPOL,
    a_pdf,
    a_ubl_cancellation,
    a_ubl_change,
    written,
)

UBL = PEPPOL
ORDER_X = written("orderx").decode()
_ROOT = PEPPOL.index("<Order ") if "<Order " in PEPPOL else PEPPOL.index("<Order\n")


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
    "order-x that is a test": (
        ORDER_X.replace(
            "<ram:GuidelineSpecified",
            "<ram:TestIndicator><udt:Indicator>true</udt:Indicator></ram:TestIndicator>"
            "<ram:GuidelineSpecified",
            1,
        ).encode(),
        "test_document",
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
GARBAGE: dict[str, Broken] = {
    "nothing": (b"", "empty_file", ""),
    "blanks": (b" \r\n", "empty_file", ""),
    "zeros": (bytes(400), "binary_file", ""),
    "packed": (zlib.compress(PEPPOL.encode()), "binary_file", ""),
}
BROKEN = XML | VALUES | PDF | EDIFACT | OWN_JSON | GARBAGE
"""All of them by name."""
