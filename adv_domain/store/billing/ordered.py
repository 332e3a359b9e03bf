"""What would the invoice of a whole order say, shipped or not?"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, literal, select
from sqlalchemy.types import Date, String

from adv_domain.rules.billing.posting import BillableOrder
from adv_domain.store.billing.order_charges import read_order_charges
from adv_domain.store.billing.order_heads import billable_order, qty_of, read_heads
from adv_domain.store.rows import among
from adv_domain.store.tables import order_line, product


def read_ordered(
    connection: Connection, order_ids: Sequence[int], *, on: date
) -> list[BillableOrder]:
    """Read the orders with all that was ordered and not cancelled, supplied on a day.

    Two statements, two more where an order has charges; in the order given.
    """
    heads = read_heads(connection, order_ids)
    lines: dict[int, dict[int, list[Row[Any]]]] = {key: {} for key in order_ids}
    for row in _lines(connection, order_ids, on=on):
        lines[row.order_id][row.order_line_id] = [row]
    charges = read_order_charges(
        connection,
        heads,
        {
            order_id: {key: qty_of(rows) for key, rows in found.items()}
            for order_id, found in lines.items()
        },
    )
    return [
        billable_order(
            heads[order_id],
            None,
            lines[order_id],
            charges=(charges[order_id],) if order_id in charges else (),
        )
        for order_id in order_ids
    ]


def _lines(
    connection: Connection, order_ids: Sequence[int], *, on: date
) -> Sequence[Row[Any]]:
    line = order_line.c
    return connection.execute(
        select(
            line.id,
            line.order_id,
            line.id.label("order_line_id"),
            (line.qty - line.qty_cancelled).label("qty"),
            (line.qty - line.qty).label("qty_ignored"),
            literal(on, Date).label("shipped_on"),
            literal("", String).label("delivery_no"),
            line.product_code,
            line.description,
            line.unit,
            line.unit_price,
            line.discount_rate,
            product.c.name,
            product.c.tax_class,
            product.c.nature,
        )
        .outerjoin(product, product.c.id == line.product_id)
        .where(
            among(connection, line.order_id, order_ids),
            line.state != "cancelled",
            line.qty > line.qty_cancelled,
        )
        .order_by(line.order_id, line.line_no)
    ).all()
