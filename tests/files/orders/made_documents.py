"""Order documents that tests make: good ones, to be read or to be broken."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from adv_domain.files.mapping import OWN
from adv_domain.files.order_export import exported
from adv_domain.files.orders.formats import order_source
from adv_domain.files.orders.source import ReadOrder
from adv_domain.files.orders.texts_out import Seller
from adv_domain.files.sources import InputFile
from adv_domain.rules.orders.incoming import (
    IncomingHeader,
    IncomingLine,
    IncomingOrder,
    PartyId,
)
from adv_domain.rules.orders.order_content import incoming_order

SELLER = Seller("Nosotros S.A.", date(2026, 3, 2))


def an_order(ref: str = "PO-1", *, lines: int = 2, **header: Any) -> IncomingOrder:
    """Make an order of customer C1: three of P1, P2 … at 9.80 less 10 %."""
    values: dict[str, Any] = {
        "customer": "C1",
        "customer_ref": ref,
        "ordered_on": date(2026, 1, 5),
        "requested_on": date(2026, 2, 10),
        "currency": "EUR",
        "payment_terms": None,
        "channel": "file",
        "entered_by": None,
        "ship_to_name": "Almacén Sol",
        "ship_to_address": "Calle Nueva 2, Nave 3",
        "ship_to_country": "ES",
        "buyer_reference": "dept 7",
        "instructions": "ring twice",
        "prepaid": None,
        "buyer_name": "Sol S.L.",
        "buyer_ids": (PartyId("gln", "8412345000013"),),
        "document_total": Decimal("26.46") * lines,
    }
    return incoming_order(
        IncomingHeader(**(values | header)),
        [a_line(at) for at in range(1, lines + 1)],
        lines_are_numbered=True,
    )


def a_line(line_no: int, **values: Any) -> IncomingLine:
    given: dict[str, Any] = {
        "line_no": line_no,
        "product": f"P{line_no}",
        "description": f"Article {line_no}",
        "customer_article": None,
        "qty": Decimal(3),
        "unit": "PCE",
        "unit_price": Decimal("9.80"),
        "discount_rate": Decimal("0.1"),
        "requested_on": None,
        "source_row": 0,
    }
    return IncomingLine(**(given | values))


def written(form: str, *orders: IncomingOrder) -> bytes:
    """Write orders in a format; one order where none is given."""
    named = [(f"S{at}", order) for at, order in enumerate(orders or (an_order(),))]
    return exported(form, named, SELLER)[0].data


def read(data: bytes, name: str = "order") -> list[ReadOrder]:
    """Read a file as intake does; the name tells nothing of its format."""
    return list(order_source(InputFile(name, data), OWN).orders())


def the_order(data: bytes) -> IncomingOrder:
    """Read a file that holds one good order."""
    [found] = read(data)
    assert found.order is not None, found.faults
    return found.order


def a_pdf(
    *attached: tuple[str, bytes], password: str = "", title: str = "order"
) -> bytes:
    """Make a PDF of one empty page with files attached."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    writer.add_metadata({"/Title": title})
    for name, data in attached:
        writer.add_attachment(name, data)
    if password:
        writer.encrypt(password)
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def an_interchange(*messages: str, una: str = "", count: int | None = None) -> bytes:
    """Frame EDIFACT messages, each a text of segments from BGM on, with its counts."""
    framed = []
    for ref, message in enumerate(messages, start=1):
        kind, _, body = message.partition("|")
        segments = re.findall(r"((?:\?.|[^?'])+)'", body.replace("\n", ""))
        head = f"UNH+{ref}+{kind}'"
        framed.append(head + "'".join(segments) + f"'UNT+{len(segments) + 2}+{ref}'")
    number = len(messages) if count is None else count
    begin = "UNB+UNOC:3+8412345000013:14+8412345000099:14+260105:1200+77'"
    return f"{una}{begin}{''.join(framed)}UNZ+{number}+77'".encode("iso8859-1")


D96A = "ORDERS:D:96A:UN:EAN008"
HEADER = (
    "BGM+220+PO-1+9'DTM+137:20260105:102'DTM+2:20260210:102'"
    "NAD+BY+8412345000013::9'RFF+VA:ESB12345674'NAD+SU+8412345000099::9'"
    "CUX+2:EUR:9'"
)
LINES = (
    "LIN+1++8412345000037:EN'PIA+1+P1:SA'QTY+21:3:PCE'MOA+203:29.4'PRI+AAA:9.8'"
    "LIN+2++:'PIA+1+P2:SA'QTY+21:2:PCE'MOA+203:10'PRI+AAA:5'"
)
SUMMARY = "UNS+S'MOA+79:39.4'CNT+2:2'"
AN_ORDERS = f"{D96A}|{HEADER}{LINES}{SUMMARY}"

