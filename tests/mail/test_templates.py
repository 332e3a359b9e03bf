"""The mails of the three languages say the same with the same figures."""

import re
import tomllib
from dataclasses import replace
from decimal import Decimal
from html import unescape
from itertools import product
from pathlib import Path

import pytest
from jinja2 import Environment, meta, nodes

from adv_domain.bundled import bundled_path
from adv_domain.mail.render import mail_templates, render_mail
from adv_domain.mail.views import reminder_view
from tests.mail.examples import (
    BANK,
    KINDS,
    LANGUAGES,
    TONES,
    a_letterhead,
    context_of,
    some_figures,
)
from tests.mail.golden import assert_golden

FOLDER = bundled_path("templates") / "email"
TEMPLATES = mail_templates()
CLAIMS = ((), ("interest",), ("compensation",), ("interest", "compensation"))
AS_OF = {"es": "de que, a 10", "en": "as of 10", "fr": "au 10"}
ANSWER = (
    "Can this wait until eight? Yes: only the documents listed are concerned, "
    "all others are done."
)


def _names(language: str) -> set[str]:
    folder = FOLDER / language
    return {str(path.relative_to(folder)) for path in folder.rglob("*.*")}


def _variables(name: str, templates: Environment = TEMPLATES) -> set[str]:
    """Return the variables of a template and of what it includes, fields included."""
    source, _, _ = templates.loader.get_source(templates, name)  # type: ignore[union-attr]
    tree = templates.parse(source)
    found = set(meta.find_undeclared_variables(tree))
    found |= {
        f"{node.node.name}.{node.attr}"
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name != "parts"
    }
    for included in tree.find_all(nodes.Include):
        found |= _variables(included.template.value, templates)  # type: ignore[attr-defined]
    return found


def _calls(name: str) -> set[str]:
    source, _, _ = TEMPLATES.loader.get_source(TEMPLATES, name)  # type: ignore[union-attr]
    return {
        node.node.node.name
        for node in TEMPLATES.parse(source).find_all(nodes.Call)
        if isinstance(node.node, nodes.Getattr)
        and isinstance(node.node.node, nodes.Name)
    }


def test_the_three_languages_have_the_same_files() -> None:
    assert _names("es") == _names("en") == _names("fr")


def test_every_kind_of_mail_has_its_templates() -> None:
    folders = {path.name for path in (FOLDER / "en").iterdir() if path.is_dir()}
    assert folders == set(KINDS)


@pytest.mark.parametrize("name", sorted(_names("en") - {"labels.toml"}))
def test_the_three_languages_use_the_same_variables(name: str) -> None:
    spanish, english, french = (_variables(f"{one}/{name}") for one in LANGUAGES)
    assert spanish == english == french


