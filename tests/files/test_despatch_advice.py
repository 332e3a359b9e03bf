"""What a UBL DespatchAdvice says left the warehouse, and what is refused of it."""

from datetime import date
from decimal import Decimal

import pytest

from adv_domain.files.mapping import OWN
from adv_domain.files.sources import InputFile
from adv_domain.files.stock_feedback_formats import read_news
from adv_domain.files.text import FileRefused
from adv_domain.rules.stock.entries import DelayCause, EntryKind, StockEntry

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
ORDER = "<cac:OrderReference><cbc:ID>SO-1</cbc:ID></cac:OrderReference>"


def a_line(line="1", qty="3", unit="C62", more=""):
    return (
        "<cac:DespatchLine><cbc:ID>1</cbc:ID>"
        f'<cbc:DeliveredQuantity unitCode="{unit}">{qty}</cbc:DeliveredQuantity>{more}'
        f"<cac:OrderLineReference><cbc:LineID>{line}</cbc:LineID>"
        "</cac:OrderLineReference><cac:Item><cbc:Name>Hammer</cbc:Name></cac:Item>"
        "</cac:DespatchLine>"
    )


def an_advice(*lines, order=ORDER, head="", number="DA-7", day="2026-01-05"):
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<DespatchAdvice xmlns="{_UBL}DespatchAdvice-2" '
        f'xmlns:cac="{_UBL}CommonAggregateComponents-2" '
        f'xmlns:cbc="{_UBL}CommonBasicComponents-2">\n'
        f"<cbc:ID>{number}</cbc:ID><cbc:IssueDate>{day}</cbc:IssueDate>\n"
        f"{head}{order}\n" + "\n".join(lines or [a_line()]) + "\n</DespatchAdvice>"
    )


def read(text):
    data = text if isinstance(text, bytes) else text.encode()
    found, warnings = read_news(InputFile("advice.xml", data), OWN)
    assert warnings == ()
    return found


def entries(text):
    return [entry for _, entry, faults in read(text) if entry and not faults]


def test_each_line_is_a_shipment_of_the_order_line_that_it_names():
    shipment = (
        "<cac:Shipment><cbc:ID>1</cbc:ID><cac:Consignment><cbc:ID>1</cbc:ID>"
        "<cac:CarrierParty><cac:PartyName><cbc:Name>Norte Logistics</cbc:Name>"
        "</cac:PartyName></cac:CarrierParty></cac:Consignment><cac:Delivery>"
        "<cbc:TrackingID>PQ1</cbc:TrackingID><cac:Despatch>"
        "<cbc:ActualDespatchDate>2026-01-04+01:00</cbc:ActualDespatchDate>"
        "</cac:Despatch></cac:Delivery></cac:Shipment>"
    )
    note = "<cbc:Note>two  boxes</cbc:Note>"
    text = an_advice(a_line("1"), a_line("2", "2.5"), order=note + ORDER + shipment)
    first, second = entries(text)
    assert first == StockEntry(
        message_id="DA-7",
        kind=EntryKind.SHIPMENT,
        order_no="SO-1",
        customer=None,
        customer_ref=None,
        line_no=1,
        qty=Decimal(3),
        on=date(2026, 1, 4),
        cause=DelayCause.STOCK,
        note="two boxes",
        delivery_no="DA-7",
        carrier="Norte Logistics",
        tracking="PQ1",
        source_row=5,
        unit="C62",
    )
    assert (second.line_no, second.qty, second.source_row) == (2, Decimal("2.5"), 6)


def test_the_sellers_numbers_win_over_the_buyers():
    order = (
        "<cac:OrderReference><cbc:ID>PO-9</cbc:ID><cbc:SalesOrderID>SO-4"
        "</cbc:SalesOrderID></cac:OrderReference>"
    )
    line = a_line("10").replace(
        "<cbc:LineID>10</cbc:LineID>",
        "<cbc:LineID>10</cbc:LineID><cbc:SalesOrderLineID>1</cbc:SalesOrderLineID>",
    )
    [entry] = entries(an_advice(line, order=order))
    assert (entry.order_no, entry.customer_ref, entry.line_no) == ("SO-4", None, 1)


def test_the_buyers_reference_goes_with_the_customer_that_is_named():
    order = (
        "<cac:OrderReference><cbc:ID>PO-9</cbc:ID></cac:OrderReference>"
        "<cac:DeliveryCustomerParty><cbc:SupplierAssignedAccountID>C1"
        "</cbc:SupplierAssignedAccountID></cac:DeliveryCustomerParty>"
    )
    [entry] = entries(an_advice(order=order))
    assert (entry.order_no, entry.customer, entry.customer_ref) == (None, "C1", "PO-9")


def test_lines_of_several_orders_name_their_own():
    own = a_line("1").replace(
        "</cac:OrderLineReference>",
        "<cac:OrderReference><cbc:ID>SO-2</cbc:ID></cac:OrderReference>"
        "</cac:OrderLineReference>",
    )
    found = entries(an_advice(a_line("1"), own))
    assert [entry.order_no for entry in found] == ["SO-1", "SO-2"]


def test_lots_of_one_order_line_are_added_up():
    [entry] = entries(an_advice(a_line("1", "2"), a_line("1", "1.5")))
    assert entry.qty == Decimal("3.5")


