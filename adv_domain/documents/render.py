"""How does a document's view become the bytes of its PDF?

The same view gives the same bytes: the creation time is the day of issue, not now.
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import typst

from adv_domain.documents.labels import document_file, labels
from adv_domain.documents.views import View, invoice_view
from adv_domain.rules.billing.issued_documents import IssuedDocument

LAYOUT = "invoice.typ"


class DocumentRenderer:
    """A typst compiler that is set up once and used for many documents.

    It serves one thread at a time: every task makes its own.
    """

    def __init__(self, *, template_folders: tuple[Path, ...]) -> None:
        """Take the folders that may hold document/invoice.typ, first one first."""
        self._folders = template_folders
        layout = document_file(LAYOUT, folders=template_folders)
        fonts = [folder / "document" / "fonts" for folder in template_folders]
        self._compiler = typst.Compiler(
            input=str(layout),
            root=str(layout.parent),
            font_paths=[str(folder) for folder in fonts if folder.is_dir()],
        )
        self._labels: dict[str, dict[str, Any]] = {}

    def pdf(self, document: IssuedDocument) -> bytes:
        """Return the document as PDF; raises typst.TypstError for a broken layout."""
        return bytes(self._compiled(self.view(document), kind="pdf"))

    def pages(self, document: IssuedDocument) -> list[bytes]:
        """Return each page as a PNG picture, for a look without a PDF viewer."""
        drawn = self._compiled(self.view(document), kind="png")
        return drawn if isinstance(drawn, list) else [drawn]

    def view(self, document: IssuedDocument) -> View:
        """Return the document's texts in its language."""
        language = document.language
        if language not in self._labels:
            self._labels[language] = labels(language, folders=self._folders)
        return invoice_view(document, labels=self._labels[language])

    def _compiled(self, view: View, *, kind: Literal["pdf", "png"]) -> Any:
        return self._compiler.compile(
            format=kind,
            ppi=110.0,
            sys_inputs={"view": json.dumps(view, ensure_ascii=False)},
            timestamp=_midnight(date.fromisoformat(view["issued_on_iso"])),
        )


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
