"""Which payment requests are past their day, and which of their tasks are settled?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from adv_domain.store.tables import customer, payment_request, sales_order, task


def overdue_requests(
    connection: Connection, *, before: date, kind: str
) -> Sequence[Row[Any]]:
    """Read the open requests due before a day, of which no open task of the kind is."""
    asked = select(task.c.entity_id).where(
        task.c.kind == kind, task.c.entity == "order", task.c.state == "open"
    )
    return connection.execute(
        select(
            payment_request.c.order_id,
            payment_request.c.request_no,
            payment_request.c.reference,
            payment_request.c.amount,
            payment_request.c.received,
            payment_request.c.currency,
            payment_request.c.due_on,
            sales_order.c.order_no,
            sales_order.c.customer_id,
            customer.c.name.label("customer_name"),
        )
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(
            payment_request.c.state == "open",
            payment_request.c.told_on.is_not(None),
            payment_request.c.due_on < before,
            payment_request.c.order_id.not_in(asked),
        )
        .order_by(payment_request.c.id)
    ).all()


def drop_settled(connection: Connection, *, kind: str, by: str, now: datetime) -> None:
    """Drop the open tasks of the kind about orders of which nothing is asked."""
    still_asked = select(payment_request.c.order_id).where(
        payment_request.c.state == "open"
    )
    connection.execute(
        update(task)
        .where(
            task.c.kind == kind,
            task.c.state == "open",
            task.c.entity == "order",
            task.c.entity_id.not_in(still_asked),
        )
        .values(
            state="dropped",
            closed_at=now,
            closed_by=by,
            result="paid, or asked for no more",
        )
    )
