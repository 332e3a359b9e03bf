"""Which orders have anything to invoice, in the order in which they are claimed?

Rows of id, customer_id, order_no and the customer's schedule, by customer and id. Those
invoiced as they were ordered are claimed elsewhere (by_order); by_default: so are all
of customers with whom nothing is agreed.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, Select, literal, select, tuple_

from adv_domain.store.billing.by_order import is_by_order
from adv_domain.store.rows import among
from adv_domain.store.tables import customer, sales_order


def orders_to_invoice(
    connection: Connection,
    *,
    by_default: bool,
    after: tuple[int, int] | None,
    limit: int,
) -> list[Row[Any]]:
    """Claim orders with something to bill, after a customer and order."""
    key = tuple_(sales_order.c.customer_id, sales_order.c.id)
    statement = _to_invoice(by_default=by_default).limit(limit)
    if after is not None:
        statement = statement.where(key > tuple_(literal(after[0]), literal(after[1])))
    return list(connection.execute(statement))


def rest_of_customer(
    connection: Connection, customer_id: int, *, by_default: bool, after: int
) -> list[Row[Any]]:
    """Claim what else there is to bill of a customer, beyond the order named."""
    return list(
        connection.execute(
            _to_invoice(by_default=by_default).where(
                sales_order.c.customer_id == customer_id, sales_order.c.id > after
            )
        )
    )


def orders_picked(
    connection: Connection,
    *,
    by_default: bool,
    order_ids: Collection[int],
    customer_id: int | None,
) -> list[Row[Any]]:
    """Claim what there is to bill of the orders, or of the customer where one is
    named."""
    if customer_id is not None:
        return rest_of_customer(connection, customer_id, by_default=by_default, after=0)
    named = among(connection, sales_order.c.id, order_ids)
    found = _to_invoice(by_default=by_default).where(named)
    return list(connection.execute(found))


def _to_invoice(*, by_default: bool) -> Select[Any]:
    return (
        select(
            sales_order.c.id,
            sales_order.c.customer_id,
            sales_order.c.order_no,
            customer.c.invoicing,
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(sales_order.c.to_invoice, ~is_by_order(by_default=by_default))
        .order_by(sales_order.c.customer_id, sales_order.c.id)
        .with_for_update(skip_locked=True, of=sales_order)
    )
