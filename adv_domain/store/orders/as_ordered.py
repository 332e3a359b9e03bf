"""What did the customer order, in the form in which orders come in?

For writing an order to a file, and for naming what was unknown when it came.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, select

from adv_domain.rules.orders.incoming import (
    IncomingHeader,
    IncomingLine,
    IncomingOrder,
    OrderCharge,
    PartyId,
)
from adv_domain.rules.orders.order_content import incoming_order
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among
from adv_domain.store.tables import order_line, sales_order

AS_GIVEN = (
    "customer_ref",
    "ordered_on",
    "requested_on",
    "currency",
    "payment_terms",
    "channel",
    "entered_by",
    "ship_to_name",
    "ship_to_address",
    "ship_to_country",
    "ship_to_id",
    "ship_to_postal_code",
    "ship_to_city",
    "ship_to_region",
    "buyer_reference",
    "buyer_name",
    "contact_name",
    "contact_phone",
    "contact_email",
    "deliver_from",
    "deliver_until",
    "incoterm",
    "incoterm_place",
    "instructions",
    "document_total",
    "milestones",
)
"""Columns of an order and fields of an incoming one that go by the same name."""

_LINE = (
    "line_no",
    "line_ref",
    "description",
    "customer_article",
    "gtin",
    "note",
    "qty",
    "unit",
    "tax_category",
    "tax_rate",
    "requested_on",
)


@dataclass(frozen=True, slots=True)
class OrderAsked:
    """An order on record as it was asked for; lines that were cancelled are in it."""

    id: int
    order_no: str
    occurrence: int
    content_hash: str
    record_hash: str | None
    order: IncomingOrder
    line_ids: tuple[int, ...]


def orders_as_ordered(
    connection: Connection, order_ids: Collection[int]
) -> list[OrderAsked]:
    """Read the orders with their lines in two statements, by id."""
    lines = _lines(connection, order_ids)
    rows = connection.execute(
        select(sales_order)
        .where(among(connection, sales_order.c.id, sorted(order_ids)))
        .order_by(sales_order.c.id)
    )
    return [
        OrderAsked(
            id=row["id"],
            order_no=row["order_no"],
            occurrence=row["occurrence"],
            content_hash=row["content_hash"],
            record_hash=row["record_hash"],
            order=incoming_order(
                _header(row),
                [line for _, line in lines.get(row["id"], ())],
                lines_are_numbered=True,
                source_row=row["source_row"] or 0,
            ),
            line_ids=tuple(line_id for line_id, _ in lines.get(row["id"], ())),
        )
        for row in rows.mappings()
    ]


def know_by_what_they_say(connection: Connection, order_ids: Collection[int]) -> None:
    """Give orders that were changed the hash of what they say now.

    So that one that is exported and taken in again is known, as any other.
    """
    if not order_ids:
        return
    rows = [
        (one.id, one.order.content_hash)
        for one in orders_as_ordered(connection, order_ids)
    ]
    update_rows(connection, sales_order, ("record_hash",), rows)


def _lines(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[tuple[int, IncomingLine]]]:
    rows = connection.execute(
        select(order_line)
        .where(among(connection, order_line.c.order_id, sorted(order_ids)))
        .order_by(order_line.c.order_id, order_line.c.line_no)
    )
    found: dict[int, list[tuple[int, IncomingLine]]] = {}
    for row in rows.mappings():
        found.setdefault(row["order_id"], []).append((row["id"], _line(row)))
    return found


def _header(row: RowMapping) -> IncomingHeader:
    return IncomingHeader(
        customer=row["customer_code"],
        prepaid=row["prepaid"] or None,
        buyer_ids=tuple(PartyId(*one) for one in row["buyer_ids"] or ()),
        charges=tuple(_charge(one) for one in row["charges"] or ()),
        shipping_policy=row["asked_shipping_policy"],
        priority=row["asked_priority"],
        **{name: row[name] for name in AS_GIVEN},
    )


def _charge(stored: dict[str, str | None]) -> OrderCharge:
    rate = stored["tax_rate"]
    return OrderCharge(
        amount=Decimal(stored["amount"] or 0),
        reason=stored["reason"],
        tax_category=stored["tax_category"],
        tax_rate=None if rate is None else Decimal(rate),
    )


def _line(row: RowMapping) -> IncomingLine:
    return IncomingLine(
        product=row["product_code"],
        unit_price=row["asked_price"],
        discount_rate=row["asked_discount_rate"],
        source_row=row["source_row"] or 0,
        **{name: row[name] for name in _LINE},
    )
