"""What bills the part of an order that is not invoiced: the next run, or what else?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.billing.schedules import (
    InvalidSchedule,
    ScheduleKind,
    schedule_of,
)
from adv_domain.store.orders.view import OrderRecord
from tasks.advances.milestone_plans import PlanLine, is_billed_as_delivered
from tasks.resources import resources

_NEXT_RUN = "the next invoicing run bills it"


@dataclass(frozen=True, slots=True)
class BillingWaits:
    """Whether an order is invoiced as it was ordered, shipped or not, and what bills
    what is not invoiced of it, in words."""

    is_as_ordered: bool
    until: str = _NEXT_RUN


def billing_waits(
    connection: Connection, record: OrderRecord, plan: Sequence[PlanLine], *, on: date
) -> BillingWaits:
    """Say what an order that is on record waits for to be invoiced."""
    head, customer = record.head, record.customer
    text = (customer.invoicing if customer else None) or (
        resources().policy.invoicing.schedule
    )
    try:
        kind = schedule_of(text).kind
    except InvalidSchedule:  # told where it is set, and by the run
        return BillingWaits(bool(head.billed_by_order))
    is_agreed = kind is ScheduleKind.ORDER and not plan
    if not head.billed_by_order and not is_agreed:
        return BillingWaits(False, _by_schedule(kind, text, head.order_no))
    if head.state == "accepted" and head.awaits_money and head.wants_advance:
        return BillingWaits(True, "it is billed once its advance is paid and invoiced")
    if is_billed_as_delivered(connection, head.id, state=head.state, on=on):
        why = "an intra-Community supply is billed as it is delivered"
        return BillingWaits(True, why)
    return BillingWaits(True)


def _by_schedule(kind: ScheduleKind, text: str, order_no: str) -> str:
    if kind is ScheduleKind.MANUAL:
        how = f"adv bill {order_no} --by NAME --reason WHY"
        return f"it is billed by hand: {how}"
    if kind in {ScheduleKind.WEEKLY, ScheduleKind.MONTHLY}:
        return f"its customer's schedule bills it ({text.strip()})"
    return _NEXT_RUN
