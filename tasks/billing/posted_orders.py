"""How do a batch's billable orders become invoices, and what do these change?"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.billing.issue_deadlines import lateness
from adv_domain.rules.billing.posting import BillableOrder
from adv_domain.rules.brake import Volume
from adv_domain.rules.money import ZERO
from adv_domain.store.billing import posting as store
from adv_domain.store.brake import RunDay, add_volume
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.worklist import close_tasks_about
from tasks.batches import BatchResult
from tasks.billing.books import Books
from tasks.billing.drafting import drafts_of, read_desk
from tasks.billing.posting import Posted, post_drafts
from tasks.brake import worth
from tasks.resources import now, resources
from tasks.step import RunRef

INVOICE_BY = "invoice_by"


def post_orders(
    run: RunRef,
    connection: Connection,
    orders: Sequence[BillableOrder],
    result: BatchResult,
    *,
    listed: Counter[str],
) -> list[Posted]:
    """Post what the orders have to bill, mark it as billed and count it in the result.

    listed counts the documents that a dry run has numbered and taken back.
    """
    desk = read_desk(connection, orders, on=run.on)
    posted = post_drafts(
        connection,
        drafts_of(desk, orders, result=result),
        books=desk.books,
        on=run.on,
        run_id=run.run_id,
        ahead=listed["invoices"],
    )
    _mark(run, connection, posted)
    count_posted(run, connection, posted)
    result.done["invoices"] += len(posted)
    _count_dates(run, posted, result)
    if run.dry_run:
        listed["invoices"] += len(posted)
        result.details.extend(told_document(one, desk.books) for one in posted)
        result.details.extend(
            {"order": one.document, "not_invoiced": one.message}
            for one in result.failed
        )
    return posted


def _count_dates(run: RunRef, posted: Sequence[Posted], result: BatchResult) -> None:
    """Count what is dated otherwise than the run, and what the law wanted before."""
    moved = [one for one in posted if one.issued_on != run.on]
    if moved:
        words = f"dated {moved[0].issued_on}, the last day of that number range"
        result.done[words] += len(moved)
    if late := len(lateness_of(posted)):
        result.done["invoiced later than lawful"] += late


def lateness_of(posted: Sequence[Posted]) -> dict[int, str]:
    """Say by how much the law wanted invoices sooner, by id; only of those late.

    What is invoiced before its supply, and an advance, has no such day.
    """
    country = resources().policy.company.country
    return {
        one.invoice_id: why
        for one in posted
        if not (one.draft.is_before_supply or one.draft.is_advance)
        and (
            why := lateness(
                country,
                supplied_on=one.draft.first_supplied_on,
                issued_on=one.issued_on,
            )
        )
    }


def count_posted(run: RunRef, connection: Connection, posted: Sequence[Posted]) -> None:
    """Count what a batch posted for the brake of the nights to come."""
    volume = Volume(len(posted), worth(connection, _net_of(posted), on=run.on))
    add_volume(connection, RunDay(run.run_id, run.step, run.on), volume)


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
        Happening("invoice", invoice_id, "invoiced late", run.actor, reason=why)
        for invoice_id, why in lateness_of(posted).items()
    ]
    happenings += [
        Happening("order", order_id, "invoiced in full", run.actor, state, "closed")
        for order_id, state in closed.items()
    ]
    record_events(
        connection, happenings, business_date=run.on, now=now(), run_id=run.run_id
    )


def told_document(one: Posted, books: Books) -> dict[str, object]:
    """Tell a document as a dry run lists it."""
    return {
        "document": one.invoice_no,
        "customer_id": one.draft.customer_id,
        "customer": books.buyers[one.draft.customer_id].code,
        "orders": [order.order_no for order in one.draft.covers.orders],
        "currency": one.draft.currency,
        "gross": format(one.draft.amounts.gross, "f"),
        "issued_on": str(one.issued_on),
        "due": [str(due.on) for due in one.due.dates] if one.due else [],
        "brought_forward": one.due.shortened if one.due else "",
        "late": lateness_of([one]).get(one.invoice_id, ""),
    }
