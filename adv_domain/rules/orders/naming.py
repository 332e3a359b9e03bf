"""Which customer and which product does an order mean, by whatever name it uses?

A name is looked up as what it is said to be first (our code, a GLN, a VAT id, an
address in a network), then as anything else. A number that two customers or two
products share names neither.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from adv_domain.rules.identifiers import normalised_reference
from adv_domain.rules.orders.incoming import IncomingHeader, IncomingLine, PartyId

GLN, VAT = "gln", "vat"
_LONGEST_GTIN = 14
ArticleKey = tuple[str, str]
"""A customer's code and his own number of an article."""


@dataclass(frozen=True, slots=True)
class CustomerDirectory:
    """Our customer codes by the names that orders use."""

    codes: Collection[str] = frozenset()
    by_gln: Mapping[str, str] = field(default_factory=dict)
    by_vat: Mapping[str, str] = field(default_factory=dict)
    by_endpoint: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProductDirectory:
    """Our product codes by the names that orders use."""

    codes: Collection[str] = frozenset()
    by_gtin: Mapping[str, str] = field(default_factory=dict)
    by_article: Mapping[ArticleKey, str] = field(default_factory=dict)


def plain_gtin(number: str) -> str:
    """Return a GTIN without leading zeros: 13 and 14 digits name the same article.

    Empty for what is no GTIN.
    """
    digits = number.strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _LONGEST_GTIN:
        return ""
    return digits.lstrip("0")


def customer_meant(header: IncomingHeader, directory: CustomerDirectory) -> str | None:
    """Return the code of the customer that the order names, None for an unknown one."""
    for code in _customers_meant(header, directory):
        if code is not None:
            return code
    return None


def _customers_meant(
    header: IncomingHeader, directory: CustomerDirectory
) -> Iterator[str | None]:
    name = header.customer
    is_code = name in directory.codes
    if is_code and all(one.value != name for one in header.buyer_ids):
        yield name
    for look in (_by_gln, _by_vat, _by_endpoint):
        yield from (look(one, directory) for one in header.buyer_ids)
    if is_code:
        yield name
    yield directory.by_gln.get(normalised_reference(name))
    yield directory.by_vat.get(normalised_reference(name))
    yield directory.by_endpoint.get(name)
    yield from (one.value for one in header.buyer_ids if one.value in directory.codes)


def _by_gln(one: PartyId, directory: CustomerDirectory) -> str | None:
    number = normalised_reference(one.value)
    return directory.by_gln.get(number) if one.scheme == GLN else None


def _by_vat(one: PartyId, directory: CustomerDirectory) -> str | None:
    number = normalised_reference(one.value)
    return directory.by_vat.get(number) if one.scheme == VAT else None


def _by_endpoint(one: PartyId, directory: CustomerDirectory) -> str | None:
    full = directory.by_endpoint.get(f"{one.scheme}:{one.value}")
    return full or directory.by_endpoint.get(one.value)


def product_meant(
    line: IncomingLine, customer_code: str, directory: ProductDirectory
) -> str | None:
    """Return the code of the product that the line names, None for an unknown one."""
    for code in _products_meant(line, customer_code, directory):
        if code is not None:
            return code
    return None


def _products_meant(
    line: IncomingLine, customer_code: str, directory: ProductDirectory
) -> Iterator[str | None]:
    name = line.product
    if name not in (line.gtin, line.customer_article):
        yield name if name in directory.codes else None
    if line.gtin:
        yield directory.by_gtin.get(plain_gtin(line.gtin))
    if line.customer_article:
        yield directory.by_article.get((customer_code, line.customer_article))
    yield name if name in directory.codes else None
    yield directory.by_gtin.get(plain_gtin(name))
    yield directory.by_article.get((customer_code, name))
