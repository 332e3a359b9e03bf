"""Whom do we remind tonight, and why not the others? The dunning step.

The unit of retry is a batch of customers; a level once decided stands in the
tables, so that a second run finds it awaiting its confirmation and sends nothing.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from sqlalchemy import Connection

from adv_domain.rules.dunning.outcome import Decision, NotChased, TaskKind
from adv_domain.rules.money import ZERO, plain_amount
from adv_domain.store.brake import RunDay, add_volume
from adv_domain.store.dunning.debtors import DebtorRecord, customers_with_open_items
from adv_domain.store.dunning.notices import (
    LeftOut,
    NoticeRow,
    drop_left_out,
    keep_left_out,
    note_paid,
    write_left_out,
    write_notices,
)
from adv_domain.store.engine import writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.outbox import queue_mails
from adv_domain.store.worklist import open_tasks
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.brake import braked
from tasks.dunning.ground import Ground, decision_of, ground_of
from tasks.dunning.mails import (
    attempt_of,
    mail_key,
    person_task,
    reminder_mail,
    task_key,
)
from tasks.dunning.outlook import records_of, reminders_waiting, volume_of
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step

Pair = tuple[DebtorRecord, Decision]
_MASTER_DATA = "master data"


@step(name="dunning", retries=3, run_name="dunning {run.on}")
def remind_customers(run: RunRef) -> Outcome:
    """Decide reminders for all customers with open items, batch by batch.

    A run that would send far more than usual sends nothing until a person confirms.
    """
    if not run.dry_run:
        with writing(resources().engine) as connection:
            keep_lease(connection, run.lease, now=now())
            note_paid(connection, on=run.on)
    stopped = braked(run, waiting=reminders_waiting)
    if stopped is not None and not run.dry_run:
        return stopped
    return (stopped or Outcome()) + work_through(
        run, claim=_claim, handle=partial(_handle, run)
    )


DUNNING = StepFlow(
    name="dunning",
    plan=lambda run: [Call(remind_customers, {"run": run})],
    has_dry_run=True,
)


def _claim(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    return [
        Claimed(key=customer_id, name=f"customer {code}")
        for customer_id, code in customers_with_open_items(
            connection, after=after, limit=limit
        )
    ]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    ground = ground_of(connection, resources().policy, on=run.on)
    pairs = decided(
        records_of(connection, [each.key for each in claimed], on=run.on),
        lambda record: decision_of(record, ground),
        name_of=lambda record: f"customer {record.debtor.code}",
        result=result,
    )
    mails = [
        reminder_mail(mail, record, ground)
        for record, decision in pairs
        for mail in decision.reminders
    ]
    result.done["reminders"] += queue_mails(
        connection, mails, business_date=run.on, now=now(), run_id=run.run_id
    )
    add_volume(
        connection,
        RunDay(run.run_id, run.step, run.on),
        volume_of(connection, [one for _, one in pairs], on=run.on),
    )
    result.done["notices"] += _write_notices(run, connection, pairs, ground)
    result.done["tasks"] += _open_tasks(run, connection, pairs, ground)
    _write_left_out(run, connection, pairs)
    for _, decision in pairs:
        for each in decision.not_chased:
            result.skipped[each.reason.value] += 1
    return result


def _write_notices(
    run: RunRef, connection: Connection, pairs: Sequence[Pair], ground: Ground
) -> int:
    rows = [row for pair in pairs for row in _notice_rows(*pair, ground)]
    return write_notices(connection, rows, decided_on=run.on, run_id=run.run_id)


def _notice_rows(
    record: DebtorRecord, decision: Decision, ground: Ground
) -> Iterator[NoticeRow]:
    mail_keys = {
        notice.item.instalment_id: mail_key(mail, record, ground)
        for mail in decision.reminders
        for notice in mail.notices
    }
    task_keys = {
        notice.item.instalment_id: task_key(task, record, ground)
        for task in decision.tasks
        for notice in task.notices
    }
    for notice in decision.notices:
        yield NoticeRow(
            customer_id=record.debtor.customer_id,
            instalment_id=notice.item.instalment_id,
            level=notice.level.level,
            attempt=attempt_of(notice, record),
            policy=ground.policy_of(record).name,
            channel=notice.channel.value,
            tone=notice.level.tone,
            effect=notice.level.effect.value,
            amount=notice.amount,
            interest=notice.interest or ZERO,
            fee=notice.fee + notice.compensation,
            currency=notice.item.currency,
            outbox_key=mail_keys.get(notice.item.instalment_id),
            task_key=task_keys.get(notice.item.instalment_id),
            reason="interest held: no rate" if notice.is_interest_held else None,
        )


def _open_tasks(
    run: RunRef, connection: Connection, pairs: Sequence[Pair], ground: Ground
) -> int:
    team = resources().policy.owner_of_step("dunning")
    tasks = [
        person_task(
            task,
            record,
            ground,
            team=_MASTER_DATA if task.kind is TaskKind.ADDRESS else team,
        )
        for record, decision in pairs
        for task in decision.tasks
    ]
    return open_tasks(connection, tasks, opened_on=run.on)


def _write_left_out(run: RunRef, connection: Connection, pairs: Sequence[Pair]) -> None:
    """Keep one current reason per item: written when it changes, else only dated."""
    standing = {
        instalment_id: reason
        for record, _ in pairs
        for instalment_id, reason in record.standing().items()
    }
    found = {
        each.item.instalment_id: _left_out(each)
        for _, decision in pairs
        for each in decision.not_chased
    }
    changed, kept = [], []
    for instalment_id, row in found.items():
        if standing.get(instalment_id) == (row.reason, row.until, row.detail):
            kept.append(instalment_id)
        else:
            changed.append(row)
    write_left_out(connection, changed, known=standing.keys(), on=run.on)
    keep_left_out(connection, kept, on=run.on)
    drop_left_out(connection, standing.keys() - found.keys())


def _left_out(each: NotChased) -> LeftOut:
    is_part = each.amount != each.item.open_amount
    return LeftOut(
        instalment_id=each.item.instalment_id,
        reason=each.reason.value,
        until=each.until,
        detail=_in_words(each) if is_part else None,
    )


def _in_words(each: NotChased) -> str:
    currency = each.item.currency
    return f"{plain_amount(each.amount, currency)} {currency}"
