"""Does every order fault have its sentence, in every language, with its values?"""

import tomllib
from string import Formatter

import pytest

from adv_domain.bundled import bundled_path
from adv_domain.fault_wording import fault_text
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


def test_numbers_are_written_as_the_language_does():
    clash = {"off": "1.5", "expected": "1234.5", "agreement": "list", "currency": "EUR"}
    english = fault_text("price.above", clash, language="en")
    assert english == "the price is 1.50 above the agreed 1,234.50 (list)"
    assert "1.234,50" in fault_text("price.above", clash, language="es")


def test_a_value_that_an_older_version_did_not_keep_is_a_question_mark():
    assert "?" in fault_text("deadline", {}, language="en")
