"""Which waiting orders name a customer or product that nobody knew, and what now?"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, exists, or_, select

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.tables import order_line, sales_order

ORDER_NAMES = ("customer_id", "customer_code", "occurrence", "buyer_ids", "record_hash")
LINE_NAMES = ("product_id", "product_code")


def claim_unnamed(
    connection: Connection, *, after: int | None, limit: int
) -> list[tuple[int, str]]:
    """Claim orders that are not decided and name something unknown, by id."""
    of_unknown = exists().where(
        order_line.c.order_id == sales_order.c.id, order_line.c.product_id.is_(None)
    )
    rows = connection.execute(
        select(sales_order.c.id, sales_order.c.order_no)
        .where(
            or_(sales_order.c.state == "held", sales_order.c.state == "received"),
            or_(sales_order.c.customer_id.is_(None), of_unknown),
            sales_order.c.id > (after or 0),
        )
        .order_by(sales_order.c.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return [(row.id, row.order_no) for row in rows]


def write_names(
    connection: Connection,
    orders: Sequence[tuple[Any, ...]],
    lines: Sequence[tuple[Any, ...]],
) -> None:
    """Write rows of id and ORDER_NAMES, and of id and LINE_NAMES."""
    update_rows(connection, sales_order, ORDER_NAMES, orders)
    update_rows(connection, order_line, LINE_NAMES, lines)
