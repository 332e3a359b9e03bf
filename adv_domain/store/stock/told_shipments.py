"""Which goods have left without their customer having been told?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, update

from adv_domain.store.rows import among
from adv_domain.store.tables import (
    customer,
    delay_notice,
    delivery,
    delivery_line,
    order_line,
    product,
    sales_order,
    silence,
)


class Departure(NamedTuple):
    """A delivery of an order that its customer has not been told of."""

    delivery_id: int
    delivery_no: str
    shipped_on: date
    carrier: str | None
    tracking: str | None


class DepartureLine(NamedTuple):
    """What of a line left with a delivery, goods beyond the order included."""

    delivery_id: int
    line_id: int
    qty: Decimal


class LineNow(NamedTuple):
    """A line of the order as it stands, and what its customer knows of its date.

    told_on is the date of the last notice; told_days are all that were named to him;
    told_silences are the awaited days of which he heard that they passed.
    """

    line_id: int
    product: str
    description: str
    state: str
    unit: str
    qty_open: Decimal
    qty_cancelled: Decimal
    first_confirmed_on: date | None
    confirmed_on: date | None
    told_on: date | None
    told_days: frozenset[date]
    told_silences: frozenset[date]

    @property
    def known_on(self) -> date | None:
        """The date that the customer last knew."""
        known = [day for day in (self.told_on, self.first_confirmed_on) if day]
        return max(known, default=None)


@dataclass(frozen=True, slots=True)
class LeftOrder:
    """An order of which something left, and its customer."""

    order_id: int
    order_no: str
    customer_ref: str
    state: str
    customer_id: int
    customer_code: str
    customer_name: str
    language: str
    progress_mails: str | None
    threshold_days: int | None
    address: str | None
    departures: Sequence[Departure]
    departed: Sequence[DepartureLine]
    lines: Sequence[LineNow]


def orders_that_left(
    connection: Connection, *, after: int | None, limit: int
) -> list[tuple[int, str]]:
    """Claim orders with deliveries that were not told."""
    untold = select(delivery.c.order_id).where(
        delivery.c.to_tell, delivery.c.order_id > (after or 0)
    )
    rows = connection.execute(
        select(sales_order.c.id, sales_order.c.order_no)
        .where(sales_order.c.id.in_(untold))
        .order_by(sales_order.c.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return [(row.id, row.order_no) for row in rows]


def read_left_orders(
    connection: Connection, order_ids: Collection[int]
) -> list[LeftOrder]:
    """Read the orders in a constant number of statements, ordered by id."""
    departures = _departures(connection, order_ids)
    departed = _departed(connection, order_ids)
    lines = _lines(connection, order_ids)
    rows = connection.execute(
        select(
            sales_order.c.id,
            sales_order.c.order_no,
            sales_order.c.customer_ref,
            sales_order.c.state,
            sales_order.c.contact_email,
            customer.c.id.label("customer_id"),
            customer.c.code,
            customer.c.name,
            customer.c.language,
            customer.c.progress_mails,
            customer.c.delay_threshold_days,
            customer.c.email,
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(among(connection, sales_order.c.id, order_ids))
        .order_by(sales_order.c.id)
    )
    return [
        LeftOrder(
            order_id=row.id,
            order_no=row.order_no,
            customer_ref=row.customer_ref,
            state=row.state,
            customer_id=row.customer_id,
            customer_code=row.code,
            customer_name=row.name,
            language=row.language,
            progress_mails=row.progress_mails,
            threshold_days=row.delay_threshold_days,
            address=row.email or row.contact_email,
            departures=departures.get(row.id, []),
            departed=departed.get(row.id, []),
            lines=lines.get(row.id, []),
        )
        for row in rows
    ]


def note_told(connection: Connection, delivery_ids: Collection[int]) -> None:
    """Note that these deliveries were told, or need not be."""
    connection.execute(
        update(delivery)
        .where(among(connection, delivery.c.id, delivery_ids))
        .values(to_tell=False)
    )


def _departures(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[Departure]]:
    rows = connection.execute(
        select(
            delivery.c.order_id,
            delivery.c.id,
            delivery.c.delivery_no,
            delivery.c.shipped_on,
            delivery.c.carrier,
            delivery.c.tracking,
        )
        .where(among(connection, delivery.c.order_id, order_ids), delivery.c.to_tell)
        .order_by(delivery.c.order_id, delivery.c.id)
    )
    return _by_order((order_id, Departure(*rest)) for order_id, *rest in rows)


def _departed(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[DepartureLine]]:
    line = delivery_line.c
    rows = connection.execute(
        select(
            line.order_id,
            line.delivery_id,
            line.order_line_id,
            line.qty + line.qty_over,
        )
        .join(delivery, delivery.c.id == line.delivery_id)
        .where(among(connection, line.order_id, order_ids), delivery.c.to_tell)
        .order_by(line.order_id, line.id)
    )
    return _by_order((order_id, DepartureLine(*rest)) for order_id, *rest in rows)


def _lines(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[LineNow]]:
    line = order_line.c
    told = _told(connection, order_ids)
    rows = connection.execute(
        select(
            line.order_id,
            line.id,
            line.product_code,
            func.coalesce(line.description, product.c.name, "").label("text"),
            line.state,
            line.unit,
            line.qty,
            line.qty_shipped,
            line.qty_cancelled,
            line.first_confirmed_on,
            line.confirmed_on,
        )
        .outerjoin(product, product.c.id == line.product_id)
        .where(among(connection, line.order_id, order_ids))
        .order_by(line.order_id, line.line_no)
    ).all()
    silences = _silences(connection, [row.id for row in rows])
    return _by_order(
        (
            row.order_id,
            LineNow(
                line_id=row.id,
                product=row.product_code,
                description=row.text,
                state=row.state,
                unit=row.unit,
                qty_open=row.qty - row.qty_shipped - row.qty_cancelled,
                qty_cancelled=row.qty_cancelled,
                first_confirmed_on=row.first_confirmed_on,
                confirmed_on=row.confirmed_on,
                told_on=next(iter(reversed(told.get(row.id, []))), None),
                told_days=frozenset(told.get(row.id, [])),
                told_silences=frozenset(silences.get(row.id, [])),
            ),
        )
        for row in rows
    )


def _told(connection: Connection, order_ids: Collection[int]) -> dict[int, list[date]]:
    """Read the days that the customers were told of each line, in that order."""
    rows = connection.execute(
        select(
            delay_notice.c.order_line_id, delay_notice.c.new_on, delay_notice.c.back_on
        )
        .where(among(connection, delay_notice.c.order_id, order_ids))
        .order_by(delay_notice.c.id)
    )
    days: list[tuple[int, date]] = []
    for line_id, new_on, back_on in rows:
        days.append((line_id, new_on))
        if back_on:
            days.append((line_id, back_on))
    return _by_order(days)


def _silences(
    connection: Connection, line_ids: Collection[int]
) -> dict[int, list[date]]:
    rows = connection.execute(
        select(silence.c.order_line_id, silence.c.confirmed_on).where(
            among(connection, silence.c.order_line_id, line_ids),
            silence.c.told_on.is_not(None),
        )
    )
    return _by_order(tuple(row) for row in rows)


def _by_order(pairs: Any) -> dict[int, list[Any]]:
    by_order: dict[int, list[Any]] = {}
    for order_id, one in pairs:
        by_order.setdefault(order_id, []).append(one)
    return by_order
