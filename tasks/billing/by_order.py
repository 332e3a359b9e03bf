"""Which accepted orders are invoiced tonight as they were ordered, shipped or not?

Unit of retry: a batch of orders. Harmless to repeat: an order is on the list only while
something that is ordered of it is not invoiced.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from sqlalchemy import ColumnElement, Connection

from adv_domain.rules.billing.invoicing import line_net
from adv_domain.rules.billing.posting import BillableOrder
from adv_domain.rules.billing.supplies import INTRA_COMMUNITY, customers_category
from adv_domain.rules.billing.turns import Turns
from adv_domain.rules.brake import NOTHING, Volume
from adv_domain.rules.money import ZERO
from adv_domain.store.billing import billed_by_order as billed
from adv_domain.store.billing import by_order as store
from adv_domain.store.billing.billable import read_billable
from adv_domain.store.billing.ordered_rest import read_by_order
from adv_domain.store.billing.posting import read_company, settle_orders
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.engine import reading
from adv_domain.store.runs import Happening, record_events
from tasks.batches import BatchResult, Claimed, work_through
from tasks.billing.amounts import seller_of
from tasks.billing.posted_orders import post_orders
from tasks.brake import worth
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef

WAITS_FOR_ADVANCE = "waits_for_advance_payment"
WAITS_FOR_ADVANCE_INVOICE = "waits_for_advance_invoice"
BILLED_WHEN_DELIVERED = "billed_when_delivered"
_WHY = {
    WAITS_FOR_ADVANCE: "its customer pays in advance, and has not paid yet",
    WAITS_FOR_ADVANCE_INVOICE: "its advance is paid, and its invoice not posted yet",
    BILLED_WHEN_DELIVERED: "the invoice of an intra-Community supply states the day of "
    "delivery (EN 16931, BR-IC-11)",
}


def by_order_invoiced(run: RunRef, turns: Turns, listed: Counter[str]) -> Outcome:
    """Invoice what was ordered and is not invoiced, of the orders agreed so."""
    by_default = turns.is_by_order(None)
    with reading(resources().engine) as connection:
        if not by_default and not store.anything_by_order(connection):
            return Outcome()
    wanted = store.is_by_order(by_default=by_default)
    return work_through(
        run,
        claim=partial(claim_ordered, wanted),
        handle=partial(order_batch, run, turns, listed=listed),
    )


def by_order_waiting(turns: Turns, connection: Connection, *, on: date) -> Volume:
    """Return how much of what was ordered waits for its invoice."""
    by_default = turns.is_by_order(None)
    if not by_default and not store.anything_by_order(connection):
        return NOTHING
    documents = store.count_to_bill(connection, by_default=by_default)
    if not documents:
        return NOTHING
    net: dict[str, Decimal] = {}
    for one in store.worth_to_bill(connection, by_default=by_default):
        net[one.currency] = net.get(one.currency, ZERO) + _net(one)
    return Volume(documents, worth(connection, net, on=on))


def _net(one: store.Worth) -> Decimal:
    if one.unit_price is None:
        return one.net or ZERO
    return line_net(
        qty=one.qty,
        unit_price=one.unit_price,
        discount_rate=one.discount_rate,
        currency=one.currency,
    )


def claim_ordered(
    wanted: ColumnElement[bool],
    connection: Connection,
    *,
    after: tuple[int, int, bool] | None,
    limit: int,
) -> list[Claimed]:
    """Claim orders that a condition on them and their customers names."""
    last = after[1] if after else None
    rows = store.orders_to_bill(connection, wanted, after=last, limit=limit)
    return [
        Claimed(key=(row.customer_id, row.id, row.awaits_advance), name=row.order_no)
        for row in rows
    ]


def order_batch(
    run: RunRef,
    turns: Turns,
    connection: Connection,
    claimed: Sequence[Claimed],
    *,
    listed: Counter[str],
) -> BatchResult:
    """Post what of the claimed orders is not invoiced; close those that left whole.

    listed counts the documents that a dry run has numbered and taken back.
    """
    result = BatchResult()
    waits = {one.key[1]: WAITS_FOR_ADVANCE for one in claimed if one.key[2]}
    ids = [one.key[1] for one in claimed if not one.key[2]]
    orders = read_by_order(connection, ids, on=run.on)
    waits |= _waiting(connection, orders)
    _tell_waiting(claimed, waits, result, by_name=run.dry_run or turns.by_hand)
    later = [key for key, why in waits.items() if why == BILLED_WHEN_DELIVERED]
    due = [one for one in orders if one.order_ids[0] not in waits]
    if later:
        delivered = read_billable(connection, later, turn_of=turns.of)
        due += [one for one in delivered.orders if one.lines]
    posted = post_orders(run, connection, due, result, listed=listed)
    marked = {one.draft.order_ids[0] for one in posted} - set(later)
    billed.mark_by_order(connection, marked)
    with_rest = {one.order_ids[0] for one in orders}
    _close(run, connection, [key for key in ids if key not in with_rest])
    return result


def _waiting(connection: Connection, orders: Sequence[BillableOrder]) -> dict[int, str]:
    """Return why orders are not invoiced before their delivery, by order."""
    seller = seller_of(resources().policy, read_company(connection, COMPANY_ID))
    found = {}
    for one in orders:
        category = customers_category(seller, one.buyer, place=one.place)
        if one.advances.is_pending:
            found[one.order_ids[0]] = WAITS_FOR_ADVANCE_INVOICE
        elif one.is_before_supply and category == INTRA_COMMUNITY:
            found[one.order_ids[0]] = BILLED_WHEN_DELIVERED
    return found


def _tell_waiting(
    claimed: Sequence[Claimed],
    waits: dict[int, str],
    result: BatchResult,
    *,
    by_name: bool,
) -> None:
    """Count what waits, by reason; who lists or bills orders by name is told which."""
    for why in waits.values():
        result.skipped[why] += 1
    if by_name:
        result.details.extend(
            {
                "order": one.name,
                "not_invoiced": waits[one.key[1]],
                "until": None,
                "why": _WHY[waits[one.key[1]]],
            }
            for one in claimed
            if one.key[1] in waits
        )


def _close(run: RunRef, connection: Connection, order_ids: Sequence[int]) -> None:
    """Close orders that have left whole since they were invoiced."""
    if not order_ids:
        return
    billed.link_deliveries(connection, order_ids)
    closed = settle_orders(connection, order_ids)
    record_events(
        connection,
        [
            Happening("order", order_id, "invoiced in full", run.actor, state, "closed")
            for order_id, state in closed.items()
        ],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
