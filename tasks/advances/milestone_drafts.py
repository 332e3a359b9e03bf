"""What does the invoice of an order's milestone say, or why is there none?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from adv_domain.rules.advances.advances import milestone_draft
from adv_domain.rules.advances.milestones import (
    AT_ORDER,
    Milestone,
    PlanBeyondOrder,
    expect_within,
    milestone_bases,
    short_of,
)
from adv_domain.rules.billing.drafting import draft_invoice, with_company_tax
from adv_domain.rules.billing.posting import BillableOrder, Draft
from adv_domain.rules.billing.supplies import INTRA_COMMUNITY, customers_category
from adv_domain.rules.money import ZERO
from adv_domain.store.advances import milestones as store
from adv_domain.store.advances.milestones import NOTHING_INVOICED, Invoiced
from adv_domain.store.billing.ordered import read_ordered
from tasks.batches import BatchResult, decided
from tasks.billing.books import due_of
from tasks.billing.drafting import Desk, PeriodClosed, read_desk
from tasks.documents.document_words import document_words

NOTHING_LEFT = "milestone_has_nothing_left"
BILLED_WHEN_DELIVERED = "billed_when_delivered"


@dataclass(slots=True)
class Drafting:
    """What the milestones of a batch are drafted from: of an order they count with
    each other. short is what of each is not invoiced, since no more is left."""

    desk: Desk
    words: Mapping[str, Mapping[str, str]]
    orders: Mapping[int, BillableOrder]
    plans: Mapping[int, Sequence[Any]]
    invoiced: dict[int, Invoiced]
    done: set[int] = field(default_factory=set)
    short: dict[int, Decimal] = field(default_factory=dict)

    def draft(self, row: Any) -> Draft | str:
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
        self.short[row.id] = short_of(
            whole,
            self._before(row),
            store.as_milestone(row),
            ahead=known.ahead,
            drafted=sum(bases.values(), ZERO),
        )
        self._count(row, draft)
        return with_company_tax(
            draft,
            name=f"order {order.order_no}",
            currency=self.desk.books.company.currency,
            rates=self.desk.amounts.exchange,
        )

    def _before(self, row: Any) -> list[Milestone]:
        return [
            store.as_milestone(one)
            for one in self.plans.get(row.order_id, ())
            if one.id != row.id and (one.invoice_no or one.id in self.done)
        ]

    def _described(self, row: Any, order: BillableOrder) -> str:
        language = self.desk.books.buyers[order.customer_id].language
        key = "milestone_at_order" if row.name == AT_ORDER else "milestone_of_order"
        return self.words[key][language].format(order=order.order_no, name=row.name)

    def _count(self, row: Any, draft: Draft) -> None:
        self.done.add(row.id)
        known = self.invoiced.setdefault(row.order_id, Invoiced({}, {}))
        for group in draft.amounts.taxes:
            if group.kind == "vat":
                key = (group.category, group.rate)
                for sums in known:
                    sums[key] = sums.get(key, ZERO) + group.base


def read_drafting(
    connection: Connection,
    rows: Sequence[Any],
    *,
    on: date,
    plans: Mapping[int, Sequence[Any]] | None = None,
) -> Drafting:
    """Read what these milestones are drafted from, in a constant number of statements.

    plans are those of orders that have none in the tables yet.
    """
    ids = list(dict.fromkeys(row.order_id for row in rows))
    orders = {one.order_ids[0]: one for one in read_ordered(connection, ids, on=on)}
    desk = read_desk(connection, list(orders.values()), on=on)
    languages = [one.language for one in desk.books.buyers.values()]
    return Drafting(
        desk=desk,
        words={
            key: document_words(key, languages)
            for key in ("milestone_at_order", "milestone_of_order")
        },
        orders=orders,
        plans=store.milestones_by_order(connection, ids) if plans is None else plans,
        invoiced=store.read_invoiced(connection, ids),
    )


def plans_beyond(
    connection: Connection, plans: Mapping[int, Sequence[Milestone]], *, on: date
) -> dict[int, PlanBeyondOrder]:
    """Return by order why a plan comes to more than it; shares alone never do.

    What cannot be drafted yet is told when it is invoiced.
    """
    ids = [
        order_id
        for order_id, plan in plans.items()
        if any(one.amount is not None for one in plan)
    ]
    if not ids:
        return {}
    orders = read_ordered(connection, ids, on=on)
    desk = read_desk(connection, orders, on=on)
    pairs = decided(
        orders,
        lambda order: draft_invoice(
            order, book=desk.amounts.taxes, conditions=desk.amounts.conditions_of(order)
        ),
        name_of=lambda order: order.order_no,
        result=BatchResult(),
    )
    found = {}
    for order, draft in pairs:
        try:
            expect_within(plans[order.order_ids[0]], draft)
        except PlanBeyondOrder as error:
            found[order.order_ids[0]] = error
    return found
