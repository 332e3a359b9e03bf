"""Which files were taken in, how far, and what was wrong in them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from adv_domain.rules.faults import FileFault
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import file_fault, source_file


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file on record; its state is taking, archived or quarantined."""

    id: int
    name: str
    state: str
    stored_as: str | None
    rows_read: int
    accepted: int
    duplicate: int
    rejected: int


@dataclass(frozen=True, slots=True)
class FileEnd:
    """How the taking of a file ended."""

    state: str
    rows_read: int
    accepted: int
    duplicate: int
    rejected: int
    faults: Sequence[FileFault] = ()
    stored_as: str | None = None
    report: str | None = None


def known_file(connection: Connection, *, kind: str, sha256: str) -> TakenFile | None:
    """Return the file of this content, if it was ever met."""
    row = connection.execute(
        select(*(source_file.c[name] for name in TakenFile.__slots__)).where(
            source_file.c.kind == kind, source_file.c.sha256 == sha256
        )
    ).one_or_none()
    return None if row is None else TakenFile(*row)


def begin_file(
    connection: Connection,
    *,
    kind: str,
    name: str,
    sha256: str,
    size: int,
    now: datetime,
) -> int:
    """Write that a file is being taken and return its id; known content begins anew."""
    standing = known_file(connection, kind=kind, sha256=sha256)
    if standing is not None:
        connection.execute(
            update(source_file)
            .where(source_file.c.id == standing.id)
            .values(state="taking", name=name, ended_at=None)
        )
        return standing.id
    inserted = connection.execute(
        source_file.insert().values(
            kind=kind, name=name, sha256=sha256, size=size, state="taking", taken_at=now
        )
    )
    return int(inserted.inserted_primary_key[0])  # type: ignore[index]  # one row


def end_file(
    connection: Connection, file_id: int, *, end: FileEnd, now: datetime
) -> None:
    """Write counts, faults, and where the file goes; earlier faults are replaced."""
    connection.execute(
        update(source_file)
        .where(source_file.c.id == file_id)
        .values(
            state=end.state,
            ended_at=now,
            rows_read=end.rows_read,
            accepted=end.accepted,
            duplicate=end.duplicate,
            rejected=end.rejected,
            stored_as=end.stored_as,
            report=end.report,
        )
    )
    connection.execute(delete(file_fault).where(file_fault.c.source_file_id == file_id))
    insert_rows(
        connection,
        file_fault,
        [
            {
                "source_file_id": file_id,
                "row": fault.row,
                # the end of a long path names the element
                "field": fault.field[-60:],
                "code": fault.code,
                "message": f"{fault.file}: {fault.message}",
                "value": fault.value,
            }
            for fault in end.faults
        ],
    )
