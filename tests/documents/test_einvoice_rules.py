"""Do the official rules of EN 16931 accept what we write?"""

import pytest

from adv_domain.documents.making import cii_bytes, ubl_bytes
from tests.documents.test_einvoice import told
from tests.documents.varied import posted, varied
from tests.schematron import Rulebook

DOCUMENTS = varied()
FRENCH = [name for name, one in DOCUMENTS.items() if one.seller.country == "FR"]
# the norm wants the element that says where goods went also where it is not known
EMPTY_DELIVERY = "PEPPOL-EN16931-R008"


@pytest.fixture(scope="module")
def rulebook():
    book = Rulebook()
    yield book
    book.close()


def test_row_73_there_are_twenty_documents_that_differ():
    assert len(DOCUMENTS) >= 20
    assert sum(one.is_credit_note for one in DOCUMENTS.values()) >= 5


@pytest.mark.parametrize("name", DOCUMENTS)
def test_row_73_the_official_rules_find_nothing_wrong(rulebook, name):
    invoice = told(DOCUMENTS[name])
    fired, broken = rulebook.verdict(cii_bytes(invoice), rules="cii")
    assert fired > 40
    assert [one for one in broken if one[1] != EMPTY_DELIVERY] == []
    fired, broken = rulebook.verdict(ubl_bytes(invoice), rules="ubl")
    assert fired > 40
    assert broken == []


@pytest.mark.parametrize("name", FRENCH)
def test_the_rules_of_france_find_nothing_wrong_with_a_french_sellers(rulebook, name):
    invoice = told(DOCUMENTS[name])
    assert rulebook.verdict(cii_bytes(invoice), rules="cii of France")[1] == []
    assert rulebook.verdict(ubl_bytes(invoice), rules="ubl of France")[1] == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b"GrandTotalAmount>121.00", b"GrandTotalAmount>121.01", "BR-CO-15"),
        (b"<ram:CategoryCode>S<", b"<ram:CategoryCode>K<", "BR-IC"),
        (b'schemeID="VA">ES', b'schemeID="VA">', "BR-CO-09"),
    ],
    ids=["total", "category", "VAT number"],
)
def test_the_rules_do_find_what_is_wrong(rulebook, old, new, rule):
    xml = cii_bytes(told(posted(("1", "100", "0", "S", "21"))))
    assert old in xml
    _, broken = rulebook.verdict(xml.replace(old, new), rules="cii")
    fatal = [identity for flag, identity, _ in broken if flag == "fatal"]
    assert any(rule in identity for identity in fatal), broken
