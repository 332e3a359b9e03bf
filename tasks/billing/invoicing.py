"""Which billable quantities become invoices tonight? Every one, each once.

Unit of retry: a batch of orders in customer order. Harmless to repeat: an order is
on the list only while a delivered quantity of it is not linked to an invoice line.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from sqlalchemy import Connection

from adv_domain.rules.billing.drafting import draft_invoice, with_company_tax
from adv_domain.rules.billing.posting import BillableOrder, Draft
from adv_domain.rules.brake import NOTHING, Volume
from adv_domain.rules.money import ZERO
from adv_domain.store.billing import posting as store
from adv_domain.store.billing.billable import (
    closed_on,
    orders_to_invoice,
    read_billable,
)
from adv_domain.store.billing.waiting import know_what_left, net_waiting, orders_waiting
from adv_domain.store.brake import RunDay, add_volume
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.runs import Happening, record_events
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.billing.amounts import read_amount_rules
from tasks.billing.books import due_of, read_books
from tasks.billing.posting import Posted, post_drafts
from tasks.brake import braked, worth
from tasks.resources import now
from tasks.step import Call, Outcome, RunRef, StepFlow, step


class PeriodClosed(ValueError):
    """The business date lies in a closed period."""

    def __init__(self, on: date) -> None:
        super().__init__(
            f"{on} lies in a closed period and takes no more postings; "
            "run invoicing for an open day"
        )


@step(name="invoice orders", run_name="invoice {run.on}")
def invoice_orders(run: RunRef) -> Outcome:
    """Invoice all orders with something to bill, batch by batch.

    A run that would post far more than usual posts nothing until a person confirms.
    """
    stopped = braked(run, waiting=_waiting)
    if stopped is not None and not run.dry_run:
        return stopped
    return (stopped or Outcome()) + work_through(
        run, claim=_claim, handle=partial(_handle, run)
    )


def _waiting(connection: Connection, on: date) -> Volume:
    know_what_left(connection)
    documents = orders_waiting(connection, on=on)
    if not documents:
        return NOTHING
    net = net_waiting(connection, on=on)
    return Volume(documents, worth(connection, net, on=on))


def _claim(
    connection: Connection, *, after: tuple[int, int] | None, limit: int
) -> list[Claimed]:
    return [
        Claimed(key=(row.customer_id, row.id), name=row.order_no)
        for row in orders_to_invoice(connection, after=after, limit=limit)
    ]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    orders = read_billable(connection, [one.key[1] for one in claimed], on=run.on)
    if len(orders) < len(claimed):
        result.skipped["shipped_later"] += len(claimed) - len(orders)
    books = read_books(connection, [order.customer_id for order in orders])
    amounts = read_amount_rules(connection, orders, company=books.company)
    is_closed = closed_on(connection, COMPANY_ID, run.on)

    def rule(order: BillableOrder) -> Draft:
        if is_closed:
            raise PeriodClosed(run.on)
        draft = draft_invoice(
            order, book=amounts.taxes, conditions=amounts.conditions_of(order)
        )
        # a term that does not work is told here, not when the series is locked
        due_of(books, draft, issued_on=run.on)
        return with_company_tax(
            draft,
            name=f"order {order.order_no}",
            currency=books.company.currency,
            rates=amounts.exchange,
        )

    pairs = decided(orders, rule, name_of=lambda order: order.order_no, result=result)
    posted = post_drafts(
        connection,
        [draft for _, draft in pairs],
        books=books,
        on=run.on,
        run_id=run.run_id,
    )
    _mark(run, connection, posted)
    add_volume(
        connection,
        RunDay(run.run_id, run.step, run.on),
        Volume(len(posted), worth(connection, _net_of(posted), on=run.on)),
    )
    result.done["invoices"] += len(posted)
    if run.dry_run:
        result.details.extend(_told(one) for one in posted)
    return result


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
    order_ids = [one.draft.order_id for one in posted if one.draft.order_id]
    closed = store.settle_orders(connection, order_ids)
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
        "order_id": one.draft.order_id,
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
