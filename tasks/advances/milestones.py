"""Which milestones of orders are invoiced tonight?

Unit of retry: a batch of milestones. Harmless to repeat: a milestone is on the list
only while no invoice bills it. What is left of an order is invoiced as it is delivered,
and deducts its milestones like advances.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.advances.milestones import PlanBeyondOrder, milestones_of
from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.money import plain_amount
from adv_domain.store.advances import milestones as store
from adv_domain.store.runs import Happening, record_events
from tasks.advances.milestone_drafts import Drafting, plans_beyond, read_drafting
from tasks.batches import BatchResult, Claimed, decided, merged, work_through
from tasks.billing.posted_orders import count_posted
from tasks.billing.posting import Posted, post_drafts
from tasks.resources import now
from tasks.step import Outcome, RunRef

PLAN_OF = "milestones of "


def milestones_invoiced(run: RunRef, listed: Counter[str]) -> Outcome:
    """Plan the orders of customers with milestones, and post those whose time came."""
    plans = work_through(run, claim=_claim_plans, handle=partial(_plan, run, listed))
    return plans + milestones_posted(run, listed)


def milestones_posted(
    run: RunRef, listed: Counter[str], *, only: int | None = None
) -> Outcome:
    """Post the milestones whose time has come, of one order where it is named."""
    return work_through(
        run, claim=partial(_claim, run, only), handle=partial(_handle, run, listed)
    )


def _claim_plans(
    connection: Connection, *, after: int | None, limit: int
) -> list[Claimed]:
    rows = store.orders_to_plan(connection, after=after, limit=limit)
    return [
        Claimed(key=row.id, name=f"{PLAN_OF}{row.order_no}", unit=row.milestones)
        for row in rows
    ]


def _plan(
    run: RunRef,
    listed: Counter[str],
    connection: Connection,
    claimed: Sequence[Claimed],
) -> BatchResult:
    """Give the orders the plan that is agreed with their customers.

    A dry run, which takes the plan back, lists here what it makes of it.
    """
    result = BatchResult()
    pairs = decided(
        claimed,
        lambda one: milestones_of(one.unit),
        name_of=lambda one: one.name,
        result=result,
    )
    beyond = plans_beyond(connection, {one.key: p for one, p in pairs}, on=run.on)
    fitting = decided(
        pairs,
        partial(_expect_fitting, beyond),
        name_of=lambda pair: pair[0].name,
        result=result,
    )
    pairs = [pair for pair, _ in fitting]
    store.write_plans(connection, {one.key: plan for one, plan in pairs})
    result.done["orders planned by milestones"] += len(pairs)
    if run.dry_run:
        result.details.extend(
            {
                "order": one.name.removeprefix(PLAN_OF),
                "milestones": [part.name for part in plan],
            }
            for one, plan in pairs
        )
        due = store.milestones_due(
            connection,
            on=run.on,
            after=None,
            limit=None,
            only=[one.key for one, _ in pairs],
        )
        return merged(result, _handle(run, listed, connection, _claimed(due)))
    return result


def _expect_fitting(
    beyond: Mapping[int, PlanBeyondOrder], pair: tuple[Claimed, Any]
) -> None:
    if error := beyond.get(pair[0].key):
        raise error


def _claim(
    run: RunRef,
    only: int | None,
    connection: Connection,
    *,
    after: int | None,
    limit: int,
) -> list[Claimed]:
    rows = store.milestones_due(
        connection,
        on=run.on,
        after=after,
        limit=limit,
        only=None if only is None else [only],
    )
    return _claimed(rows)


def _claimed(rows: Sequence[Row[Any]]) -> list[Claimed]:
    return [
        Claimed(key=row.id, name=f"milestone {row.name} of {row.order_no}"[:120])
        for row in rows
    ]


def _handle(
    run: RunRef,
    listed: Counter[str],
    connection: Connection,
    claimed: Sequence[Claimed],
) -> BatchResult:
    result = BatchResult()
    rows = store.read_milestones(connection, [one.key for one in claimed])
    drafting = read_drafting(connection, rows, on=run.on)
    pairs = decided(
        rows,
        drafting.draft,
        name_of=lambda row: f"milestone {row.name} of {row.order_no}"[:120],
        result=result,
    )
    for row, found in pairs:
        if isinstance(found, str):
            result.skipped[found] += 1
            if run.dry_run:
                told = {"order": row.order_no, "milestone": row.name}
                result.details.append({**told, "not_invoiced": found})
    due = [(row, found) for row, found in pairs if isinstance(found, Draft)]
    _post(run, connection, due, result, drafting=drafting, listed=listed)
    return result


def _post(
    run: RunRef,
    connection: Connection,
    due: Sequence[tuple[Row[Any], Draft]],
    result: BatchResult,
    *,
    drafting: Drafting,
    listed: Counter[str],
) -> None:
    posted = post_drafts(
        connection,
        [draft for _, draft in due],
        books=drafting.desk.books,
        on=run.on,
        run_id=run.run_id,
        ahead=listed["invoices"],
    )
    done = [(row, one) for (row, _), one in zip(due, posted, strict=True)]
    store.mark_invoiced(connection, [(row.id, one.invoice_id) for row, one in done])
    count_posted(run, connection, posted)
    _tell(run, connection, done, drafting.short)
    if posted:
        result.done["milestones invoiced"] += len(posted)
    if cut := sum(bool(drafting.short[row.id]) for row, _ in done):
        result.done["milestones cut to what is left"] += cut
    if run.dry_run:
        listed["invoices"] += len(posted)
        result.details.extend(
            {
                "document": one.invoice_no,
                "order": row.order_no,
                "milestone": row.name,
                "gross": f"{one.draft.amounts.gross:f}",
            }
            for row, one in done
        )


def _tell(
    run: RunRef,
    connection: Connection,
    done: Sequence[tuple[Row[Any], Posted]],
    short: Mapping[int, Decimal],
) -> None:
    happenings = [
        Happening("invoice", one.invoice_id, "posted", run.actor, to_state="posted")
        for _, one in done
    ]
    happenings += [
        Happening(
            "order",
            row.order_id,
            "milestone invoiced",
            run.actor,
            reason=f"{row.name}: {one.invoice_no}{_cut(one, short[row.id])}",
        )
        for row, one in done
    ]
    record_events(
        connection, happenings, business_date=run.on, now=now(), run_id=run.run_id
    )


def _cut(one: Posted, short: Decimal) -> str:
    if not short:
        return ""
    currency = one.draft.currency
    amount = f"{plain_amount(short, currency)} {currency}"
    return f", {amount} before tax less than agreed: no more of the order is left"
