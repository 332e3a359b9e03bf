"""Which price was agreed for this product, customer, quantity, date and currency?

The more particular agreement wins whole: the customer's own, then his price list,
then the prices that hold for all, then the product's list price. Within one of
them the highest quantity break reached wins, then the youngest agreement. A row
with a discount rate alone takes it off the next broader price. Unit prices are
kept to six decimals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from adv_domain.rules.money import ZERO

CUSTOMER = "customer"
PRICE_LIST = "list"
ALL = "all"
_ONE = Decimal(1)
_SIX_DECIMALS = Decimal("0.000001")
_WORDS = {
    CUSTOMER: "customer agreement",
    PRICE_LIST: "price list",
    ALL: "prices for all",
}
_Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One agreed price: half-open validity, from a quantity on, in one currency.

    scope is customer, list or all; scope_code the customer's or list's code, ""
    for all. Either unit_price or discount_rate is given, or both.
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


@dataclass(frozen=True, slots=True)
class ListPrice:
    """What the product costs where nothing was agreed."""

    unit_price: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a price is asked for."""

    customer_code: str
    price_list: str | None
    product_code: str
    currency: str
    qty: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class PriceDecision:
    """The agreed price before and after discount, which agreement won, and why."""

    unit_price: Decimal
    discount_rate: Decimal
    source: str
    reason: str

    @property
    def net_price(self) -> Decimal:
        return net_unit_price(self.unit_price, self.discount_rate)


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The agreements of a batch, indexed once; made by price_book."""

    rows: Mapping[_Key, tuple[PriceRow, ...]]
    list_prices: Mapping[str, ListPrice]


def price_book(
    rows: Iterable[PriceRow], *, list_prices: Mapping[str, ListPrice]
) -> PriceBook:
    """Index agreements by scope, code, product and currency, the winner first."""
    found: dict[_Key, list[PriceRow]] = {}
    for row in rows:
        key = (row.scope, row.scope_code, row.product_code, row.currency)
        found.setdefault(key, []).append(row)
    for of_key in found.values():
        if len(of_key) > 1:
            of_key.sort(key=lambda row: (row.min_qty, row.valid_from), reverse=True)
    return PriceBook(
        rows={key: tuple(of_key) for key, of_key in found.items()},
        list_prices=list_prices,
    )


def agreed_price(book: PriceBook, wanted: Wanted) -> PriceDecision | None:
    """Return the agreed price, None where nothing was agreed in this currency."""
    return _from_scope(book, wanted, _scopes(wanted))


def net_unit_price(unit_price: Decimal, discount_rate: Decimal) -> Decimal:
    """Return the price after discount, unrounded."""
    return unit_price * (_ONE - discount_rate) if discount_rate else unit_price


def _scopes(wanted: Wanted) -> tuple[tuple[str, str], ...]:
    if wanted.price_list:
        return (
            (CUSTOMER, wanted.customer_code),
            (PRICE_LIST, wanted.price_list),
            (ALL, ""),
        )
    return (CUSTOMER, wanted.customer_code), (ALL, "")


def _from_scope(
    book: PriceBook, wanted: Wanted, scopes: tuple[tuple[str, str], ...]
) -> PriceDecision | None:
    for at, (scope, scope_code) in enumerate(scopes):
        rows = book.rows.get((scope, scope_code, wanted.product_code, wanted.currency))
        row = _in_force(rows, wanted) if rows else None
        if row is None:
            continue
        if row.unit_price is not None:
            return _decision(row, row.unit_price, row.discount_rate or ZERO)
        broader = _from_scope(book, wanted, scopes[at + 1 :])
        return None if broader is None else _discounted(row, broader)
    return _from_product(book, wanted)


def _in_force(rows: tuple[PriceRow, ...], wanted: Wanted) -> PriceRow | None:
    for row in rows:
        if (
            row.min_qty <= wanted.qty
            and row.valid_from <= wanted.on
            and (row.valid_to is None or wanted.on < row.valid_to)
        ):
            return row
    return None


def _from_product(book: PriceBook, wanted: Wanted) -> PriceDecision | None:
    listed = book.list_prices.get(wanted.product_code)
    if listed is None or listed.currency != wanted.currency:
        return None
    return PriceDecision(
        unit_price=listed.unit_price,
        discount_rate=ZERO,
        source="product",
        reason="no agreement in force: the product's list price",
    )


def _discounted(row: PriceRow, broader: PriceDecision) -> PriceDecision:
    """Take the row's discount off the price that the broader agreement gives."""
    base = broader.net_price
    if base != (kept := base.quantize(_SIX_DECIMALS, ROUND_HALF_UP)):
        base = kept
    decision = _decision(row, base, row.discount_rate or ZERO)
    return PriceDecision(
        unit_price=decision.unit_price,
        discount_rate=decision.discount_rate,
        source=decision.source,
        reason=f"{decision.reason}, off: {broader.reason}",
    )


def _decision(
    row: PriceRow, unit_price: Decimal, discount_rate: Decimal
) -> PriceDecision:
    source, reason = _words_of(row.scope, row.scope_code, row.valid_from, row.min_qty)
    return PriceDecision(unit_price, discount_rate, source, reason)


# a price list says the same of each of its products
@lru_cache(maxsize=1024)
def _words_of(
    scope: str, scope_code: str, valid_from: date, min_qty: Decimal
) -> tuple[str, str]:
    """Name the agreement shortly, and say why it holds."""
    source = f"{scope} {scope_code}" if scope_code else scope
    reason = f"{_WORDS[scope]} {scope_code}".rstrip() + f" since {valid_from}"
    if min_qty > _ONE:
        reason += f", from {min_qty.normalize():f} on"
    return source, reason
