"""Which orders are invoiced now because a person says so, whatever their schedule?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import Connection

from adv_domain.rules.billing.turns import Turns
from adv_domain.store.billing.claiming import orders_picked
from adv_domain.store.engine import reading
from adv_domain.store.orders.heads import find_orders
from adv_domain.store.payments.receivables import find_customer
from adv_domain.store.runs import Happening, record_events
from tasks.batches import BatchResult, Claimed, work_through
from tasks.billing.invoicing import INVOICING, invoice_batch, turns_of
from tasks.conduct import Execute, conduct
from tasks.orders.acts.common import UnknownOrder
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step


class NothingToBill(LookupError):
    """Nothing named has a delivery that waits for its invoice."""

    def __init__(self, named: str) -> None:
        super().__init__(
            f"nothing of {named} waits for its invoice; what does: adv unbilled"
        )


class UnknownCustomer(LookupError):
    """No customer has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"there is no customer {code!r}; see: adv customer list")


@dataclass(frozen=True, slots=True)
class Billing:
    """What a person wants invoiced: orders by number or reference, or all of a
    customer's; together on as few invoices as the agreements allow."""

    order_names: tuple[str, ...]
    customer: str | None
    together: bool
    by: str
    reason: str

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
    LeaseHeld while another invoicing runs.
    """
    with reading(resources().engine) as connection:
        pick = _pick(connection, billing)

    @step(name="invoice by hand", run_name="invoice by hand {run.on}")
    def bill_them(run: RunRef) -> Outcome:
        turns = turns_of(run.on, by_hand=True, together=billing.together)
        return work_through(
            run,
            claim=partial(_claim, pick, billing),
            handle=partial(_handle, run, turns, billing),
        )

    flow = StepFlow(
        name=INVOICING.name, plan=lambda run: [Call(bill_them, {"run": run})]
    )
    outcome = conduct(flow, on=on, execute=execute)
    if outcome == Outcome():
        raise NothingToBill(billing.said)
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


def _claim(
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
        connection, order_ids=pick.order_ids, customer_id=pick.customer_id
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
    turns: Turns,
    billing: Billing,
    connection: Connection,
    claimed: Sequence[Claimed],
) -> BatchResult:
    result = invoice_batch(run, turns, connection, claimed, listed=Counter())
    broken = {one.document for one in result.failed}
    record_events(
        connection,
        [
            Happening(
                "order", one.key[1], "billed by hand", billing.by, reason=billing.reason
            )
            for one in claimed
            if one.name not in broken
        ],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
    return result
