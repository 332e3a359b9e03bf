"""What does an OrderLine of a UBL document state?"""

from adv_domain.files.orders.stated import StatedLine, joined
from adv_domain.files.orders.ubl_values import Amounts, day_of, stated_charge
from adv_domain.files.orders.xml_document import Node

# UNCL 1229 and the words of UBL's own list
_TAKEN_AWAY = frozenset(("2", "deleted", "cancelled", "canceled"))


def stated_line(node: Node, amounts: Amounts) -> StatedLine:
    """Return the line as it is stated; one that a change deletes is marked."""
    item = node.child("LineItem") or node
    line = StatedLine(row=item.row, path=item.path)
    line.put("line_ref", item.given("ID"))
    notes = [*node.children("Note"), *item.children("Note")]
    line.put("note", joined((one.given() for one in notes), between=" / "))
    _put_quantity(line, item)
    _put_price(line, item, amounts)
    _put_names(line, item)
    for end in ("EndDate", "StartDate"):
        day = day_of(item, "Delivery", "RequestedDeliveryPeriod", end)
        line.put("requested_on", day)
    return line


def _put_quantity(line: StatedLine, item: Node) -> None:
    quantity = item.child("Quantity")
    line.is_taken_away = item.text("LineStatusCode").lower() in _TAKEN_AWAY
    if quantity is None:
        return
    given = quantity.given()
    line.put("quantity", given)
    if given is not None:
        line.put("unit", given._replace(text=quantity.attribute("unitCode")))


def _put_price(line: StatedLine, item: Node, amounts: Amounts) -> None:
    line.put("price", amounts.given(item, "Price", "PriceAmount"))
    line.put("base_quantity", item.given("Price", "BaseQuantity"))
    line.put("line_total", amounts.given(item, "LineExtensionAmount"))
    line.adjustments = [
        stated_charge(one, amounts) for one in item.children("AllowanceCharge")
    ]


def _put_names(line: StatedLine, item: Node) -> None:
    article = item.child("Item")
    if article is None:
        return
    line.put("product", article.given("SellersItemIdentification", "ID"))
    line.put("gtin", article.given("StandardItemIdentification", "ID"))
    line.put("customer_article", article.given("BuyersItemIdentification", "ID"))
    line.put("description", article.given("Name"))
    line.put("description", article.given("Description"))
    line.put("vat_category", article.given("ClassifiedTaxCategory", "ID"))
    line.put("vat_percent", article.given("ClassifiedTaxCategory", "Percent"))
