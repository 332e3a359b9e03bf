"""Which orders have anything to invoice, in the order in which they are claimed?

Rows of id, customer_id, order_no and the customer's schedule, by customer and id.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, Select, literal, select, tuple_

from adv_domain.store.rows import among
from adv_domain.store.tables import customer, sales_order


def orders_to_invoice(
    connection: Connection, *, after: tuple[int, int] | None, limit: int
) -> list[Row[Any]]:
    """Claim orders with something to bill, after a customer and order."""
    key = tuple_(sales_order.c.customer_id, sales_order.c.id)
    statement = _to_invoice().limit(limit)
    if after is not None:
        statement = statement.where(key > tuple_(literal(after[0]), literal(after[1])))
    return list(connection.execute(statement))


def rest_of_customer(
    connection: Connection, customer_id: int, *, after: int
) -> list[Row[Any]]:
    """Claim what else there is to bill of a customer, beyond the order named."""
    return list(
        connection.execute(
            _to_invoice().where(
                sales_order.c.customer_id == customer_id, sales_order.c.id > after
            )
        )
    )


def orders_picked(
    connection: Connection, *, order_ids: Collection[int], customer_id: int | None
) -> list[Row[Any]]:
    """Claim what there is to bill of the orders, or of the customer where one is
    named."""
    if customer_id is not None:
        return rest_of_customer(connection, customer_id, after=0)
    named = among(connection, sales_order.c.id, order_ids)
    return list(connection.execute(_to_invoice().where(named)))


def _to_invoice() -> Select[Any]:
    return (
        select(
            sales_order.c.id,
            sales_order.c.customer_id,
            sales_order.c.order_no,
            customer.c.invoicing,
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(sales_order.c.to_invoice)
        .order_by(sales_order.c.customer_id, sales_order.c.id)
        .with_for_update(skip_locked=True, of=sales_order)
    )
