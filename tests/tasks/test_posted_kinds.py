"""Do the rules accept each kind of document as the steps really post it?"""

import pytest

from adv_domain.bundled import bundled_path
from adv_domain.documents.making import DocumentMaker, cii_bytes, ubl_bytes
from adv_domain.documents.style import DocumentStyle
from tests.documents.test_einvoice import told
from tests.documents.test_einvoice_rules import EMPTY_DELIVERY
from tests.preflight import findings, need_preflight
from tests.schematron import Rulebook
from tests.tasks.posted_kinds import all_kinds


@pytest.fixture
def documents(sqlite_home):
    """Rows read back are the same on both databases: one of them is enough here."""
    from tasks.resources import resources

    return all_kinds(resources().engine, sqlite_home)


def test_row_73_every_kind_that_is_posted_passes_the_official_rules(documents):
    assert len(documents) > 35
    found, book = {}, Rulebook()
    try:
        for number, document in documents.items():
            invoice = told(document)
            verdicts = [
                book.verdict(cii_bytes(invoice), rules="cii"),
                book.verdict(ubl_bytes(invoice), rules="ubl"),
            ]
            if document.seller.country == "FR":
                verdicts.append(book.verdict(cii_bytes(invoice), rules="cii of France"))
                verdicts.append(book.verdict(ubl_bytes(invoice), rules="ubl of France"))
            found[number] = [
                one
                for _, broken in verdicts
                for one in broken
                if one[1] != EMPTY_DELIVERY
            ]
    finally:
        book.close()
    assert {number: broken for number, broken in found.items() if broken} == {}


def test_row_73_every_kind_is_a_page_that_preflight_accepts(documents, tmp_path):
    need_preflight()
    maker = DocumentMaker(DocumentStyle((bundled_path("templates"),)))
    paths = []
    for number, document in documents.items():
        made = maker.made(document, form="facturx")
        assert made.plain_because == ""
        paths.append(tmp_path / f"{number}.pdf")
        paths[-1].write_bytes(made.files[0].content)
    assert findings(paths, folder=tmp_path) == {}
