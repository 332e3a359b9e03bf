"""Twenty-odd posted documents that differ in what the law asks of them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from adv_domain.rules.billing.invoicing import InvoiceLineInput, invoice_amounts
from adv_domain.rules.billing.issued_documents import (
    DeliveryNote,
    Destination,
    DocumentCharge,
    DocumentInstalment,
    DocumentKind,
    DocumentLine,
    DocumentParty,
    EarlierDocument,
    EarlyPayment,
    IssuedDocument,
    TaxGroup,
)
from adv_domain.rules.billing.mentions import MentionCase, mention_codes
from adv_domain.rules.registered_ids import RegisteredId
from tests.documents.examples import BANK, BUYER, SELLER, a_line

SPANISH_BUYER = DocumentParty(
    name="Ferretería Sol S.L.",
    address_lines=("Calle Nueva 2", "41001 Sevilla"),
    street="Calle Nueva 2",
    postal_code="41001",
    city="Sevilla",
    region="Andalucía",
    country="ES",
    vat_id="B12345674",
    email="facturas@sol.example",
)
FRENCH_SELLER = DocumentParty(
    name="Quincaillerie Durand SAS",
    address_lines=("3 quai des Docks", "44000 Nantes"),
    street="3 quai des Docks",
    postal_code="44000",
    city="Nantes",
    country="FR",
    vat_id="FR83404833048",
    legal_id=RegisteredId("0002", "404833048"),
    registration="SAS au capital de 50 000 €, RCS Nantes 404 833 048",
    email="adv@durand.example",
    endpoint=RegisteredId("0225", "404833048"),
)
JAPANESE_BUYER = DocumentParty(
    name="Yamada Trading K.K.",
    address_lines=("1-2-3 Marunouchi, Chiyoda-ku", "Tokyo 100-0005"),
    country="JP",
    vat_id="T8010001002340",
)
ISSUED_ON = date(2026, 11, 23)


def posted(
    *lines: tuple[str, str, str, str, str],
    charges: tuple[DocumentCharge, ...] = (),
    surcharges: dict[str, str] | None = None,
    **changes,
) -> IssuedDocument:
    """Post lines of (qty, price, discount %, category, rate %), as posting does.

    On a credit note quantities and charges are given negative. surcharges are the
    rates in per cent that go with a rate of the lines.
    """
    currency = changes.get("currency", "EUR")
    inputs = [
        InvoiceLineInput(
            Decimal(qty),
            Decimal(price),
            Decimal(discount) / 100,
            category,
            Decimal(rate) / 100,
            Decimal((surcharges or {}).get(rate, "0")) / 100,
        )
        for qty, price, discount, category, rate in lines
    ]
    charged = [
        InvoiceLineInput(
            Decimal(1),
            one.amount,
            Decimal(0),
            one.tax_category,
            one.tax_rate,
            one.surcharge_rate,
        )
        for one in charges
    ]
    amounts = invoice_amounts([*inputs, *charged], currency)
    made = IssuedDocument(
        kind=DocumentKind.INVOICE,
        number="F2026-000200",
        issued_on=ISSUED_ON,
        currency=currency,
        language="en",
        seller=SELLER,
        buyer=SPANISH_BUYER,
        lines=tuple(
            _line(at, one, net)
            for at, (one, net) in enumerate(
                zip(inputs, amounts.line_nets, strict=False), start=1
            )
        ),
        charges=charges,
        taxes=tuple(
            TaxGroup(
                category=one.category,
                rate=one.rate,
                base=one.base,
                tax=one.tax,
                kind=one.kind,
            )
            for one in amounts.taxes
        ),
        net=amounts.net,
        tax=amounts.tax,
        gross=amounts.gross,
        bank=BANK,
        payment_reference="RF462026000123",
        delivered_on=date(2026, 11, 20),
        order_nos=("SO-2026-00017",),
        customer_refs=("PO 4711/26",),
        delivery_notes=(DeliveryNote("DN-2026-00044", date(2026, 11, 20)),),
        customer_no="C-0042",
    )
    made = replace(made, **changes)
    if made.is_credit_note or made.instalments:
        return made
    due = DocumentInstalment(due_on=date(2026, 12, 23), amount=made.payable)
    return replace(made, instalments=(due,))


def _line(at: int, one: InvoiceLineInput, net: Decimal) -> DocumentLine:
    return a_line(
        description=f"Article {at}",
        product_code=f"P-{at}",
        qty=one.qty,
        unit_price=one.unit_price,
        discount_rate=one.discount_rate,
        net=net,
        tax_category=one.tax_category,
        tax_rate=one.tax_rate,
        surcharge_rate=one.surcharge_rate,
        order_line_ref=str(at * 10),
        gtin="8412345000013" if at == 1 else "",
        customer_article=f"C-{at}",
    )


def discount(amount: str, tax_percent: str, **changes) -> DocumentCharge:
    return DocumentCharge(
        description="Discount",
        amount=Decimal(amount),
        tax_rate=Decimal(tax_percent) / 100,
        **changes,
    )


def credit_of(*lines, **changes) -> IssuedDocument:
    """Return a credit note of 24 November over F2026-000200."""
    given = {
        "kind": DocumentKind.CREDIT_NOTE,
        "number": "A2026-000007",
        "issued_on": date(2026, 11, 24),
        "corrects": (EarlierDocument(number="F2026-000200", issued_on=ISSUED_ON),),
        "reason": "Goods returned",
    }
    return posted(*lines, **(given | changes))


def of_france(*lines, supply="goods", vat_due="supply", **changes) -> IssuedDocument:
    case = MentionCase(
        seller_country="FR",
        has_early_payment="early_payment" in changes,
        vat_due=vat_due,
        supply=supply,
    )
    given = {
        "seller": FRENCH_SELLER,
        "buyer": BUYER,
        "language": "fr",
        "vat_due": vat_due,
        "mentions": mention_codes(case),
    }
    return posted(*lines, **(given | changes))


_CONSUMER = replace(SPANISH_BUYER, name="Ana Ruiz", vat_id="", email="")
_FREIGHT = DocumentCharge(
    description="Freight", amount=Decimal("18.50"), tax_rate=Decimal("0.21")
)
_IN_HALVES = (
    DocumentInstalment(due_on=date(2026, 12, 23), amount=Decimal("605.00")),
    DocumentInstalment(due_on=date(2027, 1, 23), amount=Decimal("605.00")),
)
_EARLY = EarlyPayment(
    until_on=date(2026, 12, 3), rate=Decimal("0.02"), payable=Decimal("1185.80")
)


def _by(means: str, **changes) -> IssuedDocument:
    due = DocumentInstalment(
        due_on=date(2026, 12, 23), amount=Decimal("12.10"), means=means
    )
    return posted(("1", "10", "0", "S", "21"), instalments=(due,), **changes)


def varied() -> dict[str, IssuedDocument]:
    """Return the documents by what is special about them."""
    return {
        "one rate": posted(("3", "33.33", "0", "S", "21")),
        "three rates": posted(
            ("3", "33.33", "0", "S", "21"),
            ("7", "1.99", "0", "S", "21"),
            ("2", "12.345", "0", "S", "10"),
            ("1", "0.15", "0", "S", "4"),
        ),
        "line discounts": posted(
            ("2", "12.995", "5", "S", "21"),
            ("1", "0.125", "50", "S", "21"),
            ("7", "19.99", "33.333333", "S", "10"),
        ),
        "discount on all": posted(
            ("10", "99", "0", "S", "21"),
            charges=(
                discount("-49.50", "21", base=Decimal("990"), rate=Decimal("0.05")),
            ),
        ),
        "freight and discount on two rates": posted(
            ("10", "99", "0", "S", "21"),
            ("4", "2.50", "10", "S", "10"),
            charges=(_FREIGHT, discount("-20", "21"), discount("-1", "10")),
        ),
        "exempt": posted(
            ("1", "250", "0", "E", "0"),
            taxes=(
                TaxGroup(
                    category="E",
                    rate=Decimal(0),
                    base=Decimal("250.00"),
                    tax=Decimal("0.00"),
                    exemption_reason="Exento, art. 20.Uno.9.º de la Ley 37/1992",
                    exemption_code="VATEX-EU-132-1I",
                ),
            ),
        ),
        "exempt beside taxed": posted(
            ("1", "250", "0", "E", "0"), ("2", "10", "0", "S", "21")
        ),
        "zero rated": posted(("5", "3", "0", "Z", "0")),
        "reverse charge": posted(("1", "480", "0", "AE", "0")),
        "intra-Community": posted(("12", "7.5", "0", "K", "0"), buyer=BUYER),
        "intra-Community to another place": posted(
            ("12", "7.5", "0", "K", "0"),
            buyer=BUYER,
            destination=Destination(
                country="BE",
                name="Dépôt de Gand",
                street="Havenlaan 1",
                postal_code="9000",
                city="Gent",
            ),
        ),
        "export in yen": posted(
            ("1250", "987", "0", "G", "0"), buyer=JAPANESE_BUYER, currency="JPY"
        ),
        "outside VAT": posted(("1", "75", "0", "O", "0"), buyer=_CONSUMER),
        "Canary Islands": posted(("3", "20", "0", "L", "7")),
        "Ceuta": posted(("3", "20", "0", "M", "4")),
        "consumer without a number": posted(
            ("1", "49.90", "0", "S", "21"), buyer=_CONSUMER
        ),
        "two instalments and early payment": posted(
            ("10", "100", "0", "S", "21"),
            instalments=_IN_HALVES,
            early_payment=_EARLY,
        ),
        "deposit paid": posted(
            ("10", "100", "0", "S", "21"), prepaid=Decimal("363.00")
        ),
        "deposit invoiced and deducted": posted(
            ("10", "100", "0", "S", "21"),
            ("-1", "300", "0", "S", "21"),
            deducts=(
                EarlierDocument(number="F2026-000150", issued_on=date(2026, 10, 1)),
            ),
        ),
        "advance invoice": posted(
            ("1", "300", "0", "S", "21"),
            ("1", "12.50", "0", "S", "10"),
            is_advance=True,
            prepaid=Decimal("376.75"),
            delivered_on=None,
            delivery_notes=(),
            paid_on=date(2026, 11, 20),
        ),
        "advance taken off by tax rate": posted(
            ("10", "100", "0", "S", "21"),
            ("1", "12.50", "0", "S", "10"),
            charges=(
                replace(discount("-300", "21"), is_deduction=True),
                replace(discount("-12.50", "10"), is_deduction=True),
            ),
            deducts=(EarlierDocument(number="F2026-000150"),),
        ),
        "advance of all of it": posted(
            ("10", "100", "0", "S", "21"),
            charges=(replace(discount("-1000", "21"), is_deduction=True),),
            deducts=(EarlierDocument(number="F2026-000150"),),
        ),
        "cash rounding": posted(
            ("1", "9.90", "0", "S", "21"), rounding=Decimal("0.02")
        ),
        "direct debit": _by("direct_debit", debited_iban="ES7921000813610123456789"),
        "bill of exchange": _by("bill"),
        "card": _by("card"),
        "no account": posted(("1", "10", "0", "S", "21"), bank=None),
        "several orders of a month": posted(
            ("3", "33.33", "0", "S", "21"),
            order_nos=("SO-1", "SO-2"),
            customer_refs=("PO 1", "PO 2"),
            delivery_notes=(
                DeliveryNote("DN-1", date(2026, 11, 3)),
                DeliveryNote("DN-2", date(2026, 11, 17)),
            ),
            period=(date(2026, 11, 1), date(2026, 11, 30)),
            delivered_on=None,
        ),
        "negative price and return": posted(
            ("1", "100", "0", "S", "21"),
            ("1", "-5", "0", "S", "21"),
            ("-1", "20", "10", "S", "21"),
        ),
        "nothing to pay": posted(
            ("1", "10", "0", "S", "21"), ("-1", "10", "0", "S", "21")
        ),
        "cash accounting": posted(
            ("1", "10", "0", "S", "21"),
            vat_due="payment",
            mentions=("cash_accounting",),
        ),
        "French goods": of_france(("10", "12.50", "0", "S", "20")),
        "French services by the debits": of_france(
            ("8", "90", "0", "S", "20"),
            supply="services",
            vat_due="debits",
            early_payment=replace(_EARLY, payable=Decimal("846.72")),
        ),
        "French reverse charge": of_france(("1", "480", "0", "AE", "0")),
        "credit note": credit_of(("-1", "33.33", "0", "S", "21")),
        "credit note with discount and freight": credit_of(
            ("-2", "12.995", "5", "S", "21"),
            charges=(replace(_FREIGHT, amount=Decimal("-18.50")),),
        ),
        "credit note of an intra-Community supply": credit_of(
            ("-2", "7.5", "0", "K", "0"), buyer=BUYER
        ),
        "credit note over two invoices": credit_of(
            ("-1", "33.33", "0", "S", "21"),
            corrects=(
                EarlierDocument(number="F2026-000200", issued_on=ISSUED_ON),
                EarlierDocument(number="F2026-000201", issued_on=ISSUED_ON),
            ),
        ),
        "rebate of a year": credit_of(
            ("-1", "1500", "0", "S", "21"),
            corrects=(),
            period=(date(2026, 1, 1), date(2026, 12, 31)),
        ),
        "credit note in yen": credit_of(
            ("-10", "987", "0", "G", "0"), buyer=JAPANESE_BUYER, currency="JPY"
        ),
        "French credit note": of_france(
            ("-1", "12.50", "0", "S", "20"),
            kind=DocumentKind.CREDIT_NOTE,
            number="A2026-000008",
            corrects=(EarlierDocument(number="F2026-000200", issued_on=ISSUED_ON),),
            reason="Retour de marchandise",
        ),
    }
