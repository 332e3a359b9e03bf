"""How are days, charges and party numbers written in an Order-X document?"""

from adv_domain.files.orders.stated import Given, StatedAdjustment
from adv_domain.files.orders.xml_document import Node

_DAY_LENGTH = 8


def day_of(node: Node, *names: str) -> Given | None:
    """Return the day of a date or moment (20260131, 202601311200) in ISO form."""
    given = node.given(*names, "DateTimeString") or node.given(*names, "DateTime")
    if given is None:
        return None
    text = given.text
    if text[:_DAY_LENGTH].isdigit():
        return given._replace(text=f"{text[:4]}-{text[4:6]}-{text[6:8]}")
    return given._replace(text=text[:10])


def stated_charge(node: Node) -> StatedAdjustment:
    """Return an allowance or charge of a line or of the whole."""
    flag = node.text("ChargeIndicator", "Indicator").lower()
    return StatedAdjustment(
        is_charge=flag in ("true", "1"),
        percent=node.given("CalculationPercent"),
        amount=node.given("ActualAmount"),
        reason=node.given("Reason"),
        tax_category=node.given("CategoryTradeTax", "CategoryCode"),
        tax_percent=node.given("CategoryTradeTax", "RateApplicablePercent"),
    )
