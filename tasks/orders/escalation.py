"""Who hears of held orders that nobody has answered in time?"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from adv_domain.rules.orders.hold_answers import EscalationStep, steps_due
from adv_domain.rules.working_hours import WorkingHours, in_hours, working_time
from adv_domain.store.orders.holds import (
    UnansweredHold,
    claim_unanswered,
    read_unanswered,
    record_escalations,
)
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.office_hours import local_minute, moment_on, office_hours
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef


class _Due(NamedTuple):
    """A step of the escalation that a hold takes now, and what is said of it."""

    hold: UnansweredHold
    step: EscalationStep
    said: str

    @property
    def task_key(self) -> str:
        return f"hold:{self.hold.order_no}:{self.hold.id}:{self.step.number}"


def escalate_holds(run: RunRef) -> Outcome:
    """Take the steps of the policy's escalation that are due, each once for a hold.

    Unit of retry: a batch of holds; hold and step are the key. However late the run,
    it takes all the steps that earlier ones missed.
    """
    if not resources().policy.holds.steps:
        return Outcome()
    return work_through(run, claim=partial(_claim, run), handle=partial(_handle, run))


def _claim(
    run: RunRef, connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    unanswered = claim_unanswered(
        connection,
        at=moment_on(run.on),
        last_step=resources().policy.holds.steps[-1].number,
        after=after or 0,
        limit=limit,
    )
    # named apart from the order, whose own failure of validation stands as it is
    return [
        Claimed(key=hold_id, name=_name(order_no, team))
        for hold_id, order_no, team in unanswered
    ]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    at = moment_on(run.on)
    holds = read_unanswered(connection, [one.key for one in claimed])
    oldest_on = min(hold.opened_at for hold in holds).date()
    hours = office_hours(since=oldest_on, until=run.on)
    pairs = decided(
        holds,
        lambda hold: _steps(hold, at, hours),
        name_of=lambda hold: _name(hold.order_no, hold.team),
        result=result,
    )
    due = [one for _, steps in pairs for one in steps]
    _write(connection, due, run, at)
    result.done["escalated"] += len(due)
    return result


def _name(order_no: str, team: str) -> str:
    return f"{order_no} held for {team}"


def _steps(hold: UnansweredHold, at: datetime, hours: WorkingHours) -> list[_Due]:
    steps = steps_due(
        resources().policy.holds.steps,
        taken=hold.taken,
        due_at=hold.due_at,
        at=at,
        hours=hours,
    )
    waited = in_hours(working_time(hold.opened_at, at, hours=hours))
    return [
        _Due(
            hold,
            step,
            f"{hold.team} has not answered for {waited:f} working hours, due was "
            f"{local_minute(hold.due_at)}: step {step.number}, to {step.to}",
        )
        for step in steps
    ]


def _write(
    connection: Connection, due: Sequence[_Due], run: RunRef, at: datetime
) -> None:
    record_escalations(
        connection,
        [
            {
                "hold_id": one.hold.id,
                "step": one.step.number,
                "told": one.step.to,
                "task_key": one.task_key,
                "escalated_on": run.on,
                "escalated_at": at,
            }
            for one in due
        ],
    )
    open_tasks(connection, [_task(one) for one in due], opened_on=run.on)
    record_events(
        connection,
        [
            Happening(
                "order", one.hold.order_id, "escalated", run.actor, reason=one.said
            )
            for one in due
        ],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )


def _task(one: _Due) -> PersonTask:
    hold = one.hold
    return PersonTask(
        task_key=one.task_key,
        kind="hold_escalation",
        team=one.step.to,
        text=f"order {hold.order_no} of {hold.customer_code} is held: {one.said}",
        customer_id=hold.customer_id,
        entity="order",
        entity_id=hold.order_id,
        amount=hold.net,
        currency=hold.currency,
    )
