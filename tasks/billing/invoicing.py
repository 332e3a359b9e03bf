"""Which billable quantities become invoices tonight? Every one, each once.

Unit of retry: a batch of orders in customer order. Harmless to repeat: an order is
on the list only while a delivered quantity of it is not linked to an invoice line.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import Connection

from adv_domain.rules.billing.schedules import schedule_of
from adv_domain.rules.billing.turns import Turns, Wait
from adv_domain.rules.brake import NOTHING, Volume
from adv_domain.rules.money import ZERO
from adv_domain.store.billing import posting as store
from adv_domain.store.billing.billable import WaitingOrder, read_billable
from adv_domain.store.billing.claiming import orders_to_invoice, rest_of_customer
from adv_domain.store.billing.waiting import (
    documents_waiting,
    know_what_left,
    net_waiting,
    schedules_waiting,
)
from adv_domain.store.brake import RunDay, add_volume
from adv_domain.store.engine import reading
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.worklist import PersonTask, close_tasks_about, open_tasks
from tasks.batches import BatchResult, Claimed, work_through
from tasks.billing.advances import advances_invoiced
from tasks.billing.advances_back import advances_given_back
from tasks.billing.drafting import drafts_of, read_desk
from tasks.billing.posting import Posted, post_drafts
from tasks.brake import braked, worth
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step

INVOICE_BY = "invoice_by"
_TOLD_BEFORE = timedelta(days=3)


@step(name="invoice orders", run_name="invoice {run.on}")
def invoice_orders(run: RunRef) -> Outcome:
    """Invoice all orders whose turn has come, batch by batch.

    A run that would post far more than usual posts nothing until a person confirms.
    """
    turns = turns_of(run.on)
    with reading(resources().engine) as connection:
        know_what_left(connection)
    stopped = braked(run, waiting=partial(_waiting, turns))
    if stopped is not None and not run.dry_run:
        return stopped
    listed: Counter[str] = Counter()
    advances = (stopped or Outcome()) + advances_invoiced(run, listed)
    invoices = work_through(
        run,
        claim=partial(_claim, turns),
        handle=partial(invoice_batch, run, turns, listed=listed),
    )
    return advances + invoices + advances_given_back(run)


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


def _waiting(turns: Turns, connection: Connection, on: date) -> Volume:
    due = {text: turns.latest(text) for text in schedules_waiting(connection)}
    collected = [text for text in due if turns.is_collected(text)]
    documents = documents_waiting(connection, due=due, collected=collected)
    if not documents:
        return NOTHING
    net = net_waiting(connection, due=due)
    return Volume(documents, worth(connection, net, on=on))


def _claim(
    turns: Turns, connection: Connection, *, after: tuple[int, int] | None, limit: int
) -> list[Claimed]:
    """Claim orders; those that may share an invoice are never cut by a batch's end."""
    rows = orders_to_invoice(connection, after=after, limit=limit)
    if len(rows) == limit and turns.is_collected(rows[-1].invoicing):
        last = rows[-1]
        rows += rest_of_customer(connection, last.customer_id, after=last.id)
    return [
        Claimed(
            key=(row.customer_id, row.id),
            name=row.order_no,
            unit=row.customer_id if turns.is_collected(row.invoicing) else None,
        )
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
    desk = read_desk(connection, found.orders, on=run.on)
    posted = post_drafts(
        connection,
        drafts_of(desk, found.orders, result=result),
        books=desk.books,
        on=run.on,
        run_id=run.run_id,
        ahead=listed["invoices"],
    )
    _mark(run, connection, posted)
    add_volume(
        connection,
        RunDay(run.run_id, run.step, run.on),
        Volume(len(posted), worth(connection, _net_of(posted), on=run.on)),
    )
    result.done["invoices"] += len(posted)
    if run.dry_run:
        listed["invoices"] += len(posted)
        result.details.extend(_told(one) for one in posted)
        result.details.extend(
            {"order": one.document, "not_invoiced": one.message}
            for one in result.failed
        )
    return result


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


def _net_of(posted: Sequence[Posted]) -> dict[str, Decimal]:
    net: dict[str, Decimal] = {}
    for one in posted:
        currency = one.draft.currency
        net[currency] = net.get(currency, ZERO) + one.draft.amounts.net
    return net


def _mark(run: RunRef, connection: Connection, posted: Sequence[Posted]) -> None:
    billed = [
        store.Billed(line.order_line_id, line.qty, line_id, line.delivery_line_ids)
        for one in posted
        for line, line_id in zip(one.draft.lines, one.line_ids, strict=True)
        if line.order_line_id is not None
    ]
    store.mark_billed(connection, billed)
    order_ids = {order_id for one in posted for order_id in one.draft.order_ids}
    closed = store.settle_orders(connection, sorted(order_ids))
    close_tasks_about(
        connection, "order", order_ids, kinds=(INVOICE_BY,), by=run.actor, now=now()
    )
    happenings = [
        Happening("invoice", one.invoice_id, "posted", run.actor, to_state="posted")
        for one in posted
    ]
    happenings += [
        Happening(
            "invoice",
            one.invoice_id,
            "due date brought forward",
            run.actor,
            reason=one.due.shortened,
        )
        for one in posted
        if one.due is not None and one.due.shortened
    ]
    happenings += [
        Happening("order", order_id, "invoiced in full", run.actor, state, "closed")
        for order_id, state in closed.items()
    ]
    record_events(
        connection, happenings, business_date=run.on, now=now(), run_id=run.run_id
    )


def _told(one: Posted) -> dict[str, object]:
    return {
        "document": one.invoice_no,
        "customer_id": one.draft.customer_id,
        "orders": [order.order_no for order in one.draft.covers.orders],
        "currency": one.draft.currency,
        "gross": format(one.draft.amounts.gross, "f"),
        "due": [str(due.on) for due in one.due.dates] if one.due else [],
        "brought_forward": one.due.shortened if one.due else "",
    }


INVOICING = StepFlow(
    name="invoicing",
    plan=lambda run: [Call(invoice_orders, {"run": run})],
    has_dry_run=True,
)
