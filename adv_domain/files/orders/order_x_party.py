"""Who buys, whom to ask and where to deliver, by an Order-X document?"""

from adv_domain.files.orders.order_x_values import day_of
from adv_domain.files.orders.schemes import scheme_name
from adv_domain.files.orders.stated import StatedOrder, joined
from adv_domain.files.orders.xml_document import Node


def put_buyer(stated: StatedOrder, agreement: Node) -> None:
    """Note the buyer's numbers, name and contact; his plain ID is the one we gave."""
    party = agreement.child("BuyerTradeParty")
    if party is None:
        return
    stated.put("customer", party.given("ID"))
    numbers = [*party.children("GlobalID")]
    numbers += filter(
        None,
        (
            party.child("SpecifiedLegalOrganization", "ID"),
            party.child("URIUniversalCommunication", "URIID"),
            *(tax.child("ID") for tax in party.children("SpecifiedTaxRegistration")),
        ),
    )
    for number in numbers:
        stated.id(scheme_name(number.attribute("schemeID")), number.given())
    stated.put("buyer_name", party.given("Name"))
    for contact in party.children("DefinedTradeContact"):
        stated.put("contact_name", contact.given("PersonName"))
        stated.put("contact_name", contact.given("DepartmentName"))
        phone = contact.given("TelephoneUniversalCommunication", "CompleteNumber")
        stated.put("contact_phone", phone)
        mail = contact.given("EmailURIUniversalCommunication", "URIID")
        stated.put("contact_email", mail)


def put_delivery(stated: StatedOrder, delivery: Node) -> None:
    """Note where and when to deliver."""
    place = delivery.child("ShipToTradeParty")
    if place is not None:
        stated.put("ship_to_id", place.given("GlobalID"))
        stated.put("ship_to_id", place.given("ID"))
        stated.put("ship_to_name", place.given("Name"))
        address = place.child("PostalTradeAddress")
        if address is not None:
            _put_address(stated, address)
    for event in delivery.children("RequestedDeliverySupplyChainEvent"):
        stated.put("requested_on", day_of(event, "OccurrenceDateTime"))
        period = event.child("OccurrenceSpecifiedPeriod")
        if period is not None:
            stated.put("deliver_from", day_of(period, "StartDateTime"))
            stated.put("deliver_until", day_of(period, "EndDateTime"))


def _put_address(stated: StatedOrder, address: Node) -> None:
    lines = (address.given(f"Line{which}") for which in ("One", "Two", "Three"))
    stated.put("ship_to_address", joined(lines, between=", "))
    stated.put("ship_to_postal_code", address.given("PostcodeCode"))
    stated.put("ship_to_city", address.given("CityName"))
    stated.put("ship_to_region", address.given("CountrySubDivisionName"))
    stated.put("ship_to_country", address.given("CountryID"))
