"""Which of our customers and products do the orders of a batch mean?

What is found goes by our code from here on; what is not keeps the name it was given,
so that validation holds it as unknown.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from adv_domain.rules.identifiers import normalised_reference
from adv_domain.rules.orders.incoming import (
    IncomingHeader,
    IncomingLine,
    IncomingOrder,
    PartyId,
)
from adv_domain.rules.orders.naming import (
    GLN,
    VAT,
    CustomerDirectory,
    ProductDirectory,
    customer_meant,
    plain_gtin,
    product_meant,
)
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.intake.customers import customer_ids
from adv_domain.store.intake.naming import (
    customers_by_endpoint,
    customers_by_gln,
    customers_by_vat,
    products_by_article,
    products_by_gtin,
)
from adv_domain.store.intake.order_intake import product_ids

_Line = tuple[IncomingLine, str]
"""A line and the code of its customer."""


def named_by_our_codes(
    connection: Connection, orders: Sequence[IncomingOrder]
) -> list[IncomingOrder]:
    """Return the orders with customers and products by our codes where they are known.

    Their content hashes stay those of the orders as they were given. At most seven
    statements, two where every order names both by code.
    """
    customers = _customers_of(connection, [order.header for order in orders])
    lines = [
        (line, code)
        for order, code in zip(orders, customers, strict=True)
        for line in order.lines
    ]
    products = iter(_products_of(connection, lines))
    return [
        _named(order, customer, [next(products) for _ in order.lines])
        for order, customer in zip(orders, customers, strict=True)
    ]


def _named(
    order: IncomingOrder, customer: str, products: Sequence[str]
) -> IncomingOrder:
    header = order.header
    given = [line.product for line in order.lines]
    if header.customer == customer and given == list(products):
        return order
    ids = header.buyer_ids
    if header.customer not in (customer, *(one.value for one in ids)):
        ids = (*ids, PartyId("", header.customer))
    return replace(
        order,
        header=replace(header, customer=customer, buyer_ids=ids),
        lines=tuple(
            line if line.product == product else replace(line, product=product)
            for line, product in zip(order.lines, products, strict=True)
        ),
    )


def _customers_of(
    connection: Connection, headers: Sequence[IncomingHeader]
) -> list[str]:
    names = {header.customer for header in headers}
    names |= {one.value for header in headers for one in header.buyer_ids}
    codes = customer_ids(connection, names)
    unclear = [header for header in headers if not _is_code(header, codes)]
    directory = _customer_directory(connection, unclear, codes)
    return [
        header.customer
        if _is_code(header, codes)
        else customer_meant(header, directory) or header.customer
        for header in headers
    ]


def _is_code(header: IncomingHeader, codes: dict[str, int]) -> bool:
    """Tell whether the order names the customer by our code, and says it is one."""
    name = header.customer
    return name in codes and all(one.value != name for one in header.buyer_ids)


def _customer_directory(
    connection: Connection, headers: Sequence[IncomingHeader], codes: dict[str, int]
) -> CustomerDirectory:
    if not headers:
        return CustomerDirectory(codes)
    names = {header.customer for header in headers}
    ids = {one for header in headers for one in header.buyer_ids}
    glns = names | {one.value for one in ids if one.scheme == GLN}
    vat_ids = names | {one.value for one in ids if one.scheme == VAT}
    addresses = names | {one.value for one in ids}
    addresses |= {f"{one.scheme}:{one.value}" for one in ids}
    return CustomerDirectory(
        codes=codes,
        by_gln=customers_by_gln(
            connection, set(map(normalised_reference, glns)), company_id=COMPANY_ID
        ),
        by_vat=customers_by_vat(
            connection, set(map(normalised_reference, vat_ids)), company_id=COMPANY_ID
        ),
        by_endpoint=customers_by_endpoint(connection, addresses, company_id=COMPANY_ID),
    )


def _products_of(connection: Connection, lines: Sequence[_Line]) -> list[str]:
    codes = product_ids(connection, {line.product for line, _ in lines})
    unclear = [each for each in lines if not _is_product_code(each[0], codes)]
    directory = _product_directory(connection, unclear, codes)
    return [
        line.product
        if _is_product_code(line, codes)
        else product_meant(line, customer, directory) or line.product
        for line, customer in lines
    ]


def _is_product_code(line: IncomingLine, codes: dict[str, int]) -> bool:
    name = line.product
    return name in codes and name not in (line.gtin, line.customer_article)


def _product_directory(
    connection: Connection, lines: Sequence[_Line], codes: dict[str, int]
) -> ProductDirectory:
    if not lines:
        return ProductDirectory(codes)
    numbers = {text for line, _ in lines for text in (line.gtin, line.product) if text}
    articles = {
        (customer, text)
        for line, customer in lines
        for text in (line.customer_article, line.product)
        if text
    }
    return ProductDirectory(
        codes=codes,
        by_gtin=products_by_gtin(connection, set(map(plain_gtin, numbers)) - {""}),
        by_article=products_by_article(connection, articles),
    )
