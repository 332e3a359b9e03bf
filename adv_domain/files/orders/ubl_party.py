"""Who buys, whom to ask and where to deliver, by a UBL document?"""

from adv_domain.files.orders.schemes import scheme_name
from adv_domain.files.orders.stated import Given, StatedOrder, joined
from adv_domain.files.orders.ubl_values import day_of
from adv_domain.files.orders.xml_document import Node
from adv_domain.rules.orders.naming import VAT


def put_buyer(stated: StatedOrder, root: Node) -> None:
    """Note the buyer's numbers, name and contact."""
    buyer = root.child("BuyerCustomerParty")
    if buyer is None:
        return
    stated.put("customer", buyer.given("SupplierAssignedAccountID"))
    stated.id("", buyer.given("CustomerAssignedAccountID"))
    party = buyer.child("Party")
    if party is None:
        return
    _put_ids(stated, party)
    stated.put("buyer_name", party.given("PartyName", "Name"))
    stated.put("buyer_name", party.given("PartyLegalEntity", "RegistrationName"))
    person = party.child("Person")
    for contact in (party.child("Contact"), buyer.child("BuyerContact"), person):
        if contact is not None:
            _put_contact(stated, contact)


def _put_contact(stated: StatedOrder, contact: Node) -> None:
    if contact.name == "Person":
        names = (contact.given(name) for name in ("FirstName", "FamilyName"))
        stated.put("contact_name", joined(names, between=" "))
        return
    stated.put("contact_name", contact.given("Name"))
    stated.put("contact_phone", contact.given("Telephone"))
    stated.put("contact_email", contact.given("ElectronicMail"))


def _put_ids(stated: StatedOrder, party: Node) -> None:
    endpoint = party.child("EndpointID")
    if endpoint is not None:
        stated.id(_scheme(endpoint), endpoint.given())
    for one in party.children("PartyIdentification"):
        number = one.child("ID")
        if number is not None:
            stated.id(_scheme(number), number.given())
    for tax in party.children("PartyTaxScheme"):
        if tax.text("TaxScheme", "ID").upper() in ("", "VAT"):
            stated.id(VAT, tax.given("CompanyID"))
    legal = party.child("PartyLegalEntity", "CompanyID")
    if legal is not None:
        stated.id(_scheme(legal), legal.given())


def _scheme(node: Node) -> str:
    return scheme_name(node.attribute("schemeID"), node.attribute("schemeAgencyID"))


def put_delivery(stated: StatedOrder, root: Node) -> None:
    """Note where and when to deliver, and under which terms."""
    delivery = root.child("Delivery")
    if delivery is not None:
        _put_place(stated, delivery)
        _put_days(stated, delivery)
    terms = root.child("DeliveryTerms")
    if terms is not None:
        stated.put("incoterm", terms.given("ID"))
        for name in ("ID", "Name", "Description"):
            stated.put("incoterm_place", terms.given("DeliveryLocation", name))
        special = (one.given() for one in terms.children("SpecialTerms"))
        stated.notes += filter(None, special)


def _put_place(stated: StatedOrder, delivery: Node) -> None:
    location = delivery.child("DeliveryLocation") or delivery
    party = delivery.child("DeliveryParty") or delivery
    address = location.child("Address") or delivery.child("DeliveryAddress")
    if location is not delivery:
        stated.put("ship_to_id", location.given("ID"))
        stated.put("ship_to_name", location.given("Name"))
    stated.put("ship_to_name", party.given("PartyName", "Name"))
    if address is not None:
        _put_address(stated, address)
    stated.put("ship_to_id", party.given("PartyIdentification", "ID"))


def _put_address(stated: StatedOrder, address: Node) -> None:
    street = (address.given(name) for name in ("StreetName", "BuildingNumber"))
    rest = [address.given("AdditionalStreetName")]
    rest += [one.given("Line") for one in address.children("AddressLine")]
    rest += [address.given(name) for name in ("Postbox", "Department")]
    parts: list[Given | None] = [joined(street, between=" "), *rest]
    stated.put("ship_to_address", joined(parts, between=", "))
    stated.put("ship_to_city", address.given("CityName"))
    stated.put("ship_to_postal_code", address.given("PostalZone"))
    stated.put("ship_to_region", address.given("CountrySubentity"))
    stated.put("ship_to_country", address.given("Country", "IdentificationCode"))
    stated.put("ship_to_id", address.given("ID"))


def _put_days(stated: StatedOrder, delivery: Node) -> None:
    """Note the days: the end of the period is wanted, a latest day is the limit."""
    first = day_of(delivery, "RequestedDeliveryPeriod", "StartDate")
    last = day_of(delivery, "RequestedDeliveryPeriod", "EndDate")
    stated.put("requested_on", last)
    stated.put("requested_on", first)
    stated.put("deliver_from", first)
    stated.put("deliver_until", day_of(delivery, "LatestDeliveryDate"))
