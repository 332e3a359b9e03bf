"""Which accepted orders are asked for an advance, and which requests stand?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    exists,
    func,
    or_,
    select,
    update,
)

from adv_domain.rules.billing.charges import TaxedAt
from adv_domain.rules.billing.paid_ahead import Bases
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import customer, payment_request, sales_order

_GIVEN_UP = ("rejected", "cancelled")


@dataclass(frozen=True, slots=True)
class AskedOrder:
    """An order to ask an advance for."""

    order_id: int
    rate: Decimal
    gross: Decimal | None
    last_no: int


def wants_advance() -> ColumnElement[bool]:
    """Say that an order's customer pays in advance; correlated to sales_order."""
    return (
        exists()
        .where(customer.c.id == sales_order.c.customer_id, customer.c.advance_rate > 0)
        .correlate(sales_order)
    )


def awaits_payment() -> ColumnElement[bool]:
    """Say that money comes first: the order's policy or its customer's advance."""
    has_paid = (
        exists()
        .where(
            payment_request.c.order_id == sales_order.c.id,
            payment_request.c.state == "paid",
        )
        .correlate(sales_order)
    )
    return and_(
        ~sales_order.c.is_prepaid,
        or_(sales_order.c.shipping_policy == "after_payment", wants_advance()),
        ~has_paid,
    )


def orders_to_ask(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[tuple[int, str]]:
    """Claim accepted orders that no request stands for as they are, by id."""
    request = payment_request.c
    stands = exists().where(
        request.order_id == sales_order.c.id,
        or_(
            request.state == "paid",
            and_(
                request.state == "open",
                request.order_gross.is_not_distinct_from(sales_order.c.gross),
            ),
        ),
    )
    rows = connection.execute(
        select(sales_order.c.id, sales_order.c.order_no)
        .where(
            sales_order.c.state == "accepted",
            ~sales_order.c.is_prepaid,
            sales_order.c.id > (after or 0),
            wants_advance(),
            ~stands,
        )
        .order_by(sales_order.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=sales_order)
    )
    return [(row.id, row.order_no) for row in rows]


def read_asked(
    connection: Connection, order_ids: Sequence[int]
) -> dict[int, AskedOrder]:
    """Read by id what asking for an advance of the orders needs."""
    last = (
        select(func.max(payment_request.c.request_no))
        .where(payment_request.c.order_id == sales_order.c.id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            sales_order.c.id,
            customer.c.advance_rate,
            sales_order.c.gross,
            func.coalesce(last, 0),
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(among(connection, sales_order.c.id, order_ids))
    )
    return {row[0]: AskedOrder(*row) for row in rows}


def write_requests(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert open requests."""
    insert_rows(connection, payment_request, rows)


def withdraw_open(
    connection: Connection, order_ids: Collection[int], *, on: date, reason: str
) -> None:
    """Withdraw the open requests of the orders."""
    connection.execute(
        update(payment_request)
        .where(
            among(connection, payment_request.c.order_id, order_ids),
            payment_request.c.state == "open",
        )
        .values(state="withdrawn", withdrawn_on=on, reason=reason)
    )


def withdraw_given_up(connection: Connection, *, on: date) -> list[int]:
    """Withdraw what is asked for orders that come to nothing; return their ids."""
    over = select(sales_order.c.id).where(sales_order.c.state.in_(_GIVEN_UP))
    rows = connection.execute(
        update(payment_request)
        .where(payment_request.c.state == "open", payment_request.c.order_id.in_(over))
        .values(state="withdrawn", withdrawn_on=on, reason="the order is given up")
        .returning(payment_request.c.order_id)
    )
    return sorted(rows.scalars())


def requests_named(
    connection: Connection, references: Collection[str]
) -> Sequence[Row[Any]]:
    """Read and lock the requests with one of the references."""
    return connection.execute(
        select(
            payment_request.c.id,
            payment_request.c.reference,
            payment_request.c.state,
            payment_request.c.amount,
            payment_request.c.currency,
            payment_request.c.order_id,
            sales_order.c.order_no,
            sales_order.c.customer_id,
        )
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .where(among(connection, payment_request.c.reference, references))
        .order_by(payment_request.c.id)
        .with_for_update(of=payment_request)
    ).all()


def open_request_of(connection: Connection, order_no: str) -> Row[Any] | None:
    """Read and lock the open request of an order, None where there is none."""
    return connection.execute(
        select(
            payment_request,
            sales_order.c.order_no,
            sales_order.c.customer_id,
        )
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .where(sales_order.c.order_no == order_no, payment_request.c.state == "open")
        .with_for_update(of=payment_request)
    ).one_or_none()


def held_for(connection: Connection, payment_id: int) -> str | None:
    """Name the order for whose advance the payment is held until it is invoiced."""
    return connection.execute(
        select(sales_order.c.order_no)
        .join(payment_request, payment_request.c.order_id == sales_order.c.id)
        .where(
            payment_request.c.payment_id == payment_id,
            payment_request.c.invoice_id.is_(None),
        )
    ).scalar()


def mark_paid(connection: Connection, paid: Sequence[tuple[int, int, date]]) -> None:
    """Write which payment paid each request, and when: (request, payment, day)."""
    rows = [(request_id, "paid", *by) for request_id, *by in paid]
    update_rows(connection, payment_request, ("state", "payment_id", "paid_on"), rows)


def reopen_requests(connection: Connection, payment_ids: Collection[int]) -> list[int]:
    """Open requests again whose money the bank took back; return their orders.

    One that is invoiced stays: its invoice is open again.
    """
    rows = connection.execute(
        update(payment_request)
        .where(
            among(connection, payment_request.c.payment_id, payment_ids),
            payment_request.c.state == "paid",
            payment_request.c.invoice_id.is_(None),
        )
        .values(state="open", payment_id=None, paid_on=None)
        .returning(payment_request.c.order_id)
    )
    return sorted(rows.scalars())


def bases_as_json(bases: Bases) -> list[list[str]]:
    """Write amounts by tax group."""
    return [
        [group.category, str(group.rate), str(group.surcharge_rate), str(amount)]
        for group, amount in bases.items()
    ]


def bases_from_json(written: Sequence[Sequence[str]]) -> dict[TaxedAt, Decimal]:
    """Read amounts by tax group."""
    return {
        TaxedAt(category, Decimal(rate), Decimal(surcharge)): Decimal(amount)
        for category, rate, surcharge, amount in written
    }
