"""Which products and customers does a batch of orders refer to?"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, Select, select

from adv_domain.store.rows import among
from adv_domain.store.tables import (
    customer,
    product,
)


class CustomerTerms(NamedTuple):
    """What a customer's orders are held against."""

    id: int
    code: str
    currency: str
    tax_category: str
    price_list: str | None
    customer_group: str | None
    priority: int | None
    is_blocked: bool
    credit_limit: Decimal | None
    credit_limit_until: date | None
    delivery_weekdays: str | None
    payment_terms: str
    party_kind: str
    country: str
    address: str | None
    city: str | None
    vat_id: str | None
    buyer_reference: str | None
    routing_id: str | None
    postal_code: str | None
    tax_territory: str | None


class ProductTerms(NamedTuple):
    """What an order line is held against."""

    id: int
    code: str
    tax_class: str
    category: str | None
    list_price: Decimal | None
    currency: str | None
    lead_time_days: int
    is_discontinued: bool
    min_order_qty: Decimal | None
    pack_size: Decimal | None
    unit: str


def read_customers(
    connection: Connection, *, company_id: int, codes: Collection[str]
) -> dict[str, CustomerTerms]:
    """Read customers by code."""
    return _customers(connection, _of_company(connection, company_id, codes))


def lock_customers(
    connection: Connection, *, company_id: int, codes: Collection[str]
) -> dict[str, CustomerTerms]:
    """Read customers by code and lock them, so that limits are used up in turn."""
    statement = _of_company(connection, company_id, codes)
    return _customers(connection, statement.with_for_update(key_share=True))


def _of_company(
    connection: Connection, company_id: int, codes: Collection[str]
) -> Select[tuple[object, ...]]:
    return (
        select(*(customer.c[name] for name in CustomerTerms._fields))
        .where(
            customer.c.company_id == company_id,
            among(connection, customer.c.code, codes),
        )
        .order_by(customer.c.id)
    )


def _customers(
    connection: Connection, statement: Select[tuple[object, ...]]
) -> dict[str, CustomerTerms]:
    rows = connection.execute(statement)
    return {row.code: CustomerTerms._make(row) for row in rows.all()}


def read_products(
    connection: Connection, codes: Collection[str]
) -> dict[str, ProductTerms]:
    """Read products by code."""
    rows = connection.execute(
        select(*(product.c[name] for name in ProductTerms._fields)).where(
            among(connection, product.c.code, codes)
        )
    )
    return {row.code: ProductTerms._make(row) for row in rows.all()}
