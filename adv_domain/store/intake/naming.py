"""Which customers and products go by these numbers?

A number that several customers or products share is in no answer: it names none.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, cast, func, or_, select

from adv_domain.rules.identifiers import normalised_reference
from adv_domain.rules.orders.naming import ArticleKey, plain_gtin
from adv_domain.store.rows import among, among_pairs
from adv_domain.store.tables import customer, customer_article, product

_GTIN_LENGTHS = (8, 12, 13, 14)
_BETWEEN_CHARACTERS = " .-/"


def customers_by_gln(
    connection: Connection, glns: Collection[str], *, company_id: int
) -> dict[str, str]:
    """Return the codes of the customers of these GLNs."""
    return _codes_of_customers(connection, customer.c.gln, glns, company_id)


def customers_by_vat(
    connection: Connection, vat_ids: Collection[str], *, company_id: int
) -> dict[str, str]:
    """Return the codes of the customers of these VAT ids, given and found without
    the spaces and points that people write in them.
    """
    stored: ColumnElement[Any] = func.upper(customer.c.vat_id)
    for sign in _BETWEEN_CHARACTERS:
        stored = func.replace(stored, sign, "")
    return _codes_of_customers(connection, cast(stored, String), vat_ids, company_id)


def customers_by_endpoint(
    connection: Connection, addresses: Collection[str], *, company_id: int
) -> dict[str, str]:
    """Return the codes of the customers of these network addresses or routing ids."""
    wanted = sorted(addresses)
    rows = connection.execute(
        select(customer.c.endpoint_id, customer.c.routing_id, customer.c.code)
        .where(
            customer.c.company_id == company_id,
            or_(
                among(connection, customer.c.endpoint_id, wanted),
                among(connection, customer.c.routing_id, wanted),
            ),
        )
        .order_by(customer.c.code)
    ).all()
    return _one_each(
        (address, row.code)
        for row in rows
        for address in {row.endpoint_id, row.routing_id}
        if address is not None
    )


def _codes_of_customers(
    connection: Connection,
    column: ColumnElement[Any],
    numbers: Collection[str],
    company_id: int,
) -> dict[str, str]:
    rows = connection.execute(
        select(column.label("number"), customer.c.code)
        .where(
            customer.c.company_id == company_id,
            among(connection, column, sorted(numbers)),
        )
        .order_by(customer.c.code)
    )
    return _one_each((normalised_reference(row.number), row.code) for row in rows)


def products_by_gtin(connection: Connection, gtins: Collection[str]) -> dict[str, str]:
    """Return the codes of the products of these GTINs, both without leading zeros."""
    spelled = {each.zfill(length) for each in gtins for length in _GTIN_LENGTHS}
    rows = connection.execute(
        select(product.c.gtin, product.c.code)
        .where(among(connection, product.c.gtin, sorted(spelled | set(gtins))))
        .order_by(product.c.code)
    )
    return _one_each((plain_gtin(row.gtin), row.code) for row in rows)


def products_by_article(
    connection: Connection, articles: Collection[ArticleKey]
) -> dict[ArticleKey, str]:
    """Return the codes of the products that customers call by these numbers."""
    name = (customer_article.c.customer_code, customer_article.c.article)
    rows = connection.execute(
        select(*name, customer_article.c.product_code).where(
            among_pairs(connection, name, articles)
        )
    )
    return {(row.customer_code, row.article): row.product_code for row in rows}


def _one_each(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    shared = set()
    for number, code in pairs:
        if found.setdefault(number, code) != code:
            shared.add(number)
    return {number: code for number, code in found.items() if number not in shared}
