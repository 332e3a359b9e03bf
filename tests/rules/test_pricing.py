"""Does the more particular agreement win, in force on the day and in the quantity?"""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from adv_domain.rules.orders.agreement_name import agreement_name, agreement_parts
from adv_domain.rules.orders.pricing import (
    CUSTOMER_SIDES,
    PRODUCT_SIDES,
    PriceRow,
    agreed_price,
    price_book,
)
from tests.rules.price_cases import LISTED, a_row, a_wish, decided

OWN = a_row()
GROUP = a_row("group", "G1", "93")
LIST = a_row("list", "L1", "95")
EVERYONE = a_row("all", "", "98")
TOOLS = {"product_code": "", "category": "TOOLS"}


def net(*rows: PriceRow, **wish: object) -> tuple[Decimal, str] | None:
    decision = decided(*rows, **wish)
    if decision is None:
        return None
    return decision.net_price, agreement_name(decision.rows[:1]).partition(" since")[0]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((OWN, GROUP, LIST, EVERYONE), (Decimal(90), "customer:C1")),
        ((GROUP, LIST, EVERYONE), (Decimal(93), "group:G1")),
        ((LIST, EVERYONE), (Decimal(95), "list:L1")),
        ((EVERYONE,), (Decimal(98), "all")),
        ((), (Decimal(100), "listed")),
        ((a_row(code="C2"),), (Decimal(100), "listed")),
        ((a_row("group", "G2"),), (Decimal(100), "listed")),
    ],
    ids=[
        "own agreement",
        "his group",
        "price list",
        "for all",
        "list price",
        "another's agreement",
        "another group's",
    ],
)
def test_the_more_particular_agreement_wins(
    rows: tuple[PriceRow, ...], expected: tuple[Decimal, str]
) -> None:
    assert net(*rows) == expected


def test_a_customer_without_group_or_list_gets_nobodys() -> None:
    rows = (GROUP, LIST, a_row("group", "", "1"), a_row("list", "", "2"))
    found = net(*rows, customer_group=None, price_list=None)
    assert found == (Decimal(100), "listed")


def test_the_customer_side_counts_before_the_product_side() -> None:
    codes = {"customer": "C1", "group": "G1", "list": "L1", "all": ""}
    products = {
        "product": {},
        "category": TOOLS,
        "any": {"product_code": "*"},
    }
    rows = [
        a_row(scope, codes[scope], str(at), **products[side])
        for at, (scope, side) in enumerate(product(CUSTOMER_SIDES, PRODUCT_SIDES))
    ]
    while rows:
        found = decided(*reversed(rows))
        assert found is not None
        assert found.rows == (rows.pop(0),)


def test_a_product_without_a_category_is_in_none() -> None:
    rows = (a_row(**TOOLS), a_row(product_code="", category="", price="1"))
    assert net(*rows, category=None) == (Decimal(100), "listed")
    assert net(*rows, category="FOOD") == (Decimal(100), "listed")
    assert net(*rows) == (Decimal(90), "customer:C1 category:TOOLS")


@pytest.mark.parametrize(
    ("qty", "expected"),
    [
        ("9", (Decimal(90), "customer:C1")),
        ("10", (Decimal(85), "customer:C1 from:10")),
        ("99", (Decimal(85), "customer:C1 from:10")),
        ("100", (Decimal(80), "customer:C1 from:100")),
    ],
)
def test_the_highest_quantity_break_reached_counts(
    qty: str, expected: tuple[Decimal, str]
) -> None:
    breaks = (
        a_row(),
        a_row(price="85", min_qty="10"),
        a_row(price="80", min_qty="100"),
    )
    assert net(*breaks, qty=qty) == expected


def test_a_break_not_reached_leaves_the_broader_agreement() -> None:
    assert net(a_row(min_qty="10"), LIST, qty="9") == (Decimal(95), "list:L1")


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
    assert net(younger, older) == net(older, younger) == (Decimal(88), "customer:C1")


def test_a_discount_alone_is_taken_off_the_next_broader_price() -> None:
    own = a_row(price=None, discount="0.10")
    assert net(own, LIST) == (Decimal("85.50"), "customer:C1")
    assert net(own) == (Decimal("90.00"), "customer:C1")
    shop = a_row("list", "L1", None, discount="0.05")
    assert net(own, shop) == (Decimal("85.5000"), "customer:C1")


def test_a_discount_of_a_quantity_break_comes_off_the_same_agreements_price() -> None:
    """Its own price from a smaller quantity on is the next one down the order."""
    price, break_ = a_row(), a_row(price=None, discount="0.10", min_qty="10")
    assert net(price, break_, LIST, qty="9") == (Decimal(90), "customer:C1")
    assert net(price, break_, LIST, qty="10") == (Decimal(81), "customer:C1 from:10")


def test_discounts_of_one_agreement_do_not_add_up() -> None:
    small = a_row(price=None, discount="0.05", min_qty="10")
    large = a_row(price=None, discount="0.10", min_qty="50")
    assert net(small, large, LIST, qty="50") == (
        Decimal("85.50"),
        "customer:C1 from:50",
    )


def test_a_discount_off_nothing_is_no_price() -> None:
    own = a_row(price=None, discount="0.10", currency="JPY")
    assert net(own, currency="JPY") is None


def test_a_discount_with_a_price_stays_visible() -> None:
    decision = decided(a_row(price="80", discount="0.25"))
    assert decision is not None
    assert (decision.unit_price, decision.discount_rate) == (80, Decimal("0.25"))
    assert decision.net_price == 60


def test_a_price_in_another_currency_is_no_price() -> None:
    assert net(OWN, currency="JPY") is None
    assert net(a_row(currency="JPY", price="9000"), currency="JPY") == (
        Decimal(9000),
        "customer:C1",
    )


def test_an_agreement_is_named_by_what_it_hangs_on() -> None:
    row = a_row(
        "group",
        "big: 50 % < all",
        None,
        discount="0.1",
        min_qty="2.50",
        product_code="",
        category="POWER TOOLS",
    )
    name = agreement_name([row, a_row("all", "", since=date(1900, 1, 1))])
    assert name == (
        "group:big%3A%2050%20%25%20%3C%20all category:POWER%20TOOLS from:2.5 "
        "since:2026-01-01 < all"
    )
    assert agreement_parts(name) == [
        {
            "group": "big: 50 % < all",
            "category": "POWER TOOLS",
            "from": "2.5",
            "since": "2026-01-01",
        },
        {"all": ""},
    ]
    assert agreement_name([a_row(product_code="*")]).startswith("customer:C1 any ")


@pytest.mark.parametrize(
    "told",
    [
        "price list L1 since 2026-01-01, from 10 on",
        "customer agreement C1 since 2026-01-01",
        "as ordered; no agreement in force: the product's list price",
        "list",
        "",
    ],
)
def test_the_words_of_an_earlier_version_are_no_name(told: str) -> None:
    assert agreement_parts(told) is None


def test_the_book_keeps_only_the_sides_that_occur() -> None:
    book = price_book([EVERYONE, OWN, LIST], list_prices=LISTED)
    assert book.sides == (
        ("customer", "product"),
        ("list", "product"),
        ("all", "product"),
    )
    assert agreed_price(book, a_wish()) is not None