@pytest.mark.parametrize("name", sorted(_names("en") - {"labels.toml"}))
def test_text_and_html_show_the_same_figures(name: str) -> None:
    if name.endswith("body.html"):
        text = name.replace(".html", ".txt")
        assert _variables(f"en/{name}") - {"parts", "subject"} == _variables(
            f"en/{text}"
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_call_nothing_but_the_parts_of_the_layout(language: str) -> None:
    called = set()
    for name in _names(language) - {"labels.toml"}:
        called |= _calls(f"{language}/{name}")
    assert called <= {"parts"}


def test_the_label_catalogues_name_the_same_codes() -> None:

    spanish, english, french = (
        {
            section: set(rows)
            for section, rows in tomllib.loads(
                (FOLDER / language / "labels.toml").read_text(encoding="utf-8")
            ).items()
        }
        for language in LANGUAGES
    )
    assert spanish == english == french


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_mail_reads_as_agreed(
    kind: str, language: str, request: pytest.FixtureRequest
) -> None:
    context = context_of(kind, language, TEMPLATES)
    mail = render_mail(TEMPLATES, template=kind, languages=(language,), context=context)
    assert mail.language == language
    assert "\n" not in mail.subject
    text = f"{mail.subject}\n\n{mail.text}"
    assert_golden(f"{language}/{kind}.txt", text, request.config)
    assert_golden(f"{language}/{kind}.html", mail.html, request.config)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_claimed_beyond_the_total_is_a_sentence_in_every_case(
    language: str, request: pytest.FixtureRequest
) -> None:
    told = []
    for tone, claim in product(TONES, CLAIMS):
        figures = replace(some_figures(), **dict.fromkeys(CLAIMS[-1], None))
        figures = replace(figures, **{each: Decimal("40.00") for each in claim})
        context = reminder_view(figures, letterhead=a_letterhead(language), bank=BANK)
        mail = render_mail(
            TEMPLATES,
            template=f"reminder_{tone}",
            languages=(language,),
            context=context,
        )
        lines = [line for line in mail.text.splitlines() if AS_OF[language] in line]
        assert bool(lines) == bool(claim)
        for line in lines:
            assert line in unescape(re.sub(r"<[^>]*>", "", mail.html))
        told.append(f"{tone}, {' and '.join(claim) or 'none'}: {' '.join(lines)}\n")
    assert_golden(f"{language}/claims.txt", "".join(told), request.config)


@pytest.mark.parametrize(
    ("language", "paid", "debited"),
    [
        ("es", "Ya está pagada", "se adeudarán en su cuenta"),
        ("en", "It is paid already", "are debited from your account"),
        ("fr", "Elle est déjà réglée", "seront prélevés sur votre compte"),
    ],
)
def test_the_mail_of_an_invoice_asks_for_no_transfer_where_none_is_due(
    language: str, paid: str, debited: str
) -> None:
    def said(**changes: object) -> str:
        context = {
            **context_of("invoice", language, TEMPLATES),
            "early_until": "",
            **changes,
        }
        mail = render_mail(
            TEMPLATES, template="invoice", languages=[language], context=context
        )
        return f"{mail.text}{mail.html}"

    assert said(is_paid=True).count(paid) == 2
    assert said(is_debited=True).count(debited) == 2
    assert paid not in said()
    assert debited not in said()


def test_a_mail_that_an_earlier_version_queued_still_leaves() -> None:
    context = dict(context_of("invoice", "en", TEMPLATES))
    for name in ("is_paid", "is_debited", "early_until", "early_amount"):
        del context[name]
    mail = render_mail(TEMPLATES, template="invoice", languages=["en"], context=context)
    assert "paid already" not in mail.text


def test_shared_files_hold_no_words() -> None:
    for path in FOLDER.glob("_*.html"):
        source = path.read_text(encoding="utf-8")
        source = re.sub(r"(?s)<style>.*?</style>|{%.*?%}|{{.*?}}|<[^>]*>", " ", source)
        words = re.findall(r"[A-Za-z]{2,}", source.replace("&nbsp;", " "))
        assert words in ([], ["eml"]), path


def test_the_operations_mail_about_a_failure_begins_with_the_three_answers() -> None:
    context = context_of("failure", "en", TEMPLATES)
    mail = render_mail(
        TEMPLATES, template="failure", languages=("en",), context=context
    )
    first = [line for line in mail.text.splitlines() if line][:3]
    assert first == [
        ANSWER,
        "What has already reached customers: 412 invoices, 3 delay notices.",
        "The one command to run: adv run invoicing --date 2026-03-10",
    ]


def test_golden_folder_has_no_leftovers() -> None:
    folder = Path(__file__).parent.parent / "golden" / "mail"
    kept = {str(path.relative_to(folder)) for path in folder.rglob("*.*")}
    expected = {
        f"{language}/{kind}.{ending}"
        for language in LANGUAGES
        for kind in KINDS
        for ending in ("txt", "html")
    }
    assert kept == expected | {f"{language}/claims.txt" for language in LANGUAGES}