PEPPOL = """<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
 <cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:ordering:3</cbc:ProfileID>
 <cbc:ID>PEP-1</cbc:ID>
 <cbc:IssueDate>2026-01-05</cbc:IssueDate>
 <cbc:OrderTypeCode>220</cbc:OrderTypeCode>
 <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
 <cac:BuyerCustomerParty><cac:Party>
  <cbc:EndpointID schemeID="0192">991825827</cbc:EndpointID>
  <cac:PartyIdentification><cbc:ID schemeID="0088">8412345000013</cbc:ID>
  </cac:PartyIdentification>
  <cac:PartyTaxScheme><cbc:CompanyID>ESB12345674</cbc:CompanyID>
   <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>Sol S.L.</cbc:RegistrationName>
  </cac:PartyLegalEntity>
  <cac:Contact><cbc:Name>Ana</cbc:Name><cbc:Telephone>+34</cbc:Telephone>
   <cbc:ElectronicMail>ana@example.com</cbc:ElectronicMail></cac:Contact>
 </cac:Party></cac:BuyerCustomerParty>
 <cac:SellerSupplierParty><cac:Party>
  <cbc:EndpointID schemeID="0088">8412345000099</cbc:EndpointID>
 </cac:Party></cac:SellerSupplierParty>
 <cac:Delivery>
  <cac:RequestedDeliveryPeriod><cbc:StartDate>2026-02-01</cbc:StartDate>
   <cbc:EndDate>2026-02-10</cbc:EndDate></cac:RequestedDeliveryPeriod>
 </cac:Delivery>
 <cac:AllowanceCharge>
  <cbc:ChargeIndicator>true</cbc:ChargeIndicator>
  <cbc:AllowanceChargeReason>Freight</cbc:AllowanceChargeReason>
  <cbc:Amount currencyID="EUR">10.00</cbc:Amount>
  <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent>
   <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>
 </cac:AllowanceCharge>
 <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">21.00</cbc:TaxAmount></cac:TaxTotal>
 <cac:AnticipatedMonetaryTotal>
  <cbc:LineExtensionAmount currencyID="EUR">90.00</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount currencyID="EUR">100.00</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="EUR">121.00</cbc:TaxInclusiveAmount>
  <cbc:ChargeTotalAmount currencyID="EUR">10.00</cbc:ChargeTotalAmount>
  <cbc:PayableAmount currencyID="EUR">121.00</cbc:PayableAmount>
 </cac:AnticipatedMonetaryTotal>
 <cac:OrderLine><cac:LineItem>
  <cbc:ID>1</cbc:ID>
  <cbc:Quantity unitCode="C62">200</cbc:Quantity>
  <cbc:LineExtensionAmount currencyID="EUR">90.00</cbc:LineExtensionAmount>
  <cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
   <cbc:MultiplierFactorNumeric>10</cbc:MultiplierFactorNumeric>
   <cbc:Amount currencyID="EUR">10.00</cbc:Amount></cac:AllowanceCharge>
  <cac:Price><cbc:PriceAmount currencyID="EUR">50.00</cbc:PriceAmount>
   <cbc:BaseQuantity unitCode="C62">100</cbc:BaseQuantity></cac:Price>
  <cac:Item><cbc:Name>Screws</cbc:Name>
   <cac:BuyersItemIdentification><cbc:ID>4711</cbc:ID></cac:BuyersItemIdentification>
   <cac:SellersItemIdentification><cbc:ID>P1</cbc:ID></cac:SellersItemIdentification>
   <cac:StandardItemIdentification><cbc:ID schemeID="0160">8412345000037</cbc:ID>
   </cac:StandardItemIdentification>
   <cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent>
    <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory>
  </cac:Item>
 </cac:LineItem></cac:OrderLine>
</Order>
"""


def a_ubl_change() -> bytes:
    """Make an OrderChange of PEP-1: line 1 to 150, line 2 taken away."""
    text = PEPPOL.replace("Order-2", "OrderChange-2").replace("<Order\n", "<Order ")
    text = text.replace("<Order ", "<OrderChange ", 1).replace("</Order>", "")
    text = text.replace("<cbc:ID>PEP-1</cbc:ID>", "<cbc:ID>CH-1</cbc:ID>")
    party = "<cac:BuyerCustomerParty>"
    reference = "<cac:OrderReference><cbc:ID>PEP-1</cbc:ID></cac:OrderReference>"
    text = text.replace(party, reference + party, 1).replace(">200<", ">150<")
    text = text.replace(">90.00</cbc:LineExtensionAmount>\n  <cac", ">67.50<X>\n  <cac")
    text = text.replace("67.50<X>", "67.50</cbc:LineExtensionAmount>")
    text = text.replace('"EUR">10.00</cbc:Amount></cac', '"EUR">7.50</cbc:Amount></cac')
    return f"""{text}
 <cac:OrderLine><cac:LineItem><cbc:ID>2</cbc:ID>
  <cbc:LineStatusCode>2</cbc:LineStatusCode>
  <cbc:Quantity unitCode="C62">5</cbc:Quantity>
 </cac:LineItem></cac:OrderLine>
</OrderChange>""".encode()


def a_ubl_cancellation() -> bytes:
    """Make an OrderCancellation of PEP-1 and PEP-2."""
    start = PEPPOL.index("<cac:BuyerCustomerParty>")
    end = PEPPOL.index("<cac:SellerSupplierParty>")
    spaces = PEPPOL[PEPPOL.index("xmlns=") : PEPPOL.index(">\n <cbc:Cust")]
    return f"""<OrderCancellation {spaces.replace("Order-2", "OrderCancellation-2")}>
 <cbc:ID>CA-1</cbc:ID><cbc:IssueDate>2026-01-06</cbc:IssueDate>
 <cbc:CancellationNote>bought elsewhere</cbc:CancellationNote>
 <cac:OrderReference><cbc:ID>PEP-1</cbc:ID></cac:OrderReference>
 <cac:OrderReference><cbc:ID>PEP-2</cbc:ID></cac:OrderReference>
 {PEPPOL[start:end]}
</OrderCancellation>""".encode()
