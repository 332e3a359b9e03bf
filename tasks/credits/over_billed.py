"""What is invoiced of an order and will not be delivered: who is asked to credit it?

An order that was invoiced as it was ordered may be cancelled, changed to less, or given
up by stock afterwards. A credit note is proposed to a person, with the command that
issues it, or issued where the policy accepts it; the proposal falls where the order is
wanted again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from sqlalchemy import Connection

from adv_domain.rules.credits.credit_reasons import NOT_DELIVERED, RETURN
from adv_domain.rules.credits.creditable import Creditable
from adv_domain.rules.money import ZERO
from adv_domain.rules.plain_numbers import plain_number
from adv_domain.store.billing import billed_by_order as store
from adv_domain.store.billing.billed_by_order import OverBilled
from adv_domain.store.credits.crediting import read_creditables
from adv_domain.store.rows import among
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.tables import invoice
from adv_domain.store.worklist import (
    PersonTask,
    drop_tasks,
    open_tasks,
    tasks_about,
)
from tasks.batches import BatchResult, Claimed, work_through
from tasks.billing.posting import Posted
from tasks.credits.undelivered import NotDelivered, credit_undelivered
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef

OVER_BILLED = "billed_not_delivered"
_MOVED_ON = "the order or its invoice stands otherwise by now"
_Parts = dict[int, Decimal]


def credits_proposed(run: RunRef) -> Outcome:
    """Ask a person for the credit notes of what was invoiced and is not wanted.

    Unit of retry: a batch of orders; harmless to repeat, for a task has the figures in
    its key.
    """
    return work_through(run, claim=_claim, handle=partial(_handle, run))


def _claim(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    rows = store.orders_over_billed(
        connection, kind=OVER_BILLED, after=after, limit=limit
    )
    return [Claimed(key=row.id, name=row.order_no) for row in rows]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    names = {one.key: one.name for one in claimed}
    over = store.read_over_billed(connection, list(names))
    invoices = {key for one in over for key in one.invoice_ids}
    found = read_creditables(
        connection, among(connection, invoice.c.id, sorted(invoices))
    )
    parts = _shared(over, {one.invoice_id: one for one in found})
    wanted = [
        NotDelivered(one, order_id, names[order_id], parts[order_id, one.invoice_id])
        for one in found
        for order_id in names
        if (order_id, one.invoice_id) in parts
    ]
    credited, why = credit_undelivered(connection, run, wanted)
    if credited:
        take_back(connection, credited, by=run.actor)
        result.done["credit notes"] += len(credited)
    done = {one.draft.corrects_id for one in credited}
    tasks = [
        _task(run, one, why.get(one.invoice.invoice_id, ""))
        for one in wanted
        if one.invoice.invoice_id not in done
    ]
    opened = _open(run, connection, list(names), tasks)
    if opened:
        result.done["credit notes proposed"] += opened
    if run.dry_run:
        result.details.extend({"credit_proposed": one.text} for one in tasks)
        result.details.extend(
            {
                "document": one.invoice_no,
                "orders": [each.order_no for each in one.draft.covers.orders],
                "currency": one.draft.currency,
                "gross": f"{one.draft.amounts.gross:f}",
            }
            for one in credited
        )
    return result


def _shared(
    over: Sequence[OverBilled], invoices: dict[int, Creditable]
) -> dict[tuple[int, int], _Parts]:
    """Share what is too much over the invoices' lines, the last invoice first.

    No more than is left of a line: what was credited already is not asked for again.
    """
    found: dict[tuple[int, int], _Parts] = {}
    for one in over:
        rest = one.qty
        for invoice_id in one.invoice_ids:
            known = invoices.get(invoice_id)
            for line in known.lines if known else ():
                left = line.qty - line.qty_credited
                qty = min(rest, left)
                if line.order_line_id == one.order_line_id and qty > 0:
                    rest -= qty
                    found.setdefault((one.order_id, invoice_id), {})[line.line_no] = qty
    return found


def _task(run: RunRef, wanted: NotDelivered, why: str) -> PersonTask:
    one, order_no = wanted.invoice, wanted.order_no
    lines = wanted.quantities.items()
    said = " ".join(f"--line {no}={plain_number(qty)}" for no, qty in lines)
    digest = hashlib.sha256(said.encode()).hexdigest()[:12]
    return PersonTask(
        task_key=f"{OVER_BILLED}:{order_no}:{one.invoice_no}:{digest}",
        kind=OVER_BILLED,
        team=resources().policy.owner_of_step(run.step),
        text=f"order {order_no}: {one.invoice_no} bills what will not be delivered; "
        f"credit it: adv credit-note {one.invoice_no} {said} "
        f"--reason-code {NOT_DELIVERED} --reason WHY --by NAME"
        + (f" (not credited by itself: {why})" if why else ""),
        customer_id=one.customer_id,
        entity="order",
        entity_id=wanted.order_id,
    )


def _open(
    run: RunRef,
    connection: Connection,
    order_ids: Sequence[int],
    tasks: Sequence[PersonTask],
) -> int:
    """Open what is new, drop what is outdated; what a person has closed stays so."""
    asked, outdated = set(), set()
    wanted = {one.task_key for one in tasks}
    for row in tasks_about(connection, "order", order_ids, kind=OVER_BILLED):
        base = row.task_key.rpartition(":")[0]
        if row.state == "open" and base not in wanted:
            outdated.add(row.task_key)
        elif row.result != _MOVED_ON:
            asked.add(base)
    drop_tasks(connection, outdated, by=run.actor, result=_MOVED_ON, now=now())
    new = [
        replace(one, task_key=f"{one.task_key}:{run.run_id or 0}")
        for one in tasks
        if one.task_key not in asked
    ]
    return open_tasks(connection, new, opened_on=run.on)


def take_back(connection: Connection, notes: Sequence[Posted], *, by: str) -> None:
    """Note what of credit notes of one day gives back what is not to be delivered.

    So much of the order is open to be invoiced again, should it be wanted after all.
    Goods that came back are no such case.
    """
    credited: _Parts = {}
    told: dict[int, str] = {}
    for note in notes:
        for line in note.draft.lines if note.draft.reason_code != RETURN else ():
            if line.order_line_id is not None:
                before = credited.get(line.order_line_id, ZERO)
                credited[line.order_line_id] = before - line.qty
                told[line.order_line_id] = note.invoice_no
    taken = store.take_back(connection, credited) if credited else {}
    if not taken:
        return
    orders = store.orders_of_lines(connection, taken)
    by_order = {order_id: told[line_id] for line_id, order_id in orders.items()}
    record_events(
        connection,
        [
            Happening("order", one, "credited, not delivered", by, reason=note_no)
            for one, note_no in by_order.items()
        ],
        business_date=notes[0].issued_on,
        now=now(),
    )
    known = tasks_about(connection, "order", list(by_order), kind=OVER_BILLED)
    keys = [row.task_key for row in known]
    drop_tasks(connection, keys, by=by, result=_MOVED_ON, now=now())
