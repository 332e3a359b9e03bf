"""Which orders of a customer go on one invoice?

Those of one period whose currency, terms, address and tax regime agree, never across
calendar months; what names another purchase order reference of a public buyer, or was
paid in advance, stands alone. Every line is on exactly one invoice.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from adv_domain.rules.billing.covered import Covers
from adv_domain.rules.billing.posting import BillableOrder, Draft


def collected(
    orders: Sequence[BillableOrder], *, counted_from_order: Collection[str] = ()
) -> list[tuple[BillableOrder, ...]]:
    """Partition the orders into those that may share an invoice, as they come.

    counted_from_order are the terms that fall due from the order's own date: only
    orders of one day agree in them.
    """
    groups: dict[Any, list[BillableOrder]] = {}
    for at, order in enumerate(orders):
        key = at if order.collect_on is None else _key(order, counted_from_order)
        groups.setdefault(key, []).append(order)
    return [tuple(group) for group in groups.values()]


def together(orders: Sequence[BillableOrder]) -> BillableOrder:
    """Return what one invoice of the orders covers: their lines, in their order."""
    first = orders[0]
    if len(orders) == 1:
        return first
    since = min(one.first_supplied_on for one in orders)
    until = max(one.supplied_on for one in orders)
    covers = _covers([one.covers for one in orders])
    return replace(
        first,
        order_ids=tuple(dict.fromkeys(id_ for one in orders for id_ in one.order_ids)),
        ordered_on=min(one.ordered_on for one in orders),
        first_supplied_on=since,
        supplied_on=until,
        covers=replace(covers, supplied_from=since) if since < until else covers,
        lines=tuple(line for one in orders for line in one.lines),
        charges=tuple(charges for one in orders for charges in one.charges),
    )


def is_taxed_alike(joint: Draft, apart: Sequence[Draft]) -> bool:
    """Tell whether each line bears on the joint invoice the tax that it has alone.

    A rate that changed within the month, or a category, keeps orders apart.
    """
    return joint.inputs == tuple(line for one in apart for line in one.inputs)


def _key(order: BillableOrder, counted_from_order: Collection[str]) -> tuple[Any, ...]:
    from_order = order.payment_terms in counted_from_order
    return (
        order.customer_id,
        order.collect_on,
        (order.supplied_on.year, order.supplied_on.month),
        order.currency,
        order.payment_terms,
        order.ordered_on if from_order else None,
        order.buyer,
        order.covers.destination,
        tuple(one.buyer_reference for one in order.covers.orders),
    )


def _covers(parts: Sequence[Covers]) -> Covers:
    supplies = {one.supply for one in parts}
    return replace(
        parts[0],
        orders=tuple(dict.fromkeys(order for one in parts for order in one.orders)),
        delivery_notes=tuple(
            dict.fromkeys(note for one in parts for note in one.delivery_notes)
        ),
        supply=parts[0].supply if len(supplies) == 1 else "mixed",
    )
