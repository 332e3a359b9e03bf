"""How many invoices ahead of a delivery wait for a run, and what are they worth?

Milestones by the code that drafts their invoices; advances by their share of what was
asked for, since what came is invoiced whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import Connection

from adv_domain.rules.advances.milestones import (
    InvalidMilestones,
    Milestone,
    is_due,
    milestones_of,
)
from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.brake import NOTHING, Volume
from adv_domain.rules.money import ZERO, rounded_to_minor
from adv_domain.store.advances import milestones as store
from adv_domain.store.advances.advances_paid import worth_paid
from adv_domain.store.advances.payment_requests import bases_from_json
from tasks.advances.milestone_drafts import read_drafting
from tasks.batches import BatchResult, decided
from tasks.brake import worth
from tasks.resources import resources


@dataclass(frozen=True, slots=True)
class _Part:
    """A milestone that its order will get from its customer's plan."""

    id: int
    order_id: int
    order_no: str
    name: str
    rate: Decimal | None
    amount: Decimal | None
    due_on: date | None
    reached_on: None = None
    invoice_no: None = None


@dataclass(frozen=True, slots=True)
class _Page:
    """A batch of milestones that are due, with the plans that are not written yet."""

    due: Sequence[Any]
    plans: Mapping[int, Sequence[Any]] | None = None


def advances_waiting(connection: Connection, *, on: date) -> Volume:
    """Return how much money that came in advance waits for its invoice, net."""
    rows = worth_paid(connection)
    net: dict[str, Decimal] = {}
    for one in rows:
        asked = sum(bases_from_json(one.bases).values(), ZERO)
        share = rounded_to_minor(asked * one.amount / one.asked, one.currency)
        net[one.currency] = net.get(one.currency, ZERO) + share
    return Volume(len(rows), worth(connection, net, on=on)) if rows else NOTHING


def milestones_waiting(connection: Connection, *, on: date) -> Volume:
    """Return how many milestones would be invoiced, and what they come to."""
    documents, net = 0, dict[str, Decimal]()
    for page in _pages(connection, on):
        drafting = read_drafting(connection, page.due, on=on, plans=page.plans)
        pairs = decided(
            page.due,
            drafting.draft,
            name_of=lambda row: row.order_no,
            result=BatchResult(),
        )
        for draft in [found for _, found in pairs if isinstance(found, Draft)]:
            documents += 1
            known = net.get(draft.currency, ZERO)
            net[draft.currency] = known + draft.amounts.net
    return Volume(documents, worth(connection, net, on=on)) if documents else NOTHING


def _pages(connection: Connection, on: date) -> Iterator[_Page]:
    limit = resources().settings.batch_size
    last = 0
    while rows := store.milestones_due(connection, on=on, after=last, limit=limit):
        yield _Page(rows)
        last = rows[-1].id
    last, numbers = 0, count(-1, -1)
    while orders := store.orders_to_plan(connection, after=last, limit=limit):
        plans = {row.id: _plan(row, numbers) for row in orders}
        due = [
            part
            for plan in plans.values()
            for part in plan
            if is_due(store.as_milestone(part), on=on, reached_on=None)
        ]
        if due:
            yield _Page(due, plans)
        last = orders[-1].id


def _plan(order: Any, numbers: Iterator[int]) -> list[_Part]:
    """Read the customer's plan; one that is none is set aside by the run."""
    try:
        plan: Sequence[Milestone] = milestones_of(order.milestones)
    except InvalidMilestones:
        return []
    return [
        _Part(
            next(numbers),
            order.id,
            order.order_no,
            one.name,
            one.rate,
            one.amount,
            one.due_on,
        )
        for one in plan
    ]
