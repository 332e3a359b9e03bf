"""What of an order that is invoiced as it was ordered is not invoiced yet?

A line is billed for all that is ordered of it and neither cancelled, nor given up by
stock, nor came back unbilled. What stands invoiced of it is not billed again, whether
it was shipped by then or not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, literal, select
from sqlalchemy.types import String

from adv_domain.rules.billing.issued_documents import DeliveryNote
from adv_domain.rules.billing.posting import BillableOrder
from adv_domain.store.advances.advances import read_advances
from adv_domain.store.billing.order_charges import read_order_charges
from adv_domain.store.billing.order_heads import billable_order, qty_of, read_heads
from adv_domain.store.rows import among
from adv_domain.store.tables import delivery, delivery_line, order_line, product

_line = order_line.c
_WANTED = _line.qty - _line.qty_cancelled - _line.qty_given_up
LINE_REST = _WANTED - _line.qty_ignored - _line.qty_invoiced
"""What of an order line is not invoiced; negative where too much is."""


def read_by_order(
    connection: Connection, order_ids: Sequence[int], *, on: date
) -> list[BillableOrder]:
    """Read the orders with what is not invoiced of them, as given.

    An order with nothing left is left out. Where all of it has left, its days and
    delivery notes are known; else it is billed as of the day. Four statements, two
    more where an order has charges, three where one was paid in advance.
    """
    heads = read_heads(connection, order_ids)
    ahead = read_advances(connection, order_ids)
    lines: dict[int, dict[int, list[Row[Any]]]] = {}
    for row in _lines(connection, order_ids, on=on):
        lines.setdefault(row.order_id, {})[row.order_line_id] = [row]
    unbilled = _unbilled(connection, order_ids)
    charges = read_order_charges(
        connection,
        heads,
        {
            order_id: {key: qty_of(rows) for key, rows in found.items()}
            for order_id, found in lines.items()
        },
    )
    orders = []
    for order_id in order_ids:
        if order_id not in lines:
            continue
        due = (charges[order_id],) if order_id in charges else ()
        order = billable_order(heads[order_id], None, lines[order_id], charges=due)
        order = _with_deliveries(order, lines[order_id], unbilled.get(order_id, ()))
        known = ahead.get(order_id)
        orders.append(replace(order, advances=known) if known else order)
    return orders


def _with_deliveries(
    order: BillableOrder,
    lines: Mapping[int, list[Row[Any]]],
    unbilled: Sequence[Row[Any]],
) -> BillableOrder:
    """Let the lines stand for what has left of them, and name the delivery notes."""
    left: dict[int | None, list[int]] = {}
    for row in unbilled:
        left.setdefault(row.order_line_id, []).append(row.id)
    notes = tuple(
        dict.fromkeys(DeliveryNote(row.delivery_no, row.shipped_on) for row in unbilled)
    )
    waits = any(row.is_to_come for rows in lines.values() for row in rows)
    first_on = min([order.supplied_on, *(row.shipped_on for row in unbilled)])
    since = first_on if first_on < order.supplied_on and not waits else None
    return replace(
        order,
        is_before_supply=waits,
        first_supplied_on=order.supplied_on if waits else first_on,
        covers=replace(order.covers, delivery_notes=notes, supplied_from=since),
        lines=tuple(
            one._replace(delivery_line_ids=tuple(left.get(one.order_line_id, ())))
            for one in order.lines
        ),
    )


def _lines(
    connection: Connection, order_ids: Sequence[int], *, on: date
) -> Sequence[Row[Any]]:
    is_to_come = _line.qty_shipped < _WANTED
    statement: Select[Any] = (
        select(
            _line.id,
            _line.order_id,
            _line.id.label("order_line_id"),
            LINE_REST.label("qty"),
            (_line.qty - _line.qty).label("qty_ignored"),
            case(
                (is_to_come, literal(on)),
                else_=func.coalesce(_line.last_shipped_on, literal(on)),
            ).label("shipped_on"),
            is_to_come.label("is_to_come"),
            literal("", String).label("delivery_no"),
            _line.product_code,
            _line.description,
            _line.unit,
            _line.unit_price,
            _line.discount_rate,
            product.c.name,
            product.c.tax_class,
            product.c.nature,
        )
        .outerjoin(product, product.c.id == _line.product_id)
        .where(among(connection, _line.order_id, order_ids), LINE_REST > 0)
        .order_by(_line.order_id, _line.line_no)
    )
    return connection.execute(statement).all()


def _unbilled(
    connection: Connection, order_ids: Sequence[int]
) -> dict[int, list[Row[Any]]]:
    """Read by order the delivery lines that no invoice bills yet."""
    rows = connection.execute(
        select(
            delivery_line.c.id,
            delivery_line.c.order_id,
            delivery_line.c.order_line_id,
            delivery.c.delivery_no,
            delivery.c.shipped_on,
        )
        .join(delivery, delivery.c.id == delivery_line.c.delivery_id)
        .where(
            among(connection, delivery_line.c.order_id, order_ids),
            delivery_line.c.invoice_line_id.is_(None),
            delivery_line.c.ignored_on.is_(None),
        )
        .order_by(delivery_line.c.id)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.order_id, []).append(row)
    return found
