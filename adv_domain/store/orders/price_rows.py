"""Which agreements can the lines of a batch of orders meet?

A company may have a million of them and use three price lists: so it is asked first
which of the buyers' codes have any, and those are read by the pairs of code and
product that occur together. Measured on 20,000 orders whose customers have 200
agreements each: 4 s of validation against 44 s by customers and by products.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, exists, or_, select

from adv_domain.rules.orders.pricing import (
    EVERY_PRODUCT,
    ListPrice,
    PriceBook,
    PriceRow,
    price_book,
)
from adv_domain.store.orders.agreements import CustomerTerms, ProductTerms
from adv_domain.store.rows import among, among_pairs, as_table
from adv_domain.store.tables import price

_FOR_ALL = ""
_OF_A_CATEGORY = ""
_COLUMNS = tuple(price.c[name] for name in PriceRow._fields)


@dataclass(frozen=True, slots=True)
class PriceQuestion:
    """Who buys what, by codes, and the days that it may be ordered on."""

    bought: Mapping[str, Collection[str]]
    customers: Mapping[str, CustomerTerms]
    products: Mapping[str, ProductTerms]
    since: date
    until: date


def read_price_book(connection: Connection, question: PriceQuestion) -> PriceBook:
    """Read the agreements that may hold for what is bought, in two statements."""
    by_code = _bought_by_code(question)
    pairs = [
        (code, product_code)
        for code in _with_agreements(connection, by_code)
        for product_code in (_OF_A_CATEGORY, EVERY_PRODUCT, *by_code[code])
    ]
    categories = {each.category or "" for each in question.products.values()}
    rows = connection.execute(
        select(*_COLUMNS).where(
            among_pairs(connection, (price.c.scope_code, price.c.product_code), pairs),
            among(connection, price.c.category, {"", *categories}),
            price.c.valid_from <= question.until,
            or_(price.c.valid_to.is_(None), price.c.valid_to > question.since),
        )
    )
    listed = {
        code: ListPrice(each.list_price, each.currency)
        for code, each in question.products.items()
        if each.list_price is not None and each.currency is not None
    }
    return price_book(map(PriceRow._make, rows.all()), list_prices=listed)


def _bought_by_code(question: PriceQuestion) -> dict[str, set[str]]:
    """Return the products by each code that an agreement about them may have."""
    found: dict[str, set[str]] = {_FOR_ALL: set()}
    for customer_code, product_codes in question.bought.items():
        known = question.customers.get(customer_code)
        if known is None:
            continue
        for code in {_FOR_ALL, known.code, known.customer_group, known.price_list}:
            if code is not None:
                found.setdefault(code, set()).update(product_codes)
    return found


def _with_agreements(connection: Connection, codes: Collection[str]) -> list[str]:
    each = as_table(connection, codes)
    agreed = exists().where(price.c.scope_code == each.c.value)
    return list(connection.execute(select(each.c.value).where(agreed)).scalars())
