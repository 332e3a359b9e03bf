"""Agreements and what a price is asked for, with good defaults."""

from datetime import date
from decimal import Decimal
from typing import Any

from adv_domain.rules.orders.pricing import (
    ListPrice,
    PriceDecision,
    PriceRow,
    Wanted,
    agreed_price,
    price_book,
)

LISTED = {"P1": ListPrice(unit_price=Decimal(100), currency="EUR")}


def a_row(
    scope: str = "customer",
    code: str = "C1",
    price: str | None = "90",
    *,
    discount: str | None = None,
    min_qty: str = "1",
    since: date = date(2026, 1, 1),
    until: date | None = None,
    currency: str = "EUR",
    product_code: str = "P1",
    category: str = "",
) -> PriceRow:
    return PriceRow(
        scope=scope,
        scope_code=code,
        product_code=product_code,
        category=category,
        currency=currency,
        min_qty=Decimal(min_qty),
        unit_price=None if price is None else Decimal(price),
        discount_rate=None if discount is None else Decimal(discount),
        valid_from=since,
        valid_to=until,
    )


def a_wish(*, qty: str = "1", **changes: Any) -> Wanted:
    """Ask for P1, a tool, for C1 of group G1 with list L1."""
    wanted = Wanted(
        customer_code="C1",
        customer_group="G1",
        price_list="L1",
        product_code="P1",
        category="TOOLS",
        currency="EUR",
        qty=Decimal(qty),
        on=date(2026, 6, 1),
    )
    return wanted._replace(**changes)


def decided(*rows: PriceRow, **wish: Any) -> PriceDecision | None:
    return agreed_price(price_book(rows, list_prices=LISTED), a_wish(**wish))
