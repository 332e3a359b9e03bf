"""Who sells, and what are its documents like?"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from adv_domain.policy_file import Name, Section

LONGEST: Mapping[str, int] = MappingProxyType(
    {
        "code": 40,
        "name": 200,
        "vat_id": 40,
        "address": 200,
        "postal_code": 20,
        "city": 120,
        "region": 60,
        "tax_territory": 12,
        "phone": 40,
        "registration": 300,
        "legal_id": 60,
        "endpoint_id": 80,
    }
)
"""How many characters of the company's texts the database keeps."""


@dataclass(frozen=True, slots=True)
class Company(Section):
    """Who sells: printed on documents, the base of taxes, currency and language."""

    code: Name = "ADV"
    name: Name = "Example Trading S.L."
    vat_id: str = "ESB12345674"
    address: str = "Calle Mayor 1"
    postal_code: str = "28013"
    city: str = "Madrid"
    region: str = "MD"
    country: Name = "ES"
    tax_territory: Name = "ES"
    currency: Name = "EUR"
    language: Literal["es", "en", "fr"] = "en"
    email: str = "adv@example.com"
    phone: str = "+34 910 000 000"
    iban: str = "ES9121000418450200051332"
    bic: str = "CAIXESBBXXX"
    legal_id: str = ""
    registration: str = ""
    endpoint_id: str = ""
    vat_due: Literal["supply", "payment", "debits"] = "supply"
    legal_lines: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Documents(Section):
    """What is made of a posted invoice, and how it looks.

    einvoice holds for customers whose own is not set; logo is a file of the home.
    """

    pdf: bool = True
    einvoice: Literal["none", "facturx", "ubl"] = "facturx"
    logo: str = ""
    colour: str = "#1f4e79"
    mail_invoices: bool = True
