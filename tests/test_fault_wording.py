"""Does every order fault have its sentence, in every language, with its values?"""

import tomllib
from string import Formatter

import pytest

from adv_domain.bundled import bundled_path
from adv_domain.fault_wording import agreement_text, fault_text, price_source_text
from adv_domain.rules.orders.prices import ORIGINS
from adv_domain.rules.orders.pricing import (
    ANY_PRODUCT,
    CATEGORY,
    CUSTOMER_SIDES,
    LISTED,
)
from adv_domain.rules.orders.rule_settings import DEFAULT_SETTINGS

FOLDER = bundled_path("templates") / "faults"
LANGUAGES = ("en", "es", "fr")


def catalogue(language):
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def places(sentence):
    return {(name, form) for _, name, form, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_languages_have_the_same_sentences_with_the_same_values(language):
    english, other = catalogue("en"), catalogue(language)
    assert english.keys() == other.keys()
    for message, sentence in english.items():
        assert places(sentence) == places(other[message]), message


def test_every_rule_has_a_sentence():
    told = {message.partition(".")[0] for message in catalogue("en")}
    assert set(DEFAULT_SETTINGS) <= told


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "wanted for 2 Jun 2026, possible from 9 Jun 2026 on"),
        ("es", "se pide para el 2 jun 2026, posible a partir del 9 jun 2026"),
        ("fr", "voulu pour le 2 juin 2026, possible à partir du 9 juin 2026"),
        ("de", "wanted for 2 Jun 2026, possible from 9 Jun 2026 on"),
    ],
)
def test_a_fault_is_said_in_the_readers_language(language, said):
    clash = {"wanted": "2026-06-02", "earliest": "2026-06-09"}
    assert fault_text("deadline", clash, language=language) == said


SOONEST = {
    "en": "wanted for 2 Jun 2026, possible from 9 Jun 2026 on (lead time in working "
    "days: 2; the customer takes deliveries on Monday, Wednesday and Thursday only; "
    "holidays: 4 Jun 2026 and 8 Jun 2026)",
    "es": "se pide para el 2 jun 2026, posible a partir del 9 jun 2026 (plazo de "
    "entrega en días laborables: 2; el cliente solo recibe mercancía los lunes, "
    "miércoles y jueves; festivos: 4 jun 2026 y 8 jun 2026)",
    "fr": "voulu pour le 2 juin 2026, possible à partir du 9 juin 2026 (délai de "
    "livraison en jours ouvrés : 2 ; le client n’est livré que ces jours : lundi, "
    "mercredi et jeudi ; jours fériés : 4 juin 2026 et 8 juin 2026)",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_row_12_a_deadline_says_what_it_hangs_on(language):
    clash = {
        "wanted": "2026-06-02",
        "earliest": "2026-06-09",
        "causes": "deadline.lead_working,deadline.weekdays,deadline.holidays",
        "lead_days": "2",
        "weekdays": "mon,wed,thu",
        "holidays": "2026-06-04,2026-06-08",
    }
    assert fault_text("deadline.counted", clash, language=language) == SOONEST[language]


def test_numbers_are_written_as_the_language_does():
    clash = {"off": "1.5", "expected": "1234.5", "agreement": "list", "currency": "EUR"}
    english = fault_text("price.above", clash, language="en")
    assert english == "the price is 1.50 above the agreed 1,234.50 (list)"
    assert "1.234,50" in fault_text("price.above", clash, language="es")


AGREEMENT = "customer:C1 category:TOOLS from:1000.5 since:2026-06-02 < list:L1"
AGREEMENT_SAID = {
    "en": "agreement with customer C1, category TOOLS, from 1,000.5 on, "
    "since 2 Jun 2026; taken off: price list L1",
    "es": "acuerdo con el cliente C1, categoría TOOLS, a partir de 1.000,5, "
    "desde el 2 jun 2026; aplicado sobre: tarifa L1",
    "fr": "accord avec le client C1, catégorie TOOLS, à partir de "
    "1\N{NARROW NO-BREAK SPACE}000,5, depuis le 2 juin 2026 ; appliqué sur : tarif L1",
}


@pytest.mark.parametrize(("language", "said"), AGREEMENT_SAID.items())
def test_an_agreement_is_named_in_the_readers_language(language, said):
    clash = {"off": "1", "expected": "9", "agreement": AGREEMENT, "currency": "EUR"}
    assert f"({said})" in fault_text("price.above", clash, language=language)
    assert agreement_text(AGREEMENT, language=language) == said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("agreed listed", "the product's list price"),
        (
            "ordered group:G any",
            "as ordered; agreed: agreement with customer group G, all products",
        ),
        ("replaced all", "prices for all customers; not as ordered"),
        ("ordered", "as ordered"),
        ("none", "no price"),
        ("", ""),
        (
            "as ordered; price list L1 since 2026",
            "as ordered; price list L1 since 2026",
        ),
        ("price list L1 since 2026-01-01", "price list L1 since 2026-01-01"),
        ("agreed by phone", "agreed by phone"),
    ],
)
def test_a_price_says_where_it_comes_from_in_new_words_and_old(source, said):
    assert price_source_text(source, language="en") == said


def test_every_origin_of_a_price_has_its_sentences():
    told = catalogue("en")
    for origin in ORIGINS:
        of_origin = [key for key in told if key.startswith(f"price_source.{origin}.")]
        assert of_origin, origin
    for kind in (
        *CUSTOMER_SIDES,
        LISTED,
        CATEGORY,
        ANY_PRODUCT,
        "from",
        "since",
        "off",
    ):
        assert f"agreement.{kind}" in told


def test_a_value_that_an_older_version_did_not_keep_is_a_question_mark():
    assert "?" in fault_text("deadline", {}, language="en")
