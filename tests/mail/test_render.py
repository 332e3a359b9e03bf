"""Templates are chosen by language, checked, and harmless whatever the data hold."""

from pathlib import Path

import pytest

from adv_domain.mail.render import (
    TemplateFault,
    TemplateMissing,
    mail_templates,
    render_mail,
)
from tests.mail.examples import a_letterhead, context_of

TEMPLATES = mail_templates()
CONTEXT = {"company_name": "Nervión", "requested_by": "Ana"}


def test_the_customer_s_language_comes_before_the_company_s() -> None:
    mail = render_mail(
        TEMPLATES, template="test", languages=("fr", "es"), context=CONTEXT
    )
    assert mail.language == "fr"


def test_a_language_without_templates_falls_back_to_the_company_s() -> None:
    mail = render_mail(
        TEMPLATES, template="test", languages=("pt", "es"), context=CONTEXT
    )
    assert mail.language == "es"


def test_english_is_the_last_resort() -> None:
    mail = render_mail(
        TEMPLATES, template="test", languages=("pt", "de"), context=CONTEXT
    )
    assert mail.language == "en"


def test_a_region_reads_its_language() -> None:
    mail = render_mail(
        TEMPLATES, template="test", languages=("es-MX",), context=CONTEXT
    )
    assert mail.language == "es"


def test_an_unknown_template_is_named() -> None:
    with pytest.raises(TemplateMissing, match="nothing"):
        render_mail(TEMPLATES, template="nothing", languages=("es",), context={})


def test_a_missing_variable_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(TemplateFault, match="requested_by"):
        render_mail(
            TEMPLATES, template="test", languages=("es",), context={"company_name": "N"}
        )


def test_a_company_lays_its_own_wording_over_ours(tmp_path: Path) -> None:
    own = tmp_path / "templates" / "email" / "es" / "test"
    own.mkdir(parents=True)
    (own / "subject.txt").write_text("¡Hola!\n", encoding="utf-8")
    mail = render_mail(
        mail_templates(tmp_path), template="test", languages=("es",), context=CONTEXT
    )
    assert mail.subject == "¡Hola!"
    assert "mensaje de prueba" in mail.text


def test_a_customer_s_name_brings_no_markup_and_no_code() -> None:
    context = context_of("reminder_firm", "en", TEMPLATES)
    name = "<script>alert(1)</script>{{ 7 * 7 }}{% include 'x' %}"
    context["customer_name"] = a_letterhead(customer_name=name).customer_name
    mail = render_mail(
        TEMPLATES, template="reminder_firm", languages=("en",), context=context
    )
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "{{ 7 * 7 }}" in mail.text


def test_a_template_cannot_reach_out_of_its_sandbox(tmp_path: Path) -> None:
    own = tmp_path / "templates" / "email" / "en" / "test"
    own.mkdir(parents=True)
    (own / "subject.txt").write_text("{{ requested_by.__class__.__mro__ }}")
    with pytest.raises(TemplateFault):
        render_mail(
            mail_templates(tmp_path),
            template="test",
            languages=("en",),
            context=CONTEXT,
        )


def test_optional_parts_leave_no_gaps_in_the_text() -> None:
    context = context_of("reminder_friendly", "es", TEMPLATES)
    context |= {
        "credits": [],
        "interest": "",
        "compensation": "",
        "last_reminder_on": "",
        "iban": "",
        "contact_phone": "",
    }
    mail = render_mail(
        TEMPLATES, template="reminder_friendly", languages=("es",), context=context
    )
    assert "\n\n\n" not in mail.text
    assert "intereses" not in mail.text
    assert "IBAN" not in mail.html


@pytest.mark.parametrize(
    ("name", "text", "line", "why"),
    [
        ("subject.txt", "fine\n{{ company_nam }}", 2, "company_nam"),
        ("subject.txt", "{% if %}", 1, "Expected an expression"),
        ("body.txt", "\n\n{{ company_name + 1 }}", 3, "can only concatenate"),
        ("body.html", "{{ 1 / 0 }}", 1, "division by zero"),
        ("body.html", "x\n{% include 'es/none.html' %}", 2, "none.html"),
    ],
    ids=["unknown name", "syntax", "type", "arithmetic", "missing part"],
)
def test_a_wrong_template_is_told_with_file_and_line(
    tmp_path: Path, name: str, text: str, line: int, why: str
) -> None:
    own = tmp_path / "templates" / "email" / "es" / "test"
    own.mkdir(parents=True)
    (own / name).write_text(text, encoding="utf-8")
    with pytest.raises(TemplateFault, match=why) as caught:
        render_mail(
            mail_templates(tmp_path),
            template="test",
            languages=("es",),
            context=CONTEXT,
        )
    assert (caught.value.file, caught.value.line) == (str(own / name), line)


def test_a_template_that_is_no_utf8_is_told_with_its_file(tmp_path: Path) -> None:
    own = tmp_path / "templates" / "email" / "es" / "test"
    own.mkdir(parents=True)
    (own / "subject.txt").write_bytes(b"\xa1Hola!")
    with pytest.raises(TemplateFault, match="utf-8") as caught:
        render_mail(
            mail_templates(tmp_path),
            template="test",
            languages=("es",),
            context=CONTEXT,
        )
    assert caught.value.file == str(own / "subject.txt")
