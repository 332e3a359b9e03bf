"""How do an order and rows of its lines become what is billed?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from adv_domain.rules.billing.charges import OrderCharges
from adv_domain.rules.billing.posting import BillableLine, BillableOrder
from adv_domain.store.billing.covers import covers_of
from adv_domain.store.billing.taxed_buyers import taxed_buyer
from adv_domain.store.rows import among, named_rows
from adv_domain.store.tables import customer, sales_order

_NO_DAY = date(1900, 1, 1)
ByLine = dict[int, list[Row[Any]]]
"""The rows of each order line."""


def read_heads(connection: Connection, order_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Read by id what an order says as a whole, and its customer as he stands."""
    rows = connection.execute(
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
            sales_order.c.prepaid,
            customer.c.code,
            customer.c.customer_group,
            customer.c.country,
            customer.c.postal_code,
            customer.c.tax_territory,
            customer.c.party_kind,
            customer.c.vat_id,
            customer.c.payment_terms.label("customer_terms"),
            customer.c.tax_category,
            customer.c.invoicing,
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(among(connection, sales_order.c.id, order_ids))
    )
    return {row.id: row for row in named_rows(rows)}


def billable_order(
    head: Row[Any],
    collect_on: date | None,
    lines: ByLine,
    *,
    charges: tuple[OrderCharges, ...] = (),
) -> BillableOrder:
    """Make the order of its lines; each row of a line says when it is supplied."""
    shipped = [row for rows in lines.values() for row in rows]
    days = [row.shipped_on for row in shipped] or [_NO_DAY]
    since, until = min(days), max(days)
    covers = covers_of(head, shipped)
    return BillableOrder(
        order_ids=(head.id,),
        order_no=head.order_no,
        customer_id=head.customer_id,
        currency=head.currency,
        buyer=taxed_buyer(head),
        customer_code=head.code,
        customer_group=head.customer_group,
        charges=charges,
        # money paid in advance is that order's own
        collect_on=None if head.prepaid else collect_on,
        payment_terms=head.order_terms or head.customer_terms,
        ordered_on=head.ordered_on,
        first_supplied_on=since,
        supplied_on=until,
        covers=replace(covers, supplied_from=since) if since < until else covers,
        lines=tuple(_line(rows) for rows in lines.values()),
    )


def qty_of(rows: Sequence[Row[Any]]) -> Decimal:
    """Return the quantity of an order line that is billed."""
    return sum([row.qty - row.qty_ignored for row in rows], Decimal(0))


def _line(rows: list[Row[Any]]) -> BillableLine:
    first = rows[0]
    return BillableLine(
        order_line_id=first.order_line_id,
        product_code=first.product_code,
        description=first.description or first.name or first.product_code,
        qty=qty_of(rows),
        unit=first.unit,
        unit_price=first.unit_price,
        discount_rate=first.discount_rate,
        tax_class=first.tax_class or "standard",
        delivery_line_ids=tuple(row.id for row in rows),
        nature=first.nature or "goods",
    )
