"""What of an order's milestones is invoiced, and what does each of the others wait for?

Of an order that is not planned yet it is the plan that the next invoicing gives it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from adv_domain.rules.advances.milestones import (
    AT_DELIVERY,
    AT_ORDER,
    InvalidMilestones,
    milestones_of,
)
from adv_domain.rules.billing.supplies import INTRA_COMMUNITY, customers_category
from adv_domain.rules.money import ZERO, rounded_to_minor
from adv_domain.store.advances import milestones as store
from adv_domain.store.billing.ordered import read_ordered
from adv_domain.store.billing.posting import read_company
from adv_domain.store.company import COMPANY_ID
from tasks.billing.amounts import seller_of
from tasks.resources import resources

_BEFORE = ("received", "held")
_UNDER_WAY = ("accepted", "handed_off", "in_fulfilment")
OPEN_STATES = (*_BEFORE, *_UNDER_WAY)
_WHOLE = Decimal(100)


class Waits(StrEnum):
    """What a milestone waits for: nothing where it is invoiced."""

    NOTHING = "nothing"
    ACCEPTANCE = "acceptance"
    DAY = "day"
    RUN = "run"
    PERSON = "person"
    DELIVERY = "delivery"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A milestone of an order: what, how much, when, and which invoice bills it.

    The last is what is left for the delivery, without an invoice of its own; of a plan
    with amounts it has neither percent nor amount.
    """

    name: str
    percent: Decimal | None
    amount: Decimal | None
    due_on: date | None
    reached_on: date | None
    reached_by: str | None
    invoice: str | None
    gross: Decimal | None
    waits_for: Waits


def read_plan(connection: Connection, order_id: int, *, on: date) -> list[PlanLine]:
    """Return the milestones of an order in their order, the delivery's part last."""
    rows: Sequence[Any] = store.milestones_by_order(connection, [order_id]).get(
        order_id, []
    )
    state, text = store.state_and_plan(connection, order_id)
    if not rows and text and state in OPEN_STATES:
        rows = _agreed(text)
    if not rows:
        return []
    at_delivery = any(not one.invoice_no for one in rows) and is_billed_as_delivered(
        connection, order_id, state=state, on=on
    )
    lines = [
        PlanLine(
            name=row.name,
            percent=None if row.rate is None else row.rate * 100,
            amount=row.amount,
            due_on=row.due_on,
            reached_on=row.reached_on,
            reached_by=row.reached_by,
            invoice=row.invoice_no,
            gross=_billed(row),
            waits_for=_waits_for(row, state, at_delivery=at_delivery, on=on),
        )
        for row in rows
    ]
    return [*lines, *_rest(lines, state)]


def _billed(row: Any) -> Decimal | None:
    """Return what its invoice comes to, in the currency's digits."""
    if row.gross is None:
        return None
    return rounded_to_minor(row.gross, row.currency)


def is_billed_as_delivered(
    connection: Connection, order_id: int, *, state: str, on: date
) -> bool:
    """Tell whether an order can be invoiced by its deliveries alone: an
    intra-Community supply, of which the invoice states the day."""
    if state not in _UNDER_WAY:
        return False
    [order] = read_ordered(connection, [order_id], on=on)
    seller = seller_of(resources().policy, read_company(connection, COMPANY_ID))
    category = customers_category(seller, order.buyer, place=order.place)
    return category == INTRA_COMMUNITY


@dataclass(frozen=True, slots=True)
class _Agreed:
    """A milestone that the next invoicing gives the order."""

    name: str
    rate: Decimal | None
    amount: Decimal | None
    due_on: date | None
    reached_on: None = None
    reached_by: None = None
    invoice_no: None = None
    gross: None = None


def _agreed(text: str) -> list[_Agreed]:
    """Read the agreed plan; one that is none is set aside by the run."""
    try:
        plan = milestones_of(text)
    except InvalidMilestones:
        return []
    return [_Agreed(one.name, one.rate, one.amount, one.due_on) for one in plan]


def _waits_for(row: Any, state: str, *, at_delivery: bool, on: date) -> Waits:
    if row.invoice_no:
        return Waits.NOTHING
    if state not in OPEN_STATES:
        return Waits.OVER
    if at_delivery:
        return Waits.DELIVERY
    if row.reached_on:
        return Waits.RUN
    if row.due_on:
        is_next = row.due_on <= on and state in _UNDER_WAY
        return Waits.RUN if is_next else Waits.DAY
    if row.name == AT_ORDER:
        return Waits.ACCEPTANCE if state in _BEFORE else Waits.RUN
    return Waits.PERSON


def _rest(lines: Sequence[PlanLine], state: str) -> list[PlanLine]:
    shares = [one.percent for one in lines if one.percent is not None]
    left = _WHOLE - sum(shares, ZERO)
    if left <= 0:
        return []
    is_known = len(shares) == len(lines)
    return [
        PlanLine(
            name=AT_DELIVERY,
            percent=left if is_known else None,
            amount=None,
            due_on=None,
            reached_on=None,
            reached_by=None,
            invoice=None,
            gross=None,
            waits_for=_rest_waits_for(state),
        )
    ]


def _rest_waits_for(state: str) -> Waits:
    if state == "closed":
        return Waits.NOTHING
    return Waits.DELIVERY if state in (*OPEN_STATES, "fulfilled") else Waits.OVER
