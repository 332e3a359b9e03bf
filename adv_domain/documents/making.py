"""Which files does a posted document become?

A page as PDF/A-3 for people and, as its receiver wants it, an e-invoice for machines:
CII inside the PDF (Factur-X) or UBL beside it. The XML holds against its schema before
anything is made of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from adv_domain.documents.einvoice.cii import cii
from adv_domain.documents.einvoice.elements import written
from adv_domain.documents.einvoice.model import EInvoice
from adv_domain.documents.einvoice.refusals import inexpressible
from adv_domain.documents.einvoice.schemas import SchemaName, check_schema
from adv_domain.documents.einvoice.semantic import e_invoice
from adv_domain.documents.einvoice.ubl import ubl
from adv_domain.documents.facturx import with_facturx_block
from adv_domain.documents.render import DocumentRenderer
from adv_domain.documents.style import DocumentStyle
from adv_domain.rules.billing.issued_documents import IssuedDocument

EInvoiceForm = Literal["none", "facturx", "ubl"]


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A file of a document: kind is pdf or ubl."""

    kind: str
    suffix: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MadeFiles:
    """The files, the PDF first; plain_because says why there is no e-invoice."""

    files: tuple[DocumentFile, ...]
    plain_because: str = ""


class DocumentMaker:
    """Makes the files of many documents, one after the other."""

    def __init__(self, style: DocumentStyle) -> None:
        """Set the renderer up; raises LogoUnusable."""
        self._renderer = DocumentRenderer(style)

    def put_away(self) -> None:
        """Remove what drawing has laid out on the disk."""
        self._renderer.put_away()

    def made(self, document: IssuedDocument, *, form: EInvoiceForm) -> MadeFiles:
        """Make the document's files.

        Raises TemplateBroken, NoGlyph, EInvoiceIncomplete and NotOfSchema.
        """
        view = self._renderer.view(document)
        plain_because = "" if form == "none" else inexpressible(document) or ""
        if form == "none" or plain_because:
            return MadeFiles((_pdf(self._renderer.pdf(view)),), plain_because)
        invoice = e_invoice(document, view=view)
        if form == "ubl":
            xml = DocumentFile("ubl", ".xml", ubl_bytes(invoice))
            return MadeFiles((_pdf(self._renderer.pdf(view)), xml))
        return MadeFiles((_pdf(self._facturx(invoice, view)),))

    def _facturx(self, invoice: EInvoice, view: Mapping[str, Any]) -> bytes:
        pdf = self._renderer.pdf(dict(view), xml=cii_bytes(invoice))
        return with_facturx_block(pdf)


def cii_bytes(invoice: EInvoice) -> bytes:
    """Write the e-invoice as CII; raises NotOfSchema."""
    root = cii(invoice)
    check_schema(root, name="cii", number=invoice.number)
    return written(root)


def ubl_bytes(invoice: EInvoice) -> bytes:
    """Write the e-invoice as UBL 2.1; raises NotOfSchema."""
    root = ubl(invoice)
    name: SchemaName = "ubl_credit_note" if invoice.is_credit_note else "ubl_invoice"
    check_schema(root, name=name, number=invoice.number)
    return written(root)


def _pdf(content: bytes) -> DocumentFile:
    return DocumentFile("pdf", ".pdf", content)
