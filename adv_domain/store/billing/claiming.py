"""Which orders have anything to invoice, in the order in which they are claimed?

Rows of id, customer_id, order_no and the customer's schedule. Those invoiced as they
were ordered are claimed elsewhere (by_order); by_default: so are all of customers with
whom nothing is agreed.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, Select, distinct, literal, select, tuple_

from adv_domain.store.billing.by_order import is_by_order
from adv_domain.store.billing.waiting import Schedules, of_schedules
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    customer,
    invoice,
    invoice_line,
    order_line,
    sales_order,
)


def orders_alone(
    connection: Connection,
    *,
    by_default: bool,
    collected: Schedules,
    after: int,
    limit: int,
) -> list[Row[Any]]:
    """Claim orders whose invoices are their own, the oldest first, after an order.

    Rows that came one after the other lie beside each other: by customer, a batch
    would touch pages all over the tables.
    """
    statement = _to_invoice(by_default=by_default).where(
        ~of_schedules(collected), sales_order.c.id > after
    )
    return list(connection.execute(statement.order_by(sales_order.c.id).limit(limit)))


def orders_shared(
    connection: Connection,
    *,
    by_default: bool,
    collected: Schedules,
    after: tuple[int, int],
    limit: int,
) -> list[Row[Any]]:
    """Claim orders that may share an invoice, after a customer and order.

    What else there is of the last customer comes too, beyond the limit.
    """
    key = tuple_(sales_order.c.customer_id, sales_order.c.id)
    statement = _to_invoice(by_default=by_default).where(
        of_schedules(collected), key > tuple_(literal(after[0]), literal(after[1]))
    )
    rows = list(connection.execute(_by_customer(statement).limit(limit)))
    if len(rows) == limit:
        last = rows[-1]
        rows += rest_of_customer(
            connection, last.customer_id, by_default=by_default, after=last.id
        )
    return rows


def rest_of_customer(
    connection: Connection, customer_id: int, *, by_default: bool, after: int
) -> list[Row[Any]]:
    """Claim what else there is to bill of a customer, beyond the order named."""
    return list(
        connection.execute(
            _by_customer(_to_invoice(by_default=by_default)).where(
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
    found = _by_customer(_to_invoice(by_default=by_default)).where(named)
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
        .with_for_update(key_share=True, skip_locked=True, of=sales_order)
    )


def _by_customer(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(sales_order.c.customer_id, sales_order.c.id)


def orders_billed_by(
    connection: Connection, run_id: int, order_ids: Collection[int]
) -> set[int]:
    """Return of which of the orders a run has invoiced anything."""
    billed = (
        select(distinct(order_line.c.order_id))
        .join(invoice_line, invoice_line.c.order_line_id == order_line.c.id)
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .where(
            among(connection, order_line.c.order_id, order_ids),
            invoice.c.run_id == run_id,
        )
    )
    return set(connection.execute(billed).scalars())
