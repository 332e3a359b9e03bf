"""How are stock's answers booked: changes that it can do, and those that it cannot?

An agreed change is written into its order in the same transaction; one that is
refused leaves the order as it is, and a person tells the customer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from adv_domain.rules.amendments.states import AmendmentState
from adv_domain.rules.stock.believable import FeedbackRefused
from adv_domain.rules.stock.entries import EntryKind, StockEntry
from adv_domain.store.orders.amendments import (
    AskedMessage,
    messages_answered,
    read_amendments,
)
from adv_domain.store.rows import insert_rows, take_ids
from adv_domain.store.runs import FailedDocument
from adv_domain.store.stock.acknowledgements import write_answered
from adv_domain.store.stock.feedback import Row, known_messages
from adv_domain.store.tables import stock_message
from tasks.orders.amendments.refusing import refuse_changes
from tasks.orders.amendments.settling import Word, settle_changes
from tasks.orders.record import Look
from tasks.resources import now, resources
from tasks.stock.feedback_batch import FeedbackBatch, message_key

_OUTCOMES = {
    EntryKind.CHANGE_ACCEPTED: AmendmentState.APPLIED,
    EntryKind.CHANGE_REFUSED: AmendmentState.REFUSED,
}


class ChangeNotSettled(RuntimeError):
    """An agreed change cannot be done: its answer must not count as booked."""

    def __init__(self, failed: FailedDocument) -> None:
        super().__init__(f"{failed.document}: {failed.message}")
        self.document = failed.document


@dataclass(slots=True)
class _Answers:
    """The answers of a batch: rows to write, changes agreed, and refused with why."""

    rows: list[Row] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)
    agreed: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)

    def state_of(self, asked: AskedMessage) -> str | None:
        """Return the state of the change by now, an earlier answer of the batch
        counted in."""
        if asked.amendment_id in self.agreed:
            return AmendmentState.APPLIED
        if asked.amendment_id in self.refused:
            return AmendmentState.REFUSED
        return asked.amendment_state


def book_answers(
    batch: FeedbackBatch, connection: Connection, entries: Mapping[int, StockEntry]
) -> None:
    """Book a batch of answers, in a constant number of statements."""
    asked = messages_answered(
        connection, {one.answers for one in entries.values() if one.answers}
    )
    batch.known = known_messages(
        connection, [_key(entry) for entry in entries.values()]
    )
    answers = _Answers()
    ids = take_ids(connection, stock_message, len(entries))
    for (at, entry), message_id in zip(entries.items(), ids, strict=True):
        if batch.was_booked(at, _key(entry)):
            continue
        try:
            _hear(answers, entry, asked.get(entry.answers or ""))
        except FeedbackRefused as error:
            batch.refuse(at, error)
            continue
        order_id = asked[entry.answers or ""].order_id
        answers.rows.append(
            batch.accept(at, _key(entry), order_id=order_id, message_id=message_id)
        )
    insert_rows(connection, stock_message, answers.rows)
    write_answered(connection, answers.heard, now=now())
    _settle(batch, connection, answers)


def _key(entry: StockEntry) -> str:
    return message_key(entry, entry.order_name)


def _hear(answers: _Answers, entry: StockEntry, asked: AskedMessage | None) -> None:
    """Note what an answer settles; raises FeedbackRefused where it cannot."""
    if asked is None:
        raise FeedbackRefused(
            code="unknown_message",
            field="answers",
            message=f"there is no message {entry.answers} of ours; correct it",
        )
    if asked.amendment_id is None:
        if entry.kind is EntryKind.CHANGE_REFUSED:
            raise FeedbackRefused(
                code="nothing_asked",
                field="answers",
                message=f"message {entry.answers} asked nothing; to give lines up, "
                "send a cancellation",
            )
        answers.heard.append(asked.message_id)
        return
    state = answers.state_of(asked)
    if state not in (AmendmentState.WAITING_STOCK, _OUTCOMES[entry.kind]):
        raise FeedbackRefused(
            code="already_decided",
            field="answers",
            message=f"the change of message {entry.answers} is {state} already; "
            "ask sales administration before anything moves",
        )
    answers.heard.append(asked.message_id)
    if state != AmendmentState.WAITING_STOCK:
        return
    if entry.kind is EntryKind.CHANGE_ACCEPTED:
        answers.agreed.append(asked.amendment_id)
    else:
        answers.refused[asked.amendment_id] = entry.note or "no reason given"


def _settle(batch: FeedbackBatch, connection: Connection, answers: _Answers) -> None:
    run = batch.run
    look = Look(
        policy=resources().policy,
        on=run.on,
        now=now(),
        actor=run.actor,
        run_id=run.run_id,
    )
    if answers.agreed:
        agreed = read_amendments(connection, answers.agreed)
        result, _ = settle_changes(connection, agreed, look=look, word=Word.AGREED)
        if result.failed:
            raise ChangeNotSettled(result.failed[0])
        batch.result.done.update(result.done)
    if answers.refused:
        refused = read_amendments(connection, list(answers.refused))
        why = {key: f"by stock: {text}" for key, text in answers.refused.items()}
        refuse_changes(connection, refused, why, look=look)
        batch.result.done["changes refused"] += len(refused)
