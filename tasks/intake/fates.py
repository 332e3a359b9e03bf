"""Is a document of an order file new, one seen before, or a change of one?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from adv_domain.rules.amendments.states import CHANGEABLE
from adv_domain.rules.faults import (
    ORDER_NOT_HERE,
    REPEATED_CHANGE,
    FileFault,
)
from adv_domain.rules.orders.incoming import (
    EarlierOrder,
    Fate,
    IncomingOrder,
    Repeats,
    fate_of,
)
from adv_domain.rules.orders.order_content import hashes_of
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.intake.amendments import KnownAmendment, known_amendments
from adv_domain.store.intake.order_intake import (
    KnownOrder,
    OrderKey,
    known_orders,
)
from tasks.intake.order_rows import Coming, Standing, read_standing
from tasks.intake.tally import Taking
from tasks.resources import resources


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of a document; without an occurrence there is nothing to write."""

    fate: Fate
    occurrence: int = 0
    fault: FileFault | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What stands already of a batch's orders, customers and products; the policy."""

    orders: dict[OrderKey, list[KnownOrder]]
    amendments: dict[OrderKey, list[KnownAmendment]]
    standing: Standing
    repeats: Repeats


def read_known(
    connection: Connection, taking: Taking, orders: Sequence[IncomingOrder]
) -> Known:
    """Read what a batch is held against, in a constant number of statements.

    orders are those as they were given and as they are named by our codes: an order
    may stand under either name.
    """
    keys = {_key(one) for one in orders}
    policy = resources().policy
    return Known(
        orders=known_orders(connection, company_id=COMPANY_ID, keys=keys),
        amendments=known_amendments(connection, company_id=COMPANY_ID, keys=keys),
        standing=read_standing(connection, taking, orders),
        repeats=Repeats(policy.intake.duplicate_reference),
    )


def decided(taking: Taking, coming: Coming, known: Known) -> Decided:
    """Decide on a document and note it, so that a twin in the same batch is seen."""
    keys = list(dict.fromkeys((_key(coming.named), _key(coming.given))))
    orders = [one for key in keys for one in known.orders.get(key, ())]
    changes = [one for key in keys for one in known.amendments.get(key, ())]
    hashes = hashes_of(coming.given, coming.record) if orders or changes else set()
    order = coming.named
    seen = _seen_before(taking, order, _Earlier(orders, changes, hashes))
    if seen is not None:
        return seen
    fate, occurrence = fate_of(
        order,
        [
            EarlierOrder(one.occurrence, _hashes(one), one.state in CHANGEABLE)
            for one in orders
        ],
        hashes=hashes,
        repeats=known.repeats,
    )
    match fate:
        case Fate.REFUSED:
            return Decided(fate, fault=_repeated(taking, order, orders[0].order_no))
        case Fate.NEW:
            noted = _noted_order(taking, coming, occurrence)
            known.orders.setdefault(keys[0], []).append(noted)
        case Fate.AMENDMENT:
            known.amendments.setdefault(keys[0], []).append(_noted(taking, order))
            fault = None if orders else _not_here(taking, order)
            return Decided(fate, occurrence=1, fault=fault)
    return Decided(fate, occurrence)


def _key(order: IncomingOrder) -> OrderKey:
    return order.header.customer, order.header.customer_ref


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What stands under the name of a document, and the hashes it may stand under."""

    orders: Sequence[KnownOrder]
    changes: Sequence[KnownAmendment]
    hashes: set[str]


def _hashes(one: KnownOrder | KnownAmendment) -> set[str]:
    """Return what a document on record is known by."""
    record = one.record_hash if isinstance(one, KnownOrder) else None
    return {one.content_hash, record or one.content_hash}


def _seen_before(
    taking: Taking, order: IncomingOrder, earlier: _Earlier
) -> Decided | None:
    """Tell what was taken before: by this very file, which was interrupted, it counts
    as if it were new."""
    last = earlier.changes[-1] if earlier.changes else None
    for fate, found in (
        (Fate.NEW, earlier.orders),
        (Fate.AMENDMENT, earlier.changes),
    ):
        files = [one.source_file_id for one in found if _hashes(one) & earlier.hashes]
        if taking.is_resumed and taking.file_id in files:
            return Decided(fate)
        if files:
            was_overtaken = last is not None and not _hashes(last) & earlier.hashes
            fault = _overtaken(taking, order) if was_overtaken else None
            return Decided(Fate.DUPLICATE, fault=fault)
    return None


def _noted_order(taking: Taking, coming: Coming, occurrence: int) -> KnownOrder:
    return KnownOrder(
        id=0,
        order_no="",
        customer_code=coming.named.header.customer,
        customer_ref=coming.named.header.customer_ref,
        occurrence=occurrence,
        content_hash=coming.given.content_hash,
        record_hash=coming.record.content_hash,
        source_file_id=taking.file_id,
        state="received",
    )


def _noted(taking: Taking, order: IncomingOrder) -> KnownAmendment:
    return KnownAmendment(0, *_key(order), order.content_hash, taking.file_id)


def _repeated(taking: Taking, order: IncomingOrder, order_no: str) -> FileFault:
    return FileFault(
        taking.name,
        order.source_row,
        "customer_ref",
        "duplicate_reference",
        f"an order of this customer and reference is here as {order_no or 'new'} with "
        "other content; give the order a reference of its own",
        order.header.customer_ref,
    )


def _not_here(taking: Taking, order: IncomingOrder) -> FileFault:
    return FileFault(
        taking.name,
        order.source_row,
        "customer_ref",
        ORDER_NOT_HERE,
        "no order of this customer and reference is here yet, the change waits for it; "
        "if the reference is wrong, send the change with the right one",
        order.header.customer_ref,
    )


def _overtaken(taking: Taking, order: IncomingOrder) -> FileFault:
    return FileFault(
        taking.name,
        order.source_row,
        "customer_ref",
        REPEATED_CHANGE,
        "this was taken before and a later change has followed it, nothing is done; "
        "if the order is to be so again, send a change with a new document_ref",
        order.header.customer_ref,
    )
