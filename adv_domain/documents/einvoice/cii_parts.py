"""Which parts of a CII document come again in several places of it?"""

from datetime import date

from adv_domain.documents.einvoice.elements import Element, maker
from adv_domain.documents.einvoice.model import Address, Allowance, Party
from adv_domain.rules.registered_ids import RegisteredId

_STANDARD = "urn:un:unece:uncefact:data:standard:"
RSM = f"{_STANDARD}CrossIndustryInvoice:100"
RAM = f"{_STANDARD}ReusableAggregateBusinessInformationEntity:100"
UDT = f"{_STANDARD}UnqualifiedDataType:100"
QDT = f"{_STANDARD}QualifiedDataType:100"
NAMESPACES = {"rsm": RSM, "ram": RAM, "udt": UDT, "qdt": QDT}
VAT = "VAT"

rsm = maker(RSM)
ram = maker(RAM)
udt = maker(UDT)
qdt = maker(QDT)


def day(name: str, on: date | None) -> Element | None:
    """Write a date in the form 102, year, month and day without separators."""
    if on is None:
        return None
    return ram(name, udt("DateTimeString", f"{on:%Y%m%d}", format="102"))


def party(name: str, who: Party) -> Element | None:
    """Write the seller or the buyer."""
    return ram(
        name,
        ram("ID", who.identifier),
        ram("Name", who.name),
        ram("Description", who.law),
        ram("SpecifiedLegalOrganization", _identified("ID", who.legal_id)),
        ram(
            "DefinedTradeContact",
            ram("TelephoneUniversalCommunication", ram("CompleteNumber", who.phone)),
            ram("EmailURIUniversalCommunication", ram("URIID", who.email)),
        ),
        address("PostalTradeAddress", who.address),
        ram("URIUniversalCommunication", _identified("URIID", who.endpoint)),
        ram("SpecifiedTaxRegistration", ram("ID", who.vat_id, schemeID="VA")),
        ram("SpecifiedTaxRegistration", ram("ID", who.tax_no, schemeID="FC")),
    )


def address(name: str, where: Address) -> Element | None:
    """Write an address by its parts."""
    return ram(
        name,
        ram("PostcodeCode", where.postal_code),
        ram("LineOne", where.street),
        ram("CityName", where.city),
        ram("CountryID", where.country),
        ram("CountrySubDivisionName", where.region),
    )


def allowance(one: Allowance) -> Element | None:
    """Write an allowance or charge, with its tax where it is the document's."""
    return ram(
        "SpecifiedTradeAllowanceCharge",
        ram("ChargeIndicator", udt("Indicator", "true" if one.is_charge else "false")),
        ram("CalculationPercent", one.percent),
        ram("BasisAmount", one.base),
        ram("ActualAmount", one.amount),
        ram("ReasonCode", one.reason_code),
        ram("Reason", one.reason),
        one.tax_category
        and ram(
            "CategoryTradeTax",
            ram("TypeCode", VAT),
            ram("CategoryCode", one.tax_category),
            ram("RateApplicablePercent", one.tax_rate),
        ),
    )


def _identified(name: str, number: RegisteredId | None) -> Element | None:
    return number and ram(name, number.value, schemeID=number.scheme)
