"""Good order documents: one order in many dresses, and changes of it."""

import json
import re

from tests.files.orders.made_documents import (
    AN_ORDERS,
    D96A,
    HEADER,
    LINES,
    PEPPOL,
    a_pdf,
    a_ubl_cancellation,
    a_ubl_change,
    an_interchange,
    an_order,
    written,
)

UBL = written("ubl").decode()
ORDER_X = written("orderx").decode()
EDIFACT = written("edifact").decode("iso8859-1")
JSON = written("json").decode()


def _in_other_signs(text: str) -> bytes:
    """Write an interchange with # | , ! and ~ as its signs."""
    signs = str.maketrans({":": "#", "+": "|", "?": "!", "'": "~"})
    body = text.replace("UNA:+.? '", "").replace("\n", "")
    body = body.replace("ring twice", "ring? twice")
    body = re.sub(r"(\d)\.(\d)", r"\1,\2", body.translate(signs))
    return f"UNA#|,! ~{body}".encode("iso8859-1")


SAME = {
    "ubl": UBL.encode(),
    "ubl in latin 1": UBL.replace("UTF-8", "ISO-8859-1").encode("iso8859-1"),
    "ubl in utf-16": UBL.replace("UTF-8", "UTF-16").encode("utf-16"),
    "ubl with a mark and blanks": b"\xef\xbb\xbf\n\n" + UBL.partition("?>")[2].encode(),
    "ubl with comments": UBL.replace(
        "<cbc:ID>", "<!-- a <!DOCTYPE --><cbc:ID>"
    ).encode(),
    "order-x": ORDER_X.encode(),
    "order-x in a pdf": a_pdf(("order-x.xml", ORDER_X.encode())),
    "ubl in a pdf": a_pdf(("x.xml", UBL.encode()), ("terms.txt", b"none")),
    "edifact": EDIFACT.encode("iso8859-1"),
    "edifact on one line": EDIFACT.replace("\n", "").encode("iso8859-1"),
    "edifact in utf-8": EDIFACT.replace("UNOC:3", "UNOY:4").encode(),
    "edifact in other signs": _in_other_signs(EDIFACT),
    "edifact without una": EDIFACT.removeprefix("UNA:+.? '").encode("iso8859-1"),
    "json": JSON.encode(),
    "json of one order": json.dumps(json.loads(JSON)["orders"][0]).encode(),
    "json list": json.dumps(json.loads(JSON)["orders"]).encode(),
    "json in utf-16": JSON.encode("utf-16"),
}
"""Each of them states the order of made_documents.an_order."""


def _order_x(code: str, purpose: str = "9") -> bytes:
    reference = (
        "<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>PO-1"
        "</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>"
    )
    end = "</ram:ApplicableHeaderTradeAgreement>"
    text = ORDER_X.replace("<ram:ID>PO-1<", "<ram:ID>CH-1<")
    text = text.replace(">220<", f">{code}<").replace(">9<", f">{purpose}<")
    return text.replace(end, reference + end).encode()


CHANGES: dict[str, tuple[bytes, str, int]] = {
    "order-x change": (_order_x("230"), "change", 2),
    "order-x cancellation": (_order_x("220", "1"), "cancel", 0),
    "ordchg": (
        an_interchange(
            f"ORDCHG:D:96A:UN|{HEADER.replace('220+PO-1+9', '230+CH-1+4')}"
            f"RFF+ON:PO-1'{LINES.replace('LIN+2+', 'LIN+2+2')}UNS+S'"
        ),
        "change",
        2,
    ),
    "orders cancelled": (
        an_interchange(
            f"{D96A}|{HEADER.replace('PO-1+9', 'CH-1+1')}RFF+ON:PO-1'UNS+S'"
        ),
        "cancel",
        0,
    ),
    "json cancellation": (
        json.dumps(
            {
                "document": "cancel",
                "customer": "C1",
                "customer_ref": "PO-1",
                "document_ref": "CH-1",
            }
        ).encode(),
        "cancel",
        0,
    ),
}
"""Changes and cancellations of PO-1, each numbered CH-1: bytes, kind, lines."""

OTHERS: dict[str, tuple[bytes, int]] = {
    "peppol": (PEPPOL.encode(), 1),
    "ubl change": (a_ubl_change(), 1),
    "ubl cancellation of two": (a_ubl_cancellation(), 2),
    "edifact of 1996": (an_interchange(AN_ORDERS), 1),
    "edifact of two messages": (
        an_interchange(*(AN_ORDERS.replace("PO-1", f"E-{at}") for at in (1, 2))),
        2,
    ),
    "two interchanges": (
        an_interchange(AN_ORDERS.replace("PO-1", "E-3"))
        + b"\r\n"
        + an_interchange(AN_ORDERS.replace("PO-1", "E-4")),
        2,
    ),
    "json of three": (
        written("json", an_order("J-1"), an_order("J-2"), an_order("J-3")),
        3,
    ),
    "a long order": (written("ubl", an_order("L-1", lines=300)), 1),
}
"""Other good documents, and how many orders or changes each holds."""

GOOD = (
    {name: (data, 1) for name, data in SAME.items()}
    | {name: (data, 1) for name, (data, _, _) in CHANGES.items()}
    | OTHERS
)
"""All of them."""
