"""The laws of the price rule, whatever was agreed: one winner, by a stated order."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.orders.agreement_name import agreement_name, agreement_parts
from adv_domain.rules.orders.price_explanation import explained_price
from adv_domain.rules.orders.pricing import (
    CUSTOMER_SIDES,
    PRODUCT_SIDES,
    PriceRow,
    Wanted,
    agreed_price,
    objection,
    precedence,
    price_book,
)
from adv_domain.rules.orders.pricing import (
    LISTED as LIST_PRICE,
)
from tests.rules.price_cases import LISTED, a_row, a_wish

FIRST = date(2026, 1, 1)
days = st.integers(0, 40).map(lambda days: FIRST + timedelta(days=days))
quantities = st.sampled_from(("0", "1", "5", "10", "50", "100"))
PRODUCTS = {
    "product": ("P1", ""),
    "category": ("", "TOOLS"),
    "any": ("*", ""),
    "other": ("P2", ""),
    "another": ("", "FOOD"),
}
CODES = {
    "customer": ("C1", "C2"),
    "group": ("G1", "G2"),
    "list": ("L1", "L2"),
    "all": ("",),
}


@st.composite
def agreements(draw: Callable[..., Any]) -> PriceRow:
    scope = draw(st.sampled_from(CUSTOMER_SIDES))
    product_code, category = PRODUCTS[draw(st.sampled_from(tuple(PRODUCTS)))]
    price = draw(st.none() | st.integers(1, 200).map(str))
    since = draw(days)
    return a_row(
        scope,
        draw(st.sampled_from(CODES[scope])),
        price,
        discount=draw(
            st.sampled_from(("0.05", "0.5", "0.333333", *([None] if price else [])))
        ),
        min_qty=draw(quantities),
        since=since,
        until=draw(st.none() | st.integers(1, 30).map(lambda n: since + timedelta(n))),
        currency=draw(st.sampled_from(("EUR", "EUR", "USD"))),
        product_code=product_code,
        category=category,
    )


def natural_key(row: PriceRow) -> tuple[object, ...]:
    return (*row[:5], row.valid_from, row.category)


books = st.lists(agreements(), max_size=25, unique_by=natural_key)
wishes = st.builds(
    lambda qty, on, currency: a_wish(qty=qty, on=on, currency=currency),
    st.integers(1, 120).map(str),
    days,
    st.sampled_from(("EUR", "USD")),
)


def holding(rows: list[PriceRow], wish: Wanted) -> list[PriceRow]:
    """Say in other words which agreements hold: the law that the rule must keep."""
    who = {"customer": "C1", "group": "G1", "list": "L1", "all": ""}
    return [
        row
        for row in rows
        if row.scope_code == who[row.scope]
        and (row.product_code in ("P1", "*") or row.category == "TOOLS")
        and row.currency == wish.currency
        and row.min_qty <= wish.qty
        and row.valid_from <= wish.on < (row.valid_to or date.max)
    ]


def strength(row: PriceRow) -> tuple[int, int, Decimal, date]:
    """The greatest wins."""
    return (
        -CUSTOMER_SIDES.index(row.scope),
        -PRODUCT_SIDES.index(row.product_side),
        row.min_qty,
        row.valid_from,
    )


@given(books, wishes)
def test_the_strongest_agreement_that_holds_wins_and_there_is_one(
    rows: list[PriceRow], wish: Wanted
) -> None:
    found = agreed_price(price_book(rows, list_prices=LISTED), wish)
    held = holding(rows, wish)
    assert len({strength(row) for row in held}) == len(held)
    if not held:
        assert (found is None) == (wish.currency != "EUR")
    elif found is not None:
        assert found.rows[0] == max(held, key=strength)


@given(books, wishes, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_of_no_account(
    rows: list[PriceRow], wish: Wanted, random: Any
) -> None:
    first = agreed_price(price_book(rows, list_prices=LISTED), wish)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert agreed_price(price_book(shuffled, list_prices=LISTED), wish) == first


@given(books)
def test_precedence_is_a_total_order(rows: list[PriceRow]) -> None:
    held = holding(rows, a_wish(qty="120"))
    assert len({precedence(row) for row in held}) == len(held)
    by_strength = sorted(held, key=strength, reverse=True)
    assert sorted(held, key=precedence) == by_strength


@given(books, wishes)
def test_a_chain_of_discounts_ends_in_a_price_and_stays_in_one_currency(
    rows: list[PriceRow], wish: Wanted
) -> None:
    found = agreed_price(price_book(rows, list_prices=LISTED), wish)
    if found is None:
        return
    *discounts, base = found.rows
    assert {row.currency for row in found.rows} == {wish.currency}
    assert all(row.unit_price is None for row in discounts)
    assert [precedence(row) for row in found.rows] == sorted(
        precedence(row) for row in found.rows
    )
    sides = [(row.scope, row.product_side) for row in discounts]
    assert len(set(sides)) == len(sides)
    assert base.unit_price is not None
    assert all(objection(row, wish) is None for row in found.rows)

    exact = base.unit_price
    for row in found.rows:
        exact *= 1 - (row.discount_rate or 0)
    assert abs(found.net_price - exact) <= len(found.rows) * Decimal("0.000001")
    assert found.net_price <= base.unit_price


@given(books, wishes, st.integers(0, 100))
def test_a_larger_quantity_never_falls_back_to_a_weaker_agreement(
    rows: list[PriceRow], wish: Wanted, more: int
) -> None:
    book = price_book(rows, list_prices=LISTED)
    less = agreed_price(book, wish)
    larger = agreed_price(book, wish._replace(qty=wish.qty + more))
    if less is not None:
        assert larger is not None
        assert precedence(larger.rows[0]) <= precedence(less.rows[0])


@given(books, wishes)
def test_a_period_is_half_open(rows: list[PriceRow], wish: Wanted) -> None:
    """The price changes on an agreement's first day and on its end, and then alone."""
    bounds = {row.valid_from for row in rows} | {row.valid_to for row in rows}
    book = price_book(rows, list_prices=LISTED)
    today = agreed_price(book, wish)
    eve = agreed_price(book, wish._replace(on=wish.on - timedelta(days=1)))
    if wish.on not in bounds:
        assert eve == today
    if today is not None:
        assert all(row.valid_to != wish.on for row in today.rows)
    if eve is not None:
        assert all(row.valid_from != wish.on for row in eve.rows)


