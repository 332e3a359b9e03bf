"""Is a document of an order file new, one seen before, or a change of one?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

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
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.intake.amendments import KnownAmendment, known_amendments
from adv_domain.store.intake.order_intake import (
    KnownCustomer,
    KnownOrder,
    OrderKey,
    known_customers,
    known_orders,
    product_ids,
)
from tasks.intake.tally import Taking
from tasks.intake.terms import codes_of_terms
from tasks.resources import now, resources


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
    customers: dict[str, KnownCustomer]
    products: dict[str, int]
    terms: Mapping[str, str]
    repeats: Repeats
    shipping_policy: str
    at: datetime

    def term_of(self, order: IncomingOrder) -> str | None:
        """Return the code of the term that the document names."""
        named = order.header.payment_terms
        return self.terms.get(named or "", named)


def read_known(connection: Connection, orders: Sequence[IncomingOrder]) -> Known:
    """Read what a batch is held against, in a constant number of statements."""
    keys = {_key(one) for one in orders}
    policy = resources().policy
    return Known(
        orders=known_orders(connection, company_id=COMPANY_ID, keys=keys),
        amendments=known_amendments(connection, company_id=COMPANY_ID, keys=keys),
        customers=known_customers(
            connection, company_id=COMPANY_ID, codes={code for code, _ in keys}
        ),
        products=product_ids(
            connection, {line.product for one in orders for line in one.lines}
        ),
        terms=codes_of_terms(connection, {one.header.payment_terms for one in orders}),
        repeats=Repeats(policy.intake.duplicate_reference),
        shipping_policy=policy.handoff.shipping,
        at=now(),
    )


def decided(taking: Taking, order: IncomingOrder, known: Known) -> Decided:
    """Decide on a document and note it, so that a twin in the same batch is seen."""
    orders = known.orders.setdefault(_key(order), [])
    changes = known.amendments.setdefault(_key(order), [])
    seen = _seen_before(taking, order, orders, changes)
    if seen is not None:
        return seen
    fate, occurrence = fate_of(
        order,
        [
            EarlierOrder(one.occurrence, one.content_hash, one.state in CHANGEABLE)
            for one in orders
        ],
        repeats=known.repeats,
    )
    match fate:
        case Fate.REFUSED:
            return Decided(fate, fault=_repeated(taking, order, orders[0].order_no))
        case Fate.NEW:
            orders.append(_noted_order(taking, order, occurrence))
        case Fate.AMENDMENT:
            changes.append(_noted_change(taking, order))
            fault = None if orders else _not_here(taking, order)
            return Decided(fate, occurrence=1, fault=fault)
    return Decided(fate, occurrence)


def _key(order: IncomingOrder) -> OrderKey:
    return order.header.customer, order.header.customer_ref


def _seen_before(
    taking: Taking,
    order: IncomingOrder,
    orders: Sequence[KnownOrder],
    changes: Sequence[KnownAmendment],
) -> Decided | None:
    """Tell what was taken before: by this very file, which was interrupted, it counts
    as if it were new."""
    content = order.content_hash
    for fate, found in ((Fate.NEW, orders), (Fate.AMENDMENT, changes)):
        files = [one.source_file_id for one in found if one.content_hash == content]
        if taking.is_resumed and taking.file_id in files:
            return Decided(fate)
        if files:
            was_overtaken = bool(changes) and changes[-1].content_hash != content
            fault = _overtaken(taking, order) if was_overtaken else None
            return Decided(Fate.DUPLICATE, fault=fault)
    return None


def _noted_order(taking: Taking, order: IncomingOrder, occurrence: int) -> KnownOrder:
    content = order.content_hash
    return KnownOrder(
        0, "", *_key(order), occurrence, content, taking.file_id, "received"
    )


def _noted_change(taking: Taking, order: IncomingOrder) -> KnownAmendment:
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
