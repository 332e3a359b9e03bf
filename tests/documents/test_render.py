"""Does a document become a PDF that holds all of it, twice the same?"""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from adv_domain.bundled import bundled_path
from adv_domain.documents.render import DocumentRenderer
from adv_domain.documents.style import DocumentStyle
from adv_domain.rules.billing.issued_documents import DeliveryNote, DocumentInstalment
from tests.documents.examples import (
    a_credit_note,
    a_line,
    an_invoice,
    in_dinars,
    in_yen,
)

DAY = date(2026, 11, 20)
FOLDERS = (bundled_path("templates"),)


def drawn(renderer, document):
    return renderer.pdf(renderer.view(document))


def pages_of(pdf: bytes) -> list[str]:
    """Return each page's text, with ordinary spaces."""
    return [
        " ".join(page.extract_text().replace("\u202f", " ").split())
        for page in PdfReader(BytesIO(pdf)).pages
    ]


@pytest.fixture(scope="module")
def renderer() -> DocumentRenderer:
    return DocumentRenderer(DocumentStyle(FOLDERS))


def test_same_document_gives_the_same_bytes(renderer):
    again = DocumentRenderer(DocumentStyle(FOLDERS))
    assert drawn(renderer, an_invoice()) == drawn(again, an_invoice())


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (an_invoice(), ["Factura F2026-000123", "165,18 €", "RF46 2026 0001 23"]),
        (in_yen(), ["Invoice", "JP¥1,233,750", "Art. 21"]),
        (in_dinars(), ["Facture", "18,363 TND", "Pas d’escompte"]),
        (a_credit_note(), ["Factura rectificativa", "-40,33 €", "F2026-000123"]),
    ],
    ids=["euro", "yen", "dinar", "credit note"],
)
def test_page_shows_what_the_document_says(renderer, document, words):
    text = " ".join(pages_of(drawn(renderer, document)))
    assert [word for word in words if word not in text] == []


def test_long_documents_repeat_the_heading_and_count_their_pages(renderer):
    lines = tuple(a_line(description=f"Artículo {n}") for n in range(80))
    pages = pages_of(drawn(renderer, an_invoice(lines=lines)))
    assert len(pages) > 2
    of_lines = [page for page in pages if "Artículo " in page]
    assert [page for page in of_lines if "Precio unitario" not in page] == []
    assert f"Página 2 de {len(pages)}" in pages[1]
    assert sum(page.count("Artículo ") for page in pages) == 80 + len(of_lines)


def test_no_line_is_torn_by_the_end_of_a_page(renderer):
    long = "Tornillo hexagonal de acero inoxidable con arandela plana, en caja " * 3
    texts = [f"Principio{n} {long}Final{n}" for n in range(40)]
    document = an_invoice(lines=tuple(a_line(description=one) for one in texts))
    pages = pages_of(drawn(renderer, document))
    assert len(pages) > 3
    torn = [
        n
        for n in range(40)
        if not any(f"Principio{n} " in one and f"Final{n} " in one for one in pages)
    ]
    assert torn == []


def test_a_number_is_not_torn_by_the_end_of_a_line(renderer):
    notes = tuple(DeliveryNote(f"DN-LONG-PREFIX-{n}", DAY) for n in range(30))
    pdf = drawn(renderer, an_invoice(delivery_notes=notes))
    text = PdfReader(BytesIO(pdf)).pages[0].extract_text()
    lines = [" ".join(line.split()) for line in text.splitlines()]
    whole = [f"DN-LONG-PREFIX-{n} (20 nov 2026)" for n in range(30)]
    assert [one for one in whole if not any(one in line for line in lines)] == []


def test_a_line_names_what_the_customer_ordered_it_by(renderer):
    line = a_line(customer_article="C-4711")
    [page] = pages_of(drawn(renderer, an_invoice(language="en", lines=(line,))))
    assert "T-0840 · Your item C-4711" in page
    [page] = pages_of(drawn(renderer, an_invoice(language="en", lines=(a_line(),))))
    assert "Your item" not in page


def test_a_word_wider_than_its_column_goes_on_on_the_next_line(renderer):
    word = "REF" + "0123456789" * 12
    document = an_invoice(lines=(a_line(description=word),), customer_refs=(word[:70],))
    pdf = drawn(renderer, document)
    text = PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert "".join(text.split()).count(word) == 1
    assert "".join(text.split()).count(word[:70]) == 2
    assert max(len(part) for part in text.split()) < 60
    # nobody copies the mark of where it was broken
    assert "\N{ZERO WIDTH SPACE}" not in text


def test_what_is_longer_than_a_page_goes_on_on_the_next(renderer):
    line = a_line(description="palabra " * 1500 + "Final")
    pages = pages_of(drawn(renderer, an_invoice(lines=(line,))))
    assert sum(one.count("palabra") for one in pages) == 1500
    parts = tuple(
        DocumentInstalment(due_on=date(2027, 1, 1) + timedelta(n), amount=Decimal(1))
        for n in range(120)
    )
    pages = pages_of(drawn(renderer, an_invoice(instalments=parts)))
    assert sum(one.count("transferencia") for one in pages) == 120


def test_text_of_a_customer_is_no_markup(renderer):
    line = a_line(description='#panic("x") *bold* $x$ <label> @ref [x]')
    assert '#panic("x")' in pages_of(drawn(renderer, an_invoice(lines=(line,))))[0]


def test_company_layout_stands_before_the_bundled_one(tmp_path):
    own = tmp_path / "document"
    own.mkdir()
    own.joinpath("invoice.typ").write_text(
        "#let view = json(bytes(sys.inputs.view))\nOwn layout #view.number",
        encoding="utf-8",
    )
    renderer = DocumentRenderer(DocumentStyle((tmp_path, *FOLDERS)))
    assert "Own layout F2026-000123" in pages_of(drawn(renderer, an_invoice()))[0]
