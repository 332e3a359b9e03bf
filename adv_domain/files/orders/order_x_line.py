"""What does a line of an Order-X document state?"""

from adv_domain.files.orders.order_x_values import day_of, stated_charge
from adv_domain.files.orders.stated import StatedLine, joined
from adv_domain.files.orders.xml_document import Node

_TAKEN_AWAY = "2"  # UNCL 1229


def stated_line(node: Node) -> StatedLine:
    """Return the line as it is stated; one that a change deletes is marked."""
    line = StatedLine(row=node.row, path=node.path)
    document = node.child("AssociatedDocumentLineDocument")
    if document is not None:
        line.put("line_ref", document.given("LineID"))
        notes = (one.given("Content") for one in document.children("IncludedNote"))
        line.put("note", joined(notes, between=" / "))
        line.is_taken_away = document.text("LineStatusCode") == _TAKEN_AWAY
    _put_names(line, node)
    _put_price(line, node)
    delivery = node.child("SpecifiedLineTradeDelivery")
    if delivery is not None:
        _put_delivery(line, delivery)
    settlement = node.child("SpecifiedLineTradeSettlement")
    if settlement is not None:
        _put_settlement(line, settlement)
    return line


def _put_names(line: StatedLine, node: Node) -> None:
    product = node.child("SpecifiedTradeProduct")
    if product is None:
        return
    line.put("product", product.given("SellerAssignedID"))
    line.put("gtin", product.given("GlobalID"))
    line.put("customer_article", product.given("BuyerAssignedID"))
    line.put("description", product.given("Name"))
    line.put("description", product.given("Description"))


def _put_price(line: StatedLine, node: Node) -> None:
    """Note the net price; the gross one is told beside it and has no part in sums."""
    agreement = node.child("SpecifiedLineTradeAgreement")
    if agreement is None:
        return
    for kind in ("Net", "Gross"):
        price = agreement.child(f"{kind}PriceProductTradePrice")
        if price is not None and price.text("ChargeAmount"):
            line.put("price", price.given("ChargeAmount"))
            line.put("base_quantity", price.given("BasisQuantity"))
            return


def _put_delivery(line: StatedLine, delivery: Node) -> None:
    quantity = delivery.child("RequestedQuantity")
    if quantity is not None and (given := quantity.given()):
        line.put("quantity", given)
        line.put("unit", given._replace(text=quantity.attribute("unitCode")))
    event = delivery.child("RequestedDeliverySupplyChainEvent")
    if event is not None:
        line.put("requested_on", day_of(event, "OccurrenceDateTime"))
        for end in ("End", "Start"):
            day = day_of(event, "OccurrenceSpecifiedPeriod", f"{end}DateTime")
            line.put("requested_on", day)


def _put_settlement(line: StatedLine, settlement: Node) -> None:
    line.put("vat_category", settlement.given("ApplicableTradeTax", "CategoryCode"))
    rate = settlement.given("ApplicableTradeTax", "RateApplicablePercent")
    line.put("vat_percent", rate)
    line.adjustments = [
        stated_charge(one)
        for one in settlement.children("SpecifiedTradeAllowanceCharge")
    ]
    sums = "SpecifiedTradeSettlementLineMonetarySummation"
    line.put("line_total", settlement.given(sums, "LineTotalAmount"))
