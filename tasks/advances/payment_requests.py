"""Which accepted orders are asked for an advance before stock is told of them?

What is asked is decided here and told by payment_requests_told. Unit of retry: a batch
of orders. Harmless to repeat: an order is asked again only
where it has changed since, and then the former request is withdrawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Connection

from adv_domain.rules.advances.advances import advance_amounts, advance_bases
from adv_domain.rules.advances.paid_ahead import Bases
from adv_domain.rules.billing.drafting import draft_invoice
from adv_domain.rules.billing.posting import BillableOrder
from adv_domain.rules.identifiers import creditor_reference
from adv_domain.rules.money import ZERO
from adv_domain.store.advances import payment_requests as store
from adv_domain.store.billing.ordered import read_ordered
from adv_domain.store.engine import writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.runs import Happening, record_events
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.billing.drafting import Desk, read_desk
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef

KIND = "payment_request"
_CHANGED = "the order has changed since it was asked for"


class NothingToAsk(ValueError):
    """A share of the order comes to nothing."""

    def __init__(self, order_no: str) -> None:
        super().__init__(
            f"order {order_no} is to be paid in advance, and the share asked for comes "
            "to nothing; look at its lines with adv order, or say that stock may be "
            "told: adv stock paid"
        )


@dataclass(frozen=True, slots=True)
class AdvanceRequest:
    """What is asked for one order: its share, less what came already.

    total is what an invoice of all of it would come to.
    """

    order: BillableOrder
    asked: store.AskedOrder
    bases: Bases
    amount: Decimal
    total: Decimal

    @property
    def order_id(self) -> int:
        return self.asked.order_id

    @property
    def number(self) -> int:
        return self.asked.last_no + 1

    @property
    def reference(self) -> str:
        """Return the RF reference: unlike any invoice's, for it has no separators."""
        return creditor_reference(f"PR{self.order_id}X{self.number}")


def payment_requests_made(run: RunRef) -> Outcome:
    """Ask for the advances of newly accepted orders; withdraw what is not wanted."""
    withdrawn = unwanted_requests_withdrawn(run)
    return withdrawn + work_through(run, claim=_claim, handle=partial(_handle, run))


def unwanted_requests_withdrawn(run: RunRef) -> Outcome:
    """Withdraw what is asked for orders that it is not wanted for any more."""
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        given_up = store.withdraw_unwanted(connection, on=run.on)
        _tell(run, connection, given_up, "payment request withdrawn", {})
    return Outcome(done={"withdrawn requests": len(given_up)} if given_up else {})


def _claim(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    found = store.orders_to_ask(connection, after=after, limit=limit)
    return [Claimed(key=order_id, name=order_no) for order_id, order_no in found]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    ids = [one.key for one in claimed]
    orders = read_ordered(connection, ids, on=run.on)
    desk = read_desk(connection, orders, on=run.on)
    asked = store.read_asked(connection, ids)
    pairs = decided(
        orders,
        partial(_request, desk, asked),
        name_of=lambda order: order.order_no,
        result=result,
    )
    requests = [request for _, request in pairs if request.amount > 0]
    covered = [request for _, request in pairs if request.amount <= 0]
    store.close_covered(connection, [one.asked for one in covered])
    store.withdraw_open(
        connection, [one.order_id for one in requests], on=run.on, reason=_CHANGED
    )
    store.write_requests(connection, [_row(run, one) for one in requests])
    _tell(
        run,
        connection,
        [one.order_id for one in requests],
        "payment requested",
        {
            one.order_id: f"{one.amount} {one.order.currency}, {one.reference}"
            for one in requests
        },
    )
    if requests:
        result.done["payment requests"] += len(requests)
    if covered:
        result.done["changed orders paid ahead already"] += len(covered)
    return result


def _request(
    desk: Desk, asked: Mapping[int, store.AskedOrder], order: BillableOrder
) -> AdvanceRequest:
    one = asked[order.order_ids[0]]
    conditions = desk.amounts.conditions_of(order)
    draft = draft_invoice(order, book=desk.amounts.taxes, conditions=conditions)
    bases = advance_bases(draft, rate=one.rate)
    amounts = advance_amounts(
        bases, currency=order.currency, rounding=conditions.rounding
    )
    if amounts.payable <= 0:
        raise NothingToAsk(order.order_no)
    wanted = amounts.payable - one.received
    return AdvanceRequest(order, one, bases, wanted, draft.amounts.payable)


def _row(run: RunRef, one: AdvanceRequest) -> dict[str, Any]:
    return {
        "order_id": one.order_id,
        "request_no": one.number,
        "reference": one.reference,
        "state": "open",
        "rate": one.asked.rate,
        "amount": one.amount,
        "currency": one.order.currency,
        "bases": store.bases_as_json(one.bases),
        "order_gross": one.asked.gross,
        "order_total": max(one.total, one.amount),
        "received": ZERO,
        "asked_on": run.on,
        "due_on": due_on_of(run),
    }


def due_on_of(run: RunRef) -> date:
    """Return until when what is asked today is to be paid."""
    return run.on + timedelta(days=resources().policy.invoicing.advance_days)


def _tell(
    run: RunRef,
    connection: Connection,
    order_ids: Sequence[int],
    what: str,
    reasons: Mapping[int, str],
) -> None:
    record_events(
        connection,
        [
            Happening("order", one, what, run.actor, reason=reasons.get(one))
            for one in order_ids
        ],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
