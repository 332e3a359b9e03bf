"""How do the orders of a file come into the database, a batch to a transaction?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from adv_domain.files.orders.source import OrderSource, ReadOrder
from adv_domain.rules.faults import FileFault
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.incoming import (
    DEFAULT_UNIT,
    Fate,
    IncomingLine,
    IncomingOrder,
)
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.engine import writing
from adv_domain.store.intake.order_intake import insert_orders
from adv_domain.store.leases import LeaseLost, keep_lease
from adv_domain.store.runs import Happening, record_events
from tasks.intake.changes import keep_changes
from tasks.intake.fates import Known, decided, read_known
from tasks.intake.tally import Taking, Tally
from tasks.progress import report
from tasks.resources import now, resources

_FATAL = (OperationalError, InterfaceError, LeaseLost, OSError, MemoryError)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What became of one order of a batch."""

    found: ReadOrder
    fate: Fate
    fault: FileFault | None = None

    def faults(self) -> list[FileFault]:
        """Return the fault once for each row of the order, what is only told once."""
        if self.fault is None:
            return []
        if self.fault.is_warning:
            return [self.fault]
        return [replace(self.fault, row=row_no) for row_no in self.found.rows]


def take_orders(taking: Taking, source: OrderSource) -> Tally:
    """Store the orders of the file; a repeated run stores only what is missing.

    Unit of retry: a batch; key: customer, reference, content hash.
    """
    tally = Tally(faults=list(source.warnings))
    for batch in _batches(source.orders(), resources().settings.batch_size):
        good = [found for found in batch if found.order is not None]
        for found in batch:
            tally.read += len(found.rows)
            if found.order is None:
                tally.rejected += len(found.rows)
            tally.faults.extend(found.faults)
        for stored in _stored(taking, good):
            _count(tally, stored)
        report(stage="intake", event="batch", done=len(good))
    return tally


def _batches(orders: Iterator[ReadOrder], size: int) -> Iterator[list[ReadOrder]]:
    while batch := list(islice(orders, size)):
        yield batch


def _count(tally: Tally, stored: _Stored) -> None:
    rows = len(stored.found.rows)
    if stored.fate is Fate.NEW:
        tally.accepted += rows
        tally.orders += 1
    elif stored.fate is Fate.AMENDMENT:
        tally.accepted += rows
        tally.amendments += 1
    elif stored.fate is Fate.DUPLICATE:
        tally.duplicate += rows
    else:
        tally.rejected += rows
    tally.faults.extend(stored.faults())


def _stored(taking: Taking, batch: Sequence[ReadOrder]) -> list[_Stored]:
    """Store a batch; where a write fails, its halves, down to the order at fault."""
    if not batch:
        return []
    try:
        with writing(resources().engine) as connection:
            keep_lease(connection, taking.run.lease, now=now())
            return _store_batch(connection, taking, batch)
    except _FATAL:
        raise
    except Exception as error:
        if len(batch) == 1:
            return [_not_storable(taking, batch[0], error)]
    middle = len(batch) // 2
    return _stored(taking, batch[:middle]) + _stored(taking, batch[middle:])


def _not_storable(taking: Taking, found: ReadOrder, error: Exception) -> _Stored:
    cause = (str(error) or type(error).__name__).splitlines()[0][:200]
    message = f"the order cannot be stored: {cause}"
    row_no = found.rows[0]
    fault = FileFault(taking.name, row_no, "", "not_storable", message)
    return _Stored(found, Fate.REFUSED, fault)


def _store_batch(
    connection: Connection, taking: Taking, batch: Sequence[ReadOrder]
) -> list[_Stored]:
    orders = [found.order for found in batch if found.order is not None]
    known = read_known(connection, orders)
    fates = [decided(taking, order, known) for order in orders]
    fresh = [
        (order, one.occurrence)
        for order, one in zip(orders, fates, strict=True)
        if one.fate is Fate.NEW and one.occurrence
    ]
    given = insert_orders(
        connection,
        company_id=COMPANY_ID,
        orders=[_order_row(taking, *each, known) for each in fresh],
        lines=[[_line_row(line, known) for line in order.lines] for order, _ in fresh],
    )
    _record_received(connection, taking, [order for order, _ in fresh], given)
    changes = [
        order
        for order, one in zip(orders, fates, strict=True)
        if one.fate is Fate.AMENDMENT and one.occurrence
    ]
    keep_changes(connection, taking, changes, known)
    return [
        _Stored(found, one.fate, one.fault)
        for found, one in zip(batch, fates, strict=True)
    ]


def _order_row(
    taking: Taking, order: IncomingOrder, occurrence: int, known: Known
) -> dict[str, Any]:
    header = order.header
    buyer = known.customers.get(header.customer)
    currency = buyer.currency if buyer else taking.seller["currency"]
    return {
        "customer_id": buyer.id if buyer else None,
        "customer_code": header.customer,
        "customer_ref": header.customer_ref,
        "occurrence": occurrence,
        "ordered_on": header.ordered_on or taking.run.on,
        "requested_on": header.requested_on,
        "currency": header.currency or currency,
        "state": "received",
        "payment_terms": known.term_of(order),
        "channel": header.channel,
        "entered_by": header.entered_by,
        "shipping_policy": known.shipping_policy,
        "ship_to_name": header.ship_to_name,
        "ship_to_address": header.ship_to_address,
        "ship_to_country": header.ship_to_country,
        "buyer_reference": header.buyer_reference,
        "instructions": header.instructions,
        "prepaid": header.prepaid or ZERO,
        "source_file_id": taking.file_id,
        "source_row": order.source_row,
        "content_hash": order.content_hash,
        "received_at": known.at,
    }


def _line_row(line: IncomingLine, known: Known) -> dict[str, Any]:
    return {
        "line_no": line.line_no,
        "product_id": known.products.get(line.product),
        "product_code": line.product,
        "description": line.description,
        "customer_article": line.customer_article,
        "qty": line.qty,
        "unit": line.unit or DEFAULT_UNIT,
        "asked_price": line.unit_price,
        "asked_discount_rate": line.discount_rate,
        "requested_on": line.requested_on,
        "state": "open",
        "source_row": line.source_row,
    }


def _record_received(
    connection: Connection,
    taking: Taking,
    orders: Sequence[IncomingOrder],
    given: Sequence[tuple[int, str]],
) -> None:
    record_events(
        connection,
        [
            Happening(
                entity="order",
                entity_id=order_id,
                what="received",
                actor=taking.run.actor,
                to_state="received",
                reason=f"{taking.name}, row {order.source_row}",
            )
            for order, (order_id, _) in zip(orders, given, strict=True)
        ],
        business_date=taking.run.on,
        now=now(),
        run_id=taking.run.run_id,
    )
