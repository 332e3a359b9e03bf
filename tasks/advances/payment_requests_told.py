"""How does a payment request reach its customer: its page, its mail, or a person?

Unit of retry: a batch of requests. The pages are drawn before the transaction begins;
a run that is killed draws the same ones again. Harmless to repeat: a request is on the
list until it is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.documents.files import WaitingFile, keep_names
from adv_domain.rules.billing.drafting import draft_invoice
from adv_domain.rules.billing.issued_documents import IssuedDocument
from adv_domain.rules.billing.posting import BillableOrder, Draft
from adv_domain.store.advances import payment_requests_told as store
from adv_domain.store.billing.ordered import read_ordered
from adv_domain.store.engine import reading
from adv_domain.store.outbox import queue_mails
from adv_domain.store.runs import FailedDocument
from adv_domain.store.worklist import open_tasks
from tasks.advances.payment_request_mail import RequestAsked, address_task, request_mail
from tasks.advances.payment_request_page import request_page
from tasks.batches import (
    BatchResult,
    Claimed,
    failure_code,
    first_line,
    work_through,
)
from tasks.billing.drafting import Desk, read_desk
from tasks.documents.document_words import document_words
from tasks.documents.drawing import DrawingOrder, DrawingRoom, NotDrawn, put_in_place
from tasks.documents.paper import style_of
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef

FOLDER = "payment-requests"


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A request to tell, its page on disk if the policy wants pages."""

    asked: RequestAsked
    page: WaitingFile | None

    @property
    def place(self) -> str | None:
        return self.page.place if self.page else None


_Preparation = _Prepared | NotDrawn


def payment_requests_told(run: RunRef) -> Outcome:
    """Draw and mail the requests that nobody was told; without an address a person
    tells them."""
    known = resources()
    outcome = Outcome()
    after: int | None = None
    room = DrawingRoom(
        style_of(known),
        home=known.settings.home,
        workers=known.settings.render_workers,
    )
    with room:
        while True:
            with reading(known.engine) as connection:
                limit = known.settings.batch_size
                ids = store.untold(connection, after=after, limit=limit)
                if not ids:
                    return outcome
                drafted = _drafted(connection, ids, run=run)
            prepared = _drawn(drafted, room=room)
            outcome = outcome + work_through(
                run, claim=partial(_claim, ids), handle=partial(_handle, run, prepared)
            )
            after = ids[-1]


_Drafted = tuple[RequestAsked, IssuedDocument] | NotDrawn


def _drafted(
    connection: Connection, ids: Sequence[int], *, run: RunRef
) -> dict[int, _Drafted]:
    """Decide what stands on the pages; an error waits for the transaction that notes
    it."""
    requests = store.read_untold(connection, ids)
    order_ids = list(dict.fromkeys(one.order_id for one in requests))
    orders = {
        one.order_ids[0]: one for one in read_ordered(connection, order_ids, on=run.on)
    }
    desk = read_desk(connection, list(orders.values()), on=run.on)
    words = document_words("share_in_advance", [one.language for one in requests])
    drafted: dict[int, _Drafted] = {}
    for one in requests:
        try:
            draft = _draft(desk, orders[one.order_id], one)
            page = request_page(
                one, draft, books=desk.books, share_text=words[one.language]
            )
            drafted[one.id] = RequestAsked(one, page), page
        except Exception as error:
            drafted[one.id] = NotDrawn(failure_code(error), first_line(error))
    return drafted


def _draft(desk: Desk, order: BillableOrder, request: Row[Any]) -> Draft:
    """Decide the whole order's invoice as it was when it was asked for."""
    asked_on = request.asked_on
    return draft_invoice(
        replace(order, first_supplied_on=asked_on, supplied_on=asked_on),
        book=desk.amounts.taxes,
        conditions=desk.amounts.conditions_of(order),
    )


def _drawn(
    drafted: Mapping[int, _Drafted], *, room: DrawingRoom
) -> dict[int, _Preparation]:
    """Draw the pages, where the policy wants any."""
    found: dict[int, _Preparation] = {
        key: one for key, one in drafted.items() if isinstance(one, NotDrawn)
    }
    ready = {key: one for key, one in drafted.items() if not isinstance(one, NotDrawn)}
    if not resources().policy.documents.pdf:
        return found | {
            key: _Prepared(asked, None) for key, (asked, _) in ready.items()
        }
    drawings = room.draw(
        [DrawingOrder(page, form="none", folder=FOLDER) for _, page in ready.values()]
    )
    for (key, (asked, _)), drawing in zip(ready.items(), drawings, strict=True):
        found[key] = (
            drawing
            if isinstance(drawing, NotDrawn)
            else _Prepared(asked, drawing.files[0])
        )
    return found


def _claim(
    ids: Sequence[int], connection: Connection, *, after: int | None, limit: int
) -> list[Claimed]:
    wanted = [one for one in ids if after is None or one > after][:limit]
    return [
        Claimed(key=request_id, name=order_no)
        for request_id, order_no in store.still_untold(connection, wanted)
    ]


def _handle(
    run: RunRef,
    prepared: Mapping[int, _Preparation],
    connection: Connection,
    claimed: Sequence[Claimed],
) -> BatchResult:
    result = BatchResult()
    ready: dict[int, _Prepared] = {}
    for one in claimed:
        preparation = _in_place(prepared[one.key])
        if isinstance(preparation, NotDrawn):
            failed = FailedDocument(one.name, preparation.code, preparation.message)
            result.failed.append(failed)
        else:
            ready[one.key] = preparation
    keep_names(each.page for each in ready.values() if each.page is not None)
    store.mark_told(connection, [_told(run, key, each) for key, each in ready.items()])
    _tell(run, connection, list(ready.values()))
    return result


def _in_place(preparation: _Preparation) -> _Preparation:
    """Give a page its name; a request whose page cannot have it is not told."""
    if isinstance(preparation, NotDrawn) or preparation.page is None:
        return preparation
    return put_in_place([preparation.page]) or preparation


def _told(run: RunRef, request_id: int, one: _Prepared) -> store.Told:
    return store.Told(
        request_id=request_id,
        told_on=run.on,
        path=one.place,
        sha256=one.page.sha256 if one.page else None,
        outbox_key=one.asked.outbox_key if one.asked.row.email else None,
    )


def _tell(run: RunRef, connection: Connection, ready: Sequence[_Prepared]) -> None:
    """Mail the requests; a person sends those without an address."""
    queue_mails(
        connection,
        [
            request_mail(one.asked, page=one.place)
            for one in ready
            if one.asked.row.email
        ],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
    team = resources().policy.owner_of_step(run.step)
    open_tasks(
        connection,
        [
            address_task(one.asked, page=one.place, team=team)
            for one in ready
            if not one.asked.row.email
        ],
        opened_on=run.on,
    )
