"""Which billable quantities become invoices tonight? Every one, each once.

Unit of retry: a batch of orders. Harmless to repeat: an order is on the list only
while a delivered quantity of it is not linked to an invoice line.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from sqlalchemy import Connection

from adv_domain.rules.billing.issue_deadlines import issue_deadline
from adv_domain.rules.billing.posting import BillableOrder
from adv_domain.rules.billing.schedules import schedule_of
from adv_domain.rules.billing.turns import Turns, Wait
from adv_domain.rules.brake import Volume
from adv_domain.store.billing.billable import WaitingOrder, read_billable
from adv_domain.store.billing.claiming import orders_alone, orders_shared
from adv_domain.store.billing.waiting import (
    Schedules,
    documents_waiting,
    know_what_left,
    net_waiting,
    schedules_waiting,
)
from adv_domain.store.engine import reading
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.advances.advances import advances_invoiced
from tasks.advances.advances_back import advances_given_back
from tasks.advances.ahead_waiting import advances_waiting, milestones_waiting
from tasks.advances.milestones import milestones_invoiced
from tasks.advances.payment_requests import unwanted_requests_withdrawn
from tasks.batches import BatchResult, Claimed, work_through
from tasks.billing.by_order import by_order_invoiced, by_order_waiting
from tasks.billing.posted_orders import INVOICE_BY, post_orders
from tasks.brake import braked, worth
from tasks.credits.over_billed import credits_proposed
from tasks.resources import resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step

_TOLD_BEFORE = timedelta(days=3)
_ALONE = 0


@step(name="invoice orders", run_name="invoice {run.on}")
def invoice_orders(run: RunRef) -> Outcome:
    """Invoice all orders whose turn has come, batch by batch.

    A run that would post far more than usual posts nothing until a person confirms.
    """
    turns = turns_of(run.on)
    with reading(resources().engine) as connection:
        know_what_left(connection)
        collected = _collecting(turns, connection)
    stopped = braked(run, waiting=partial(_waiting, turns))
    if stopped is not None and not run.dry_run:
        return stopped
    listed: Counter[str] = Counter()
    advances = (stopped or Outcome()) + advances_invoiced(run, listed)
    parts = milestones_invoiced(run, listed)
    ordered = by_order_invoiced(run, turns, listed)
    invoices = work_through(
        run,
        claim=partial(_claim, turns.is_by_order(None), collected),
        handle=partial(invoice_batch, run, turns, listed=listed),
    )
    given_back = credits_proposed(run) + advances_given_back(run)
    # money for what is invoiced in full is no advance any more
    withdrawn = Outcome() if run.dry_run else unwanted_requests_withdrawn(run)
    return advances + parts + ordered + invoices + given_back + withdrawn


def turns_of(on: date, *, by_hand: bool = False, together: bool = False) -> Turns:
    """Return whose turn to be invoiced has come on a day; raises InvalidSchedule."""
    policy = resources().policy
    return Turns(
        on=on,
        country=policy.company.country,
        default=schedule_of(policy.invoicing.schedule),
        by_hand=by_hand,
        together=together,
    )


def _collecting(turns: Turns, connection: Connection) -> list[str | None]:
    """Return the schedules by which orders that wait may share an invoice."""
    return [one for one in schedules_waiting(connection) if turns.is_collected(one)]


def _waiting(turns: Turns, connection: Connection, on: date) -> Volume:
    ordered = by_order_waiting(turns, connection, on=on)
    ahead = advances_waiting(connection, on=on) + milestones_waiting(connection, on=on)
    due = {
        text: turns.latest(text)
        for text in schedules_waiting(connection)
        if not turns.is_by_order(text)
    }
    collected = [text for text in due if turns.is_collected(text)]
    documents = documents_waiting(connection, due=due, collected=collected)
    if not documents:
        return ordered + ahead
    net = net_waiting(connection, due=due)
    return ordered + ahead + Volume(documents, worth(connection, net, on=on))


def _claim(
    by_default: bool,
    collected: Schedules,
    connection: Connection,
    *,
    after: tuple[int, int] | None,
    limit: int,
) -> list[Claimed]:
    """Claim the orders invoiced alone, then those that may share an invoice.

    Keys are (customer id, order id), with no customer for those alone. What may share
    is never cut by a batch's end.
    """
    customer_id, order_id = after or (_ALONE, 0)
    if customer_id == _ALONE:
        rows = orders_alone(
            connection,
            by_default=by_default,
            collected=collected,
            after=order_id,
            limit=limit,
        )
        if rows:
            return [Claimed((_ALONE, row.id), row.order_no) for row in rows]
        order_id = 0
    rows = orders_shared(
        connection,
        by_default=by_default,
        collected=collected,
        after=(customer_id, order_id),
        limit=limit,
    )
    return [
        Claimed((row.customer_id, row.id), row.order_no, unit=row.customer_id)
        for row in rows
    ]


def invoice_batch(
    run: RunRef,
    turns: Turns,
    connection: Connection,
    claimed: Sequence[Claimed],
    *,
    listed: Counter[str],
) -> BatchResult:
    """Post what is in turn of the claimed orders; keys are (customer id, order id).

    listed counts the documents that a dry run has numbered and taken back.
    """
    result = BatchResult()
    ids = [one.key[1] for one in claimed]
    found = read_billable(connection, ids, turn_of=turns.of)
    _tell_waiting(run, connection, found.waiting, result)
    if found.too_early:
        result.skipped["waits_for_advance_invoice"] += found.too_early
    post_orders(run, connection, found.orders, result, listed=listed)
    _ask_in_time(run, connection, found.orders, result)
    return result


def _ask_in_time(
    run: RunRef,
    connection: Connection,
    orders: Sequence[BillableOrder],
    result: BatchResult,
) -> None:
    """Ask a person for what is set aside and must be invoiced soon, by the law."""
    aside = {one.document for one in result.failed}
    country = resources().policy.company.country
    last = {
        one.order_ids[0]: issue_deadline(
            country, supplied_on=one.first_supplied_on
        ).last_on
        for one in reversed(orders)
        if one.order_no in aside and one.lines
    }
    names = {one.order_ids[0]: one.order_no for one in orders}
    open_tasks(
        connection,
        [
            PersonTask(
                task_key=f"{INVOICE_BY}:{names[key]}:{last_on}",
                kind=INVOICE_BY,
                team=resources().policy.owner_of_step(run.step),
                text=f"order {names[key]} could not be invoiced, and the law wants it "
                f"invoiced by {last_on}: mend the cause (adv order {names[key]}), then "
                "run invoicing again",
                entity="order",
                entity_id=key,
            )
            for key, last_on in last.items()
            if last_on - run.on <= _TOLD_BEFORE
        ],
        opened_on=run.on,
    )


def _tell_waiting(
    run: RunRef,
    connection: Connection,
    waiting: Sequence[WaitingOrder],
    result: BatchResult,
) -> None:
    """Count what waits, by reason; a person is told before the law's last day."""
    for one in waiting:
        result.skipped[one.turn.wait or ""] += 1
    if run.dry_run:
        result.details.extend(_waits(one) for one in waiting)
    open_tasks(
        connection,
        [
            PersonTask(
                task_key=f"{INVOICE_BY}:{one.order_no}:{one.turn.last_on}",
                kind=INVOICE_BY,
                team=resources().policy.owner_of_step(run.step),
                text=f"order {one.order_no} is invoiced by hand, and the law wants it "
                f"invoiced by {one.turn.last_on}: adv bill {one.order_no}",
                entity="order",
                entity_id=one.order_id,
            )
            for one in waiting
            if one.turn.wait is Wait.BY_HAND
            and one.turn.last_on - run.on <= _TOLD_BEFORE
        ],
        opened_on=run.on,
    )


def _waits(one: WaitingOrder) -> dict[str, object]:
    turn = one.turn
    return {
        "order": one.order_no,
        "not_invoiced": turn.wait,
        "until": str(turn.bills_on) if turn.bills_on else None,
        "why": turn.why,
        "invoice_by": str(turn.last_on),
    }


INVOICING = StepFlow(
    name="invoicing",
    plan=lambda run: [Call(invoice_orders, {"run": run})],
    has_dry_run=True,
)
