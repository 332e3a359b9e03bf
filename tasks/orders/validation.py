"""The validation step: received orders are decided, held ones looked at again, and
what nobody has answered is escalated; limits that end soon are told."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection

from adv_domain.store.orders.validation import claim_waiting, read_waiting
from tasks.batches import BatchResult, Claimed, work_through
from tasks.orders.amendments.step import decide_changes
from tasks.orders.decision import decide_orders
from tasks.orders.escalation import escalate_holds
from tasks.orders.limit_ends import tell_limit_ends
from tasks.orders.record import Look
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step
from tasks.stock.reckoning import reckon_goods


@step(name="validate orders", retries=3, run_name="validate {run.on}")
def validate_orders(run: RunRef) -> Outcome:
    """Decide on what customers changed, then on all received orders, and look again
    at all held ones, by id.

    Unit of retry: a batch. A decided order is not met again; a held one whose
    facts are as before gets no row and no event. What is still unanswered then goes
    on to those whom the policy names, once per step.
    """
    reckon_goods(run)
    changed = decide_changes(run)
    looked = work_through(run, claim=_claim, handle=partial(_handle, run))
    return changed + looked + escalate_holds(run) + tell_limit_ends(run)


def _claim(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    waiting = claim_waiting(connection, after=after, limit=limit)
    return [Claimed(key=order_id, name=order_no) for order_id, order_no in waiting]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    orders = read_waiting(connection, [one.key for one in claimed])
    look = Look(
        policy=resources().policy,
        on=run.on,
        now=now(),
        actor=run.actor,
        run_id=run.run_id,
    )
    return decide_orders(connection, orders, look=look)


VALIDATION = StepFlow(
    name="validation",
    plan=lambda run: [Call(validate_orders, {"run": run})],
    has_dry_run=True,
)
