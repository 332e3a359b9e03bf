"""Which orders are invoiced now because a person says so, whatever their schedule?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_

from adv_domain.rules.billing.turns import Turns
from adv_domain.store.billing.by_order import is_by_order
from adv_domain.store.billing.claiming import orders_billed_by, orders_picked
from adv_domain.store.engine import reading
from adv_domain.store.orders.heads import find_orders
from adv_domain.store.payments.receivables import find_customer
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.tables import sales_order
from tasks.batches import BatchResult, Claimed, Handle, work_through
from tasks.billing.by_order import claim_ordered, order_batch
from tasks.billing.invoicing import INVOICING, invoice_batch, turns_of
from tasks.conduct import Execute, conduct
from tasks.orders.acts.common import UnknownOrder
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step


class NothingToBill(LookupError):
    """Nothing of what was named waits for its invoice."""

    def __init__(self, named: str) -> None:
        super().__init__(
            f"nothing of {named} waits for its invoice; what does: adv unbilled"
        )


class StillWaits(NothingToBill):
    """What was named waits for something else than its turn; nothing was billed."""

    def __init__(self, outcome: Outcome) -> None:
        reasons = [not_billed(one) for one in outcome.details] or [outcome.message]
        LookupError.__init__(self, f"nothing was billed: {'; '.join(reasons)}")


def not_billed(detail: Mapping[str, Any]) -> str:
    """Say why an order was not billed."""
    return f"order {detail['order']}: {detail['why']} ({detail['not_invoiced']})"


class UnknownCustomer(LookupError):
    """No customer has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"there is no customer {code!r}; see: adv customer list")


@dataclass(frozen=True, slots=True)
class Billing:
    """What a person wants invoiced: orders by number or reference, or all of a
    customer's; together on as few invoices as the agreements allow. as_ordered: with
    what is ordered and not shipped yet, whatever is agreed with the customer."""

    order_names: tuple[str, ...]
    customer: str | None
    together: bool
    by: str
    reason: str
    as_ordered: bool = False

    @property
    def said(self) -> str:
        """Return what was named, in words."""
        if self.customer:
            return f"customer {self.customer}"
        return ", ".join(self.order_names)


@dataclass(frozen=True, slots=True)
class _Pick:
    """Whose deliveries are meant, by key."""

    order_ids: tuple[int, ...]
    customer_id: int | None


def bill_by_hand(billing: Billing, *, on: date, execute: Execute) -> Outcome:
    """Invoice what of the orders or customer named was delivered by the day.

    A run of the invoicing step like any other, under its lease; the brake does not
    ask, for a person does. Raises UnknownOrder, UnknownCustomer, NothingToBill, and
    LeaseHeld while another invoicing runs; StillWaits where all of it waits. The
    outcome's details name the orders of which nothing was billed.
    """
    with reading(resources().engine) as connection:
        pick = _pick(connection, billing)

    @step(name="invoice by hand", run_name="invoice by hand {run.on}")
    def bill_them(run: RunRef) -> Outcome:
        turns = turns_of(run.on, by_hand=True, together=billing.together)
        none_listed: Counter[str] = Counter()
        ordered = work_through(
            run,
            claim=partial(claim_ordered, _ordered(pick, billing, turns)),
            handle=partial(
                _handle,
                run,
                billing,
                partial(order_batch, run, turns, listed=none_listed),
            ),
        )
        return ordered + work_through(
            run,
            claim=partial(_claim, turns, pick, billing),
            handle=partial(
                _handle,
                run,
                billing,
                partial(invoice_batch, run, turns, listed=none_listed),
            ),
        )

    flow = StepFlow(
        name=INVOICING.name, plan=lambda run: [Call(bill_them, {"run": run})]
    )
    outcome = conduct(flow, on=on, execute=execute)
    if outcome == Outcome():
        raise NothingToBill(billing.said)
    is_set_aside = outcome.failed or outcome.waiting
    if outcome.skipped and not (outcome.done or is_set_aside):
        raise StillWaits(outcome)
    return outcome


def _pick(connection: Connection, billing: Billing) -> _Pick:
    if billing.customer:
        customer = find_customer(connection, billing.customer)
        if customer is None:
            raise UnknownCustomer(billing.customer)
        return _Pick((), customer.id)
    return _Pick(tuple(_order_id(connection, one) for one in billing.order_names), None)


def _order_id(connection: Connection, name: str) -> int:
    found = find_orders(connection, name)
    if len(found) != 1:
        raise UnknownOrder(name=name, found=tuple(one.order_no for one in found))
    return found[0].id


def _ordered(pick: _Pick, billing: Billing, turns: Turns) -> ColumnElement[bool]:
    """Say which orders are invoiced as ordered: those agreed so, or all that are
    named."""
    named = (
        sales_order.c.customer_id == pick.customer_id
        if pick.customer_id is not None
        else sales_order.c.id.in_(pick.order_ids)
    )
    if billing.as_ordered:
        return named
    return and_(named, is_by_order(by_default=turns.is_by_order(None)))


def _claim(
    turns: Turns,
    pick: _Pick,
    billing: Billing,
    connection: Connection,
    *,
    after: tuple[int, int] | None,
    limit: int,  # noqa: ARG001  # what shares an invoice is not cut
) -> list[Claimed]:
    """Claim all that was named at once."""
    if after is not None:
        return []
    rows = orders_picked(
        connection,
        by_default=turns.is_by_order(None),
        order_ids=pick.order_ids,
        customer_id=pick.customer_id,
    )
    return [
        Claimed(
            key=(row.customer_id, row.id),
            name=row.order_no,
            unit=row.customer_id if billing.together else None,
        )
        for row in rows
    ]


def _handle(
    run: RunRef,
    billing: Billing,
    batch: Handle,
    connection: Connection,
    claimed: Sequence[Claimed],
) -> BatchResult:
    result = batch(connection, claimed)
    ids = [one.key[1] for one in claimed]
    billed = orders_billed_by(connection, run.run_id, ids)
    names = {one.name for one in claimed if one.key[1] in billed}
    # of some the goods that left were billed, though the rest waits
    result.details = [one for one in result.details if one["order"] not in names]
    record_events(
        connection,
        [
            Happening(
                "order", order_id, "billed by hand", billing.by, reason=billing.reason
            )
            for order_id in ids
            if order_id in billed
        ],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
    return result
