"""Which orders of a batch ask for what another order asks for too?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from adv_domain.rules.orders.twins import Twin, goods_key, older_twin
from adv_domain.store.orders.validation import (
    WaitingLine,
    WaitingOrder,
    read_orders_for_goods,
)


@dataclass(frozen=True, slots=True)
class Twins:
    """The keys of what each order of a batch asks for, and the older twins found."""

    goods_keys: Mapping[int, int | None]
    older: Mapping[int, Twin]


def find_twins(
    connection: Connection,
    orders: Sequence[WaitingOrder],
    lines: Mapping[int, Sequence[WaitingLine]],
    *,
    within_days: int,
) -> Twins:
    """Look for older twins, in the batch and on record, in one statement.

    Read after the customers are locked, so that of twins that two workers look at
    the second sees the first.
    """
    keys = {
        order.id: goods_key(
            order.customer_code,
            [(line.product_code, line.qty) for line in lines[order.id]],
        )
        for order in orders
    }
    wanted = {key for key in keys.values() if key is not None}
    by_key = read_orders_for_goods(connection, wanted)
    for order in orders:
        if (key := keys[order.id]) is not None:
            by_key.setdefault(key, []).append(_twin(order))
    found = {
        order.id: older_twin(_twin(order), others, within_days=within_days)
        for order in orders
        if (key := keys[order.id]) is not None and len(others := by_key[key]) > 1
    }
    return Twins(keys, {at: twin for at, twin in found.items() if twin is not None})


def _twin(order: WaitingOrder) -> Twin:
    return Twin(order.id, order.order_no, order.customer_ref, order.ordered_on)
