"""Taxes of territories, the surcharge, cash rounding, the tax in our own currency."""

from decimal import Decimal

import pytest

from adv_domain.documents.making import cii_bytes, ubl_bytes
from tests.documents.test_einvoice import told
from tests.documents.test_views import texts, view_of
from tests.documents.varied_taxes import varied_taxes
from tests.schematron import Rulebook

DOCUMENTS = varied_taxes()
EMPTY_DELIVERY = "PEPPOL-EN16931-R008"


@pytest.fixture(scope="module")
def rulebook():
    book = Rulebook()
    yield book
    book.close()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_row_73_the_official_rules_find_nothing_wrong_with_these_taxes(rulebook, name):
    invoice = told(DOCUMENTS[name])
    fired, broken = rulebook.verdict(cii_bytes(invoice), rules="cii")
    assert fired > 40
    assert [one for one in broken if one[1] != EMPTY_DELIVERY] == []
    fired, broken = rulebook.verdict(ubl_bytes(invoice), rules="ubl")
    assert fired > 40
    assert broken == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_groups_of_the_norm_sum_to_the_posted_tax(name):
    document, invoice = DOCUMENTS[name], told(DOCUMENTS[name])
    sign = -1 if document.is_credit_note else 1
    assert sum(one.tax for one in invoice.taxes) == document.tax * sign
    assert sum(one.base for one in invoice.taxes) == document.net * sign


def test_what_bears_the_surcharge_is_a_group_of_its_own_at_both_rates():
    name = "surcharge on goods beside a service of the same rate"
    groups = {
        one.rate: (str(one.base), str(one.tax)) for one in told(DOCUMENTS[name]).taxes
    }
    # 21.00 and 5.20 on 99.99, 10.50 on 50.00; one rounding of 149.99 at 21 % is 31.50
    assert groups == {
        Decimal("26.2"): ("99.99", "26.20"),
        Decimal(21): ("50.00", "10.50"),
    }
    notes = [note.text for note in told(DOCUMENTS[name]).notes]
    assert any("Equivalence surcharge 5.2%: 99.99 → 5.20" in note for note in notes)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("IGIC", ["IGIC", "Cuota de IGIC"]),
        ("IPSI", ["IPSI", "Cuota de IPSI"]),
        ("export from Canarias", ["IGIC", "art. 11 de la Ley 20/1991"]),
        ("export to Canarias", ["IVA", "art. 21 de la Ley 37/1992"]),
        ("surcharge", ["Equivalence surcharge 5.2%", "5.20"]),
        ("rounded to five cents", ["Rounding", "€121.00"]),
        (
            "dollars with the tax in euro",
            ["VAT in EUR: €19.37, at 1.0842 USD for 1 EUR of 19 Nov 2026."],
        ),
    ],
)
def test_the_page_says_it(name, words):
    said = " | ".join(texts(view_of(DOCUMENTS[name])))
    for word in words:
        assert word in said


def test_row_35_the_rounding_amount_and_the_tax_in_euro_stand_in_both_syntaxes():
    rounded = told(DOCUMENTS["rounded to five cents"])
    assert b"RoundingAmount>0.01<" in cii_bytes(rounded)
    assert b">0.01</cbc:PayableRoundingAmount>" in ubl_bytes(rounded)
    assert b">121.00</cbc:PayableAmount>" in ubl_bytes(rounded)
    foreign = told(DOCUMENTS["dollars with the tax in euro"])
    assert b'TaxTotalAmount currencyID="EUR">19.37<' in cii_bytes(foreign)
    assert b'TaxAmount currencyID="EUR">19.37<' in ubl_bytes(foreign)
