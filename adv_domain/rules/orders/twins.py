"""Does an order ask for the same goods as another one of the same customer?

A purchase order that is sent by mail and by EDI, or typed in twice, comes under two
references. What cannot be known for sure is only told: both may be wanted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import blake2b

_KEY_BYTES = 8


@dataclass(frozen=True, slots=True)
class Twin:
    """An order of the same customer for the same products and quantities."""

    order_id: int
    order_no: str
    customer_ref: str
    ordered_on: date


def goods_key(customer_code: str, goods: Iterable[tuple[str, Decimal]]) -> int | None:
    """Return a number of 64 bits that stands for a customer and what he orders.

    The order of the lines does not matter, prices and dates do not either. None where
    nothing is ordered.
    """
    # 3 and 3.000000 are the same quantity; to format one costs twice as much as str
    lines = sorted([product + "\x1f" + str(qty.normalize()) for product, qty in goods])
    if not lines:
        return None
    text = "\x1e".join((customer_code, *lines)).encode("utf-8", "surrogatepass")
    digest = blake2b(text, digest_size=_KEY_BYTES).digest()
    return int.from_bytes(digest, signed=True)


def older_twin(order: Twin, others: Iterable[Twin], *, within_days: int) -> Twin | None:
    """Return the last one that came before the order, under another reference.

    The days are those between the dates of the two orders.
    """
    most = timedelta(days=within_days)
    older = [
        other
        for other in others
        if other.order_id < order.order_id
        and other.customer_ref != order.customer_ref
        and abs(other.ordered_on - order.ordered_on) <= most
    ]
    return max(older, key=lambda other: other.order_id, default=None)