def test_lots_of_one_order_line_in_two_units_are_not_added_up_but_refused():
    mixed = [a_line("1", "2", "PCE"), a_line("1", "4", "KGM"), a_line("1", "1", "PCE")]
    refused, other = read(an_advice(*mixed, a_line("2")))
    row, entry, [fault] = refused
    assert (row, entry, fault.row, fault.code) == (5, None, 6, "other_unit")
    assert (fault.field, fault.value) == (
        "DespatchLine[2]/DeliveredQuantity/@unitCode",
        "KGM",
    )
    assert "is in PCE, not in KGM; send" in fault.message
    assert other[1] and other[1].line_no == 2


def test_lots_in_codes_of_one_unit_or_partly_without_one_are_added_up():
    [pieces] = entries(an_advice(a_line("1", "2", "PCE"), a_line("1", "4", "C62")))
    assert (pieces.qty, pieces.unit) == (Decimal(6), "PCE")
    [kilos] = entries(an_advice(a_line("1", "2", ""), a_line("1", "4", "KGM")))
    assert (kilos.qty, kilos.unit) == (Decimal(6), "KGM")


def test_a_line_of_which_nothing_left_says_nothing_new():
    rest = "<cbc:OutstandingQuantity>3</cbc:OutstandingQuantity>"
    [entry] = entries(an_advice(a_line("1", "0", more=rest), a_line("2")))
    assert entry.line_no == 2


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        (an_advice(a_line(qty="-3")), "out_of_range", "DeliveredQuantity"),
        (an_advice(a_line(qty="many")), "not_a_number", "DeliveredQuantity"),
        (an_advice(a_line(qty="1e30")), "not_a_number", "DeliveredQuantity"),
        (an_advice(a_line(qty="9" * 40)), "out_of_range", "DeliveredQuantity"),
        (an_advice(a_line(qty="")), "missing", "DeliveredQuantity"),
        (an_advice(a_line(line="A-1")), "not_a_whole_number", "LineID"),
        (an_advice(a_line(line="")), "missing", "LineID"),
        (an_advice(a_line(line="0")), "out_of_range", "LineID"),
        (an_advice(order=""), "missing", "order_no"),
        (an_advice(number=""), "missing", "message_id"),
        (an_advice(number="x" * 81), "too_long", "ID"),
        (an_advice(day=""), "missing", "date"),
        (an_advice(day="05/01/2026"), "not_a_date", "IssueDate"),
    ],
)
def test_a_wrong_line_names_row_element_and_remedy_and_spares_the_others(
    text, code, where
):
    [(row, entry, faults), *_] = read(text)
    assert entry is None
    assert code in [fault.code for fault in faults]
    fault = next(one for one in faults if one.code == code)
    assert fault.file == "advice.xml"
    assert row > 1 and fault.row > 0
    assert where in fault.field
    assert fault.message


def test_a_wrong_line_spares_the_others():
    found = read(an_advice(a_line("x"), a_line("2")))
    assert [bool(entry) for _, entry, _ in found] == [False, True]


_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;">]>'
)
_OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
_PLAIN = an_advice().partition("\n")[2]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (an_advice()[:-40], "not_xml"),
        (an_advice()[: len(an_advice()) // 2], "not_xml"),
        ("<", "not_xml"),
        ("<html><body>error 502</body></html>", "other_document"),
        (an_advice().replace("DespatchAdvice", "ReceiptAdvice"), "other_document"),
        (_BOMB + _PLAIN.replace("Hammer", "&c;"), "document_type"),
        (_OUTSIDE + _PLAIN.replace("Hammer", "&a;"), "document_type"),
        (an_advice().encode("utf-8").replace(b"Hammer", b"H\xe4mmer"), "not_xml"),
        (an_advice().replace("Hammer", "<a>" * 100_000), "not_xml"),
        (an_advice().replace(a_line(), ""), "empty_file"),
        (
            an_advice(
                head="<cbc:DocumentStatusCode>Cancelled</cbc:DocumentStatusCode>"
            ),
            "document_withdrawn",
        ),
        (an_advice(head="<cbc:LineCountNumeric>4</cbc:LineCountNumeric>"), "cut_off"),
        ("{" + " " * 10, "not_json"),
        ('{"messages": []}', "empty_file"),
        ('{"messages": [{"message_id": "1", "message_id": "2"}]}', "repeated_key"),
        ("[" * 100_000, "not_json"),
    ],
)
def test_a_document_that_cannot_be_trusted_is_refused_as_a_whole(text, code):
    with pytest.raises(FileRefused) as caught:
        read(text)
    assert caught.value.fault.code == code
    assert caught.value.fault.file == "advice.xml"
    assert "send" in caught.value.fault.message


def test_a_document_in_utf_16_is_read_as_well():
    text = an_advice().replace("UTF-8", "UTF-16")
    [entry] = entries(text.encode("utf-16"))
    assert entry.order_no == "SO-1"


def test_a_document_of_fifty_thousand_lines_is_read_and_a_larger_one_refused():
    found = entries(an_advice(*(a_line(str(number)) for number in range(1, 50_001))))
    assert len(found) == 50_000
    with pytest.raises(FileRefused, match="split it"):
        read(an_advice().encode() + b" " * (32 * 1024 * 1024))
