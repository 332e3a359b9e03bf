"""Which payment requests has nobody been told yet, and what stands on them?"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, func, select

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import customer, payment_request, sales_order

_UNTOLD = and_(payment_request.c.state == "open", payment_request.c.told_on.is_(None))


class Told(NamedTuple):
    """How a request went out: the page and the mail are None where there is none."""

    request_id: int
    told_on: date
    path: str | None
    sha256: str | None
    outbox_key: str | None


def untold(connection: Connection, *, after: int | None, limit: int) -> list[int]:
    """Return the next open requests that nobody was told, by id."""
    return list(
        connection.execute(
            select(payment_request.c.id)
            .where(_UNTOLD, payment_request.c.id > (after or 0))
            .order_by(payment_request.c.id)
            .limit(limit)
        ).scalars()
    )


def still_untold(
    connection: Connection, ids: Sequence[int]
) -> Sequence[tuple[int, str]]:
    """Claim those of the requests that still wait: id and the order's number."""
    rows = connection.execute(
        select(payment_request.c.id, sales_order.c.order_no)
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .where(_UNTOLD, among(connection, payment_request.c.id, ids))
        .order_by(payment_request.c.id)
        .with_for_update(key_share=True, skip_locked=True, of=payment_request)
    )
    return [(row.id, row.order_no) for row in rows]


def read_untold(connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Read the requests with their order and who reads them, by id.

    ahead is what came for all requests of the order.
    """
    other = payment_request.alias("other")
    ahead = (
        select(func.sum(other.c.received, type_=AMOUNT))
        .where(other.c.order_id == payment_request.c.order_id)
        .scalar_subquery()
    )
    return connection.execute(
        select(
            payment_request.c.id,
            payment_request.c.order_id,
            payment_request.c.request_no,
            payment_request.c.reference,
            payment_request.c.rate,
            payment_request.c.amount,
            payment_request.c.currency,
            payment_request.c.asked_on,
            payment_request.c.due_on,
            ahead.label("ahead"),
            sales_order.c.order_no,
            sales_order.c.customer_ref,
            sales_order.c.customer_id,
            customer.c.name.label("customer_name"),
            customer.c.email,
            customer.c.language,
        )
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(among(connection, payment_request.c.id, ids))
        .order_by(payment_request.c.id)
    ).all()


def mark_told(connection: Connection, told: Sequence[Told]) -> None:
    """Write when and how the requests went out."""
    names = ("told_on", "path", "sha256", "outbox_key")
    update_rows(connection, payment_request, names, told)
