"""Which code of UN/ECE recommendation 20 has a unit, however it is written?"""

import re
from decimal import Decimal

import pytest

from adv_domain.documents.einvoice.schemas import schema_folder
from adv_domain.rules.billing import unit_codes
from adv_domain.rules.billing.unit_codes import unit_code, unit_in_text, unit_word


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("C62", "C62"),
        ("kgm", "KGM"),
        ("PCE", "H87"),
        ("ud", "H87"),
        ("Uds.", "H87"),
        ("pièces", "H87"),
        ("m²", "MTK"),
        ("h", "HUR"),
        ("CT", "XCT"),
        ("garrafa", "ZZ"),
        ("", "ZZ"),
    ],
)
def test_units_are_told_in_codes(unit, code):
    assert unit_code(unit) == code


def test_every_code_is_one_of_the_official_list():
    rules = schema_folder() / "ubl-2.1" / "EN16931-UBL-validation.xslt"
    text = rules.read_text(encoding="utf-8")
    listed = re.search(r"normalize-space\(@unitCode\).*?' (10 11 [^']*) '", text, re.S)
    known = set(listed[1].split())
    assert len(known) > 2000
    assert unit_codes._CODES - known == set()
    assert set(unit_codes._WORDS_OF) - known == set()


def test_no_word_stands_for_two_units():
    words = [word for words in unit_codes._WORDS_OF.values() for word in words.split()]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("unit", "on_a_page", "in_a_mail"),
    [
        ("KGM", "kilo", "kilo"),
        ("kg", "kilo", "kilo"),
        ("PCE", "piece", ""),
        ("C62", "C62", ""),
        ("garrafa", "garrafa", "garrafa"),
        ("", "", ""),
    ],
)
def test_a_unit_has_one_word_which_a_mail_leaves_out_for_pieces(
    unit, on_a_page, in_a_mail
):
    words = {"KGM": "kilo", "H87": "piece"}
    assert unit_word(unit, words=words) == on_a_page
    assert unit_in_text(unit, words=words) == in_a_mail


@pytest.mark.parametrize(
    ("qty", "said"), [("1", "día"), ("-1", "día"), ("1.5", "días"), (None, "días")]
)
def test_one_of_a_unit_is_told_by_its_own_word(qty, said):
    words = {"DAY": "día|días", "KGM": "kg"}
    number = None if qty is None else Decimal(qty)
    assert unit_word("DAY", words=words, qty=number) == said
    assert unit_in_text("DAY", words=words, qty=number) == said
    assert unit_word("KGM", words=words, qty=number) == "kg"
    assert unit_word("a|b", words=words, qty=number) == "a|b"
