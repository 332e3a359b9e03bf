"""Does each page say what the law of its seller wants said, and nothing else of it?

The sentences are those of ../shared/reference/rules-of-the-trade.md, B.2: Directive
2006/112/EC art. 226, RD 1619/2012, CGI annexe II art. 242 nonies A, Code de commerce
L441-9 and L441-10.
"""

from dataclasses import replace

import pytest

from adv_domain.bundled import bundled_path
from adv_domain.documents.render import DocumentRenderer
from adv_domain.documents.style import DocumentStyle
from adv_domain.rules.billing.issued_documents import DocumentKind
from adv_domain.rules.billing.mentions import MentionCase, mention_codes
from tests.documents.examples import BUYER
from tests.documents.test_render import drawn, pages_of
from tests.documents.varied import credit_of, of_france, posted, varied
from tests.documents.varied_taxes import varied_taxes

_REVERSED = ("1", "480", "0", "AE", "0")
_INTRA = ("12", "7.5", "0", "K", "0")
_EXPORT = ("1", "250", "0", "G", "0")
_EXEMPT = ("1", "250", "0", "E", "0")
_PLAIN = ("1", "100", "0", "S", "21")
_GOODS = ("10", "12.50", "0", "S", "20")

DUE = {
    ("ES reverse charge", "es"): (posted(_REVERSED), "Inversión del sujeto pasivo."),
    ("ES reverse charge", "en"): (posted(_REVERSED), "Reverse charge"),
    ("ES reverse charge", "fr"): (posted(_REVERSED), "Autoliquidation."),
    ("ES intra", "es"): (
        posted(_INTRA, buyer=BUYER),
        "exenta, art. 25 de la Ley 37/1992",
    ),
    ("ES intra", "en"): (
        posted(_INTRA, buyer=BUYER),
        "exempt under Art. 25 of the Spanish",
    ),
    ("ES export", "es"): (posted(_EXPORT), "Exportación exenta, art. 21"),
    ("ES exempt", "es"): (posted(_EXEMPT), "Operación exenta de IVA."),
    ("ES cash accounting", "es"): (
        posted(_PLAIN, mentions=("cash_accounting",)),
        "Régimen especial del criterio de caja.",
    ),
    ("ES surcharge", "es"): (
        varied_taxes()["surcharge"],
        "Recargo de equivalencia 5,2 % 99,99 5,20",
    ),
    ("ES export from Canarias", "es"): (
        varied_taxes()["export from Canarias"],
        "Exportación exenta, art. 11 de la Ley 20/1991 (IGIC).",
    ),
    ("FR reverse charge", "fr"): (of_france(_REVERSED), "Autoliquidation."),
    ("FR intra", "fr"): (
        of_france(_INTRA, buyer=varied()["one rate"].buyer),
        "Exonération de TVA, art. 262 ter I du CGI.",
    ),
    ("FR export", "fr"): (of_france(_EXPORT), "Exonération de TVA, art. 262 I du CGI."),
    ("FR goods", "fr"): (of_france(_GOODS), "livraison de biens"),
    ("FR SIREN of the seller", "fr"): (of_france(_GOODS), "SIREN 404 833 048"),
    ("FR SIREN of the buyer", "fr"): (of_france(_GOODS), "SIREN 303 265 045"),
    ("FR form, capital and register", "fr"): (
        of_france(_GOODS),
        "SAS au capital de 50 000 €, RCS Nantes 404 833 048",
    ),
    ("FR compensation", "fr"): (of_france(_GOODS), "indemnité forfaitaire de 40 €"),
    ("FR compensation", "en"): (of_france(_GOODS), "fixed compensation of €40"),
    ("FR compensation", "es"): (of_france(_GOODS), "indemnización fija de 40 €"),
    ("FR penalty", "fr"): (of_france(_GOODS), "majoré de 10 points"),
    ("FR no discount", "fr"): (of_france(_GOODS), "Pas d’escompte"),
    ("FR discount", "fr"): (
        varied()["French services by the debits"],
        "Escompte de 2 % pour paiement anticipé",
    ),
    ("FR debits", "fr"): (
        varied()["French services by the debits"],
        "Option pour le paiement de la taxe d’après les débits.",
    ),
    ("FR place of delivery", "fr"): (
        replace(
            varied()["intra-Community to another place"],
            seller=of_france(_GOODS).seller,
        ),
        "Livré à Dépôt de Gand Havenlaan 1 9000 Gent",
    ),
    ("EU intra of a German seller", "en"): (
        posted(_INTRA, buyer=BUYER, seller=replace(BUYER, country="DE", vat_id="DE1")),
        "Art. 138 of Directive 2006/112/EC",
    ),
    ("ES what is corrected", "es"): (
        credit_of(_PLAIN),
        "Rectifica la factura F2026-000200 de 23 nov 2026",
    ),
    ("ES a rebate's period", "es"): (
        varied()["rebate of a year"],
        "Periodo de la operación 1 ene 2026 – 31 dic 2026",
    ),
    ("advance", "es"): (varied()["advance invoice"], "Fecha del cobro 20 nov 2026"),
    ("foreign currency", "es"): (
        varied_taxes()["dollars with the tax in euro"],
        "IVA en EUR: 19,37 €, al cambio de 1,0842 USD por 1 EUR",
    ),
}


@pytest.fixture(scope="module")
def renderer():
    return DocumentRenderer(DocumentStyle((bundled_path("templates"),)))


def page(renderer, document):
    text = " ".join(pages_of(drawn(renderer, document)))
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("ﬁ", "fi")


@pytest.mark.parametrize(("case", "language"), DUE, ids=" ".join)
def test_the_sentence_that_is_due_stands_on_the_page(renderer, case, language):
    document, sentence = DUE[case, language]
    assert sentence in page(renderer, replace(document, language=language))


def test_a_plain_spanish_invoice_says_none_of_them(renderer):
    text = page(renderer, posted(_PLAIN, language="es"))
    never = ("exent", "Inversión", "caja", "40 €", "Demora", "Recargo", "Categoría")
    assert [word for word in never if word in text] == []


def test_what_only_traders_owe_is_not_said_to_a_consumer(renderer):
    case = MentionCase(seller_country="FR", has_early_payment=True, is_to_consumer=True)
    text = page(renderer, of_france(_GOODS, mentions=mention_codes(case)))
    never = ("40 €", "L441-10", "pénalités")
    assert [word for word in never if word in text] == []


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_no_page_claims_to_come_from_a_certified_system(renderer, kind):
    """The QR code and the phrase of Veri*Factu are for those who send to the AEAT."""
    document = posted(_PLAIN) if kind is DocumentKind.INVOICE else credit_of(_PLAIN)
    for language in ("es", "en", "fr"):
        text = page(renderer, replace(document, language=language)).casefold()
        for claim in ("veri*factu", "verificable", "qr tributario", "certifi"):
            assert claim not in text
