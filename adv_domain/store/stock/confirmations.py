"""Which orders has their customer not been told of as they are now?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, update

from adv_domain.store.advances.payment_requests import awaits_payment
from adv_domain.store.billing.order_charges import charges_told
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    customer,
    order_fault,
    order_line,
    outbox,
    payment_term,
    product,
    sales_order,
)

KIND = "order_confirmation"
# an order that is looked at anew waits until it is accepted again
_DECIDED = (
    "accepted",
    "handed_off",
    "in_fulfilment",
    "fulfilled",
    "closed",
    "cancelled",
    "rejected",
)


class AcceptedLine(NamedTuple):
    """A line of the order as it stands; net is of the whole line."""

    line_no: int
    product: str
    description: str
    qty: Decimal
    unit: str
    unit_price: Decimal | None
    discount_rate: Decimal
    net: Decimal | None
    wished_on: date | None
    confirmed_on: date | None
    tax_class: str


class EarlierMail(NamedTuple):
    """A confirmation of the order that was queued before."""

    outbox_key: str
    state: str


@dataclass(frozen=True, slots=True)
class AcceptedOrder:
    """An order to be confirmed, its customer, and what was found in it (warnings).

    charges are its own by description, below zero for an allowance.
    """

    order_id: int
    order_no: str
    customer_ref: str
    state: str
    ordered_on: date
    currency: str
    net: Decimal | None
    charges: tuple[tuple[str, Decimal], ...]
    ship_to_country: str | None
    payment_terms: str
    awaits_payment: bool
    customer_id: int
    customer_code: str
    customer_name: str
    language: str
    progress_mails: str | None
    address: str | None
    lines: Sequence[AcceptedLine]
    found: Sequence[tuple[int, str]]
    earlier: Sequence[EarlierMail]


def orders_to_confirm(
    connection: Connection, *, after: int | None, limit: int
) -> list[tuple[int, str]]:
    """Claim orders that were accepted or changed since their customer was told."""
    rows = connection.execute(
        select(sales_order.c.id, sales_order.c.order_no)
        .where(
            sales_order.c.to_confirm,
            sales_order.c.state.in_(_DECIDED),
            sales_order.c.id > (after or 0),
        )
        .order_by(sales_order.c.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return [(row.id, row.order_no) for row in rows]


def read_accepted(
    connection: Connection, order_ids: Collection[int]
) -> list[AcceptedOrder]:
    """Read the orders in a constant number of statements, ordered by id."""
    lines = _lines(connection, order_ids)
    found = _found(connection, order_ids)
    earlier = _earlier(connection, order_ids)
    rows = connection.execute(
        select(
            sales_order.c.id,
            sales_order.c.order_no,
            sales_order.c.customer_ref,
            sales_order.c.state,
            sales_order.c.ordered_on,
            sales_order.c.currency,
            sales_order.c.net,
            sales_order.c.charges,
            sales_order.c.ship_to_country,
            sales_order.c.contact_email,
            func.coalesce(payment_term.c.name, "").label("terms"),
            awaits_payment().label("awaits_payment"),
            customer.c.id.label("customer_id"),
            customer.c.code,
            customer.c.name,
            customer.c.language,
            customer.c.progress_mails,
            customer.c.email,
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .outerjoin(payment_term, payment_term.c.code == sales_order.c.payment_terms)
        .where(among(connection, sales_order.c.id, order_ids))
        .order_by(sales_order.c.id)
    )
    return [
        AcceptedOrder(
            order_id=row.id,
            order_no=row.order_no,
            customer_ref=row.customer_ref,
            state=row.state,
            ordered_on=row.ordered_on,
            currency=row.currency,
            net=row.net,
            charges=charges_told(row.charges, row.currency),
            ship_to_country=row.ship_to_country,
            payment_terms=row.terms,
            awaits_payment=row.awaits_payment,
            customer_id=row.customer_id,
            customer_code=row.code,
            customer_name=row.name,
            language=row.language,
            progress_mails=row.progress_mails,
            address=row.email or row.contact_email,
            lines=lines.get(row.id, []),
            found=found.get(row.id, []),
            earlier=earlier.get(row.id, []),
        )
        for row in rows
    ]


def note_confirmed(connection: Connection, order_ids: Collection[int]) -> None:
    """Note that the customers know these orders, or need not."""
    connection.execute(
        update(sales_order)
        .where(among(connection, sales_order.c.id, order_ids))
        .values(to_confirm=False)
    )


def _lines(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[AcceptedLine]]:
    """Read the lines that are not given up."""
    line = order_line.c
    rows = connection.execute(
        select(
            line.order_id,
            line.line_no,
            line.product_code,
            func.coalesce(line.description, product.c.name, ""),
            line.qty,
            line.unit,
            line.unit_price,
            line.discount_rate,
            line.net,
            func.coalesce(line.requested_on, sales_order.c.requested_on),
            line.confirmed_on,
            func.coalesce(product.c.tax_class, "standard"),
        )
        .join(sales_order, sales_order.c.id == line.order_id)
        .outerjoin(product, product.c.id == line.product_id)
        .where(among(connection, line.order_id, order_ids), line.state != "cancelled")
        .order_by(line.order_id, line.line_no)
    )
    return _by_order(rows, AcceptedLine)


def _found(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[tuple[int, str]]]:
    rows = connection.execute(
        select(order_fault.c.order_id, order_fault.c.line_no, order_fault.c.code)
        .where(
            among(connection, order_fault.c.order_id, order_ids),
            order_fault.c.resolved_on.is_(None),
        )
        .order_by(order_fault.c.order_id, order_fault.c.line_no, order_fault.c.id)
    )
    return _by_order(rows, lambda line_no, code: (line_no, code))


def _earlier(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[EarlierMail]]:
    rows = connection.execute(
        select(outbox.c.entity_id, outbox.c.outbox_key, outbox.c.state)
        .where(
            outbox.c.entity == "order",
            among(connection, outbox.c.entity_id, order_ids),
            outbox.c.kind == KIND,
        )
        .order_by(outbox.c.id)
    )
    return _by_order(rows, EarlierMail)


def _by_order(rows: Any, make: Any) -> dict[int, list[Any]]:
    by_order: dict[int, list[Any]] = {}
    for order_id, *values in rows:
        by_order.setdefault(order_id, []).append(make(*values))
    return by_order
