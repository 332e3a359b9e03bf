"""How does a PDF/A-3 that holds an e-invoice say so to the machine that opens it?

Factur-X 1.0 wants a block of its own in the XMP metadata, with the description that
PDF/A asks for every schema it does not know. typst writes the file and attaches the
XML; this block it cannot write, so it is put into what typst wrote: the metadata
object grows, and the places of the objects behind it move. (A PDF library would read
and write the whole file for that: 5 of 30 ms a document.)
"""

import re

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
_METADATA = re.compile(
    rb"<<(?P<head>[^<>]*/Type\s*/Metadata[^<>]*)>>\s*stream\r?\n"
    rb"(?P<xmp><\?xpacket.*?<\?xpacket end=.r.\?>)",
    re.DOTALL,
)
_LENGTH = re.compile(rb"/Length (\d+)")
_TABLE = re.compile(
    rb"xref\n0 (?P<count>\d+)\n(?P<places>(?:\d{10} \d{5} [nf][ \r]\n)+)trailer\n"
    rb"(?P<trailer>.*)startxref\n(?P<at>\d+)\n%%EOF\s*$",
    re.DOTALL,
)


class MetadataUnknown(Exception):
    """The file is not as this version of typst writes it."""

    def __init__(self) -> None:
        super().__init__(
            "the PDF has no place for the Factur-X block: install the version of "
            "typst that requirements.lock names"
        )


def with_facturx_block(pdf: bytes) -> bytes:
    """Return the PDF with the Factur-X block in its metadata, all else as it was.

    Raises MetadataUnknown for a file that typst did not write so.
    """
    found, table = _METADATA.search(pdf), _TABLE.search(pdf)
    if found is None or table is None or found.end() > table.start():
        raise MetadataUnknown
    xmp = _with_block(found["xmp"])
    head, changed = _LENGTH.subn(b"/Length %d" % len(xmp), found["head"])
    if changed != 1:
        raise MetadataUnknown
    grown = b"<<%b>>\nstream\n%b" % (head, xmp)
    more = len(grown) - len(found[0])
    return b"".join(
        (
            pdf[: found.start()],
            grown,
            pdf[found.end() : table.start()],
            _moved(table, behind=found.start(), more=more),
        )
    )


def _moved(table: re.Match[bytes], *, behind: int, more: int) -> bytes:
    """Write the table of places anew: what lies behind has moved."""

    def place(entry: bytes) -> bytes:
        at = int(entry[:10])
        moves = entry[17:18] == b"n" and at > behind
        return b"%010d%b" % (at + more if moves else at, entry[10:])

    places = b"".join(place(entry) for entry in table["places"].splitlines(True))
    return b"xref\n0 %b\n%btrailer\n%bstartxref\n%d\n%%%%EOF" % (
        table["count"],
        places,
        table["trailer"],
        int(table["at"]) + more,
    )


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
