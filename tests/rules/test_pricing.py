"""Does the more particular agreement win, in force on the day and in the quantity?"""

from datetime import date
from decimal import Decimal

import pytest

from adv_domain.rules.orders.pricing import (
    ListPrice,
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
) -> PriceRow:
    return PriceRow(
        scope=scope,
        scope_code=code,
        product_code="P1",
        currency=currency,
        min_qty=Decimal(min_qty),
        unit_price=None if price is None else Decimal(price),
        discount_rate=None if discount is None else Decimal(discount),
        valid_from=since,
        valid_to=until,
    )


def net(
    *rows: PriceRow,
    qty: str = "1",
    on: date = date(2026, 6, 1),
    currency: str = "EUR",
    price_list: str | None = "L1",
) -> tuple[Decimal, str] | None:
    wanted = Wanted(
        customer_code="C1",
        price_list=price_list,
        product_code="P1",
        currency=currency,
        qty=Decimal(qty),
        on=on,
    )
    decision = agreed_price(price_book(rows, list_prices=LISTED), wanted)
    return None if decision is None else (decision.net_price, decision.source)


OWN = a_row()
LIST = a_row("list", "L1", "95")
EVERYONE = a_row("all", "", "98")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((OWN, LIST, EVERYONE), (Decimal(90), "customer C1")),
        ((LIST, EVERYONE), (Decimal(95), "list L1")),
        ((EVERYONE,), (Decimal(98), "all")),
        ((), (Decimal(100), "product")),
        ((a_row(code="C2"),), (Decimal(100), "product")),
    ],
    ids=["own agreement", "price list", "for all", "list price", "another's agreement"],
)
def test_the_more_particular_agreement_wins(
    rows: tuple[PriceRow, ...], expected: tuple[Decimal, str]
) -> None:
    assert net(*rows) == expected


@pytest.mark.parametrize(
    ("qty", "expected"), [("9", "90"), ("10", "85"), ("99", "85"), ("100", "80")]
)
def test_the_highest_quantity_break_reached_counts(qty: str, expected: str) -> None:
    breaks = (
        a_row(),
        a_row(price="85", min_qty="10"),
        a_row(price="80", min_qty="100"),
    )
    assert net(*breaks, qty=qty) == (Decimal(expected), "customer C1")


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 2, 28), "100"),
        (date(2026, 3, 1), "90"),
        (date(2026, 3, 31), "90"),
        (date(2026, 4, 1), "100"),
    ],
    ids=["day before", "first day", "last day", "valid_to is outside"],
)
def test_an_agreement_holds_in_its_half_open_period(on: date, expected: str) -> None:
    row = a_row(since=date(2026, 3, 1), until=date(2026, 4, 1))
    found = net(row, on=on)
    assert found is not None and found[0] == Decimal(expected)


def test_of_two_in_force_the_younger_counts() -> None:
    older, younger = a_row(), a_row(price="88", since=date(2026, 5, 1))
    assert net(younger, older) == net(older, younger) == (Decimal(88), "customer C1")


def test_a_discount_alone_is_taken_off_the_next_broader_price() -> None:
    own = a_row(price=None, discount="0.10")
    assert net(own, LIST) == (Decimal("85.50"), "customer C1")
    assert net(own) == (Decimal("90.00"), "customer C1")
    shop = a_row("list", "L1", None, discount="0.05")
    assert net(own, shop) == (Decimal("85.5000"), "customer C1")


def test_a_discount_with_a_price_stays_visible() -> None:
    book = price_book([a_row(price="80", discount="0.25")], list_prices=LISTED)
    wanted = Wanted("C1", None, "P1", "EUR", Decimal(1), date(2026, 6, 1))
    decision = agreed_price(book, wanted)
    assert decision is not None
    assert (decision.unit_price, decision.discount_rate) == (80, Decimal("0.25"))
    assert decision.net_price == 60
    assert decision.reason == "customer agreement C1 since 2026-01-01"


def test_a_price_in_another_currency_is_no_price() -> None:
    assert net(OWN, currency="JPY") is None
    assert net(a_row(currency="JPY", price="9000"), currency="JPY") == (
        Decimal(9000),
        "customer C1",
    )
