"""Which prices, products and customers does a batch of orders refer to?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, Select, func, or_, select

from adv_domain.rules.orders.pricing import (
    ALL,
    EVERY_PRODUCT,
    ListPrice,
    PriceBook,
    PriceRow,
    price_book,
)
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    customer,
    dunning_notice,
    instalment,
    price,
    product,
)

_PRICE_COLUMNS = (
    price.c.scope,
    price.c.scope_code,
    price.c.product_code,
    price.c.currency,
    price.c.min_qty,
    price.c.unit_price,
    price.c.discount_rate,
    price.c.valid_from,
    price.c.valid_to,
    price.c.category,
)


class CustomerTerms(NamedTuple):
    """What a customer's orders are held against."""

    id: int
    code: str
    currency: str
    tax_category: str
    price_list: str | None
    customer_group: str | None
    is_blocked: bool
    credit_limit: Decimal | None
    credit_limit_until: date | None
    delivery_weekdays: str | None


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


@dataclass(frozen=True, slots=True)
class PriceQuestion:
    """Which agreements to read: of these products, for these customers and lists."""

    products: Collection[ProductTerms]
    customers: Collection[CustomerTerms]
    since: date
    until: date


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


def read_price_book(connection: Connection, question: PriceQuestion) -> PriceBook:
    """Read the agreements that may hold for these products, customers and days."""
    rows = connection.execute(
        select(*_PRICE_COLUMNS).where(
            among(connection, price.c.product_code, _product_codes(question)),
            among(connection, price.c.category, _categories(question)),
            or_(
                among(connection, price.c.scope_code, _scope_codes(question)),
                price.c.scope == ALL,
            ),
            price.c.valid_from <= question.until,
            or_(price.c.valid_to.is_(None), price.c.valid_to > question.since),
        )
    )
    listed = {
        each.code: ListPrice(each.list_price, each.currency)
        for each in question.products
        if each.list_price is not None and each.currency is not None
    }
    return price_book(map(PriceRow._make, rows.all()), list_prices=listed)


def _product_codes(question: PriceQuestion) -> list[str]:
    """Name the products, none (of agreements for a category) and every product."""
    return ["", EVERY_PRODUCT, *(each.code for each in question.products)]


def _categories(question: PriceQuestion) -> list[str]:
    named = {each.category for each in question.products if each.category}
    return ["", *sorted(named)]


def _scope_codes(question: PriceQuestion) -> list[str]:
    codes: set[str | None] = set()
    for each in question.customers:
        codes.update((each.code, each.customer_group, each.price_list))
    return sorted(filter(None, codes))


def read_dunning_levels(
    connection: Connection, customer_ids: Collection[int]
) -> dict[int, int]:
    """Return the highest level completed on an item that is still open, by customer."""
    rows = connection.execute(
        select(dunning_notice.c.customer_id, func.max(dunning_notice.c.level))
        .join(instalment, instalment.c.id == dunning_notice.c.instalment_id)
        .where(
            among(connection, dunning_notice.c.customer_id, customer_ids),
            dunning_notice.c.state == "completed",
            instalment.c.open_amount > 0,
        )
        .group_by(dunning_notice.c.customer_id)
    )
    return {customer_id: level for customer_id, level in rows}  # noqa: C416  # rows to a dict
