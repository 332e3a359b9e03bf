"""Do the files of documents lie in the home as they were made?"""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from adv_domain.documents.files import file_hash
from adv_domain.store.audit.check import CheckResult, by_rule
from adv_domain.store.billing.recorded_files import RecordedFile, recorded_files


def files_check(connection: Connection, *, home: Path) -> CheckResult:
    """Hold every file that was made against its hash, reading each once."""
    return by_rule("document_files_are_as_made", _findings(connection, home))


def _findings(connection: Connection, home: Path) -> Iterator[str | None]:
    for one in recorded_files(connection):
        wrong = _wrong(one, home)
        yield f"{one.number} {one.place} {wrong}" if wrong else None


def _wrong(one: RecordedFile, home: Path) -> str:
    """Say what is wrong with the file, nothing where it is the one that was made."""
    try:
        found = file_hash(home, one.place)
    except FileNotFoundError:
        return "is missing"
    except (OSError, ValueError) as error:
        return f"cannot be read ({getattr(error, 'strerror', None) or error})"
    return "" if found == one.sha256 else "is not as it was made"
