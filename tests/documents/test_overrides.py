"""Can a company lay its own templates over ours, and is it told where one is wrong?"""

from pathlib import Path

import pytest

from adv_domain.bundled import bundled_path
from adv_domain.documents.labels import labels
from adv_domain.documents.making import DocumentMaker, cii_bytes
from adv_domain.documents.render import DocumentRenderer, NoGlyph
from adv_domain.documents.style import (
    DocumentStyle,
    LogoUnusable,
    check_logo,
    is_colour,
    is_image_name,
)
from adv_domain.documents.template_faults import TemplateBroken
from tasks.bench.logo import logo_png
from tests.documents.examples import a_line, an_invoice
from tests.documents.test_einvoice import told
from tests.documents.test_render import drawn, pages_of

OURS = bundled_path("templates")


@pytest.fixture
def own(tmp_path):
    """A function that lays a file of the company's own into its home."""

    def lay(name: str, text: str) -> Path:
        file = tmp_path / "document" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return lay


def renderer(tmp_path, **style):
    return DocumentRenderer(DocumentStyle((tmp_path, OURS), **style))


def test_a_catalogue_says_only_what_it_says_otherwise(own, tmp_path):
    own("labels.es.toml", '[titles]\ninvoice = "Factura de venta"\n')
    words = labels("es", folders=(tmp_path, OURS))
    assert words["titles"]["invoice"] == "Factura de venta"
    assert words["titles"]["credit_note"] == "Factura rectificativa"
    assert labels("fr", folders=(tmp_path, OURS))["titles"]["invoice"] == "Facture"


def test_units_of_ones_own_can_be_named(own, tmp_path):
    own("labels.en.toml", '[units]\ngarrafa = "demijohns"\n')
    line = a_line(unit="garrafa")
    view = renderer(tmp_path).view(an_invoice(language="en", lines=(line,)))
    assert view["lines"][0]["qty"] == "3 demijohns"


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('[titles]\ninvoice = "x\n', 2, "not readable as TOML"),
        ('[titles]\n\ninvoce = "x"\n', 3, "invoce is no label"),
        ('[title]\ninvoice = "x"\n', 1, "'title' is no table of labels"),
        ("[titles]\ninvoice = 3\n", 2, "invoice must be a text in quotes"),
        ('[texts]\nearly_payment = "{percent} off"\n', 2, "placeholder percent"),
        ('[texts]\nearly_payment = "{rate off"\n', 2, "early_payment: "),
    ],
    ids=["TOML", "label", "table", "number", "placeholder", "brace"],
)
def test_a_wrong_catalogue_is_told_with_file_and_line(own, tmp_path, text, line, why):
    file = own("labels.es.toml", text)
    with pytest.raises(TemplateBroken, match=why) as caught:
        renderer(tmp_path).view(an_invoice())
    assert (caught.value.file, caught.value.line) == (file, line)
    assert str(caught.value).startswith(f"{file}, line {line}: ")


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("#let view = json(bytes(sys.inputs.view))\n\n#view.nummer", 3, "nummer"),
        ("#let x = (\n", 1, "unclosed"),
        ('#image("none.png")', 1, "not found"),
    ],
    ids=["unknown value", "syntax", "missing picture"],
)
def test_a_wrong_layout_is_told_with_file_and_line(own, tmp_path, text, line, why):
    file = own("invoice.typ", text)
    with pytest.raises(TemplateBroken, match=why) as caught:
        drawn(renderer(tmp_path), an_invoice())
    assert (caught.value.file, caught.value.line) == (file, line)


def test_an_own_layout_may_bring_its_own_parts(own, tmp_path):
    own("invoice.typ", '#import "parts/foot.typ": foot\nOwn layout #foot')
    own("parts/foot.typ", "#let foot = [with a foot]")
    assert (
        "Own layout with a foot" in pages_of(drawn(renderer(tmp_path), an_invoice()))[0]
    )


def test_no_layout_can_leave_the_e_invoice_out(own, tmp_path):
    from io import BytesIO

    from pypdf import PdfReader

    own("invoice.typ", "Nothing but this")
    own("_frame.typ", "Not even that")
    maker = DocumentMaker(DocumentStyle((tmp_path, OURS)))
    made = maker.made(an_invoice(), form="facturx").files[0]
    reader = PdfReader(BytesIO(made.content))
    assert reader.attachments["factur-x.xml"] == [cii_bytes(told(an_invoice()))]
    assert reader.pages[0].extract_text() == "Nothing but this"


def test_logo_and_colour_change_the_page(tmp_path):
    logo = tmp_path / "mark.PNG"
    logo.write_bytes(logo_png())
    plain = renderer(tmp_path)
    looks = [
        plain.pages(plain.view(an_invoice())),
        renderer(tmp_path, logo=logo).pages(plain.view(an_invoice())),
        renderer(tmp_path, colour="#990000").pages(plain.view(an_invoice())),
    ]
    assert len({pages[0] for pages in looks}) == 3


def test_a_logo_that_cannot_be_used_is_named(tmp_path):
    with pytest.raises(LogoUnusable, match=r"mark\.png is not there"):
        check_logo(tmp_path / "mark.png")
    with pytest.raises(LogoUnusable, match=r"is none of \.png"):
        check_logo(tmp_path / "mark.pdf")
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    with pytest.raises(TemplateBroken, match="decode"):
        drawn(renderer(tmp_path, logo=broken), an_invoice())


def test_colours_and_names_of_images():
    assert is_colour("#1F4e79")
    assert not is_colour("blue")
    assert not is_colour("#1f4e7")
    assert is_image_name("a/b/logo.SVG")
    assert not is_image_name("logo.pdf")


def test_a_character_without_a_font_holds_the_document_and_names_the_remedy(tmp_path):
    line = a_line(description="face \U0001fae8")
    with pytest.raises(NoGlyph, match="put one into templates/document/fonts"):
        drawn(renderer(tmp_path), an_invoice(lines=(line,)))


def test_control_characters_are_left_out_of_the_page(tmp_path):
    line = a_line(description="a\x00b\x1bc")
    assert "abc" in pages_of(drawn(renderer(tmp_path), an_invoice(lines=(line,))))[0]
