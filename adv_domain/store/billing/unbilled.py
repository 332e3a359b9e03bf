"""Which delivered goods were not invoiced at the close of a day, or of many?"""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from adv_domain.rules.billing.unbilled import DeliveredGoods
from adv_domain.store.columns import UNIT
from adv_domain.store.tables import (
    customer,
    delivery,
    delivery_line,
    goods_return,
    invoice,
    invoice_line,
    order_line,
    product,
    sales_order,
)

_ZERO = Decimal(0)


def read_unbilled(
    connection: Connection, *, first: date, last: date
) -> list[DeliveredGoods]:
    """Return the goods that were unbilled at the close of some day of the range.

    What came back unbilled is a part of its own, which ends on that day. In the order
    of shipment; two statements.
    """
    came_back = _came_back(connection, first=first, last=last)
    goods = []
    for row in connection.execute(_delivered(first, last)):
        ended_on = min(
            (day for day in (row.issued_on, row.ignored_on) if day), default=None
        )
        left = row.qty - row.qty_ignored
        # what a person will never bill, he gave up whole, with what has come back
        if left > 0 and _meets(row.shipped_on, ended_on, first, last):
            goods.append(_goods(row, qty=left, ended_on=ended_on))
        for returned_on, qty in came_back.get((row.delivery_id, row.order_line_id), ()):
            if _meets(row.shipped_on, returned_on, first, last):
                goods.append(_goods(row, qty=qty, ended_on=returned_on))
    return goods


def _meets(shipped_on: date, ended_on: date | None, first: date, last: date) -> bool:
    begins = max(shipped_on, first)
    return begins <= last and (ended_on is None or ended_on > begins)


def _delivered(first: date, last: date) -> Select[Any]:
    """Select delivery lines that were unbilled, or lost a part unbilled, in the range.

    Most are invoiced on the day they leave, and the condition passes those over.
    """
    return (
        select(
            delivery_line.c.delivery_id,
            delivery_line.c.order_line_id,
            delivery_line.c.qty,
            delivery_line.c.qty_ignored,
            delivery_line.c.ignored_on,
            invoice.c.issued_on,
            delivery.c.delivery_no,
            delivery.c.shipped_on,
            sales_order.c.order_no,
            sales_order.c.customer_code,
            sales_order.c.currency,
            customer.c.name,
            order_line.c.line_no,
            order_line.c.product_code,
            func.coalesce(order_line.c.description, product.c.name).label("text"),
            order_line.c.unit,
            order_line.c.unit_price,
            order_line.c.discount_rate,
        )
        .join(delivery, delivery.c.id == delivery_line.c.delivery_id)
        .join(order_line, order_line.c.id == delivery_line.c.order_line_id)
        .join(sales_order, sales_order.c.id == delivery_line.c.order_id)
        .outerjoin(customer, customer.c.id == sales_order.c.customer_id)
        .outerjoin(product, product.c.id == order_line.c.product_id)
        .outerjoin(invoice_line, invoice_line.c.id == delivery_line.c.invoice_line_id)
        .outerjoin(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .where(
            delivery.c.shipped_on <= last,
            delivery_line.c.qty > 0,
            or_(
                _lasted(invoice.c.issued_on, first),
                delivery_line.c.qty_ignored > 0,
            ),
        )
        .order_by(delivery.c.shipped_on, delivery.c.id, order_line.c.line_no)
    )


def _lasted(issued_on: ColumnElement[date], first: date) -> ColumnElement[bool]:
    return and_(
        or_(
            issued_on.is_(None),
            and_(issued_on > delivery.c.shipped_on, issued_on > first),
        ),
        or_(
            delivery_line.c.ignored_on.is_(None),
            delivery_line.c.ignored_on > first,
        ),
    )


def _came_back(
    connection: Connection, *, first: date, last: date
) -> dict[tuple[int, int], list[tuple[date, Decimal]]]:
    """Read what came back before it was invoiced, by delivery and order line."""
    unbilled = func.sum(goods_return.c.qty - goods_return.c.qty_billed, type_=UNIT)
    rows = connection.execute(
        select(
            goods_return.c.delivery_id,
            goods_return.c.order_line_id,
            goods_return.c.returned_on,
            unbilled.label("qty"),
        )
        .join(delivery, delivery.c.id == goods_return.c.delivery_id)
        .where(
            goods_return.c.qty > goods_return.c.qty_billed,
            goods_return.c.returned_on > first,
            delivery.c.shipped_on <= last,
        )
        .group_by(
            goods_return.c.delivery_id,
            goods_return.c.order_line_id,
            goods_return.c.returned_on,
        )
        .order_by(goods_return.c.returned_on)
    )
    found: dict[tuple[int, int], list[tuple[date, Decimal]]] = {}
    for row in rows:
        key = (row.delivery_id, row.order_line_id)
        found.setdefault(key, []).append((row.returned_on, row.qty))
    return found


def _goods(row: Row[Any], *, qty: Decimal, ended_on: date | None) -> DeliveredGoods:
    return DeliveredGoods(
        delivery_no=row.delivery_no,
        order_no=row.order_no,
        customer=row.customer_code,
        customer_name=row.name or "",
        line_no=row.line_no,
        product=row.product_code,
        description=row.text or "",
        unit=row.unit,
        shipped_on=row.shipped_on,
        ended_on=ended_on,
        qty=qty,
        unit_price=row.unit_price,
        discount_rate=row.discount_rate,
        currency=row.currency,
    )
