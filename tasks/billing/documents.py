"""Which PDFs are made of posted invoices, and who gets them by mail?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from adv_domain.bundled import bundled_path
from adv_domain.documents.files import WaitingFile, document_place, write_waiting
from adv_domain.documents.render import DocumentRenderer
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
from adv_domain.store.engine import reading
from adv_domain.store.outbox import queue_mails
from adv_domain.store.worklist import open_tasks
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.billing.document_mail import address_task, document_mail
from tasks.resources import Resources, now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step

# one page takes about 30 ms of CPU: a batch is done in a few seconds
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with its PDF on disk, waiting for its row."""

    rows: DocumentRows
    document: IssuedDocument
    file: WaitingFile


Preparation = Prepared | Exception


@step(name="make documents", retries=3, run_name="documents {run.on}")
def make_documents(run: RunRef) -> Outcome:
    """Make the PDF of each posted document that has none, and queue its mail.

    The unit of retry is a batch, the key is (invoice, kind). The pages are drawn
    before the transaction begins, which keeps the database's write lock short.
    """
    known = resources()
    folders = (known.settings.home / "templates", bundled_path("templates"))
    renderer = DocumentRenderer(template_folders=folders)
    outcome = Outcome()
    after: int | None = None
    while True:
        with reading(known.engine) as connection:
            ids = undocumented(connection, after=after, limit=_AT_ONCE)
            batch = document_rows(connection, ids)
        if not ids:
            return outcome
        prepared = {
            rows.invoice_id: _prepared(rows, renderer=renderer, known=known)
            for rows in batch
        }
        outcome = outcome + work_through(
            run, claim=partial(_claim, ids), handle=partial(_handle, run, prepared)
        )
        after = ids[-1]


def _prepared(
    rows: DocumentRows, *, renderer: DocumentRenderer, known: Resources
) -> Preparation:
    """Draw one document; its error waits for the transaction that notes it."""
    try:
        document = issued_document(rows)
        place = document_place(document.number, year=document.issued_on.year)
        file = write_waiting(
            renderer.pdf(document), home=known.settings.home, place=place
        )
    except OSError:
        raise
    except Exception as error:
        return error
    return Prepared(rows=rows, document=document, file=file)


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
    pairs = decided(
        claimed,
        lambda one: _ready(prepared[one.key]),
        name_of=lambda one: one.name,
        result=result,
    )
    ready = [one for _, one in pairs]
    for one in ready:
        one.file.put_in_place()
    record_documents(connection, [_made(one) for one in ready], made_at=now())
    result.done["documents"] += len(ready)
    if resources().policy.documents.mail_invoices:
        _queue(run, connection, ready, result)
    return result


def _ready(preparation: Preparation) -> Prepared:
    if isinstance(preparation, Exception):
        raise preparation
    return preparation


def _made(one: Prepared) -> MadeDocument:
    return MadeDocument(
        invoice_id=one.rows.invoice_id,
        language=one.document.language,
        path=one.file.place,
        sha256=one.file.sha256,
        size=one.file.size,
    )


def _queue(
    run: RunRef, connection: Connection, ready: Sequence[Prepared], result: BatchResult
) -> None:
    reachable = [one for one in ready if one.rows.head.mail_address]
    unreachable = [one for one in ready if not one.rows.head.mail_address]
    result.done["mails queued"] += queue_mails(
        connection,
        [
            document_mail(one.rows, one.document, attachment=one.file.place)
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