@given(books, wishes)
def test_the_explanation_decides_as_the_rule_and_leaves_nothing_out(
    rows: list[PriceRow], wish: Wanted
) -> None:
    book = price_book(rows, list_prices=LISTED)
    told = explained_price(book, wish)
    assert told.decision == agreed_price(book, wish)
    outcomes = [one.outcome for one in told.considered]
    assert outcomes.count("wins") == (told.decision is not None)
    chain = [one.row for one in told.considered if one.outcome in ("wins", "base")]
    assert tuple(chain) == (told.decision.rows if told.decision else ())
    held = holding(rows, wish)
    for one in told.considered:
        if one.row.scope != LIST_PRICE:
            against = objection(one.row, wish)
            assert (against is None) == (one.row in held)
            assert against in (None, one.outcome)
    assert {*held} <= {one.row for one in told.considered}


@given(st.lists(agreements(), min_size=1, max_size=3), st.text(min_size=1, max_size=40))
def test_a_name_tells_its_agreements_apart_whatever_their_codes(
    rows: list[PriceRow], code: str
) -> None:
    named = [
        row if row.scope == "all" else row._replace(scope_code=code) for row in rows
    ]
    parts = agreement_parts(agreement_name(named))
    assert parts is not None
    assert len(parts) == len(rows)
    for row, words in zip(named, parts, strict=True):
        assert words[row.scope] == row.scope_code
        assert words.get("category", "") == row.category
        assert words.get("since") in (None, str(row.valid_from))
        assert Decimal(words.get("from", "1")) == max(row.min_qty, Decimal(1))
