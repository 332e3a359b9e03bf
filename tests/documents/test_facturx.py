"""Is the PDF an archive file with the e-invoice inside, and does it say so?"""

from io import BytesIO

import pikepdf
import pytest
from lxml import etree
from pypdf import PdfReader

from adv_domain.bundled import bundled_path
from adv_domain.documents.facturx import MetadataUnknown, with_facturx_block
from adv_domain.documents.making import DocumentMaker, cii_bytes
from adv_domain.documents.style import DocumentStyle
from tasks.bench.logo import logo_png
from tests.documents.examples import a_credit_note, a_line, an_invoice, in_dinars
from tests.documents.test_einvoice import told
from tests.documents.varied import varied
from tests.preflight import findings, need_preflight

FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}"


@pytest.fixture(scope="module")
def maker(tmp_path_factory):
    logo = tmp_path_factory.mktemp("logo") / "logo.png"
    logo.write_bytes(logo_png())
    return DocumentMaker(DocumentStyle((bundled_path("templates"),), logo=logo))


def pdf_of(maker, document, form="facturx"):
    return maker.made(document, form=form).files[0].content


def metadata_of(pdf):
    with pikepdf.open(BytesIO(pdf)) as opened:
        return etree.fromstring(opened.Root.Metadata.read_bytes())


@pytest.mark.parametrize(
    "document", [an_invoice(), a_credit_note()], ids=lambda d: d.number
)
def test_row_73_the_embedded_xml_comes_out_byte_by_byte(maker, document):
    reader = PdfReader(BytesIO(pdf_of(maker, document)))
    assert reader.attachments == {"factur-x.xml": [cii_bytes(told(document))]}


def test_row_73_the_xml_is_the_alternative_of_the_page(maker):
    with pikepdf.open(BytesIO(pdf_of(maker, an_invoice()))) as pdf:
        [attached] = pdf.Root.AF
        assert attached.AFRelationship == "/Alternative"
        assert attached.UF == "factur-x.xml"
        assert attached.EF.F.Subtype == "/text/xml"
        assert "/ModDate" in attached.EF.F.Params
        assert pdf.Root.Names.EmbeddedFiles.Names[0] == "factur-x.xml"


def test_row_73_the_metadata_name_the_profile_and_describe_it(maker):
    packet = metadata_of(pdf_of(maker, an_invoice()))
    values = {one.tag.removeprefix(FX): one.text for one in packet.iter(f"{FX}*")}
    assert values == {
        "DocumentFileName": "factur-x.xml",
        "DocumentType": "INVOICE",
        "Version": "1.0",
        "ConformanceLevel": "EN 16931",
    }
    described = [one.text for one in packet.iter(f"{SCHEMA}namespaceURI")]
    assert f"{FX[1:-1]}" in described
    assert len(described) == len(set(described))
    assert packet.findtext(f".//{PDFA}part") == "3"
    assert packet.findtext(f".//{PDFA}conformance") == "B"


def test_equal_documents_are_equal_bytes(maker):
    again = DocumentMaker(DocumentStyle((bundled_path("templates"),)))
    plain = DocumentMaker(DocumentStyle((bundled_path("templates"),)))
    assert pdf_of(again, an_invoice()) == pdf_of(plain, an_invoice())
    assert pdf_of(maker, an_invoice()) == pdf_of(maker, an_invoice())


def test_the_form_decides_what_machines_get(maker):
    kinds = {
        form: [one.kind for one in maker.made(an_invoice(), form=form).files]
        for form in ("none", "facturx", "ubl")
    }
    assert kinds == {"none": ["pdf"], "facturx": ["pdf"], "ubl": ["pdf", "ubl"]}
    for form in ("none", "ubl"):
        reader = PdfReader(BytesIO(pdf_of(maker, an_invoice(), form)))
        assert reader.attachments == {}
    ubl = maker.made(a_credit_note(), form="ubl").files[1]
    assert etree.fromstring(ubl.content).tag.endswith("}CreditNote")


def test_what_the_norm_has_no_room_for_is_a_plain_page_that_says_why(maker):
    made = maker.made(in_dinars(), form="facturx")
    assert [one.kind for one in made.files] == ["pdf"]
    assert "TND" in made.plain_because
    assert PdfReader(BytesIO(made.files[0].content)).attachments == {}


def test_metadata_of_another_typst_are_not_guessed_at(maker):
    pdf = pdf_of(maker, an_invoice(), "none")
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.Root.Metadata.write(b"<x/>")
        other = BytesIO()
        opened.save(other)
    with pytest.raises(MetadataUnknown, match=r"requirements\.lock"):
        with_facturx_block(other.getvalue())


def test_row_73_preflight_finds_only_what_pdf_a3_allows(maker, tmp_path):
    need_preflight()
    documents = {
        **varied(),
        "long": an_invoice(lines=tuple(a_line() for _ in range(80))),
    }
    paths = []
    for at, document in enumerate(documents.values()):
        paths.append(tmp_path / f"{at:02d}.pdf")
        paths[-1].write_bytes(pdf_of(maker, document))
    assert findings(paths, folder=tmp_path) == {}


def test_preflight_does_find_what_is_wrong(maker, tmp_path):
    need_preflight()
    broken = tmp_path / "broken.pdf"
    with pikepdf.open(BytesIO(pdf_of(maker, an_invoice()))) as pdf:
        xmp = pdf.Root.Metadata.read_bytes()
        pdf.Root.Metadata.write(xmp.replace(FX[1:-1].encode(), b"urn:unknown#", 1))
        pdf.save(broken)
    [found] = findings([broken], folder=tmp_path).values()
    assert any(code.startswith("7.") for code in found), found
