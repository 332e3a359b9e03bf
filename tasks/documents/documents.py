"""Which files are made of posted documents, and who gets them by mail?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from adv_domain.documents.files import keep_names
from adv_domain.documents.making import EInvoiceForm
from adv_domain.rules.billing.issued_documents import IssuedDocument
from adv_domain.store.billing.documents import (
    DocumentRows,
    MadeDocument,
    document_rows,
    record_documents,
    still_undocumented,
    undocumented,
)
from adv_domain.store.billing.issued import issued_document
from adv_domain.store.credits.cancelling import kept_in_house
from adv_domain.store.engine import reading
from adv_domain.store.outbox import queue_mails
from adv_domain.store.runs import FailedDocument
from adv_domain.store.worklist import open_tasks
from tasks.batches import (
    BatchResult,
    Claimed,
    failure_code,
    first_line,
    work_through,
)
from tasks.documents.document_mail import address_task, document_mail
from tasks.documents.drawing import (
    Drawing,
    DrawingOrder,
    DrawingRoom,
    Drawn,
    NotDrawn,
    put_in_place,
)
from tasks.documents.lost_files import draw_lost_files
from tasks.documents.paper import style_of
from tasks.resources import Resources, now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step

# one page takes about 30 ms of CPU: a batch is done in a few seconds
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with its files on disk, waiting for its rows."""

    rows: DocumentRows
    document: IssuedDocument
    drawn: Drawn

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(file.place for file in self.drawn.files)


Preparation = Prepared | NotDrawn


@step(name="make documents", retries=3, run_name="documents {run.on}")
def make_documents(run: RunRef) -> Outcome:
    """Make the files of each posted document that has none, and queue its mail; put
    back files that are lost.

    The unit of retry is a batch, the key is (invoice, kind). The pages are drawn
    before the transaction begins, which keeps the database's write lock short.
    """
    known = resources()
    outcome = Outcome()
    after: int | None = None
    with _room(known) as room:
        while True:
            with reading(known.engine) as connection:
                ids = undocumented(connection, after=after, limit=_AT_ONCE)
                batch = document_rows(connection, ids)
            if not ids:
                return outcome + draw_lost_files(run, room)
            prepared = _prepared(batch, room=room, known=known)
            outcome = outcome + work_through(
                run, claim=partial(_claim, ids), handle=partial(_handle, run, prepared)
            )
            after = ids[-1]


def _room(known: Resources) -> DrawingRoom:
    return DrawingRoom(
        style_of(known),
        home=known.settings.home,
        workers=known.settings.render_workers,
    )


def _prepared(
    batch: Sequence[DocumentRows], *, room: DrawingRoom, known: Resources
) -> dict[int, Preparation]:
    """Draw the documents; an error waits for the transaction that notes it."""
    prepared: dict[int, Preparation] = {}
    readable: list[tuple[DocumentRows, IssuedDocument]] = []
    for rows in batch:
        try:
            readable.append((rows, issued_document(rows)))
        except Exception as error:
            prepared[rows.invoice_id] = NotDrawn(failure_code(error), first_line(error))
    drawings = room.draw(
        [DrawingOrder(document, form=_form(rows, known)) for rows, document in readable]
    )
    for (rows, document), drawing in zip(readable, drawings, strict=True):
        prepared[rows.invoice_id] = _put_together(rows, document, drawing)
    return prepared


def _form(rows: DocumentRows, known: Resources) -> EInvoiceForm:
    """Return what the customer wants beside the page, else what the company does."""
    own: EInvoiceForm | None = rows.head.einvoice
    return own or known.policy.documents.einvoice


def _put_together(
    rows: DocumentRows, document: IssuedDocument, drawing: Drawing
) -> Preparation:
    if isinstance(drawing, NotDrawn):
        return drawing
    return Prepared(rows=rows, document=document, drawn=drawing)


def _claim(
    ids: Sequence[int], connection: Connection, *, after: int | None, limit: int
) -> list[Claimed]:
    wanted = [one for one in ids if after is None or one > after][:limit]
    return [
        Claimed(key=invoice_id, name=invoice_no)
        for invoice_id, invoice_no in still_undocumented(connection, wanted)
    ]


def _handle(
    run: RunRef,
    prepared: Mapping[int, Preparation],
    connection: Connection,
    claimed: Sequence[Claimed],
) -> BatchResult:
    result = BatchResult()
    ready: list[Prepared] = []
    for one in claimed:
        preparation = _in_place(prepared[one.key])
        if isinstance(preparation, NotDrawn):
            failed = FailedDocument(one.name, preparation.code, preparation.message)
            result.failed.append(failed)
        else:
            ready.append(preparation)
    for each in ready:
        if each.drawn.plain_because:
            result.skipped[f"e-invoice: {each.drawn.plain_because}"] += 1
    keep_names(file for each in ready for file in each.drawn.files)
    made = [file for each in ready for file in _made(each)]
    record_documents(connection, made, made_at=now())
    result.done["documents"] += len(ready)
    if resources().policy.documents.mail_invoices:
        _queue(run, connection, ready, result)
    return result


def _in_place(preparation: Preparation) -> Preparation:
    """Give a drawn document's files their names; one that cannot be is not drawn."""
    if isinstance(preparation, NotDrawn):
        return preparation
    return put_in_place(preparation.drawn.files) or preparation


def _made(one: Prepared) -> list[MadeDocument]:
    return [
        MadeDocument(
            invoice_id=one.rows.invoice_id,
            kind=file.kind,
            language=one.document.language,
            path=file.place,
            sha256=file.sha256,
            size=file.size,
        )
        for file in one.drawn.files
    ]


def _queue(
    run: RunRef, connection: Connection, ready: Sequence[Prepared], result: BatchResult
) -> None:
    # the rows of the files hold the invoices: no undoing comes between this and them
    kept = kept_in_house(connection, [one.rows.invoice_id for one in ready])
    result.skipped["mail: cancelled before it left"] += len(
        [one for one in ready if one.rows.invoice_id in kept]
    )
    ready = [one for one in ready if one.rows.invoice_id not in kept]
    reachable = [one for one in ready if one.rows.head.mail_address]
    unreachable = [one for one in ready if not one.rows.head.mail_address]
    result.done["mails queued"] += queue_mails(
        connection,
        [
            document_mail(one.rows, one.document, attachments=one.places)
            for one in reachable
        ],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
    team = resources().policy.owner_of_step(run.step)
    open_tasks(
        connection,
        [address_task(one.rows, one.document, team=team) for one in unreachable],
        opened_on=run.on,
    )
    result.skipped["mail: no address"] += len(unreachable)


def _plan(run: RunRef) -> list[Call]:
    if not resources().policy.documents.pdf:
        return []
    return [Call(make_documents, {"run": run})]


DOCUMENTS = StepFlow(name="documents", plan=_plan)
