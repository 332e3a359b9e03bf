"""Where does a document's file lie, and how does it get there whole?"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 100
DOCUMENTS = "documents"
"""The folder of the home that posted documents are kept in."""


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
        in halves.
        """
        target = self.home / self.place
        waiting = _waiting_path(target)
        if waiting.exists() or not target.exists():
            waiting.replace(target)


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
    """Write the content beside its place and have the disk confirm it."""
    path = _waiting_path(home / place)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    digest = hashlib.sha256(content).hexdigest()
    return WaitingFile(
        kind=kind, home=home, place=place, sha256=digest, size=len(content)
    )


def _waiting_path(target: Path) -> Path:
    return target.with_name(f".{target.name}.part")
