"""The first half of validation: the changes that came in are decided on.

Before the orders of the day, so that none is accepted as it is no longer wanted. A
change that is held is looked at again each time: its order may have come, or its
cause gone.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from adv_domain.store.engine import writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.orders.amendments import (
    UnansweredAmendment,
    claim_amendments,
    read_amendments,
    unanswered_amendments,
)
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.batches import BatchResult, Claimed, work_through
from tasks.orders.amendments.record import UNANSWERED_TASK
from tasks.orders.amendments.settling import change_name, settle_changes
from tasks.orders.record import Look
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef


def decide_changes(run: RunRef) -> Outcome:
    """Decide on proposed and held changes, by id; unit of retry: a batch.

    A held change whose facts are as before gets no row and no event.
    """
    outcome = work_through(run, claim=_claim, handle=partial(_handle, run))
    return outcome if run.dry_run else outcome + _ask_about_silence(run)


def _claim(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    found = claim_amendments(connection, after=after, limit=limit)
    return [Claimed(key=key, name=change_name(key, ref)) for key, ref in found]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    amendments = read_amendments(connection, [one.key for one in claimed])
    look = Look(
        policy=resources().policy,
        on=run.on,
        now=now(),
        actor=run.actor,
        run_id=run.run_id,
    )
    result, _ = settle_changes(connection, amendments, look=look)
    return result


def _ask_about_silence(run: RunRef) -> Outcome:
    """Open a task for each change that stock has not answered in time, once."""
    policy = resources().policy
    until = run.on - timedelta(days=policy.handoff.answer_days)
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        silent = unanswered_amendments(connection, until=until)
        team = policy.owner_of_step("handoff")
        asked = open_tasks(
            connection, [_question(one, team) for one in silent], opened_on=run.on
        )
    return Outcome(done={"silences of stock asked about": asked} if asked else {})


def _question(one: UnansweredAmendment, team: str) -> PersonTask:
    return PersonTask(
        task_key=f"{UNANSWERED_TASK}:{one.id}",
        kind=UNANSWERED_TASK,
        team=team,
        text=f"stock has not answered message {one.message_key} about change {one.id} "
        f"of order {one.order_no}: ask, then adv amendment accept or refuse",
        entity="amendment",
        entity_id=one.id,
    )
