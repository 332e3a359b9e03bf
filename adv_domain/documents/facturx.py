"""How does a PDF/A-3 that holds an e-invoice say so to the machine that opens it?

Factur-X 1.0 wants a block of its own in the XMP metadata, with the description that
PDF/A asks for every schema it does not know. typst writes the file and attaches the
XML; this block it cannot write.
"""

import re
from io import BytesIO

import pikepdf

FILE_NAME = "factur-x.xml"
_SCHEMA = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = (
    ("DocumentFileName", FILE_NAME, "name of the embedded XML invoice file"),
    ("DocumentType", "INVOICE", "type of the embedded document"),
    ("Version", "1.0", "version of the Factur-X standard"),
    ("ConformanceLevel", "EN 16931", "profile of the embedded XML invoice"),
)
_DESCRIBED = re.compile(
    rb"<pdfaExtension:schemas><rdf:Bag>(.*)</rdf:Bag></pdfaExtension:schemas>",
    re.DOTALL,
)
_END = b"</rdf:RDF>"


class MetadataUnknown(Exception):
    """The metadata are not as this version of typst writes them."""

    def __init__(self) -> None:
        super().__init__(
            "the PDF's metadata have no place for the Factur-X block: "
            "install the versions of requirements.lock"
        )


def with_facturx_block(pdf: bytes) -> bytes:
    """Return the PDF with the Factur-X block in its metadata, all else as it was."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        metadata = opened.Root.Metadata
        metadata.write(_with_block(metadata.read_bytes()))
        written = BytesIO()
        # equal documents are equal bytes
        opened.save(written, deterministic_id=True)
    return written.getvalue()


def _with_block(xmp: bytes) -> bytes:
    """Add the block, and its description to those of the other schemas.

    The descriptions get an element of their own: PDFBox looks for them only where they
    come first.
    """
    described = _DESCRIBED.search(xmp)
    if described is None or xmp.count(_END) != 1:
        raise MetadataUnknown
    added = _descriptions(described[1].decode()) + _properties()
    return _DESCRIBED.sub(b"", xmp).replace(_END, added.encode() + _END)


def _properties() -> str:
    values = "".join(
        f"<fx:{name}>{value}</fx:{name}>" for name, value, _ in _PROPERTIES
    )
    return (
        f'<rdf:Description rdf:about="" xmlns:fx="{_SCHEMA}">{values}</rdf:Description>'
    )


def _descriptions(others: str) -> str:
    """Describe the schema beside the others (ISO 19005-3, 6.6.2.3)."""
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{what}</pdfaProperty:description>"
        "</rdf:li>"
        for name, _, what in _PROPERTIES
    )
    return (
        '<rdf:Description rdf:about=""'
        ' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
        ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
        ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
        f"<pdfaExtension:schemas><rdf:Bag>{others}"
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_SCHEMA}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>"
        "</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    )
