"""What text do the bytes of a partner's file hold, and may they be read at all?"""

import codecs
import io
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adv_domain.rules.faults import FileFault

SIZE_LIMIT = 256 * 1024 * 1024
_CHUNK = 1024 * 1024
_BROKEN_BYTES = re.compile(r"[\udc80-\udcff]")
_LETTERS_OF_SEVERAL_BYTES = re.compile(r"[^\x00-\x7f\udc80-\udcff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
"""How a ZIP archive begins, which a workbook is."""
_OTHER_FORMATS = (
    *((mark, "a ZIP or XLSX file") for mark in ZIP_MARKS),
    (b"\xd0\xcf\x11\xe0", "an Excel file of the old kind, or with a password"),
    (b"%PDF", "a PDF file"),
    (b"<?xml", "an XML file"),
    (b"{", "a JSON file"),
    (b"[", "a JSON file"),
    (b"UNA:+", "an EDIFACT file"),
    (b"UNB+", "an EDIFACT file"),
)
SUPPORTED = (
    "send it as CSV (comma, semicolon, tab or bar), or as XLSX without password or "
    "macros"
)


class CannotOpen(OSError):
    """A path is no regular file that can be read."""

    def __init__(self, *, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be opened: {reason}")
        self.path = path
        self.reason = reason


class FileRefused(ValueError):
    """A file cannot be read as a whole; carries the fault that says why."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(f"{fault.file}: {fault.message}")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class SourceText:
    """The bytes of a file, checked to be text in the named encoding."""

    name: str
    data: bytes
    encoding: str

    def open(self) -> io.TextIOWrapper:
        """Open the text for reading in pieces, line ends untouched."""
        return io.TextIOWrapper(
            io.BytesIO(self.data), encoding=self.encoding, newline=""
        )


def read_file(
    path: Path, *, limit: int = SIZE_LIMIT, follow_links: bool = True
) -> bytes:
    """Read a regular file once.

    Raises CannotOpen for what is no readable regular file (a folder, a pipe, a
    broken link), FileRefused for one above the size limit in bytes.
    """
    with (
        _opened(path, follow_links=follow_links) as descriptor,
        os.fdopen(descriptor, "rb", closefd=False) as stream,
    ):
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise refused(path.name, "too_large", f"is larger than {limit} bytes; split it")
    return data


def read_head(path: Path, size: int) -> bytes:
    """Read the beginning of a regular file; raises CannotOpen."""
    with (
        _opened(path, follow_links=True) as descriptor,
        os.fdopen(descriptor, "rb", closefd=False) as stream,
    ):
        return stream.read(size)


def check_regular(path: Path) -> None:
    """Raise CannotOpen unless the path is a regular file that can be read."""
    with _opened(path, follow_links=True):
        pass


@contextmanager
def _opened(path: Path, *, follow_links: bool) -> Iterator[int]:
    # not blocking: opening a pipe would wait for its other end
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not follow_links:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise _cannot_open(path, error) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise CannotOpen(path=path, reason="it is not a regular file")
        yield descriptor
    finally:
        os.close(descriptor)


def _cannot_open(path: Path, error: Exception) -> CannotOpen:
    reason = getattr(error, "strerror", None) or str(error)
    return CannotOpen(path=path, reason=reason)


def refused(name: str, code: str, message: str, value: str = "") -> FileRefused:
    """Make the exception for a fault of the file as a whole."""
    return FileRefused(FileFault(name, 0, "", code, f"the file {message}", value))


def source_text(name: str, data: bytes, *, encoding: str | None = None) -> SourceText:
    """Find the encoding: byte order mark, strict UTF-8, then cp1252 or the stated.

    Raises FileRefused for what is empty, of another format, holds NUL bytes or
    cannot be decoded.
    """
    if not data.strip():
        raise refused(name, "empty_file", "is empty; send it again")
    for start, what in _OTHER_FORMATS:
        if data.startswith(start):
            raise refused(name, "unsupported_format", f"is {what}; {SUPPORTED}")
    marked = next((known for mark, known in _MARKS if data.startswith(mark)), None)
    if marked != "utf-16" and b"\0" in data:
        raise refused(
            name, "binary_file", "holds NUL bytes and is no text; export it as CSV"
        )
    if marked is None and not _decodes(data, "utf-8"):
        _check_not_spoilt(name, data)
    tried = (marked,) if marked else ("utf-8", encoding or "cp1252")
    for candidate in tried:
        if _decodes(data, candidate):
            return SourceText(name, data, candidate)
    raise refused(
        name,
        "wrong_encoding",
        f"is not text in {' or '.join(tried)}; export it as UTF-8 or state the "
        "encoding under [formats] in the mapping",
    )


def _check_not_spoilt(name: str, data: bytes) -> None:
    """Raise FileRefused for UTF-8 in which single bytes are broken.

    Read in another encoding, its letters would come out wrong and nobody be told. In
    text of one byte a letter, bytes that look like UTF-8 are rare.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    view = memoryview(data)
    whole = broken = row = first_row = 0
    for start in range(0, len(view) + _CHUNK, _CHUNK):
        text = decoder.decode(view[start : start + _CHUNK], start >= len(view))
        whole += len(_LETTERS_OF_SEVERAL_BYTES.findall(text))
        wrong = _BROKEN_BYTES.search(text)
        if wrong and not broken:
            first_row = 1 + row + text.count("\n", 0, wrong.start())
        broken += len(_BROKEN_BYTES.findall(text))
        row += text.count("\n")
    if whole >= broken:
        message = (
            f"is UTF-8 but for a byte in line {first_row}, as of a file that was cut "
            "off or put together from two; export it anew"
        )
        raise refused(name, "broken_encoding", message)


def _decodes(data: bytes, encoding: str) -> bool:
    # decoded in pieces: a second copy of a large file would double the memory
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    try:
        for start in range(0, len(view), _CHUNK):
            decoder.decode(view[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
