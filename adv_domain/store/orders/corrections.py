"""How does a corrected order replace what stood, and under which name did it come?

An order whose customer or reference was corrected is known by the name it came under
too (given_customer, given_ref): sent again as it was, it is no new order.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.tables import order_line, sales_order

ORDER_CORRECTION = (
    "customer_id",
    "customer_code",
    "customer_ref",
    "occurrence",
    "ordered_on",
    "currency",
    "requested_on",
    "payment_terms",
    "buyer_reference",
    "ship_to_name",
    "ship_to_address",
    "ship_to_postal_code",
    "ship_to_city",
    "ship_to_country",
    "record_hash",
    "given_customer",
    "given_ref",
)
LINE_CORRECTION = (
    "product_id",
    "product_code",
    "qty",
    "unit",
    "asked_price",
    "asked_discount_rate",
    "requested_on",
)


def write_correction(
    connection: Connection,
    order: tuple[Any, ...],
    lines: Sequence[tuple[Any, ...]],
) -> None:
    """Write a row of id and ORDER_CORRECTION, rows of id and LINE_CORRECTION."""
    update_rows(connection, sales_order, ORDER_CORRECTION, [order])
    update_rows(connection, order_line, LINE_CORRECTION, lines)


def next_occurrence(
    connection: Connection, *, company_id: int, customer_code: str, customer_ref: str
) -> int:
    """Return the place of one more order of this customer and reference."""
    last = connection.execute(
        select(func.max(sales_order.c.occurrence)).where(
            sales_order.c.company_id == company_id,
            sales_order.c.customer_code == customer_code,
            sales_order.c.customer_ref == customer_ref,
        )
    ).scalar()
    return int(last or 0) + 1


def names_given(connection: Connection, order_id: int) -> tuple[str | None, str | None]:
    """Return customer and reference under which a corrected order came, if others."""
    row = connection.execute(
        select(sales_order.c.given_customer, sales_order.c.given_ref).where(
            sales_order.c.id == order_id
        )
    ).one()
    return row.given_customer, row.given_ref


def cut_lines(connection: Connection, order_id: int) -> list[int]:
    """Return the numbers of the lines of which a part or all was cancelled."""
    rows = connection.execute(
        select(order_line.c.line_no).where(
            order_line.c.order_id == order_id, order_line.c.qty_cancelled > 0
        )
    )
    return list(rows.scalars())
