"""How does a document's view become the bytes of its PDF?

Every PDF is a PDF/A-3b, so that it can be archived; the same view gives the same
bytes: the creation time is the day of issue, not now.
"""

import json
import re
from datetime import UTC, date, datetime
from typing import Any, Literal

import typst

from adv_domain.documents.labels import labels
from adv_domain.documents.style import FRAME, Desk, DocumentStyle
from adv_domain.documents.template_faults import TemplateBroken
from adv_domain.documents.views import View, invoice_view
from adv_domain.rules.billing.issued_documents import IssuedDocument

_PLACE = re.compile(r"^error: .*\n *┌─ (?P<file>[^:\n]+):(?P<line>\d+):", re.MULTILINE)
LAYOUT = "invoice.typ"
_OF_REQUESTS = "payment_request.typ"
_NO_GLYPH = "could not be displayed with font"
# what no page can show, were it in a customer's name: controls, halves of characters
_CONTROLS = dict.fromkeys([*range(32), 0x7F, *range(0x80, 0xA0)])
_CONTROLS |= dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF])
del _CONTROLS[0x0A]
# a reference or an address of the web that no column may be wide enough for
_LONG_WORD = re.compile(r"\S{30,}")
_EIGHT = re.compile(r"\S{8}")
_PICTURE = "qr"


class NoGlyph(Exception):
    """No font at hand has a character of the document."""

    def __init__(self, *, number: str, why: str) -> None:
        super().__init__(
            f"{number}: {why}. Install a font that has it, or put one into "
            "templates/document/fonts of the home"
        )


class DocumentRenderer:
    """A typst compiler that is set up once and used for many documents.

    It serves one thread at a time: every process makes its own.
    """

    def __init__(self, style: DocumentStyle) -> None:
        """Lay the company's templates over ours; raises LogoUnusable."""
        self._folders = style.template_folders
        self._desk = Desk(style)
        self._style = json.dumps({"colour": style.colour, "logo": self._desk.logo})
        fonts = [folder / "document" / "fonts" for folder in self._folders]
        self._compiler = typst.Compiler(
            input=str(self._desk.path / FRAME),
            root=str(self._desk.path),
            font_paths=[str(folder) for folder in fonts if folder.is_dir()],
        )
        self._labels: dict[str, dict[str, Any]] = {}

    def put_away(self) -> None:
        """Remove what the renderer has laid out on the disk."""
        self._desk.put_away()

    def pdf(self, view: View, *, xml: bytes = b"") -> bytes:
        """Return the page or pages as PDF/A-3b, the e-invoice's XML inside.

        Raises TemplateBroken for a layout that cannot be used, NoGlyph.
        """
        return bytes(self._compiled(view, kind="pdf", xml=xml))

    def pages(self, view: View) -> list[bytes]:
        """Return each page as a PNG picture, for a look without a PDF viewer."""
        drawn = self._compiled(view, kind="png", xml=b"")
        return drawn if isinstance(drawn, list) else [drawn]

    def view(self, document: IssuedDocument) -> View:
        """Return the document's texts in its language; raises TemplateBroken."""
        language = document.language
        if language not in self._labels:
            self._labels[language] = labels(language, folders=self._folders)
        return invoice_view(document, labels=self._labels[language])

    def _compiled(self, view: View, *, kind: Literal["pdf", "png"], xml: bytes) -> Any:
        try:
            return self._compiler.compile(
                format=kind,
                ppi=110.0,
                sys_inputs={
                    "view": json.dumps(_printable(view), ensure_ascii=False),
                    "style": self._style,
                    "layout": _OF_REQUESTS if view["is_request"] else LAYOUT,
                    "xml": xml.decode(),
                },
                timestamp=_midnight(date.fromisoformat(view["issued_on_iso"])),
                pdf_standards="a-3b" if kind == "pdf" else None,
            )
        except typst.TypstError as error:
            if _NO_GLYPH in error.message:
                raise NoGlyph(number=view["number"], why=error.message) from error
            raise self._located(error) from error

    def _located(self, error: typst.TypstError) -> TemplateBroken:
        found = _PLACE.search(error.diagnostic)
        file = found["file"] if found else str(self._desk.path / LAYOUT)
        hints = f" ({'; '.join(error.hints)})" if error.hints else ""
        return TemplateBroken(
            file=self._desk.source_of(file),
            line=int(found["line"]) if found else None,
            why=self._desk.without_path(f"{error.message}{hints}"),
        )


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return _LONG_WORD.sub(_breakable, value.translate(_CONTROLS))
    if isinstance(value, dict):
        return {
            key: part if key == _PICTURE else _printable(part)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [_printable(part) for part in value]
    return value


def _breakable(word: re.Match[str]) -> str:
    """Let a line end after every eighth character; nobody sees the mark, nor copies it
    out of the PDF."""
    return _EIGHT.sub("\\g<0>\N{ZERO WIDTH SPACE}", word[0])


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
