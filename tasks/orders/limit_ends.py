"""Which credit limits end soon? Told once each, before new orders are held for it."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from adv_domain.rules.money import plain_amount
from adv_domain.rules.orders.rule_settings import CREDIT_LIMIT
from adv_domain.store.engine import writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.orders.limit_ends import (
    KIND,
    EndingLimit,
    claim_ending_limits,
    close_outdated,
    read_ending_limits,
)
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.batches import BatchResult, Claimed, work_through
from tasks.orders.policy import validation_rules
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef


def tell_limit_ends(run: RunRef) -> Outcome:
    """Open a task for each limit that ends within the policy's days, or ended within
    them; close those of limits that were renewed.

    Unit of retry: a batch of customers; customer and last day are the key.
    """
    told = work_through(run, claim=partial(_claim, run), handle=partial(_handle, run))
    return told if run.dry_run else told + _close_renewed(run)


def _close_renewed(run: RunRef) -> Outcome:
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        closed = close_outdated(connection, by=run.actor, at=now())
    return Outcome(done={"limits renewed": closed} if closed else {})


def _claim(
    run: RunRef, connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    around = timedelta(days=resources().policy.credit.limit_notice_days)
    ending = claim_ending_limits(
        connection,
        first=run.on - around,
        last=run.on + around,
        after=after or 0,
        limit=limit,
    )
    return [
        Claimed(key=customer_id, name=f"credit limit of {code}")
        for customer_id, code in ending
    ]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    limits = read_ending_limits(connection, [one.key for one in claimed])
    team = validation_rules(resources().policy).settings[CREDIT_LIMIT].owner
    told = open_tasks(
        connection, [_task(one, team, run) for one in limits], opened_on=run.on
    )
    result.done["ends of limits told"] += told
    return result


def _task(one: EndingLimit, team: str, run: RunRef) -> PersonTask:
    source = f" ({one.credit_limit_source})" if one.credit_limit_source else ""
    ends = "ends" if one.credit_limit_until >= run.on else "ended"
    amount = plain_amount(one.credit_limit, one.currency)
    return PersonTask(
        task_key=one.task_key,
        kind=KIND,
        team=team,
        text=f"the credit limit of {amount} {one.currency}{source} of customer "
        f"{one.code} {ends} on {one.credit_limit_until}: renew it (adv import "
        "customers); after that day new orders count against a limit of zero",
        customer_id=one.id,
        entity="customer",
        entity_id=one.id,
        amount=one.credit_limit,
        currency=one.currency,
    )
