"""Is now known whom and what a waiting order means, that was not when it came?

A GLN, a VAT id, a GTIN or a customer's article code is often entered only because an
order was held for it. From then on the order goes by our codes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection

from adv_domain.rules.orders.incoming import IncomingOrder
from adv_domain.rules.orders.order_content import hashed_anew
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.intake.amendments import rename_amendments
from adv_domain.store.intake.customers import customer_ids
from adv_domain.store.intake.order_intake import OrderKey, known_orders, product_ids
from adv_domain.store.orders.as_ordered import OrderAsked, orders_as_ordered
from adv_domain.store.orders.unnamed import claim_unnamed, write_names
from adv_domain.store.runs import Happening, record_events
from tasks.batches import BatchResult, Claimed, work_through
from tasks.intake.naming import named_by_our_codes
from tasks.intake.order_rows import ids_column
from tasks.resources import now
from tasks.step import Outcome, RunRef


def name_waiting_orders(run: RunRef) -> Outcome:
    """Name customers and products of waiting orders that became known, by id.

    Unit of retry: a batch. An order named once has nothing left to be named.
    """
    return work_through(run, claim=_claim, handle=partial(_handle, run))


@dataclass(frozen=True, slots=True)
class _Named:
    """An order that names by our codes what it did not, and its new place."""

    asked: OrderAsked
    order: IncomingOrder
    occurrence: int


def _claim(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    found = claim_unnamed(connection, after=after, limit=limit)
    return [Claimed(key=order_id, name=order_no) for order_id, order_no in found]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    asked = orders_as_ordered(connection, [one.key for one in claimed])
    named = named_by_our_codes(connection, [one.order for one in asked])
    changed = [
        (one, order)
        for one, order in zip(asked, named, strict=True)
        if order is not one.order
    ]
    result = BatchResult()
    if changed:
        placed = _placed(connection, changed)
        _write(connection, placed)
        _record(connection, run, placed)
        result.done["named"] += len(placed)
    return result


def _placed(
    connection: Connection, changed: Sequence[tuple[OrderAsked, IncomingOrder]]
) -> list[_Named]:
    """Give each order its place among those of the customer and reference it means."""
    keys = {_key_of(order) for _, order in changed}
    known = known_orders(connection, company_id=COMPANY_ID, keys=keys)
    last = {key: max(one.occurrence for one in found) for key, found in known.items()}
    placed = []
    for asked, order in changed:
        key = _key_of(order)
        occurrence = asked.occurrence
        if key != _key_of(asked.order):
            occurrence = last[key] = last.get(key, 0) + 1
        placed.append(_Named(asked, order, occurrence))
    return placed


def _key_of(order: IncomingOrder) -> OrderKey:
    return order.header.customer, order.header.customer_ref


def _write(connection: Connection, placed: Sequence[_Named]) -> None:
    customers = customer_ids(connection, {one.order.header.customer for one in placed})
    products = product_ids(
        connection, {line.product for one in placed for line in one.order.lines}
    )
    write_names(
        connection,
        [_order_row(one, customers) for one in placed],
        [
            (line_id, products.get(line.product), line.product)
            for one in placed
            for line_id, line in zip(one.asked.line_ids, one.order.lines, strict=True)
        ],
    )
    moved = {_key_of(one.asked.order): one.order.header.customer for one in placed}
    names = {key: code for key, code in moved.items() if key[0] != code}
    rename_amendments(connection, company_id=COMPANY_ID, names=names)


def _order_row(one: _Named, customers: Mapping[str, int]) -> tuple[Any, ...]:
    header, asked = one.order.header, one.asked
    on_record = {asked.content_hash, asked.record_hash}
    is_numbered = asked.order.content_hash in on_record
    record = hashed_anew(replace(one.order, lines_are_numbered=is_numbered))
    return (
        asked.id,
        customers.get(header.customer),
        header.customer,
        one.occurrence,
        ids_column(header),
        record.content_hash,
    )


def _record(connection: Connection, run: RunRef, placed: Sequence[_Named]) -> None:
    record_events(
        connection,
        [
            Happening(
                entity="order",
                entity_id=one.asked.id,
                what="named",
                actor=run.actor,
                reason=_told(one),
            )
            for one in placed
        ],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )


def _told(one: _Named) -> str:
    before, after = one.asked.order, one.order
    pairs = [("customer", before.header.customer, after.header.customer)]
    pairs += [
        (f"line {line.line_no}, product", line.product, named.product)
        for line, named in zip(before.lines, after.lines, strict=True)
    ]
    return "; ".join(f"{what} {old} is {new}" for what, old, new in pairs if old != new)
