"""What does the money that waits settle? Matched batch by batch.

Every new movement is decided on, then what waits unmatched or in review is looked
at again where invoices or customers have changed since the last run.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.store.engine import reading, writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.payments.discounts import close_settled_discounts
from adv_domain.store.payments.matching import (
    claim_new_money,
    claim_open_questions,
    has_news_for_matching,
    read_payments,
)
from tasks.batches import BatchResult, Claimed, work_through
from tasks.credits.credit_posting import CreditedBy
from tasks.payments.advances import reopen_advances, take_advances
from tasks.payments.early_discounts import give_early_discounts
from tasks.payments.match_batch import matched, returned
from tasks.payments.match_write import write_matched, write_returned
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step

_ClaimRows = Callable[..., Sequence[Row[Any]]]


@step(name="match payments", retries=3, run_name="match payments {run.on}")
def match_only(run: RunRef) -> Outcome:
    """Match all money that waits, without looking into the inbox."""
    return match_waiting_money(run)


def match_waiting_money(run: RunRef) -> Outcome:
    """Decide on new money; look again at open questions when there is news."""
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        close_settled_discounts(connection, on=run.on, at=now(), by=run.actor)
    handle = partial(_handle, run)
    outcome = work_through(run, claim=partial(_claim, claim_new_money), handle=handle)
    with reading(resources().engine) as connection:
        has_news = has_news_for_matching(connection, run_id=run.run_id)
    if not has_news:
        return outcome
    again = partial(_claim, claim_open_questions)
    return outcome + work_through(run, claim=again, handle=handle)


def _claim(
    rows_of: _ClaimRows, connection: Connection, *, after: Any | None, limit: int
) -> list[Claimed]:
    rows = rows_of(connection, after=after, limit=limit)
    return [Claimed(key=row.id, name=f"payment {row.id}") for row in rows]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    rows = read_payments(connection, [one.key for one in claimed])
    back = [row for row in rows if row.is_reversal]
    came_back = returned(connection, back)
    write_returned(connection, run, came_back, result)
    reopen_advances(
        connection,
        run,
        [done.payment_id for _row, done in came_back.decisions if done.payment_id],
    )
    gone = {done.payment_id for _row, done in came_back.decisions}
    money_in = [row for row in rows if not row.is_reversal and row.id not in gone]
    advances, others = take_advances(connection, run, money_in)
    taken = write_matched(connection, run, advances, result)
    taken += write_matched(connection, run, matched(connection, others), result)
    credited = CreditedBy(run.actor, run.on, run.run_id)
    if notes := give_early_discounts(connection, taken, credited=credited):
        result.done["credit notes"] += notes
    return result


MATCHING = StepFlow(name="payments", plan=lambda run: [Call(match_only, {"run": run})])
