"""Is a ZIP file a workbook that may be read, and which parts has it?

A workbook is opened in bounds: what its parts unpack to is added up as they are read,
whatever the archive says of itself. Macros, passwords and document types are refused.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO
from xml.parsers import expat

from adv_domain.files.text import FileRefused, refused

UNPACKED_LIMIT = 256 * 1024 * 1024
_LONGEST_PIECE = 16 * 1024 * 1024
_MOST_PARTS = 5_000
_PACKED_BY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CHUNK = 256 * 1024
_SAVE = "open it in a spreadsheet and save it as .xlsx or CSV"
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_CONTENTS = "[Content_Types].xml"

_UNREADABLE = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OSError,
)

Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Handlers:
    """What is done at the start and end of an element, by its local name, and text."""

    start: Callable[[str, Attributes], object]
    end: Callable[[str], object] | None = None
    text: Callable[[str], object] | None = None


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet by the name that people see, and the part that holds its cells."""

    name: str
    part: str
    is_hidden: bool


@dataclass(slots=True)
class Package:
    """An open workbook; left is how many bytes its parts may still unpack to."""

    name: str
    archive: zipfile.ZipFile
    left: int = UNPACKED_LIMIT
    sheets: list[SheetPart] = field(default_factory=list)
    counts_from_1904: bool = False

    def has(self, part: str) -> bool:
        return part in self.archive.NameToInfo

    def parse(self, part: str, handlers: Handlers) -> None:
        """Pass once over a part; raises FileRefused where it is not readable."""
        parser = _parser(self.name, handlers)
        try:
            with self.archive.open(part) as stream:
                self._feed(parser, stream)
        except FileRefused:
            raise
        except _UNREADABLE as error:
            # the cause may hold any byte of the file; its class says enough
            cause = f"part {part} is not readable ({type(error).__name__})"
            message = f"is a broken workbook: {cause}; {_SAVE}"
            raise refused(self.name, "broken_workbook", message) from error

    def _feed(self, parser: expat.XMLParserType, stream: IO[bytes]) -> None:
        fed = 0
        while chunk := stream.read(_CHUNK):
            fed += len(chunk)
            self.left -= len(chunk)
            if self.left < 0:
                raise _too_large(self.name, UNPACKED_LIMIT)
            parser.Parse(chunk, False)
            # what is not told apart yet is kept in memory
            if fed - parser.CurrentByteIndex > _LONGEST_PIECE:
                raise _too_large(self.name, _LONGEST_PIECE)
        parser.Parse(b"", True)


@contextmanager
def opened_package(name: str, data: bytes) -> Iterator[Package]:
    """Open a workbook and find its sheets; raises FileRefused."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except _UNREADABLE as error:
        message = f"is no XLSX workbook, or was cut off; send it again, or {_SAVE}"
        raise refused(name, "unsupported_format", message) from error
    with archive:
        package = Package(name, archive)
        _check_parts(package)
        _find_sheets(package)
        yield package


def _too_large(name: str, limit: int) -> FileRefused:
    message = f"unpacks to more than {limit} bytes and was not read further; split it"
    return refused(name, "too_large", message)


def _check_parts(package: Package) -> None:
    parts = package.archive.infolist()
    names = {part.filename for part in parts}
    if _WORKBOOK not in names or _RELATIONS not in names or _CONTENTS not in names:
        message = f"is a ZIP file but no XLSX workbook; {_SAVE}, not packed"
        raise refused(package.name, "unsupported_format", message)
    if len(parts) > _MOST_PARTS or len(names) < len(parts):
        message = f"is a workbook of too many parts, or has one twice; {_SAVE}"
        raise refused(package.name, "broken_workbook", message)
    if any(part.compress_type not in _PACKED_BY for part in parts):
        message = f"is packed in a way that workbooks are not; {_SAVE}"
        raise refused(package.name, "broken_workbook", message)
    if any(part.flag_bits & 1 for part in parts):
        message = "is protected by a password; send it without"
        raise refused(package.name, "protected", message)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _macros(package.name)


def _macros(name: str) -> Exception:
    message = "is a workbook with macros, which are not taken; save it as .xlsx or CSV"
    return refused(name, "macros", message)


def _find_sheets(package: Package) -> None:
    kinds: list[str] = []
    package.parse(
        _CONTENTS,
        Handlers(lambda _, given: kinds.append(given.get("ContentType", ""))),
    )
    if any("macroEnabled" in kind or "ms-excel.sheet.binary" in kind for kind in kinds):
        raise _macros(package.name)
    targets: dict[str, str] = {}

    def relation(tag: str, given: Attributes) -> None:
        if tag == "Relationship" and given.get("TargetMode") != "External":
            targets[given.get("Id", "")] = _part_of(given.get("Target", ""))

    def element(tag: str, given: Attributes) -> None:
        if tag == "workbookPr":
            package.counts_from_1904 = given.get("date1904") in ("1", "true")
        elif tag == "sheet":
            key = next((given[name] for name in given if name.endswith(" id")), "")
            part = targets.get(key, "")
            is_hidden = given.get("state", "visible") != "visible"
            # chart sheets have no cells
            if part.startswith("xl/worksheets/") and package.has(part):
                named = SheetPart(given.get("name", ""), part, is_hidden)
                package.sheets.append(named)

    package.parse(_RELATIONS, Handlers(relation))
    package.parse(_WORKBOOK, Handlers(element))


def _part_of(target: str) -> str:
    # relative to xl/; a leading slash means the package itself
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _parser(name: str, handlers: Handlers) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    start, end = handlers.start, handlers.end
    local: dict[str, str] = {}

    def local_name(tag: str) -> str:
        if len(local) > _MOST_PARTS:
            local.clear()
        return local.setdefault(tag, tag.rpartition(" ")[2])

    def start_element(tag: str, given: Attributes) -> None:
        start(local.get(tag) or local_name(tag), given)

    def no_document_type(*_: object) -> None:
        message = f"holds a document type declaration, as no workbook does; {_SAVE}"
        raise refused(name, "hostile_xml", message)

    parser.StartElementHandler = start_element
    parser.StartDoctypeDeclHandler = no_document_type
    if end is not None:
        finish = end
        parser.EndElementHandler = lambda tag: finish(local.get(tag) or local_name(tag))
    if handlers.text is not None:
        parser.CharacterDataHandler = handlers.text
    return parser
