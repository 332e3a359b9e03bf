"""Which milestones of orders are invoiced tonight?

Unit of retry: a batch of milestones. Harmless to repeat: a milestone is on the list
only while no invoice bills it. What is left of an order is invoiced as it is delivered,
and deducts its milestones like advances.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.billing.advances import milestone_draft
from adv_domain.rules.billing.drafting import draft_invoice, with_company_tax
from adv_domain.rules.billing.milestones import (
    AT_ORDER,
    Milestone,
    milestone_bases,
    milestones_of,
)
from adv_domain.rules.billing.posting import BillableOrder, Draft
from adv_domain.rules.billing.supplies import INTRA_COMMUNITY, customers_category
from adv_domain.rules.money import ZERO
from adv_domain.store.billing import milestones as store
from adv_domain.store.billing.milestones import NOTHING_INVOICED, Invoiced
from adv_domain.store.billing.ordered import read_ordered
from adv_domain.store.runs import Happening, record_events
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.billing.books import Books, due_of
from tasks.billing.document_words import document_words
from tasks.billing.drafting import Desk, PeriodClosed, read_desk
from tasks.billing.posting import Posted, post_drafts
from tasks.resources import now
from tasks.step import Outcome, RunRef

NOTHING_LEFT = "milestone_has_nothing_left"
BILLED_WHEN_DELIVERED = "billed_when_delivered"


def milestones_invoiced(run: RunRef, listed: Counter[str]) -> Outcome:
    """Plan the orders of customers with milestones, and post those whose time came."""
    plans = work_through(run, claim=_claim_plans, handle=partial(_plan, run))
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
    return [Claimed(key=row.id, name=row.order_no, unit=row.milestones) for row in rows]


def _plan(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    """Give the orders the plan that is agreed with their customers."""
    result = BatchResult()
    pairs = decided(
        claimed,
        lambda one: milestones_of(one.unit),
        name_of=lambda one: one.name,
        result=result,
    )
    store.write_plans(connection, {one.key: plan for one, plan in pairs})
    result.done["orders planned by milestones"] += len(pairs)
    if run.dry_run:
        result.details.extend(
            {"order": one.name, "milestones": [part.name for part in plan]}
            for one, plan in pairs
        )
    return result


def _claim(
    run: RunRef,
    only: int | None,
    connection: Connection,
    *,
    after: int | None,
    limit: int,
) -> list[Claimed]:
    rows = store.milestones_due(
        connection, on=run.on, after=after, limit=limit, only=only
    )
    return [
        Claimed(key=row.id, name=f"milestone {row.name} of {row.order_no}"[:120])
        for row in rows
    ]


@dataclass(slots=True)
class _Drafting:
    """What the milestones of a batch are drafted from: of an order they count with
    each other."""

    desk: Desk
    words: Mapping[str, Mapping[str, str]]
    orders: Mapping[int, BillableOrder]
    plans: Mapping[int, Sequence[Row[Any]]]
    invoiced: dict[int, Invoiced]
    done: set[int] = field(default_factory=set)

    def draft(self, row: Row[Any]) -> Draft | str:
        """Decide the invoice, or say why there is none."""
        order = self.orders[row.order_id]
        if self.desk.is_closed:
            raise PeriodClosed(self.desk.on)
        seller = self.desk.amounts.taxes.seller
        category = customers_category(seller, order.buyer, place=order.place)
        if category == INTRA_COMMUNITY:
            return BILLED_WHEN_DELIVERED
        conditions = self.desk.amounts.conditions_of(order)
        whole = draft_invoice(
            order, book=self.desk.amounts.taxes, conditions=conditions
        )
        known = self.invoiced.get(row.order_id, NOTHING_INVOICED)
        bases = milestone_bases(
            whole,
            self._before(row),
            store.as_milestone(row),
            ahead=known.ahead,
            billed=known.in_all,
        )
        if not bases:
            return NOTHING_LEFT
        draft = milestone_draft(
            whole,
            bases,
            description=self._described(row, order),
            rounding=conditions.rounding,
        )
        due_of(self.desk.books, draft, issued_on=self.desk.on)
        self._count(row, draft)
        return with_company_tax(
            draft,
            name=f"order {order.order_no}",
            currency=self.desk.books.company.currency,
            rates=self.desk.amounts.exchange,
        )

    def _before(self, row: Row[Any]) -> list[Milestone]:
        return [
            store.as_milestone(one)
            for one in self.plans[row.order_id]
            if one.id != row.id and (one.invoice_no or one.id in self.done)
        ]

    def _described(self, row: Row[Any], order: BillableOrder) -> str:
        language = self.desk.books.buyers[order.customer_id].language
        key = "milestone_at_order" if row.name == AT_ORDER else "milestone_of_order"
        return self.words[key][language].format(order=order.order_no, name=row.name)

    def _count(self, row: Row[Any], draft: Draft) -> None:
        self.done.add(row.id)
        known = self.invoiced.setdefault(row.order_id, Invoiced({}, {}))
        for group in draft.amounts.taxes:
            if group.kind == "vat":
                key = (group.category, group.rate)
                for sums in known:
                    sums[key] = sums.get(key, ZERO) + group.base


def _handle(
    run: RunRef,
    listed: Counter[str],
    connection: Connection,
    claimed: Sequence[Claimed],
) -> BatchResult:
    result = BatchResult()
    rows = store.read_milestones(connection, [one.key for one in claimed])
    drafting = _drafting(run, connection, rows)
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
    _post(run, connection, due, result, books=drafting.desk.books, listed=listed)
    return result


def _drafting(
    run: RunRef, connection: Connection, rows: Sequence[Row[Any]]
) -> _Drafting:
    ids = list(dict.fromkeys(row.order_id for row in rows))
    orders = {one.order_ids[0]: one for one in read_ordered(connection, ids, on=run.on)}
    desk = read_desk(connection, list(orders.values()), on=run.on)
    languages = [one.language for one in desk.books.buyers.values()]
    return _Drafting(
        desk=desk,
        words={
            key: document_words(key, languages)
            for key in ("milestone_at_order", "milestone_of_order")
        },
        orders=orders,
        plans=store.milestones_by_order(connection, ids),
        invoiced=store.read_invoiced(connection, ids),
    )


def _post(
    run: RunRef,
    connection: Connection,
    due: Sequence[tuple[Row[Any], Draft]],
    result: BatchResult,
    *,
    books: Books,
    listed: Counter[str],
) -> None:
    posted = post_drafts(
        connection,
        [draft for _, draft in due],
        books=books,
        on=run.on,
        run_id=run.run_id,
        ahead=listed["invoices"],
    )
    done = [(row, one) for (row, _), one in zip(due, posted, strict=True)]
    store.mark_invoiced(connection, [(row.id, one.invoice_id) for row, one in done])
    _tell(run, connection, done)
    if posted:
        result.done["milestones invoiced"] += len(posted)
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
    run: RunRef, connection: Connection, done: Sequence[tuple[Row[Any], Posted]]
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
            reason=f"{row.name}: {one.invoice_no}",
        )
        for row, one in done
    ]
    record_events(
        connection, happenings, business_date=run.on, now=now(), run_id=run.run_id
    )
