"""How does this company's paper look, and how does a made-up invoice look on it?"""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from adv_domain.bundled import bundled_path
from adv_domain.documents.style import DocumentStyle
from adv_domain.policies import Policy
from adv_domain.rules.billing.invoicing import InvoiceLineInput, invoice_amounts
from adv_domain.rules.billing.issued_documents import (
    DeliveryNote,
    DocumentInstalment,
    DocumentKind,
    DocumentLine,
    DocumentParty,
    EarlyPayment,
    IssuedDocument,
    TaxGroup,
)
from adv_domain.rules.billing.mentions import MentionCase, mention_codes
from adv_domain.rules.identifiers import creditor_reference
from adv_domain.store.billing.document_rows import seller_of
from adv_domain.store.billing.issued import bank_of, party_of
from tasks.resources import Resources

_RATES = (Decimal("0.21"), Decimal("0.10"), Decimal("0.04"))
_EARLY_RATE = Decimal("0.02")
_BUYER = DocumentParty(
    name="Specimen & Co.",
    address_lines=("1 Example Street", "28013 Madrid"),
    street="1 Example Street",
    postal_code="28013",
    city="Madrid",
    country="ES",
    vat_id="ESB12345674",
)


@dataclass(frozen=True, slots=True)
class Specimen:
    """What a made-up invoice is like; every third line has a discount."""

    language: str
    on: date
    number: str = "SPECIMEN-1"
    lines: int = 3


def style_of(known: Resources) -> DocumentStyle:
    """Return the company's style: its own templates first, its logo and colour."""
    home, paper = known.settings.home, known.policy.documents
    return DocumentStyle(
        template_folders=(home / "templates", bundled_path("templates")),
        logo=home / paper.logo if paper.logo else None,
        colour=paper.colour,
    )


def specimen(like: Specimen, *, policy: Policy) -> IssuedDocument:
    """Make an invoice of the company that nobody was sent, in no series."""
    company: Any = SimpleNamespace(**asdict(policy.company))
    seller = seller_of(company)
    inputs = [_input(at) for at in range(like.lines)]
    amounts = invoice_amounts(inputs, "EUR")
    return IssuedDocument(
        kind=DocumentKind.INVOICE,
        number=like.number,
        issued_on=like.on,
        currency="EUR",
        language=like.language,
        seller=party_of(seller, invoice_no=like.number, side="seller"),
        buyer=_BUYER,
        lines=tuple(
            _line(at, one, net, number=like.number)
            for at, (one, net) in enumerate(
                zip(inputs, amounts.line_nets, strict=True), start=1
            )
        ),
        taxes=tuple(
            TaxGroup(category="S", rate=one.rate, base=one.base, tax=one.tax)
            for one in amounts.taxes
        ),
        net=amounts.net,
        tax=amounts.tax,
        gross=amounts.gross,
        instalments=(
            DocumentInstalment(
                due_on=like.on + timedelta(days=30), amount=amounts.gross
            ),
        ),
        early_payment=EarlyPayment(
            until_on=like.on + timedelta(days=10),
            rate=_EARLY_RATE,
            payable=(amounts.gross * (1 - _EARLY_RATE)).quantize(Decimal("0.01")),
        ),
        bank=bank_of(seller),
        payment_reference=creditor_reference(like.number),
        delivered_on=like.on,
        order_nos=("SO-1",),
        customer_refs=("PO 1",),
        delivery_notes=(DeliveryNote("DN-1", like.on),),
        customer_no="C-0001",
        vat_due=policy.company.vat_due,
        mentions=mention_codes(
            MentionCase(
                seller_country=policy.company.country,
                has_early_payment=True,
                vat_due=policy.company.vat_due,
                supply="goods",
            )
        ),
        legal_lines=policy.company.legal_lines,
    )


def _input(at: int) -> InvoiceLineInput:
    return InvoiceLineInput(
        qty=Decimal(at + 1),
        unit_price=Decimal("19.90") + at,
        discount_rate=Decimal("0.05") if at % 3 == 1 else Decimal(0),
        tax_category="S",
        tax_rate=_RATES[at % len(_RATES)],
    )


def _line(at: int, one: InvoiceLineInput, net: Decimal, *, number: str) -> DocumentLine:
    return DocumentLine(
        description=f"Article {at} of {number}",
        product_code=f"P-{at:03d}",
        qty=one.qty,
        unit="H87",
        unit_price=one.unit_price,
        discount_rate=one.discount_rate,
        net=net,
        tax_rate=one.tax_rate,
        order_line_ref=str(at),
    )
