"""Which files of documents are lost, and can they be drawn again byte for byte?

What was issued is kept as it was: a file is put back only where it comes out with the
hash on record, and one that lies there is never written over. Else a person must put it
back from a back-up. Unit of retry: a file; harmless to repeat.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import Connection, Row

from adv_domain.documents.files import keep_names
from adv_domain.documents.making import EInvoiceForm
from adv_domain.store.billing.documents import (
    DocumentRows,
    document_rows,
    made_documents,
)
from adv_domain.store.billing.issued import issued_document
from adv_domain.store.engine import reading, writing
from adv_domain.store.failures import documents_that_failed
from adv_domain.store.leases import keep_lease
from adv_domain.store.runs import FailedDocument, resolve_failures
from tasks.batches import BatchResult, Claimed, work_through
from tasks.documents.drawing import DrawingOrder, DrawingRoom, Drawn, put_in_place
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef

# a home that was lost whole is drawn again in several nights
_MOST = 2_000
_AT_ONCE = 50
_CODE = "lost_file_differs"
_FILE = "file "


def draw_lost_files(run: RunRef, room: DrawingRoom) -> Outcome:
    """Put back what is missing of the files on record, as it was issued."""
    home = resources().settings.home
    with reading(resources().engine) as connection:
        found = (one for one in made_documents(connection) if _is_lost(home, one))
        lost = list(islice(found, _MOST))
        told = documents_that_failed(connection, step=run.step, code=_CODE)
    _settle(run, {one for one in told if (home / one.removeprefix(_FILE)).exists()})
    outcome = Outcome()
    for start in range(0, len(lost), _AT_ONCE):
        some = lost[start : start + _AT_ONCE]
        with reading(resources().engine) as connection:
            rows = document_rows(connection, sorted({one.invoice_id for one in some}))
        by_id = {one.invoice_id: one for one in rows}
        ends = {one.id: _put_back(one, by_id[one.invoice_id], room) for one in some}
        outcome = outcome + work_through(
            run, claim=partial(_claim, some), handle=partial(_told, ends)
        )
    return outcome


def _settle(run: RunRef, found_again: set[str]) -> None:
    """Close the failures of files that a person has put back."""
    if not found_again:
        return
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        resolve_failures(connection, step=run.step, documents=found_again, now=now())


def _name(one: Row[Any]) -> str:
    return f"{_FILE}{one.path}"[:120]


def _is_lost(home: Path, one: Row[Any]) -> bool:
    # a link that leads nowhere is somebody's, and not written over
    path = home / one.path
    return not path.exists() and not path.is_symlink()


def _put_back(one: Row[Any], rows: DocumentRows, room: DrawingRoom) -> str:
    """Draw the file in each form that it may have had; say why it is not put back."""
    try:
        document = issued_document(rows)
    except Exception as error:  # told as its document's failure
        return f"the document cannot be read: {error}"
    why = "what is drawn today differs"
    for form in get_args(EInvoiceForm):
        [drawing] = room.draw([DrawingOrder(document, form=form)])
        if not isinstance(drawing, Drawn):
            why = drawing.message
            continue
        same = [
            file
            for file in drawing.files
            if (file.kind, file.place, file.sha256) == (one.kind, one.path, one.sha256)
        ]
        for file in drawing.files:
            if file not in same:
                file.drop()
        if same:
            refused = put_in_place(same)
            keep_names(same)
            return refused.message if refused else ""
    return why


def _claim(
    lost: Sequence[Row[Any]], connection: Connection, *, after: Any, limit: int
) -> list[Claimed]:
    del connection  # the files were looked for outside of it
    wanted = [one for one in lost if after is None or one.id > after]
    return [Claimed(one.id, _name(one)) for one in wanted[:limit]]


def _told(
    ends: Mapping[int, str], connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    del connection  # nothing but the failures is written
    result = BatchResult()
    for one in claimed:
        if why := ends[one.key]:
            result.failed.append(
                FailedDocument(
                    one.name,
                    _CODE,
                    f"it is lost and cannot be drawn as it was sent ({why}; a new "
                    "logo, template or version draws otherwise): put it back from a "
                    "back-up of the home, or from the mail that it went out with",
                )
            )
        else:
            result.done["lost files put back"] += 1
    return result
