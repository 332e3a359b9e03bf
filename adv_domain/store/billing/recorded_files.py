"""Which files were made of documents and payment requests, as which bytes?"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, literal, select, union_all

from adv_domain.store.stored import as_stored
from adv_domain.store.tables import document, invoice, payment_request

_AT_A_TIME = 1_000


class RecordedFile(NamedTuple):
    """A file below the home folder; number is the document's, or the request's."""

    number: str
    place: str
    sha256: str | None


def recorded_files(connection: Connection) -> Iterator[RecordedFile]:
    """Yield the files of all documents, then the pages of payment requests."""
    request = payment_request.c
    statement = union_all(
        select(
            literal(1).label("turn"),
            document.c.id,
            invoice.c.invoice_no.label("number"),
            document.c.path,
            document.c.sha256,
        ).join_from(document, invoice, invoice.c.id == document.c.invoice_id),
        select(
            literal(2).label("turn"),
            request.id,
            request.reference.label("number"),
            request.path,
            request.sha256,
        ).where(request.path.is_not(None)),
    ).order_by("turn", "id")
    with as_stored(connection):
        for row in connection.execution_options(yield_per=_AT_A_TIME).execute(
            statement
        ):
            yield RecordedFile(str(row.number), str(row.path), row.sha256)
