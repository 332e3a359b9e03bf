"""How are the decisions about late lines put on record: notices, questions, tasks?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from adv_domain.rules.stock.delays import Look, Verdict
from adv_domain.store.outbox import queue_mails
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.stock.delay_records import (
    AskedSilence,
    NewNotice,
    forget_untold,
    note_untold,
    write_asked,
    write_back_on_time,
    write_notices,
    write_silences_told,
)
from adv_domain.store.stock.delays import LateCustomer, LateOrder
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.resources import now, resources
from tasks.step import RunRef
from tasks.stock.delay_mails import Found, Told, kind_of

SILENCE = "silent_delay"
_WORDS = {
    Verdict.TELL: "delays told",
    Verdict.TELL_SILENCE: "silences told",
    Verdict.TELL_BACK: "told to be on time again",
    Verdict.ASK: "silences asked about",
}


@dataclass(frozen=True, slots=True)
class DecidedBatch:
    """The customers looked at, what was found of their lines, and what is told."""

    customers: Sequence[LateCustomer]
    found: Sequence[Found]
    told: Sequence[Told]


def write_decided(
    connection: Connection, run: RunRef, look: Look, batch: DecidedBatch
) -> Counter[str]:
    """Write all that was decided of a batch, a statement a table; return the counts."""
    found, told = batch.found, batch.told
    _write_told(connection, run, told)
    _write_waiting(connection, look, batch)
    asked = [one for one in found if one.finding.verdict is Verdict.ASK]
    _write_asked(connection, look, asked)
    mails = [one.mail for one in told if one.mail]
    queued = queue_mails(
        connection, mails, business_date=run.on, now=now(), run_id=run.run_id
    )
    without = [one for each in told if not each.mail for one in _orders(each)]
    tasks = [
        *(_question(run, one) for one in asked),
        *(_no_address(run, *one) for one in without),
        *(_again(run, one) for one in found),
    ]
    open_tasks(connection, [one for one in tasks if one], opened_on=run.on)
    record_events(
        connection,
        [one for each in told for one in _happenings(run, each)],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
    verdicts = Counter(one.finding.verdict for one in found)
    done = Counter({word: verdicts[verdict] for verdict, word in _WORDS.items()})
    return done + Counter({"mails queued": queued, _BY_PERSON: len(without)})


_BY_PERSON = "orders without address that a person tells"


def detail_of(customer: LateCustomer, one: Found) -> dict[str, Any]:
    """Say what would be told of a line, or why it is not."""
    return {
        "customer": customer.code,
        "address": one.order.address,
        "order": one.order.order_no,
        "line": one.line.line_no,
        "old_on": one.finding.old_on,
        "new_on": one.finding.new_on,
        "days_late": one.finding.days_late,
        "decision": one.finding.verdict.name.lower(),
        "why": str(one.finding.verdict),
    }


def _write_told(connection: Connection, run: RunRef, told: Sequence[Told]) -> None:
    each = [(one, where.outbox_key, where) for where in told for one in where.found]
    write_notices(
        connection,
        [
            NewNotice(
                line_id=one.finding.line_id,
                order_id=one.order.order_id,
                customer_id=where.customer.customer_id,
                old_on=one.finding.old_on,
                new_on=one.finding.new_on,
                days_late=one.finding.days_late,
                outbox_key=key,
            )
            for one, key, where in each
            if one.finding.verdict is Verdict.TELL and one.finding.new_on
        ],
        told_on=run.on,
    )
    write_silences_told(
        connection,
        [
            (one.line.silence_id, run.on, key)
            for one, key, _ in each
            if one.finding.verdict is Verdict.TELL_SILENCE and one.line.silence_id
        ],
    )
    write_back_on_time(
        connection,
        [
            (one.line.notice_id, one.finding.new_on, key)
            for one, key, _ in each
            if one.finding.verdict is Verdict.TELL_BACK
            and one.line.notice_id
            and one.finding.new_on
        ],
    )


def _write_waiting(connection: Connection, look: Look, batch: DecidedBatch) -> None:
    """Note since when a date waits to be told; forget those that wait no longer."""
    waiting = [one for one in batch.found if _waits_to_be_told(one)]
    note_untold(
        connection,
        [one.finding.line_id for one in waiting if not one.line.facts.differs_since],
        on=look.on,
        at=look.moment,
    )
    kept = {one.finding.line_id for one in waiting}
    forget_untold(
        connection,
        [
            line.facts.line_id
            for customer in batch.customers
            for order in customer.orders
            for line in order.lines
            if line.facts.differs_since and line.facts.line_id not in kept
        ],
    )


def _waits_to_be_told(one: Found) -> bool:
    return one.finding.verdict is Verdict.WAIT and one.finding.new_on is not None


def _write_asked(connection: Connection, look: Look, asked: Sequence[Found]) -> None:
    write_asked(
        connection,
        [
            AskedSilence(
                line_id=one.finding.line_id,
                order_id=one.order.order_id,
                awaited_on=awaited_on,
                task_key=_question_key(one),
            )
            for one in asked
            if (awaited_on := one.line.facts.awaited_on)
        ],
        on=look.on,
        at=look.moment,
    )


def _question_key(one: Found) -> str:
    return f"silent-delay:{one.finding.line_id}:{one.line.facts.awaited_on}"


def _question(run: RunRef, one: Found) -> PersonTask:
    return PersonTask(
        task_key=_question_key(one),
        kind=SILENCE,
        team=resources().policy.owner_of_step(run.step),
        text=f"order {one.order.order_no} line {one.line.line_no} was confirmed for "
        f"{one.line.facts.awaited_on} and stock has said nothing since: ask for a new "
        "date",
        customer_id=one.order.customer_id,
        entity="order_line",
        entity_id=one.finding.line_id,
    )


def _orders(told: Told) -> Iterator[tuple[LateCustomer, LateOrder]]:
    for _, each in groupby(told.found, key=attrgetter("order.order_id")):
        yield told.customer, next(each).order


def _no_address(run: RunRef, customer: LateCustomer, order: LateOrder) -> PersonTask:
    return PersonTask(
        task_key=f"delay-address:{order.order_no}:{run.on}",
        kind="missing_address",
        team=resources().policy.owner_of_step(run.step),
        text=f"order {order.order_no} of {customer.name} comes on another day and the "
        "customer has no mail address: tell him and complete his master record",
        customer_id=customer.customer_id,
        entity="order",
        entity_id=order.order_id,
    )


def _again(run: RunRef, one: Found) -> PersonTask | None:
    """Have a person tell a date that a mail told before it was called off."""
    if one.finding.verdict is not Verdict.TOLD_BEFORE:
        return None
    order, new_on = one.order, one.finding.new_on
    return PersonTask(
        task_key=f"delay-again:{one.finding.line_id}:{new_on}",
        kind="delay_again",
        team=resources().policy.owner_of_step(run.step),
        text=f"order {order.order_no} line {one.line.line_no} is late again, for "
        f"{new_on}: the customer was told that day before, and then that the goods "
        "come on time; tell him",
        customer_id=order.customer_id,
        entity="order",
        entity_id=order.order_id,
    )


def _happenings(run: RunRef, told: Told) -> Iterator[Happening]:
    how = "mail queued" if told.mail else "no mail address"
    for order_id, each in groupby(told.found, key=attrgetter("order.order_id")):
        found = list(each)
        dates = ", ".join(
            f"{one.finding.old_on} to {one.finding.new_on or 'a day to follow'}"
            for one in found
        )
        yield Happening(
            entity="order",
            entity_id=order_id,
            what=kind_of(found[0].finding.verdict),
            actor=run.actor,
            reason=f"{dates}; {how}",
        )
