"""Whatever the form in which a good order comes as a document, it is read."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adv_domain.rules.orders.incoming import PartyId
from tests.files.orders.document_strategies import said
from tests.files.orders.good_documents import CHANGES, GOOD, SAME, UBL
from tests.files.orders.made_documents import (
    AN_ORDERS,
    HEADER,
    LINES,
    PEPPOL,
    a_ubl_cancellation,
    a_ubl_change,
    an_interchange,
    an_order,
    read,
    the_order,
)


@pytest.mark.parametrize("data", SAME.values(), ids=SAME)
def test_the_same_order_is_read_from_each(data: bytes) -> None:
    """Row 6, in part: documents of one order give equal records."""
    assert said(the_order(data)) == said(an_order())


def test_price_may_be_for_a_hundred_and_charges_stand_apart() -> None:
    order = the_order(PEPPOL.encode())
    header, [line] = order.header, order.lines
    assert (line.unit_price, line.discount_rate, line.qty) == (
        Decimal("0.5"),
        Decimal("0.1"),
        Decimal(200),
    )
    assert line.price_base_qty == 100
    assert (line.gtin, line.customer_article) == ("8412345000037", "4711")
    assert (line.tax_category, line.tax_rate) == ("S", Decimal("0.21"))
    assert header.buyer_ids == (
        PartyId("0192", "991825827"),
        PartyId("gln", "8412345000013"),
        PartyId("vat", "ESB12345674"),
    )
    assert (header.customer, header.buyer_name) == ("8412345000013", "Sol S.L.")
    assert header.deliver_from == date(2026, 2, 1)
    assert header.requested_on == date(2026, 2, 10)
    [charge] = header.charges
    assert (charge.amount, charge.reason) == (Decimal(10), "Freight")
    assert header.document_total == Decimal(121)
    assert order.total() == Decimal(90)


def test_ubl_change_names_its_order_and_the_line_it_takes_away() -> None:
    order = the_order(a_ubl_change())
    header = order.header
    assert (header.document, header.customer_ref, header.document_ref) == (
        "change",
        "PEP-1",
        "CH-1",
    )
    assert [(line.line_no, line.qty) for line in order.lines] == [(1, 150), (2, 0)]


def test_ubl_cancellation_may_name_several_orders() -> None:
    found = [one.order for one in read(a_ubl_cancellation())]
    assert [
        (one.header.document, one.header.customer_ref, one.lines)
        for one in found
        if one is not None
    ] == [("cancel", "PEP-1", ()), ("cancel", "PEP-2", ())]
    assert found[0] is not None
    assert found[0].header.instructions == "bought elsewhere"


@pytest.mark.parametrize(("data", "kind", "lines"), CHANGES.values(), ids=CHANGES)
def test_changes_and_cancellations_name_the_order_they_mean(
    data: bytes, kind: str, lines: int
) -> None:
    order = the_order(data)
    assert order.header.document == kind
    assert (order.header.customer_ref, order.header.document_ref) == ("PO-1", "CH-1")
    assert len(order.lines) == lines


def test_ordchg_takes_a_line_away_by_its_action() -> None:
    head = HEADER.replace("220+PO-1+9", "230+CH-1+4") + "RFF+ON:PO-1'"
    lines = LINES.replace("LIN+2+", "LIN+2+2")
    order = the_order(an_interchange(f"ORDCHG:D:96A:UN|{head}{lines}UNS+S'"))
    assert [line.qty for line in order.lines] == [3, 0]


def test_edifact_of_the_first_directories_is_read() -> None:
    order = the_order(an_interchange(AN_ORDERS.replace("9.8'", "9,8'")))
    assert order.header.buyer_ids == (
        PartyId("gln", "8412345000013"),
        PartyId("vat", "ESB12345674"),
    )
    assert [(line.product, line.unit_price) for line in order.lines] == [
        ("P1", Decimal("9.8")),
        ("P2", Decimal(5)),
    ]


def test_several_messages_and_interchanges_make_several_orders() -> None:
    second = AN_ORDERS.replace("PO-1", "PO-2")
    file = an_interchange(AN_ORDERS, second) + b"\r\n" + an_interchange(second)
    found = read(file)
    refs = [one.order.header.customer_ref for one in found if one.order is not None]
    assert refs == ["PO-1", "PO-2", "PO-2"]


def test_a_release_sign_frees_what_follows_it() -> None:
    note = "FTX+AAI+++5?+3 at 10?:00?, ask for O?'Hara??'NAD+BY"
    order = the_order(an_interchange(AN_ORDERS.replace("NAD+BY", note, 1)))
    assert order.header.instructions == "5+3 at 10:00, ask for O'Hara?"


def test_lines_may_have_names_that_are_no_numbers() -> None:
    order = the_order(UBL.replace("<cbc:ID>2<", "<cbc:ID>2.1<").encode())
    assert [(one.line_no, one.line_ref) for one in order.lines] == [
        (1, "1"),
        (2, "2.1"),
    ]
    assert not order.lines_are_numbered


def test_json_takes_numbers_as_they_are_written() -> None:
    line = {"product": "P1", "quantity": 3, "price": 0.1, "vat_percent": 21}
    file = {"customer": 1001, "customer_ref": "A", "lines": [line]}
    order = the_order(json.dumps(file).encode())
    assert order.header.customer == "1001"
    assert order.lines[0].unit_price == Decimal("0.1")
    exact = json.dumps(file).replace("0.1,", "0.100000,").encode()
    assert the_order(exact).content_hash == order.content_hash


def test_row_7_names_that_nobody_knows_are_kept_as_they_were_given() -> None:
    """An unknown buyer and article are no fault of the file: validation holds them."""
    text = (
        PEPPOL.replace(">P1<", "><")
        .replace("8412345000037", "")
        .replace(">4711<", "><")
    )
    order = the_order(text.encode())
    assert order.lines[0].product == "Screws"
    nobody = text.replace("991825827", "").replace("8412345000013", "")
    nobody = nobody.replace("ESB12345674", "")
    assert the_order(nobody.encode()).header.customer == "Sol S.L."


def test_a_long_article_name_is_kept_whole_in_the_note() -> None:
    name = "very long name " * 20
    line = the_order(PEPPOL.replace("Screws", name).encode()).lines[0]
    assert line.description == name[:199].strip()
    assert line.note == name.strip()


def test_samples_are_read_whole(shared_data: Path) -> None:
    folder = shared_data / "orders"
    order = the_order((folder / "UBL-Order-2.1-Example.xml").read_bytes())
    assert order.header.document_total == 6225 == order.total()
    assert order.header.requested_on == date(2010, 2, 25)
    for profile in ("basic", "comfort"):
        order = the_order((folder / f"order-x-{profile}.xml").read_bytes())
        assert (order.header.document_total, order.total()) == (360, 310)
        assert [line.product for line in order.lines] == [
            "987654321",
            "598632147",
            "698325417",
        ]
        assert order.lines[1].unit_price == 10  # 20.00 for two


def test_a_change_by_line_number_need_not_name_the_article_again() -> None:
    change = a_ubl_change().decode()
    bare = re.sub(r"<cac:Item>.*?</cac:Item>", "", change, flags=re.DOTALL)
    assert [line.product for line in the_order(bare.encode()).lines] == ["", ""]
    named = bare.replace("<cbc:ID>1</cbc:ID>", "<cbc:ID>first</cbc:ID>")
    [found] = read(named.encode())
    assert {fault.code for fault in found.faults} == {"missing"}


@pytest.mark.parametrize(("data", "count"), GOOD.values(), ids=GOOD)
def test_every_good_document_gives_all_its_orders(data: bytes, count: int) -> None:
    found = read(data)
    assert [one.faults for one in found] == [()] * count
    assert all(one.order is not None for one in found)
