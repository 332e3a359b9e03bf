"""Does the e-invoice say what was posted, no cent computed anew?"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.bundled import bundled_path
from adv_domain.documents.einvoice.cii import cii
from adv_domain.documents.einvoice.elements import maker, written
from adv_domain.documents.einvoice.refusals import EInvoiceIncomplete, inexpressible
from adv_domain.documents.einvoice.schemas import NotOfSchema, check_schema
from adv_domain.documents.einvoice.semantic import e_invoice
from adv_domain.documents.labels import labels
from adv_domain.documents.making import cii_bytes, ubl_bytes
from adv_domain.documents.views import invoice_view
from adv_domain.rules.billing.issued_documents import DocumentKind
from adv_domain.rules.money import minor_unit
from tests.documents.examples import BUYER, SELLER, an_invoice, in_dinars
from tests.documents.varied import (
    SPANISH_BUYER,
    credit_of,
    discount,
    of_france,
    posted,
    varied,
)
from tests.golden import same_as_golden

WORDS = {
    language: labels(language, folders=(bundled_path("templates"),))
    for language in ("es", "en", "fr")
}
GOLDEN = [
    "three rates",
    "line discounts",
    "freight and discount on two rates",
    "reverse charge",
    "intra-Community to another place",
    "outside VAT",
    "two instalments and early payment",
    "deposit invoiced and deducted",
    "several orders of a month",
    "French services by the debits",
    "credit note with discount and freight",
]


def told(document):
    words = WORDS[document.language]
    return e_invoice(document, view=invoice_view(document, labels=words))


def test_the_day_of_an_advances_money_is_the_tax_point():
    """BT-7, once a tax group in CII; not beside the code of tax due when paid."""
    document = varied()["advance invoice"]
    invoice = told(document)
    assert cii_bytes(invoice).count(b'"102">20261120</udt:DateString>') == 2
    assert b"<cbc:TaxPointDate>2026-11-20</cbc:TaxPointDate>" in ubl_bytes(invoice)
    for other in (
        replace(document, vat_due="payment", mentions=("cash_accounting",)),
        varied()["advance of all of it"],
    ):
        assert b"TaxPointDate" not in cii_bytes(told(other)) + ubl_bytes(told(other))


@pytest.mark.parametrize("name", GOLDEN)
def test_the_xml_is_the_one_that_was_looked_at(name, update_golden):
    invoice = told(varied()[name])
    folder = f"einvoice/{name.replace(' ', '_')}"
    same_as_golden(f"{folder}.cii.xml", cii_bytes(invoice), update=update_golden)
    same_as_golden(f"{folder}.ubl.xml", ubl_bytes(invoice), update=update_golden)


quantities = st.decimals("-500", "500", places=3).filter(bool)
prices = st.decimals("0.01", "900", places=4)
discounts = st.sampled_from(["0", "5", "12.5", "33.333333", "100"])
rates = st.sampled_from(["21", "10", "4"])
some_lines = st.lists(
    st.tuples(quantities.map(str), prices.map(str), discounts, st.just("S"), rates),
    min_size=1,
    max_size=8,
)
some_charges = st.lists(
    st.builds(discount, st.decimals("-50", "50", places=2).map(str), rates),
    max_size=3,
).map(tuple)


@given(
    lines=some_lines,
    charges=some_charges,
    kind=st.sampled_from(list(DocumentKind)),
    currency=st.sampled_from(["EUR", "JPY"]),
)
def test_row_73_the_sums_of_the_norm_meet_the_posted_totals(
    lines, charges, kind, currency
):
    charges = tuple(one for one in charges if one.amount) if currency == "EUR" else ()
    document = posted(*lines, charges=charges, kind=kind, currency=currency)
    sign = -1 if document.is_credit_note else 1
    invoice = told(document)
    totals = invoice.totals

    assert totals.lines == sum(line.net for line in invoice.lines)
    assert totals.net == totals.lines - totals.allowances + totals.charges
    assert totals.gross == totals.net + totals.tax
    assert totals.tax == sum(group.tax for group in invoice.taxes)
    assert totals.net == sum(group.base for group in invoice.taxes)
    assert totals.gross == document.gross * sign
    for line in invoice.lines:
        less = sum(
            -one.amount if one.is_charge else one.amount for one in line.allowances
        )
        exact = line.qty * line.price - less
        assert abs(exact - line.net) <= minor_unit(currency) / 2


def test_a_credit_note_is_told_in_positive_amounts_with_what_it_corrects():
    invoice = told(credit_of(("-2", "12.995", "5", "S", "21")))
    assert (invoice.type_code, invoice.totals.gross) == ("381", Decimal("29.87"))
    assert [line.qty for line in invoice.lines] == [Decimal(2)]
    assert [one.number for one in invoice.preceding] == ["F2026-000200"]
    assert invoice.payment is None
    assert "nothing is to be paid" in invoice.terms
    assert b"-" not in b"".join(
        one.encode() for one in (str(invoice.totals.net), str(invoice.lines[0].net))
    )


def test_several_instalments_are_in_the_terms_and_the_first_is_the_due_date():
    invoice = told(varied()["two instalments and early payment"])
    assert str(invoice.due_on) == "2026-12-23"
    terms = invoice.terms.replace("\N{NO-BREAK SPACE}", " ")
    assert "€605.00 on 23 Dec 2026; €605.00 on 23 Jan 2027" in terms
    assert "pay €1,185.80 by 3 Dec 2026" in terms


def test_row_44_the_reference_of_the_payment_is_the_creditor_reference():
    payment = told(an_invoice()).payment
    assert payment.reference == "RF462026000123"
    assert payment.code == "58"
    assert b"<ram:PaymentReference>RF462026000123<" in cii_bytes(told(an_invoice()))
    assert b"<cbc:PaymentID>RF462026000123<" in ubl_bytes(told(an_invoice()))


@pytest.mark.parametrize(
    ("document", "missing"),
    [
        (
            posted(("1", "10", "0", "K", "0"), buyer=replace(BUYER, vat_id="")),
            "an intra-Community supply needs the buyer's VAT number",
        ),
        (
            posted(("1", "10", "0", "K", "0"), buyer=BUYER, delivered_on=None),
            "needs the day of delivery",
        ),
        (
            posted(
                ("1", "10", "0", "AE", "0"), buyer=replace(SPANISH_BUYER, vat_id="")
            ),
            "reverse charge needs the buyer's VAT number",
        ),
        (
            posted(("1", "10", "0", "S", "21"), seller=replace(SELLER, vat_id="")),
            "the seller has no VAT number",
        ),
        (
            posted(("1", "10", "0", "S", "21"), buyer=replace(BUYER, country="")),
            "the buyer has no country",
        ),
    ],
    ids=["K no number", "K no day", "AE no number", "no seller's number", "no country"],
)
def test_what_the_law_wants_and_is_missing_is_named_with_the_remedy(document, missing):
    with pytest.raises(EInvoiceIncomplete, match=missing) as caught:
        told(document)
    assert "einvoice: none" in str(caught.value)


def test_what_the_norm_has_no_room_for_is_said():
    assert "TND has more decimals" in inexpressible(in_dinars())
    both = posted(("1", "10", "0", "O", "0"), ("1", "10", "0", "S", "21"))
    assert "outside VAT" in inexpressible(both)
    assert inexpressible(an_invoice()) is None


def test_a_foreign_number_is_no_vat_number_and_a_national_one_gets_its_country():
    assert told(varied()["export in yen"]).buyer.identifier == "T8010001002340"
    assert told(varied()["one rate"]).buyer.vat_id == "ESB12345674"


def test_french_notes_carry_their_subjects_and_the_kind_of_supply():
    invoice = told(of_france(("1", "10", "0", "S", "20")))
    assert [note.subject for note in invoice.notes if note.subject] == [
        "PMD",
        "PMT",
        "AAB",
    ]
    assert invoice.process == "B1"


def test_what_breaks_the_schema_never_leaves():
    root = cii(told(an_invoice()))
    root.append(maker("urn:other")("Stranger", "x"))
    with pytest.raises(NotOfSchema, match="F2026-000123 breaks the schema cii"):
        check_schema(root, name="cii", number="F2026-000123")


def test_characters_that_xml_cannot_hold_are_left_out():
    assert written(maker("urn:x")("a", "b\x0bc\ud800")).endswith(b">bc</ns0:a>")
