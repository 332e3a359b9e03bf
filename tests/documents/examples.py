"""Documents with good defaults; a test says only what matters to it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from adv_domain.rules.billing.issued_documents import (
    BankDetails,
    DeliveryNote,
    DocumentInstalment,
    DocumentKind,
    DocumentLine,
    DocumentParty,
    EarlierDocument,
    EarlyPayment,
    IssuedDocument,
    TaxGroup,
)
from adv_domain.rules.registered_ids import RegisteredId

SELLER = DocumentParty(
    name="Ibérica Suministros S.L.",
    address_lines=("Calle de la Industria, 14", "28906 Getafe (Madrid)"),
    street="Calle de la Industria, 14",
    postal_code="28906",
    city="Getafe (Madrid)",
    country="ES",
    vat_id="ESB12345674",
    registration="Registro Mercantil de Madrid, tomo 1.234, folio 56, hoja M-78.901",
    email="administracion@iberica.example",
    phone="+34 910 000 000",
    endpoint=RegisteredId("EM", "administracion@iberica.example"),
)
BUYER = DocumentParty(
    name="Établissements Lefèvre & Fils SARL",
    address_lines=("12 bis, rue de la République", "69002 Lyon"),
    street="12 bis, rue de la République",
    postal_code="69002",
    city="Lyon",
    country="FR",
    vat_id="FR40303265045",
    legal_id=RegisteredId("0002", "303265045"),
    endpoint=RegisteredId("0225", "303265045"),
)
BANK = BankDetails(holder="Ibérica Suministros S.L.", iban="ES9121000418450200051332")


def a_line(**changes: Any) -> DocumentLine:
    line = DocumentLine(
        description="Tornillo hexagonal M8 × 40, acero inoxidable A2",
        product_code="T-0840",
        qty=Decimal("3"),
        unit="ud",
        unit_price=Decimal("33.33"),
        net=Decimal("99.99"),
        tax_rate=Decimal("0.21"),
        order_no="SO-2026-00017",
    )
    return replace(line, **changes)


def an_invoice(**changes: Any) -> IssuedDocument:
    """Return the worked invoice of EN 16931: 165.18 EUR over two rates."""
    lines = (
        a_line(),
        a_line(
            description="Arandela ½″",
            product_code="A-12",
            qty=Decimal("7"),
            unit_price=Decimal("1.99"),
            net=Decimal("13.93"),
        ),
        a_line(
            description="Bolsa",
            product_code="B-1",
            qty=Decimal("1"),
            unit_price=Decimal("0.15"),
            net=Decimal("0.15"),
        ),
        a_line(
            description="Aceite de corte, bidón de 5 l",
            product_code="O-5",
            qty=Decimal("2"),
            unit="l",
            unit_price=Decimal("12.995"),
            discount_rate=Decimal("0.05"),
            net=Decimal("24.69"),
            tax_rate=Decimal("0.10"),
        ),
    )
    invoice = IssuedDocument(
        kind=DocumentKind.INVOICE,
        number="F2026-000123",
        issued_on=date(2026, 11, 23),
        currency="EUR",
        language="es",
        seller=SELLER,
        buyer=BUYER,
        lines=lines,
        taxes=(
            TaxGroup(
                category="S",
                rate=Decimal("0.21"),
                base=Decimal("114.07"),
                tax=Decimal("23.95"),
            ),
            TaxGroup(
                category="S",
                rate=Decimal("0.10"),
                base=Decimal("24.69"),
                tax=Decimal("2.47"),
            ),
        ),
        net=Decimal("138.76"),
        tax=Decimal("26.42"),
        gross=Decimal("165.18"),
        instalments=(
            DocumentInstalment(due_on=date(2026, 12, 23), amount=Decimal("49.55")),
            DocumentInstalment(due_on=date(2027, 1, 31), amount=Decimal("115.63")),
        ),
        early_payment=EarlyPayment(
            until_on=date(2026, 12, 3), rate=Decimal("0.02"), payable=Decimal("161.88")
        ),
        bank=BANK,
        payment_reference="RF462026000123",
        delivered_on=date(2026, 11, 20),
        order_nos=("SO-2026-00017",),
        customer_refs=("BC 4711/26",),
        delivery_notes=(DeliveryNote("DN-2026-00044", date(2026, 11, 20)),),
        customer_no="C-0042",
    )
    return replace(invoice, **changes)


def a_credit_note(**changes: Any) -> IssuedDocument:
    note = an_invoice(
        kind=DocumentKind.CREDIT_NOTE,
        number="R2026-000004",
        lines=(a_line(qty=Decimal("-1"), net=Decimal("-33.33")),),
        taxes=(
            TaxGroup(
                category="S",
                rate=Decimal("0.21"),
                base=Decimal("-33.33"),
                tax=Decimal("-7.00"),
            ),
        ),
        net=Decimal("-33.33"),
        tax=Decimal("-7.00"),
        gross=Decimal("-40.33"),
        instalments=(),
        early_payment=None,
        payment_reference="",
        corrects=(
            EarlierDocument(number="F2026-000123", issued_on=date(2026, 11, 23)),
        ),
        reason="Mercancía dañada en el transporte",
    )
    return replace(note, **changes)


def in_yen(**changes: Any) -> IssuedDocument:
    """Return an untaxed export in a currency without decimals."""
    return an_invoice(
        language="en",
        currency="JPY",
        buyer=DocumentParty(
            name="Yamada Trading K.K.",
            address_lines=("1-2-3 Marunouchi, Chiyoda-ku", "Tokyo 100-0005"),
            country="JP",
        ),
        lines=(
            a_line(
                description="Hexagon bolt M8 × 40, stainless steel A2",
                unit="pcs",
                qty=Decimal("1250"),
                unit_price=Decimal("987"),
                net=Decimal("1233750"),
                tax_rate=Decimal(0),
                tax_category="G",
            ),
        ),
        taxes=(
            TaxGroup(
                category="G", rate=Decimal(0), base=Decimal("1233750"), tax=Decimal(0)
            ),
        ),
        net=Decimal("1233750"),
        tax=Decimal(0),
        gross=Decimal("1233750"),
        instalments=(
            DocumentInstalment(due_on=date(2026, 12, 31), amount=Decimal("1233750")),
        ),
        early_payment=None,
        **changes,
    )


def in_dinars(**changes: Any) -> IssuedDocument:
    """Return an invoice in a currency with three decimals."""
    return an_invoice(
        language="fr",
        currency="TND",
        lines=(
            a_line(
                description="Vis à tête hexagonale M8 × 40, inox A2",
                unit="pc",
                qty=Decimal("12.5"),
                unit_price=Decimal("1.2345"),
                net=Decimal("15.431"),
                tax_rate=Decimal("0.19"),
            ),
        ),
        taxes=(
            TaxGroup(
                category="S",
                rate=Decimal("0.19"),
                base=Decimal("15.431"),
                tax=Decimal("2.932"),
            ),
        ),
        net=Decimal("15.431"),
        tax=Decimal("2.932"),
        gross=Decimal("18.363"),
        instalments=(
            DocumentInstalment(due_on=date(2026, 12, 31), amount=Decimal("18.363")),
        ),
        early_payment=None,
        mentions=("late_payment_penalty_fr", "no_early_payment_discount"),
        **changes,
    )
