"""Where does a document's file lie, and how does it get there whole?"""

import errno
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 100
DOCUMENTS = "documents"
"""The folder of the home that posted documents are kept in."""


# what is wrong with one name of a folder that takes others
_OF_THE_NAME = frozenset(
    {errno.EISDIR, errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ELOOP}
)

# some network folders confirm files and not names
_NO_SUCH_PROMISE = frozenset({errno.EINVAL, errno.ENOTSUP})


class FileNotWritten(Exception):
    """One file cannot be written where the folder takes others."""

    def __init__(self, place: str, *, home: Path, reason: str) -> None:
        super().__init__(
            f"{place} cannot be written below {home} ({reason}): move what lies there "
            "away or correct its rights, then run this step again"
        )
        self.place = place


class FolderNotWritable(OSError):
    """No file can be written: the disk is full, or the folder cannot be written to."""

    def __init__(self, place: str, home: Path, reason: str) -> None:
        super().__init__(
            f"{place} cannot be written below {home} ({reason}): make room on the disk "
            "or correct the folder's rights, then run this step again; it makes what "
            "is missing"
        )
        self.known = (place, home, reason)

    def __reduce__(self) -> tuple[type["FolderNotWritable"], tuple[str, Path, str]]:
        """Let a drawing process hand the error to its parent."""
        return type(self), self.known


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file written beside its place, to be put there when its row is written.

    kind is the document's (pdf, ubl); place is relative to the home folder, with
    forward slashes.
    """

    kind: str
    home: Path
    place: str
    sha256: str
    size: int

    def put_in_place(self) -> None:
        """Rename the file to its name; a reader sees it whole or not at all.

        One that is there already stays: a batch that cannot be written is done again
        in halves. Raises FileNotWritten and FolderNotWritable.
        """
        target = self.home / self.place
        waiting = _waiting_path(target)
        if waiting.exists() or not target.exists():
            with _told(self.place, self.home):
                waiting.replace(target)

    def drop(self) -> None:
        """Take the waiting file away; what lies at its name stays as it is."""
        _waiting_path(self.home / self.place).unlink(missing_ok=True)


def document_place(
    number: str, *, year: int, suffix: str = ".pdf", folder: str = DOCUMENTS
) -> str:
    """Return <folder>/<year>/<number><suffix>; no number can leave the folder.

    A number that had to be changed gets a mark of its own, so that A/1 and A-1 are
    two files.
    """
    safe = _UNSAFE.sub("-", number).strip(".-")[:_LONGEST_NAME]
    if safe != number or not safe:
        mark = hashlib.sha256(number.encode()).hexdigest()[:8]
        safe = f"{safe}-{mark}".lstrip("-")
    return f"{folder}/{year}/{safe}{suffix}"


def write_waiting(content: bytes, *, kind: str, home: Path, place: str) -> WaitingFile:
    """Write the content beside its place and have the disk confirm it.

    Raises FileNotWritten and FolderNotWritable.
    """
    path = _waiting_path(home / place)
    with _told(place, home):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    digest = hashlib.sha256(content).hexdigest()
    return WaitingFile(
        kind=kind, home=home, place=place, sha256=digest, size=len(content)
    )


def file_hash(home: Path, place: str) -> str:
    """Return the SHA-256 of a file below the home, as write_waiting does.

    Raises OSError, and ValueError for what is no file of the home.
    """
    path = (home / place).resolve()
    if not path.is_relative_to(home.resolve()):
        raise ValueError("lies outside of the home")
    if path.exists() and not path.is_file():
        raise ValueError("is no file")
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _waiting_path(target: Path) -> Path:
    return target.with_name(f".{target.name}.part")


def keep_names(files: Iterable[WaitingFile]) -> None:
    """Have the disk confirm the new names, once a folder.

    Without it a power cut may lose the name of a file whose row says that it is there.
    """
    if not hasattr(os, "O_DIRECTORY"):  # Windows has none, and orders names itself
        return
    for folder in sorted({(one.home / one.place).parent for one in files}):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _NO_SUCH_PROMISE:
                raise
        finally:
            os.close(descriptor)


@contextmanager
def _told(place: str, home: Path) -> Iterator[None]:
    """Say of a disk's error which file it struck, and whether any other can go on."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        folder = (home / place).parent
        if error.errno in _OF_THE_NAME and os.access(folder, os.W_OK | os.X_OK):
            raise FileNotWritten(place, home=home, reason=reason) from error
        raise FolderNotWritable(place, home, reason) from error
