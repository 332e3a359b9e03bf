"""Who hears of an advance that was asked for and does not come?

Nobody is reminded of what he need not pay: the order waits, and a person asks. Harmless
to repeat: an order has one open task, which closes by itself.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from adv_domain.rules.money import rounded_to_minor
from adv_domain.store.advances import advances_overdue as store
from adv_domain.store.engine import writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef

KIND = "advance_overdue"
# a transfer of the last day stands in the statement of the next
_STATED_AFTER = 1


def overdue_advances_told(run: RunRef) -> Outcome:
    """Open a task for each order whose advance is overdue; close what is settled."""
    known = resources()
    on_its_way = timedelta(days=_STATED_AFTER + known.policy.payments.clearing_days)
    with writing(known.engine) as connection:
        keep_lease(connection, run.lease, now=now())
        store.drop_settled(connection, kind=KIND, by=run.actor, now=now())
        late = store.overdue_requests(connection, before=run.on - on_its_way, kind=KIND)
        tasks = [_task(run, one) for one in late]
        told = open_tasks(connection, tasks, opened_on=run.on)
    return Outcome(done={"overdue advances told": told} if told else {})


def _task(run: RunRef, row: Row[Any]) -> PersonTask:
    amount, came = (
        rounded_to_minor(one, row.currency) for one in (row.amount, row.received)
    )
    part = f", of which {came:f} came," if came else ""
    return PersonTask(
        task_key=f"{KIND}:{row.order_no}:{row.request_no}",
        kind=KIND,
        team=resources().policy.owner_of_step(run.step),
        text=f"{row.customer_name} was asked for {amount:f} {row.currency}{part} in "
        f"advance of order {row.order_no} by {row.due_on} ({row.reference}), and the "
        "order waits: ask him; then cancel it (adv cancel), let it go (adv stock paid) "
        "or ask for another share (adv stock arrange --advance-percent); it closes by "
        "itself when the money comes",
        customer_id=row.customer_id,
        entity="order",
        entity_id=row.order_id,
        amount=row.amount - row.received,
        currency=row.currency,
    )
