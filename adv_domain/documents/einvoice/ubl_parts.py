"""Which parts of a UBL document come again in several places of it?"""

from decimal import Decimal

from adv_domain.documents.einvoice.elements import Element, maker
from adv_domain.documents.einvoice.model import Address, Allowance, Party
from adv_domain.rules.registered_ids import RegisteredId

_OASIS = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE = f"{_OASIS}Invoice-2"
CREDIT_NOTE = f"{_OASIS}CreditNote-2"
CAC = f"{_OASIS}CommonAggregateComponents-2"
CBC = f"{_OASIS}CommonBasicComponents-2"

cac = maker(CAC)
cbc = maker(CBC)


def amount(name: str, value: Decimal | None, *, currency: str) -> Element | None:
    """Write an amount with its currency."""
    return cbc(name, value, currencyID=currency)


def party(name: str, who: Party) -> Element | None:
    """Write the seller or the buyer."""
    return cac(
        name,
        cac(
            "Party",
            identified("EndpointID", who.endpoint),
            cac("PartyIdentification", cbc("ID", who.identifier)),
            cac("PartyName", cbc("Name", who.name)),
            address("PostalAddress", who.address),
            cac("PartyTaxScheme", cbc("CompanyID", who.vat_id), _scheme(who.vat_id)),
            cac(
                "PartyTaxScheme",
                cbc("CompanyID", who.tax_no),
                _scheme(who.tax_no, name="LOC"),
            ),
            cac(
                "PartyLegalEntity",
                cbc("RegistrationName", who.name),
                identified("CompanyID", who.legal_id),
                cbc("CompanyLegalForm", who.law),
            ),
            cac(
                "Contact",
                cbc("Telephone", who.phone),
                cbc("ElectronicMail", who.email),
            ),
        ),
    )


def address(name: str, where: Address) -> Element | None:
    """Write an address by its parts."""
    return cac(
        name,
        cbc("StreetName", where.street),
        cbc("CityName", where.city),
        cbc("PostalZone", where.postal_code),
        cbc("CountrySubentity", where.region),
        cac("Country", cbc("IdentificationCode", where.country)),
    )


def tax_category(
    name: str,
    category: str,
    rate: Decimal | None,
    *,
    reason: str = "",
    reason_code: str = "",
) -> Element | None:
    """Write a tax category with its rate and, where tax is not due, the reason."""
    return cac(
        name,
        cbc("ID", category),
        cbc("Percent", rate),
        cbc("TaxExemptionReasonCode", reason_code),
        cbc("TaxExemptionReason", reason),
        _scheme(category),
    )


def allowance(one: Allowance, *, currency: str) -> Element | None:
    """Write an allowance or charge, with its tax where it is the document's."""
    return cac(
        "AllowanceCharge",
        cbc("ChargeIndicator", "true" if one.is_charge else "false"),
        cbc("AllowanceChargeReasonCode", one.reason_code),
        cbc("AllowanceChargeReason", one.reason),
        cbc("MultiplierFactorNumeric", one.percent),
        amount("Amount", one.amount, currency=currency),
        amount("BaseAmount", one.base, currency=currency),
        one.tax_category
        and tax_category("TaxCategory", one.tax_category, one.tax_rate),
    )


def identified(name: str, number: RegisteredId | None) -> Element | None:
    """Write an identifier with the scheme that gives it."""
    return number and cbc(name, number.value, schemeID=number.scheme)


def _scheme(of: str, *, name: str = "VAT") -> Element | None:
    return cac("TaxScheme", cbc("ID", name)) if of else None
