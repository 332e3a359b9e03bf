"""Does every fault of a file have its words, in every language?"""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from adv_domain.bundled import bundled_path
from adv_domain.file_fault_wording import said_fault
from adv_domain.files.columns import FIELDS
from adv_domain.rules import faults
from adv_domain.rules.faults import FileFault

ROOT = Path(__file__).resolve().parent.parent
FOLDER = bundled_path("templates") / "file_faults"
REPORTS = bundled_path("templates") / "report"
LANGUAGES = ("en", "es", "fr")
FOLDERS = (
    "adv_domain/files",
    "adv_domain/rules/stock",
    "tasks/intake",
    "tasks/stock",
)
OF_BANKS = ("bank", "camt", "_camt", "mt940")
MADE_BY = {"FileFault": 3, "BadCell": 0, "refused": 1}
CODE = re.compile(r"[a-z]+(_[a-z]+)*")
MAKER = re.compile(r"fault|refus|wrong|reject|tell")
COLUMNS = {field.name for fields in FIELDS.values() for field in fields}


def catalogue(folder, language):
    return tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))


def codes_made():
    """Return every code that a fault of a partner's file is made with in our code."""
    paths = [
        ROOT / "adv_domain/rules/orders/master_data.py",
        *(
            path
            for folder in FOLDERS
            for path in sorted((ROOT / folder).rglob("*.py"))
            if not path.name.startswith(OF_BANKS)
        ),
    ]
    found = {code for path in paths for code in _codes(path)}
    return (found - COLUMNS) | faults.WARNINGS


def _codes(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            made = getattr(node.func, "id", getattr(node.func, "attr", ""))
            at = MADE_BY.get(made)
            if at is not None and len(node.args) > at:
                yield from _texts(node.args[at])
            if made in ("FileFault", "FeedbackRefused"):
                for keyword in node.keywords:
                    if keyword.arg == "code":
                        yield from _texts(keyword.value)
            elif MAKER.search(made) and made != "order_fault":
                # a module's own way to make its faults: the code is no column's name
                for argument in node.args:
                    yield from (one for one in _texts(argument) if "_" in one)
        elif isinstance(node, ast.Yield | ast.Return):
            yield from _of_a_wrong_field(node.value)


def _of_a_wrong_field(value):
    """A check of a record says field, code, message."""
    if isinstance(value, ast.Tuple) and len(value.elts) == 3:
        yield from _texts(value.elts[1])


def _texts(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if CODE.fullmatch(node.value):
            yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def test_every_code_has_its_words():
    unsaid = sorted(codes_made() - catalogue(FOLDER, "en").keys())
    assert unsaid == [], "say in templates/file_faults what is wrong and what to do"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_languages_have_the_same_codes(language):
    assert catalogue(FOLDER, language).keys() == catalogue(FOLDER, "en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_code_says_what_is_wrong_and_what_to_do(language):
    for code, words in catalogue(FOLDER, language).items():
        assert words.keys() == {"wrong", "todo"}, code
        assert all(text and text == text.strip(" .") for text in words.values()), code


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_reports_have_the_same_words(language):
    own, english = catalogue(REPORTS, language), catalogue(REPORTS, "en")
    assert {name: set(words) for name, words in own.items()} == {
        name: set(words) for name, words in english.items()
    }


def a_fault(code, message):
    return FileFault("a.csv", 2, "quantity", code, message, "x")


@pytest.mark.parametrize(
    ("language", "wrong", "todo"),
    [
        ("en", "quantity is no number; with a comma", "correct it"),
        (
            "es",
            "la celda no es un número en el formato acordado",
            "escriba cifras con el separador decimal acordado",
        ),
        (
            "fr",
            "la cellule n'est pas un nombre au format convenu",
            "écrivez des chiffres avec le séparateur décimal convenu",
        ),
        ("de", "quantity is no number; with a comma", "correct it"),
    ],
)
def test_a_fault_is_said_in_the_readers_language(language, wrong, todo):
    fault = a_fault("not_a_number", "quantity is no number; with a comma; correct it")
    assert said_fault(fault, language=language) == (wrong, todo)


def test_a_code_without_words_is_said_by_its_own_message():
    fault = a_fault("brand_new", "quantity is odd; even it out")
    for language in LANGUAGES:
        assert said_fault(fault, language=language) == (
            "quantity is odd",
            "even it out",
        )


def test_a_message_that_names_no_remedy_gets_that_of_its_code():
    said = said_fault(a_fault("too_large", "the file is too large"), language="en")
    assert said == ("the file is too large", "split it")
