"""Which price was agreed for this product, customer, quantity, date and currency?

Of the agreements in the currency, in force on the day and reached by the quantity, one
wins whole, by PRECEDENCE. No two agreements are equal in all of it (it is their key),
so there is exactly one winner. Unit prices are kept to six decimals.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from adv_domain.rules.money import ZERO

PRECEDENCE = (
    "the more particular customer side: the customer, his group, his price list, all",
    "the more particular product side: the product, its category, all products",
    "the highest quantity break that is reached",
    "the youngest start",
)
"""What decides between agreements that hold, the first difference alone."""
FALLBACKS = (
    "Where nothing was agreed the product's list price counts.",
    "A discount without a price comes off the next price down this order.",
    "Discounts of the same two sides do not add up; those of broader ones do.",
)

CUSTOMER, GROUP, PRICE_LIST, ALL = "customer", "group", "list", "all"
PRODUCT, CATEGORY, ANY_PRODUCT = "product", "category", "any"
LISTED = "listed"
"""The customer side of a product's list price, which no agreement has."""
EVERY_PRODUCT = "*"
"""Stands for the product's code in an agreement for all products."""

CUSTOMER_SIDES = (CUSTOMER, GROUP, PRICE_LIST, ALL)
PRODUCT_SIDES = (PRODUCT, CATEGORY, ANY_PRODUCT)
_RANKS = {
    (scope, side): (at, beside)
    for at, scope in enumerate((*CUSTOMER_SIDES, LISTED))
    for beside, side in enumerate(PRODUCT_SIDES)
}
_WHO = {
    CUSTOMER: "customer_code",
    GROUP: "customer_group",
    PRICE_LIST: "price_list",
}
_ONE = Decimal(1)
_SIX_DECIMALS = Decimal("0.000001")
Key = tuple[str, str | None, str, str | None, str]
_Sides = tuple[str, str]


class PriceRow(NamedTuple):
    """One agreed price: half-open validity, from a quantity on, in one currency.

    scope is customer, group, list or all, scope_code the code of the first three. It
    holds for a product, or for a category where that is named, or for EVERY_PRODUCT.
    Either unit_price or discount_rate is given, or both.
    """

    scope: str
    scope_code: str
    product_code: str
    currency: str
    min_qty: Decimal
    unit_price: Decimal | None
    discount_rate: Decimal | None
    valid_from: date
    valid_to: date | None = None
    category: str = ""

    @property
    def product_side(self) -> str:
        if self.category:
            return CATEGORY
        return ANY_PRODUCT if self.product_code == EVERY_PRODUCT else PRODUCT


@dataclass(frozen=True, slots=True)
class ListPrice:
    """What the product costs where nothing was agreed."""

    unit_price: Decimal
    currency: str


class Wanted(NamedTuple):
    """What a price is asked for."""

    customer_code: str
    price_list: str | None
    product_code: str
    currency: str
    qty: Decimal
    on: date
    customer_group: str | None = None
    category: str | None = None


class PriceDecision(NamedTuple):
    """The agreed price before and after discount, and the rows that made it.

    The winner stands first, then what its discount came off.
    """

    unit_price: Decimal
    discount_rate: Decimal
    rows: tuple[PriceRow, ...]

    @property
    def net_price(self) -> Decimal:
        return net_unit_price(self.unit_price, self.discount_rate)


