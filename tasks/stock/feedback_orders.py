"""Which order does each piece of news in a batch speak of?"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from adv_domain.rules.stock.believable import FeedbackRefused
from adv_domain.rules.stock.entries import StockEntry
from adv_domain.store.stock.feedback import OrderAtStock, orders_named
from tasks.stock.feedback_batch import FeedbackBatch


def named_orders(
    batch: FeedbackBatch, connection: Connection, entries: Mapping[int, StockEntry]
) -> dict[int, OrderAtStock]:
    """Find and lock the order of each entry; an entry without one is refused."""
    by_name: dict[object, list[OrderAtStock]] = {}
    for order in _orders_of(connection, entries.values()):
        by_name.setdefault(order.order_no, []).append(order)
        reference = (order.customer_code, order.customer_ref)
        by_name.setdefault(reference, []).append(order)
    named = {}
    for at, entry in entries.items():
        name = entry.order_no or (entry.customer, entry.customer_ref)
        found = by_name.get(name, [])
        if len(found) != 1:
            batch.refuse(at, _not_one_order(entry, len(found)))
        elif not _is_of(entry, found[0]):
            batch.refuse(at, _of_somebody_else(entry))
        else:
            named[at] = found[0]
    return named


def _orders_of(
    connection: Connection, entries: Iterable[StockEntry]
) -> list[OrderAtStock]:
    order_nos, customer_refs = set(), set()
    for entry in entries:
        if entry.order_no:
            order_nos.add(entry.order_no)
        elif entry.customer and entry.customer_ref:
            customer_refs.add((entry.customer, entry.customer_ref))
    return orders_named(connection, order_nos=order_nos, customer_refs=customer_refs)


def _is_of(entry: StockEntry, order: OrderAtStock) -> bool:
    """Tell whether all that the entry says of the order's names is true of it."""
    return entry.customer in (None, order.customer_code) and entry.customer_ref in (
        None,
        order.customer_ref,
    )


def _of_somebody_else(entry: StockEntry) -> FeedbackRefused:
    said = " ".join(filter(None, (entry.customer, entry.customer_ref)))
    return FeedbackRefused(
        code="other_order",
        field="order_no",
        message=f"order {entry.order_no} is not the order {said}; correct one of them, "
        "or name the order by one alone",
    )


def _not_one_order(entry: StockEntry, count: int) -> FeedbackRefused:
    if count:
        return FeedbackRefused(
            code="ambiguous_order",
            field="customer_ref",
            message=f"{count} orders have the reference {entry.order_name}; "
            "give our order_no",
        )
    return FeedbackRefused(
        code="unknown_order",
        field="order_no" if entry.order_no else "customer_ref",
        message=f"order {entry.order_name} is not known; correct the number",
    )
