"""Posted documents of other territories and currencies, surcharged or rounded."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from adv_domain.rules.billing.issued_documents import (
    CompanyTax,
    DocumentCharge,
    DocumentParty,
    IssuedDocument,
)
from tests.documents.examples import SELLER
from tests.documents.varied import credit_of, posted

SURCHARGES = {"21": "5.2", "10": "1.4"}
ISLANDER = DocumentParty(
    name="Comercial Teide S.L.",
    address_lines=("Calle del Mar 3", "38001 Santa Cruz de Tenerife"),
    street="Calle del Mar 3",
    postal_code="38001",
    city="Santa Cruz de Tenerife",
    country="ES",
    vat_id="ESB12345674",
)
IN_EURO = CompanyTax(
    currency="EUR",
    amount=Decimal("19.37"),
    rate=Decimal("1.084200"),
    dated_on=date(2026, 11, 19),
)


def freight(amount: str, surcharge: str = "0") -> DocumentCharge:
    return DocumentCharge(
        description="Freight",
        amount=Decimal(amount),
        tax_rate=Decimal("0.21"),
        surcharge_rate=Decimal(surcharge),
    )


def varied_taxes() -> dict[str, IssuedDocument]:
    """Return the documents by what is special about them."""
    return {
        "surcharge": posted(("3", "33.33", "0", "S", "21"), surcharges=SURCHARGES),
        "surcharge on two rates, freight and a rate without": posted(
            ("3", "33.33", "0", "S", "21"),
            ("7", "1.99", "5", "S", "10"),
            ("1", "12.50", "0", "S", "4"),
            charges=(freight("18.50", "0.052"),),
            surcharges=SURCHARGES,
        ),
        "surcharge on goods beside a service of the same rate": posted(
            ("3", "33.33", "0", "S", "21"),
            charges=(freight("50"),),
            surcharges=SURCHARGES,
        ),
        "credit note with surcharge": credit_of(
            ("-2", "33.33", "0", "S", "21"), surcharges=SURCHARGES
        ),
        "IGIC": posted(
            ("3", "33.33", "0", "L", "7"),
            ("1", "8", "0", "L", "3"),
            buyer=ISLANDER,
            seller=replace(SELLER, postal_code="35001"),
            seller_territory="ES-CN",
            language="es",
        ),
        "IPSI": posted(
            ("2", "9.90", "0", "M", "10"), seller_territory="ES-CE", language="es"
        ),
        "export to Canarias": posted(
            ("12", "7.5", "0", "G", "0"), buyer=ISLANDER, language="es"
        ),
        "export from Canarias": posted(
            ("12", "7.5", "0", "G", "0"), seller_territory="ES-CN", language="es"
        ),
        "rounded to five cents": posted(
            ("3", "33.33", "0", "S", "21"), rounding=Decimal("0.01")
        ),
        "dollars with the tax in euro": posted(
            ("1", "100", "0", "S", "21"), currency="USD", company_tax=IN_EURO
        ),
        "credit note in dollars with the tax in euro": credit_of(
            ("-1", "100", "0", "S", "21"),
            currency="USD",
            company_tax=replace(IN_EURO, amount=Decimal("-19.37")),
        ),
    }