class Objection(StrEnum):
    """Why an agreement does not hold for what is wanted, whatever else there is."""

    CURRENCY = "currency"
    NOT_YET = "not_yet"
    ENDED = "ended"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The agreements of a batch, indexed once; made by price_book.

    sides are those that occur at all, the more particular first: few companies use
    all twelve, and each line of an order looks at each.
    """

    rows: Mapping[Key, tuple[PriceRow, ...]]
    sides: tuple[_Sides, ...]
    list_prices: Mapping[str, ListPrice]


def price_book(
    rows: Iterable[PriceRow], *, list_prices: Mapping[str, ListPrice]
) -> PriceBook:
    """Index agreements by their two sides and currency, the winner first."""
    found: dict[Key, list[PriceRow]] = {}
    sides: set[_Sides] = set()
    for row in rows:
        found.setdefault(key_of(row), []).append(row)
        sides.add((row.scope, row.product_side))
    for of_key in found.values():
        if len(of_key) > 1:
            of_key.sort(key=precedence)
    return PriceBook(
        rows={key: tuple(of_key) for key, of_key in found.items()},
        sides=tuple(sorted(sides, key=_RANKS.__getitem__)),
        list_prices=list_prices,
    )


def key_of(row: PriceRow) -> Key:
    """Return what an agreement is indexed by."""
    return row.scope, row.scope_code, row.product_code, row.category, row.currency


def key_on(wanted: Wanted, scope: str, side: str) -> Key:
    """Return the key of the agreements of two sides that are about what is wanted."""
    who = "" if scope == ALL else getattr(wanted, _WHO[scope])
    if side == PRODUCT:
        return scope, who, wanted.product_code, "", wanted.currency
    if side == CATEGORY:
        return scope, who, "", wanted.category, wanted.currency
    return scope, who, EVERY_PRODUCT, "", wanted.currency


def precedence(row: PriceRow) -> tuple[tuple[int, int], Decimal, int]:
    """Return what sorts agreements, the winner first."""
    rank = _RANKS[row.scope, row.product_side]
    return rank, -row.min_qty, -row.valid_from.toordinal()


def objection(row: PriceRow, wanted: Wanted) -> Objection | None:
    """Say why the agreement does not hold for what is wanted, None where it does."""
    if row.min_qty > wanted.qty:
        return Objection.QUANTITY
    if row.valid_from > wanted.on:
        return Objection.NOT_YET
    if row.valid_to is not None and row.valid_to <= wanted.on:
        return Objection.ENDED
    if row.currency != wanted.currency:
        return Objection.CURRENCY
    return None


def agreed_price(book: PriceBook, wanted: Wanted) -> PriceDecision | None:
    """Return the agreed price, None where nothing was agreed in this currency."""
    discounts: list[PriceRow] = []
    for row in _holding(book, wanted):
        if row.unit_price is not None:
            return _decision(row, discounts)
        if not discounts or _sides_of(discounts[-1]) != _sides_of(row):
            discounts.append(row)
    listed = listed_row(book, wanted.product_code)
    if listed is None or listed.currency != wanted.currency:
        return None
    return _decision(listed, discounts)


def net_unit_price(unit_price: Decimal, discount_rate: Decimal) -> Decimal:
    """Return the price after discount, unrounded."""
    return unit_price * (_ONE - discount_rate) if discount_rate else unit_price


def listed_row(book: PriceBook, product_code: str) -> PriceRow | None:
    """Return the product's list price as the broadest of all agreements."""
    listed = book.list_prices.get(product_code)
    if listed is None:
        return None
    return PriceRow(
        scope=LISTED,
        scope_code="",
        product_code=product_code,
        currency=listed.currency,
        min_qty=ZERO,
        unit_price=listed.unit_price,
        discount_rate=None,
        valid_from=date.min,
    )


def _holding(book: PriceBook, wanted: Wanted) -> Iterator[PriceRow]:
    """Yield the agreements that hold, the winner first."""
    for scope, side in book.sides:
        for row in book.rows.get(key_on(wanted, scope, side), ()):
            if objection(row, wanted) is None:
                yield row


def _sides_of(row: PriceRow) -> _Sides:
    return row.scope, row.product_side


def _decision(base: PriceRow, discounts: list[PriceRow]) -> PriceDecision:
    """Take the discounts off the price of the base, the broadest of them first."""
    unit_price, discount_rate = base.unit_price or ZERO, base.discount_rate or ZERO
    for row in reversed(discounts):
        net = net_unit_price(unit_price, discount_rate)
        unit_price = net.quantize(_SIX_DECIMALS, ROUND_HALF_UP)
        discount_rate = row.discount_rate or ZERO
    return PriceDecision(unit_price, discount_rate, (*discounts, base))
