"""Is a company told of a mail template that cannot work before a mail needs it?"""

import pytest

from adv_domain.bundled import bundled_path
from adv_domain.mail.labels import labels_of
from adv_domain.mail.own_templates import own_template_faults
from adv_domain.mail.render import mail_templates


@pytest.fixture
def lay(tmp_path):
    def laid(name, text):
        file = tmp_path / "templates" / "email" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return laid


@pytest.mark.parametrize(
    ("name", "text", "line", "why"),
    [
        (
            "es/invoice/subject.txt",
            "A\nFactura {{ nummer }}",
            2,
            "there are: bank_holder",
        ),
        ("es/invoice/body.txt", "{% if total %}\nx", 2, "Unexpected end of template"),
        ("fr/invoice/body.txt", '\n\n{% include "fr/_gone.txt" %}', 3, "_gone.txt"),
        ("en/_bank.txt", "{{ no_mail_has_this }}", 1, "no_mail_has_this is nothing"),
        ("pt/invoice/body.txt", "{{ totale }}", 1, "totale is nothing"),
        ("es/labels.toml", "[index]\nsubject = x\n", 2, "at line 2"),
        ("es/labels.toml", "index = 'x'\n", None, "must be a table of words"),
        ("es/invoice/body.html", b"caf\xe9", None, "utf-8"),
    ],
    ids=[
        "name",
        "syntax",
        "part",
        "name in a part",
        "own language",
        "TOML",
        "no table",
        "not UTF-8",
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(lay, tmp_path, name, text, line, why):
    file = lay(name, text)
    [fault] = own_template_faults(tmp_path)
    assert (fault.file, fault.line) == (str(file), line)
    assert why in str(fault)
    assert str(file) in str(fault)


def test_what_a_mail_brings_may_be_used_in_each_of_its_files(lay, tmp_path):
    lay("es/invoice/subject.txt", "{{ company_name }}: {{ document_no }}, {{ total }}")
    lay(
        "es/invoice/body.txt",
        "{% for one in instalments %}{{ one.due_on }}{% endfor %}",
    )
    lay("es/invoice/body.html", "{% set x = total %}{{ x }}{{ subject }}{{ iban }}")
    lay("en/reminder_kind/body.txt", "{{ items }} {{ company_name }}")
    lay("es/_signature.txt", "{{ company_name }}{{ contact_email }}")
    assert own_template_faults(tmp_path) == []


def test_a_catalogue_of_ones_own_says_only_what_it_says_otherwise(lay, tmp_path):
    ours = labels_of(mail_templates(), "es")
    table, words = next(iter(ours.items()))
    code = next(iter(words))
    lay("es/labels.toml", f'[{table}]\n"{code}" = "Otra palabra"\n')
    laid = labels_of(mail_templates(tmp_path), "es")
    assert laid == {**ours, table: {**words, code: "Otra palabra"}}
    assert labels_of(mail_templates(tmp_path), "fr") == labels_of(
        mail_templates(), "fr"
    )


def test_a_copy_of_all_of_ours_is_right(lay, tmp_path):
    folder = bundled_path("templates") / "email"
    for path in folder.rglob("*.*"):
        lay(path.relative_to(folder).as_posix(), path.read_bytes())
    assert own_template_faults(tmp_path) == []


def test_a_home_without_templates_has_none_that_is_wrong(tmp_path):
    assert own_template_faults(tmp_path) == []
