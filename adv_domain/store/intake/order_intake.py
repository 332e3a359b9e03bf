"""Which orders are known already, and how is a batch of new ones written?"""

from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from adv_domain.store.rows import among, among_pairs, insert_rows, take_ids
from adv_domain.store.tables import customer, order_line, product, sales_order

_PREFIX = "S"
_DIGITS = 8
OrderKey = tuple[str, str]


class KnownOrder(NamedTuple):
    """An order that has the customer and reference of one coming in."""

    id: int
    order_no: str
    customer_code: str
    customer_ref: str
    occurrence: int
    content_hash: str
    record_hash: str | None
    source_file_id: int | None
    state: str


class KnownCustomer(NamedTuple):
    """What an order takes from its customer where it says nothing itself."""

    id: int
    code: str
    currency: str
    payment_terms: str
    shipping_policy: str | None


def known_orders(
    connection: Connection, *, company_id: int, keys: Collection[OrderKey]
) -> dict[OrderKey, list[KnownOrder]]:
    """Return the orders of these customers and references, by both.

    An order that a person gave another customer or reference is found by those that
    it came with too.
    """
    name = (sales_order.c.customer_code, sales_order.c.customer_ref)
    given = (sales_order.c.given_customer, sales_order.c.given_ref)
    found: dict[OrderKey, list[KnownOrder]] = {}
    for key, is_used in (
        (name, sales_order.c.company_id == company_id),
        (given, sales_order.c.given_ref.is_not(None)),
    ):
        rows = connection.execute(
            select(*(sales_order.c[field] for field in KnownOrder._fields), *key)
            .where(is_used, among_pairs(connection, key, keys))
            .order_by(sales_order.c.occurrence)
        )
        for *values, customer_code, customer_ref in rows:
            known = KnownOrder._make(values)
            found.setdefault((customer_code, customer_ref), []).append(known)
    return found


def known_customers(
    connection: Connection, *, company_id: int, codes: Collection[str]
) -> dict[str, KnownCustomer]:
    """Return the customers of these codes, by code."""
    rows = connection.execute(
        select(*(customer.c[name] for name in KnownCustomer._fields)).where(
            customer.c.company_id == company_id,
            among(connection, customer.c.code, sorted(codes)),
        )
    )
    return {row.code: KnownCustomer._make(row) for row in rows}


def product_ids(connection: Connection, codes: Collection[str]) -> dict[str, int]:
    """Return the ids of the products of these codes, by code."""
    rows = connection.execute(
        select(product.c.code, product.c.id).where(
            among(connection, product.c.code, sorted(codes))
        )
    )
    return {row.code: row.id for row in rows}


class KnownProduct(NamedTuple):
    """What an order line takes from its product where it says nothing itself."""

    id: int
    unit: str


def known_products(
    connection: Connection, codes: Collection[str]
) -> dict[str, KnownProduct]:
    """Return the products of these codes, by code."""
    rows = connection.execute(
        select(product.c.code, product.c.id, product.c.unit).where(
            among(connection, product.c.code, sorted(codes))
        )
    )
    return {code: KnownProduct(*rest) for code, *rest in rows}


def insert_orders(
    connection: Connection,
    *,
    company_id: int,
    orders: Sequence[Mapping[str, Any]],
    lines: Sequence[Sequence[Mapping[str, Any]]],
) -> list[tuple[int, str]]:
    """Write orders with their lines; return the id and number given to each.

    Numbers go on from the highest one, so that they come out the same whatever the
    interruptions; the caller holds the lease of intake.
    """
    if not orders:
        return []
    ids = take_ids(connection, sales_order, len(orders))
    first = _next_number(connection, company_id)
    numbers = [f"{_PREFIX}{first + at:0{_DIGITS}d}" for at in range(len(orders))]
    given = list(zip(ids, numbers, strict=True))
    insert_rows(
        connection,
        sales_order,
        _without_empty_columns(
            [
                {"id": order_id, "company_id": company_id, "order_no": number, **order}
                for (order_id, number), order in zip(given, orders, strict=True)
            ]
        ),
    )
    insert_rows(
        connection,
        order_line,
        _without_empty_columns(
            [
                {"order_id": order_id, **line}
                for order_id, of_order in zip(ids, lines, strict=True)
                for line in of_order
            ]
        ),
    )
    return given


def _without_empty_columns(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the columns of which no row says anything.

    Most batches say nothing of most that a document may say; a column less is bound
    and written in each of its rows.
    """
    if not rows:
        return rows
    given = [name for name in rows[0] if not _is_empty(name, rows)]
    # insert_rows takes the columns from the first row
    return [{name: rows[0][name] for name in given}, *rows[1:]]


def _is_empty(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    # counted in C: a batch has a hundred thousand such cells
    if rows[0][name] is not None:
        return False
    return list(map(itemgetter(name), rows)).count(None) == len(rows)


def _next_number(connection: Connection, company_id: int) -> int:
    # read from the end of the index: max() with a condition would read all of it
    last = connection.execute(
        select(sales_order.c.order_no)
        .where(
            sales_order.c.company_id == company_id,
            sales_order.c.order_no.between(
                _PREFIX + "0" * _DIGITS, _PREFIX + "9" * _DIGITS
            ),
            func.length(sales_order.c.order_no) == _DIGITS + 1,
        )
        .order_by(sales_order.c.order_no.desc())
        .limit(1)
    ).scalar()
    return 1 if last is None else int(last.removeprefix(_PREFIX)) + 1
