"""How do the orders of a file come into the database, a batch to a transaction?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from adv_domain.files.orders.source import OrderSource, ReadOrder
from adv_domain.rules.faults import FileFault
from adv_domain.rules.orders.incoming import Fate, IncomingOrder
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.engine import writing
from adv_domain.store.intake.order_intake import insert_orders
from adv_domain.store.leases import LeaseLost, keep_lease
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.table_growth import tell_growth
from adv_domain.store.tables import order_line, sales_order
from tasks.intake.changes import keep_changes
from tasks.intake.fates import decided, read_known
from tasks.intake.naming import named_by_our_codes
from tasks.intake.order_rows import coming_order, line_row, order_row
from tasks.intake.tally import Taking, Tally
from tasks.progress import report
from tasks.resources import now, resources

_FATAL = (OperationalError, InterfaceError, LeaseLost, OSError, MemoryError)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What became of one order of a batch; customer is our code of whose it is."""

    found: ReadOrder
    fate: Fate
    fault: FileFault | None = None
    customer: str = ""

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
    codes: dict[str, str] = {}
    given: set[str] = set()
    batches = _batches(source.orders(), resources().settings.batch_size)
    for count, batch in enumerate(batches, start=1):
        good = [found for found in batch if found.order is not None]
        for found in batch:
            tally.read += len(found.rows)
            if found.order is None:
                tally.rejected += len(found.rows)
            tally.faults.extend(found.faults)
            given.add(found.order.header.customer if found.order else found.customer)
        for stored in _stored(taking, good):
            _count(tally, stored)
            if stored.found.order is not None and stored.customer:
                codes[stored.found.order.header.customer] = stored.customer
        if count.bit_count() == 1:  # the first, second, fourth, eighth …
            _tell_growth(tally.orders)
        report(stage="intake", event="batch", done=len(good))
    tally.customers = {codes.get(name, name) for name in given}
    return tally


def _tell_growth(orders: int) -> None:
    with writing(resources().engine) as connection:
        tell_growth(connection, (sales_order, order_line), rows=orders)


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
    named = named_by_our_codes(connection, orders)
    known = read_known(connection, taking, (*orders, *named))
    coming = [
        coming_order(*each, known.standing) for each in zip(orders, named, strict=True)
    ]
    fates = [decided(taking, one, known) for one in coming]
    fresh = [
        (one, what.occurrence)
        for one, what in zip(coming, fates, strict=True)
        if what.fate is Fate.NEW and what.occurrence
    ]
    given = insert_orders(
        connection,
        company_id=COMPANY_ID,
        orders=[
            order_row(one, known.standing, occurrence=occurrence)
            for one, occurrence in fresh
        ],
        lines=[
            [line_row(line, known.standing) for line in one.record.lines]
            for one, _ in fresh
        ],
    )
    _record_received(connection, taking, [one.given for one, _ in fresh], given)
    changes = [
        one.named
        for one, what in zip(coming, fates, strict=True)
        if what.fate is Fate.AMENDMENT and what.occurrence
    ]
    keep_changes(connection, taking, changes, known)
    return [
        _Stored(found, what.fate, what.fault, one.named.header.customer)
        for found, what, one in zip(batch, fates, coming, strict=True)
    ]


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
