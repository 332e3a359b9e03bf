"""Which delivered goods were not invoiced at the close of a day, or of many?"""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from adv_domain.rules.billing.unbilled import (
    DeliveredGoods,
    Span,
    unbilled_spans,
)
from adv_domain.store.columns import UNIT
from adv_domain.store.tables import (
    cancelled_billing,
    cancelled_invoice,
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
    of shipment; three statements.
    """
    came_back = _came_back(connection, first=first, last=last)
    let_go = _let_go(connection)
    goods = []
    for row in connection.execute(_delivered(first, last)):
        left = row.qty - row.qty_ignored
        billed = [*let_go.get(row.id, ())]
        if row.issued_on:
            billed.append(Span(row.issued_on, row.cancelled_on))
        parts = [(left, row.ignored_on, billed)] if left > 0 else []
        parts += [
            (qty, returned_on, [])
            for returned_on, qty in came_back.get(
                (row.delivery_id, row.order_line_id), ()
            )
        ]
        goods += [
            _goods(row, qty=qty, span=span)
            for qty, ended_on, bills in parts
            for span in unbilled_spans(row.shipped_on, ended_on=ended_on, billed=bills)
            if _meets(span, first, last)
        ]
    return goods


def _meets(span: Span, first: date, last: date) -> bool:
    begins = max(span.from_on, first)
    return begins <= last and (span.until_on is None or span.until_on > begins)


def _let_go(connection: Connection) -> dict[int, list[Span]]:
    """Read when invoices billed deliveries that were let go of again; they are few."""
    rows = connection.execute(
        select(
            cancelled_billing.c.delivery_line_id,
            invoice.c.issued_on,
            cancelled_invoice.c.cancelled_on,
        )
        .join(invoice_line, invoice_line.c.id == cancelled_billing.c.invoice_line_id)
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .join(cancelled_invoice, cancelled_invoice.c.invoice_id == invoice.c.id)
        .order_by(invoice.c.issued_on)
    )
    found: dict[int, list[Span]] = {}
    for line_id, issued_on, cancelled_on in rows:
        found.setdefault(line_id, []).append(Span(issued_on, cancelled_on))
    return found


def _delivered(first: date, last: date) -> Select[Any]:
    """Select delivery lines that were unbilled, or lost a part unbilled, in the range.

    Most are invoiced on the day they leave, and the condition passes those over.
    """
    return (
        select(
            delivery_line.c.id,
            delivery_line.c.delivery_id,
            delivery_line.c.order_line_id,
            delivery_line.c.qty,
            delivery_line.c.qty_ignored,
            delivery_line.c.ignored_on,
            invoice.c.issued_on,
            cancelled_invoice.c.cancelled_on,
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
        .outerjoin(cancelled_invoice, cancelled_invoice.c.invoice_id == invoice.c.id)
        .where(
            delivery.c.shipped_on <= last,
            delivery_line.c.qty > 0,
            or_(
                _lasted(invoice.c.issued_on, first),
                delivery_line.c.qty_ignored > 0,
                cancelled_invoice.c.cancelled_on.is_not(None),
                delivery_line.c.id.in_(select(cancelled_billing.c.delivery_line_id)),
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


def _goods(row: Row[Any], *, qty: Decimal, span: Span) -> DeliveredGoods:
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
        from_on=span.from_on,
        ended_on=span.until_on,
        qty=qty,
        unit_price=row.unit_price,
        discount_rate=row.discount_rate,
        currency=row.currency,
    )
