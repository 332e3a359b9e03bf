"""Who ordered at a price that does not stand, and what does the customer call it?"""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from adv_domain.store.rows import among
from adv_domain.store.tables import customer, order_line, product, sales_order


class OrderedLine(NamedTuple):
    """A line of an accepted order with what a mail to its customer needs."""

    order_id: int
    order_no: str
    customer_ref: str
    customer_id: int
    customer_name: str
    language: str
    email: str | None
    line_no: int
    product: str
    description: str
    unit: str


def read_ordered_lines(
    connection: Connection, order_ids: Collection[int]
) -> list[OrderedLine]:
    """Read the lines of orders of known customers, by order and line."""
    text = func.coalesce(order_line.c.description, product.c.name, "")
    rows = connection.execute(
        select(
            sales_order.c.id,
            sales_order.c.order_no,
            sales_order.c.customer_ref,
            sales_order.c.customer_id,
            customer.c.name,
            customer.c.language,
            customer.c.email,
            order_line.c.line_no,
            order_line.c.product_code,
            text,
            order_line.c.unit,
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .outerjoin(product, product.c.id == order_line.c.product_id)
        .where(among(connection, sales_order.c.id, order_ids))
        .order_by(sales_order.c.id, order_line.c.line_no)
    )
    return [OrderedLine._make(row) for row in rows.all()]
