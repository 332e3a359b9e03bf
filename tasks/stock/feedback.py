"""How is a file of stock's news booked, batch by batch, each piece of news once?

The key of a piece of news is message id, order and line: a file read again after a
crash, sent again or overlapping another one changes nothing.
"""

from collections.abc import Iterable, Sequence
from functools import partial

from sqlalchemy import Connection

from adv_domain.rules.stock.entries import StockEntry
from adv_domain.rules.stock.fulfilment import FeedbackRefused
from adv_domain.store.rows import take_ids
from adv_domain.store.runs import record_events
from adv_domain.store.stock.feedback import (
    FeedbackRows,
    OrderAtStock,
    known_deliveries,
    known_messages,
    orders_named,
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
from tasks.stock.feedback_batch import FeedbackBatch, entry_key, entry_name
from tasks.stock.feedback_file import FeedbackFile
from tasks.stock.feedback_ledger import Ledger


def book_feedback(run: RunRef, file: FeedbackFile) -> Outcome:
    """Book the entries of a file that were not booked before.

    What became of each stands in the file afterwards. An entry that cannot be
    booked is set aside with its fault; the others are booked.
    """
    outcome = work_through(
        run, claim=partial(_claim, file), handle=partial(_handle, run, file)
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
    first = 0 if after is None else after + 1
    found: list[Claimed] = []
    for at in range(first, len(file.entries)):
        if at in file.became:
            continue
        entry = file.entries[at]
        is_other = found and entry.is_answer != file.entries[found[0].key].is_answer
        if len(found) == limit or is_other:
            break
        found.append(Claimed(key=at, name=entry_name(entry)))
    return found


def _handle(
    run: RunRef,
    file: FeedbackFile,
    connection: Connection,
    claimed: Sequence[Claimed],
) -> BatchResult:
    batch = FeedbackBatch(run, file)
    entries = {one.key: file.entries[one.key] for one in claimed}
    if file.entries[claimed[0].key].is_answer:
        book_answers(batch, connection, entries)
    else:
        _book_news(batch, connection, entries)
    batch.note()
    return batch.result


def _book_news(
    batch: FeedbackBatch, connection: Connection, entries: dict[int, StockEntry]
) -> None:
    run = batch.run
    orders = _orders_of(connection, entries.values())
    named = _with_order(batch, entries, orders)
    batch.known = known_messages(
        connection, [entry_key(entries[at], order) for at, order in named.items()]
    )
    ledger = Ledger(
        on=run.on,
        actor=run.actor,
        team=resources().policy.owner_of_step(run.step),
        deliveries_known=known_deliveries(connection, {o.order_id for o in orders}),
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


def _with_order(
    batch: FeedbackBatch,
    entries: dict[int, StockEntry],
    orders: Sequence[OrderAtStock],
) -> dict[int, OrderAtStock]:
    """Find the order of each entry; one without is refused."""
    by_name: dict[object, list[OrderAtStock]] = {}
    for order in orders:
        by_name.setdefault(order.order_no, []).append(order)
        reference = (order.customer_code, order.customer_ref)
        by_name.setdefault(reference, []).append(order)
    named = {}
    for at, entry in entries.items():
        name = entry.order_no or (entry.customer, entry.customer_ref)
        found = by_name.get(name, [])
        if len(found) == 1:
            named[at] = found[0]
        else:
            batch.refuse(at, _not_one_order(entry, len(found)))
    return named


def _book(
    batch: FeedbackBatch,
    ledger: Ledger,
    at: int,
    order: OrderAtStock,
    ids: tuple[int, int],
) -> None:
    entry = batch.file.entries[at]
    key = entry_key(entry, order)
    if key in batch.known:
        batch.repeat(at)
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
    "cancellation": "cancellations",
}


def _orders_of(
    connection: Connection, entries: Iterable[StockEntry]
) -> list[OrderAtStock]:
    order_nos, customer_refs = set(), set()
    for entry in entries:
        if entry.order_no:
            order_nos.add(entry.order_no)
        elif entry.customer and entry.customer_ref:
            customer_refs.add((entry.customer, entry.customer_ref))
    return orders_named(connection, order_nos=order_nos, customer_refs=customer_refs)


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


def _not_one_order(entry: StockEntry, count: int) -> FeedbackRefused:
    if count:
        return FeedbackRefused(
            code="ambiguous_order",
            field="customer_ref",
            message=f"{count} orders have the reference {entry.order_name}; "
            "give our order_no",
        )
    return FeedbackRefused(
        code="unknown_order",
        field="order_no" if entry.order_no else "customer_ref",
        message=f"order {entry.order_name} is not known; correct the number",
    )
