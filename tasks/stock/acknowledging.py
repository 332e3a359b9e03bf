"""How is it booked that stock acknowledges a message, or refuses it?

Whichever way it comes: a file of the inbox, a row of the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection

from adv_domain.store.engine import writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.runs import FailedDocument
from adv_domain.store.stock.acknowledgements import (
    AskedAbout,
    messages_named,
    write_acknowledged,
    write_refused,
)
from adv_domain.store.stock.wms import WmsAnswer, mark_heard, unheard_answers
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef
from tasks.stock.dead_letters import DeadLetter, give_to_a_person, settle_failures


class Word(NamedTuple):
    """What a receiver says of a message."""

    key: str
    is_acknowledged: bool
    note: str | None = None


class Heard(StrEnum):
    """What a receiver's word changed: something, nothing new, or nothing we know."""

    NEWS = "news"
    KNOWN = "known"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class HeardBy:
    """Which run heard it."""

    actor: str
    on: date
    run_id: int


def hear(
    connection: Connection, words: Sequence[Word], *, by: HeardBy
) -> tuple[list[Heard], list[FailedDocument]]:
    """Book what is said of messages, in a constant number of statements.

    The last word of several counts. A refusal after an acknowledgement is news that
    nobody may overlook; an acknowledgement after a refusal settles it.
    """
    found = messages_named(connection, {one.key for one in words})
    last = {one.key: one for one in words if one.key in found}
    states = {key: _state_after(one) for key, one in last.items()}
    changed = {key for key in last if found[key].state != states[key]}
    taken = [key for key in changed if last[key].is_acknowledged]
    write_acknowledged(connection, [found[key].message_id for key in taken], now=now())
    settle_failures(connection, taken, result="stock acknowledged the message")
    refused = [last[key] for key in sorted(changed) if not last[key].is_acknowledged]
    fresh = _refuse(connection, refused, found, by)
    heard = [
        (Heard.NEWS if one.key in changed else Heard.KNOWN)
        if one.key in found
        else Heard.UNKNOWN
        for one in words
    ]
    return heard, fresh


def _state_after(word: Word) -> str:
    return "acknowledged" if word.is_acknowledged else "failed"


def _refuse(
    connection: Connection,
    words: Sequence[Word],
    found: dict[str, AskedAbout],
    by: HeardBy,
) -> list[FailedDocument]:
    letters = [
        DeadLetter(
            order_id=found[one.key].order_id,
            key=one.key,
            attempts=found[one.key].attempts,
            why=f"refused: {one.note or 'no reason given'}",
        )
        for one in words
    ]
    why = {found[one.key].message_id: one.why for one in letters}
    write_refused(connection, why)
    return give_to_a_person(
        connection, letters, actor=by.actor, on=by.on, run_id=by.run_id
    )


def wms_answers_heard(run: RunRef) -> Outcome:
    """Book what stock's system wrote beside its messages; unit of retry: a batch."""
    outcome = Outcome()
    while part := _one_batch(run):
        outcome = outcome + part
    return outcome


def _one_batch(run: RunRef) -> Outcome | None:
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        limit = resources().settings.batch_size
        answers = unheard_answers(connection, limit=limit)
        if not answers:
            return None
        by = HeardBy(run.actor, run.on, run.run_id)
        heard, failed = hear(connection, [_word(one) for one in answers], by=by)
        mark_heard(connection, [one.id for one in answers], now=now())
    news = sum(one is Heard.NEWS for one in heard)
    return Outcome(done={"answers heard": news}, failed=tuple(failed))


def _word(one: WmsAnswer) -> Word:
    return Word(one.message_key, one.status == "acknowledged", one.note)
