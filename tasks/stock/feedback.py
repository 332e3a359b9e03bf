"""How is a file of stock's news booked, batch by batch, each piece of news once?

The key of a piece of news is message id, order and line: a file read again after a
crash, sent again or overlapping another one changes nothing.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from sqlalchemy import Connection

from adv_domain.rules.stock.believable import FeedbackRefused
from adv_domain.rules.stock.entries import EntryKind, StockEntry
from adv_domain.store.billing.billed_by_order import billed_lines
from adv_domain.store.rows import take_ids
from adv_domain.store.runs import record_events
from adv_domain.store.stock.feedback import (
    FeedbackRows,
    OrderAtStock,
    close_questions,
    known_deliveries,
    known_messages,
    open_questions,
    write_feedback,
    write_lines,
    write_order_states,
)
from adv_domain.store.tables import delivery, stock_message
from adv_domain.store.worklist import open_tasks
from tasks.batches import BatchResult, Claimed, work_through
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef
from tasks.stock.feedback_answers import book_answers
from tasks.stock.feedback_batch import FeedbackBatch, entry_key, entry_name, hearing
from tasks.stock.feedback_file import FeedbackFile
from tasks.stock.feedback_ledger import GIVEN_UP_QUESTION, Ledger
from tasks.stock.feedback_orders import named_orders
from tasks.stock.goods_returned import book_returns


def book_feedback(run: RunRef, file: FeedbackFile) -> Outcome:
    """Book the entries of a file that were not booked before.

    What became of each stands in the file afterwards. An entry that cannot be
    booked is set aside with its fault; the others are booked.
    """
    outcome = work_through(
        run, claim=partial(_claim, file), handle=partial(_handle, run, file)
    )
    # what comes back may stand in a file before what left
    outcome = outcome + work_through(
        run, claim=partial(_claim_returns, file), handle=partial(_handle, run, file)
    )
    for at, entry in enumerate(file.entries):
        if at not in file.became:
            file.became[at] = "rejected"
            file.refused[at] = file.fault_of(entry, "not_booked", "", _NOT_WRITTEN)
    return outcome


_NOT_WRITTEN = "could not be written; the failure list says why"


def _claim(
    file: FeedbackFile, _connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    """Take the next entries, either news or answers: a line that an agreed change
    brings must stand in the order before it can be shipped."""
    found: list[Claimed] = []
    for at, entry in _waiting(file, after):
        if entry.kind is EntryKind.RETURN:
            continue
        is_other = found and entry.is_answer != file.entries[found[0].key].is_answer
        if len(found) == limit or is_other:
            break
        found.append(Claimed(key=at, name=entry_name(entry)))
    return found


def _claim_returns(
    file: FeedbackFile, _connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    returns = (
        Claimed(key=at, name=entry_name(entry))
        for at, entry in _waiting(file, after)
        if entry.kind is EntryKind.RETURN
    )
    return list(islice(returns, limit))


def _waiting(file: FeedbackFile, after: int | None) -> Iterator[tuple[int, StockEntry]]:
    """Yield the entries of which nothing became yet, with their place."""
    for at in range(0 if after is None else after + 1, len(file.entries)):
        if at not in file.became:
            yield at, file.entries[at]


def _handle(
    run: RunRef,
    file: FeedbackFile,
    connection: Connection,
    claimed: Sequence[Claimed],
) -> BatchResult:
    batch = FeedbackBatch(run, file)
    entries = {one.key: file.entries[one.key] for one in claimed}
    first = file.entries[claimed[0].key]
    if first.is_answer:
        book_answers(batch, connection, entries)
    elif first.kind is EntryKind.RETURN:
        book_returns(batch, connection, entries)
    else:
        _book_news(batch, connection, entries)
    batch.note()
    return batch.result


def _book_news(
    batch: FeedbackBatch, connection: Connection, entries: dict[int, StockEntry]
) -> None:
    run = batch.run
    named = named_orders(batch, connection, entries)
    batch.known = known_messages(
        connection, [entry_key(entries[at], order) for at, order in named.items()]
    )
    ledger = Ledger(
        heard=hearing(run),
        actor=run.actor,
        team=resources().policy.owner_of_step(run.step),
        deliveries_known=known_deliveries(
            connection, {o.order_id for o in named.values()}
        ),
        billed=billed_lines(
            connection, {o.order_id for o in named.values() if o.billed_by_order}
        ),
    )
    ids = zip(
        take_ids(connection, stock_message, len(named)),
        take_ids(connection, delivery, len(named)),
        strict=True,
    )
    for (at, order), new_ids in zip(named.items(), ids, strict=True):
        _book(batch, ledger, at, order, new_ids)
    _write(run, connection, ledger)
    batch.over_shipped += ledger.over_shipped


def _book(
    batch: FeedbackBatch,
    ledger: Ledger,
    at: int,
    order: OrderAtStock,
    ids: tuple[int, int],
) -> None:
    entry = batch.file.entries[at]
    key = entry_key(entry, order)
    if batch.was_booked(at, key):
        return
    try:
        ledger.take(entry, order, ids=ids)
    except FeedbackRefused as error:
        batch.refuse(at, error)
        return
    ledger.messages.append(
        batch.accept(at, key, order_id=order.order_id, message_id=ids[0])
    )
    batch.result.done[_WORDS[entry.kind]] += 1


_WORDS = {
    "confirmation": "confirmations",
    "shipment": "shipments",
    "new_date": "new dates",
    "refusal": "refusals",
    "cancellation": "cancellations",
}


def _write(run: RunRef, connection: Connection, ledger: Ledger) -> None:
    rows = FeedbackRows(
        messages=ledger.messages,
        deliveries=ledger.deliveries,
        delivery_lines=ledger.delivery_lines,
        date_changes=ledger.date_changes,
    )
    write_feedback(connection, rows)
    write_lines(connection, ledger.lines.values())
    write_order_states(connection, ledger.orders.values())
    record_events(
        connection,
        ledger.happenings,
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
    open_tasks(connection, ledger.tasks, opened_on=run.on)
    _close_settled(run, connection, ledger)


def _close_settled(run: RunRef, connection: Connection, ledger: Ledger) -> None:
    """Close the questions about what stock gave up and then shipped after all."""
    if not ledger.settled:
        return
    asked = open_questions(connection, list(ledger.orders), kind=GIVEN_UP_QUESTION)
    keys = [key for line_id in ledger.settled for key in asked.get(line_id, ())]
    result = "shipped after all"
    close_questions(connection, keys, by=run.actor, result=result, at=now())
