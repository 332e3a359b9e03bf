"""Which delivered quantities wait for their invoice, and what do they say?"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, literal, select, tuple_

from adv_domain.rules.billing.charges import OrderCharges
from adv_domain.rules.billing.posting import BillableLine, BillableOrder
from adv_domain.rules.billing.supplies import Buyer
from adv_domain.store.billing.covers import covers_of
from adv_domain.store.billing.order_charges import read_order_charges
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    closed_period,
    customer,
    delivery,
    delivery_line,
    order_line,
    product,
    sales_order,
)

_NO_DAY = date(1900, 1, 1)


def orders_to_invoice(
    connection: Connection, *, after: tuple[int, int] | None, limit: int
) -> list[Row[Any]]:
    """Claim orders with something to bill by customer and id: (id, customer, no)."""
    key = tuple_(sales_order.c.customer_id, sales_order.c.id)
    statement = (
        select(sales_order.c.id, sales_order.c.customer_id, sales_order.c.order_no)
        .where(sales_order.c.to_invoice)
        .order_by(sales_order.c.customer_id, sales_order.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if after is not None:
        statement = statement.where(key > tuple_(literal(after[0]), literal(after[1])))
    return list(connection.execute(statement))


def read_billable(
    connection: Connection, order_ids: Sequence[int], *, on: date
) -> list[BillableOrder]:
    """Read the claimed orders with what left by the day and is unbilled, as given.

    Goods of a later day wait for the close of their own: no invoice is dated before
    its supply. An order of which all is later is left out. The supply date is the last
    shipping day among the lines. Two statements, two more where an order has charges.
    """
    heads = {
        row.id: row
        for row in connection.execute(
            select(
                sales_order.c.id,
                sales_order.c.order_no,
                sales_order.c.customer_id,
                sales_order.c.currency,
                sales_order.c.ordered_on,
                sales_order.c.payment_terms.label("order_terms"),
                sales_order.c.customer_ref,
                sales_order.c.buyer_reference,
                sales_order.c.ship_to_name,
                sales_order.c.ship_to_address,
                sales_order.c.ship_to_postal_code,
                sales_order.c.ship_to_city,
                sales_order.c.ship_to_region,
                sales_order.c.ship_to_country,
                sales_order.c.charges,
                customer.c.code,
                customer.c.customer_group,
                customer.c.country,
                customer.c.postal_code,
                customer.c.tax_territory,
                customer.c.party_kind,
                customer.c.vat_id,
                customer.c.payment_terms.label("customer_terms"),
                customer.c.tax_category,
            )
            .join(customer, customer.c.id == sales_order.c.customer_id)
            .where(among(connection, sales_order.c.id, order_ids))
        )
    }
    lines: dict[int, dict[int, list[Row[Any]]]] = {}
    later = set()
    for row in _unbilled_lines(connection, order_ids):
        if row.shipped_on > on:
            later.add(row.order_id)
            continue
        lines.setdefault(row.order_id, {}).setdefault(row.order_line_id, []).append(row)
    charges = read_order_charges(connection, heads, _quantities(lines))
    return [
        _billable(heads[order_id], lines.get(order_id, {}), charges.get(order_id))
        for order_id in order_ids
        if order_id in lines or order_id not in later
    ]


def closed_on(connection: Connection, company_id: int, on: date) -> bool:
    """Tell whether the day lies in a closed period."""
    found = connection.execute(
        select(closed_period.c.id).where(
            closed_period.c.company_id == company_id,
            closed_period.c.first_on <= on,
            closed_period.c.last_on >= on,
        )
    ).first()
    return found is not None


def _unbilled_lines(
    connection: Connection, order_ids: Sequence[int]
) -> Sequence[Row[Any]]:
    return connection.execute(
        select(
            delivery_line.c.id,
            delivery_line.c.order_id,
            delivery_line.c.order_line_id,
            delivery_line.c.qty,
            delivery_line.c.qty_ignored,
            delivery.c.shipped_on,
            delivery.c.delivery_no,
            order_line.c.product_code,
            order_line.c.description,
            order_line.c.unit,
            order_line.c.unit_price,
            order_line.c.discount_rate,
            product.c.name,
            product.c.tax_class,
            product.c.nature,
        )
        .join(delivery, delivery.c.id == delivery_line.c.delivery_id)
        .join(order_line, order_line.c.id == delivery_line.c.order_line_id)
        .outerjoin(product, product.c.id == order_line.c.product_id)
        .where(
            among(connection, delivery_line.c.order_id, order_ids),
            delivery_line.c.invoice_line_id.is_(None),
            delivery_line.c.ignored_on.is_(None),
        )
        .order_by(delivery_line.c.order_id, order_line.c.line_no, delivery_line.c.id)
    ).all()


def _quantities(
    lines: dict[int, dict[int, list[Row[Any]]]],
) -> dict[int, dict[int, Decimal]]:
    """Return what is billed now, by order and order line."""
    return {
        order_id: {line_id: _qty(rows) for line_id, rows in of_order.items()}
        for order_id, of_order in lines.items()
    }


def _qty(rows: list[Row[Any]]) -> Decimal:
    return sum([row.qty - row.qty_ignored for row in rows], Decimal(0))


def _billable(
    head: Row[Any], lines: dict[int, list[Row[Any]]], charges: OrderCharges | None
) -> BillableOrder:
    shipped = [row for rows in lines.values() for row in rows]
    days = [row.shipped_on for row in shipped] or [_NO_DAY]
    return BillableOrder(
        order_id=head.id,
        order_no=head.order_no,
        customer_id=head.customer_id,
        currency=head.currency,
        buyer=Buyer(
            country=head.country,
            postal_code=head.postal_code or "",
            given=head.tax_territory or "",
            party_kind=head.party_kind,
            vat_id=head.vat_id or "",
            category=head.tax_category,
        ),
        customer_code=head.code,
        customer_group=head.customer_group,
        charges=charges,
        payment_terms=head.order_terms or head.customer_terms,
        ordered_on=head.ordered_on,
        first_supplied_on=min(days),
        supplied_on=max(days),
        covers=covers_of(head, shipped),
        lines=tuple(_line(rows) for rows in lines.values()),
    )


def _line(rows: list[Row[Any]]) -> BillableLine:
    first = rows[0]
    return BillableLine(
        order_line_id=first.order_line_id,
        product_code=first.product_code,
        description=first.description or first.name or first.product_code,
        qty=_qty(rows),
        unit=first.unit,
        unit_price=first.unit_price,
        discount_rate=first.discount_rate,
        tax_class=first.tax_class or "standard",
        delivery_line_ids=tuple(row.id for row in rows),
        nature=first.nature or "goods",
    )
