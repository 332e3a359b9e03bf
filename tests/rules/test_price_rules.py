"""Is a price off the agreed one told, and which price stands on the line?"""

from dataclasses import replace
from decimal import Decimal

import pytest

from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.prices import PriceTolerance
from adv_domain.rules.orders.validation import order_faults, verdict
from tests.rules.order_cases import (
    CUSTOMER,
    RULES,
    a_line,
    agreed_at,
    an_order,
    codes,
    with_severity,
)


@pytest.mark.parametrize(
    "order",
    [
        an_order(a_line(asked="10.11")),
        an_order(a_line(asked="9.89")),
        an_order(a_line(asked="10", discount="0.05")),
        an_order(a_line(asked="10", agreed=None)),
        an_order(a_line(agreed=None)),
    ],
    ids=["too dear", "too cheap", "discount", "nothing agreed", "no price at all"],
)
def test_one_mistake_is_one_fault(order: OrderCase) -> None:
    assert codes(order) == ["price"]


@pytest.mark.parametrize("asked", ["10.10", "9.90"], ids=["dearest", "cheapest"])
def test_what_is_just_within_the_tolerance_is_no_fault(asked: str) -> None:
    assert codes(an_order(a_line(asked=asked))) == []


def test_the_greater_of_the_two_price_tolerances_counts() -> None:
    cheap = agreed_at("0.10")
    assert codes(an_order(a_line(asked="0.11", agreed=cheap))) == []
    assert codes(an_order(a_line(asked="0.12", agreed=cheap))) == ["price"]


def test_prices_as_ordered_are_not_held_against_the_agreement() -> None:
    rules = replace(RULES, prices_are_agreed=False)
    assert codes(an_order(a_line(asked="99")), rules) == []
    assert codes(an_order(a_line(agreed=None)), rules) == ["price"]


def test_a_rule_that_is_off_says_nothing() -> None:
    assert codes(an_order(a_line(asked="99")), with_severity("price", "off")) == []


def test_the_price_asked_for_stands_and_the_agreed_one_fills_the_gap() -> None:
    assert a_line(asked="9.95").price.unit_price == Decimal("9.95")
    assert a_line().price.unit_price == Decimal(10)
    assert a_line().price.net == Decimal("30.00")
    assert a_line(discount="0.1").price.net == Decimal("27.00")
    assert a_line(agreed=None).price.net is None


def test_row_11_a_price_off_the_agreed_one_by_more_than_the_tolerance_is_held() -> None:
    order = an_order(a_line(asked="10.11"))
    [fault] = order_faults(order, rules=RULES)
    assert verdict([fault], waived=frozenset(), rules=RULES).state == "held"
    assert RULES.settings[fault.code].family == "price"
    assert (fault.line_no, fault.message) == (1, "price.above")
    assert fault.clash == {
        "off": "0.11",
        "expected": "10",
        "agreement": "list:L1 since:2026-01-01",
        "currency": "EUR",
    }


RETAIL = replace(CUSTOMER, group="retail")
WIDE = replace(
    RULES,
    group_tolerances={"retail": PriceTolerance(Decimal("0.10"), Decimal(0), "EUR")},
)


def test_a_group_with_a_tolerance_of_its_own_is_held_to_that() -> None:
    order = an_order(a_line(asked="11"))
    assert codes(order, WIDE) == ["price"]
    assert codes(replace(order, customer=RETAIL), WIDE) == []
    assert codes(an_order(a_line(asked="11.01"), customer=RETAIL), WIDE) == ["price"]


def test_an_amount_in_our_currency_is_no_tolerance_in_another() -> None:
    tolerance = PriceTolerance(rate=Decimal(0), amount=Decimal(1), currency="EUR")
    assert tolerance.allows(Decimal(-1), expected=Decimal(9), currency="EUR")
    assert not tolerance.allows(Decimal(1), expected=Decimal(9), currency="TND")
    assert tolerance.allows(Decimal(0), expected=Decimal(9), currency="TND")


@pytest.mark.parametrize(
    ("standing", "asked", "stands"),
    [
        ("customer", "10.05", "10.05"),
        ("customer", "9.95", "9.95"),
        ("ours", "10.05", "10"),
        ("ours", "9.95", "10"),
        ("ours", "99", "10"),
        ("lower", "10.05", "10"),
        ("lower", "9.95", "9.95"),
        ("lower", "1", "1"),
    ],
)
def test_the_policy_says_whose_price_stands(
    standing: str, asked: str, stands: str
) -> None:
    price = a_line(asked=asked, standing=standing).price
    assert price.unit_price == Decimal(stands)
    assert price.net == 3 * Decimal(stands)
    assert price.is_replaced == (stands != asked)
    origin = "ordered" if stands == asked else "replaced"
    assert price.source == f"{origin} list:L1 since:2026-01-01"


@pytest.mark.parametrize(
    ("standing", "asked", "found"),
    [
        ("ours", "10.05", ["price_replaced"]),
        ("ours", "10", []),
        ("ours", "10.50", ["price"]),
        ("lower", "9.95", []),
        ("lower", "9.50", ["price"]),
        ("customer", "10.05", []),
    ],
)
def test_a_price_that_is_not_the_one_ordered_is_told(
    standing: str, asked: str, found: list[str]
) -> None:
    order = an_order(a_line(asked=asked, standing=standing))
    assert codes(order) == found


def test_a_replaced_price_holds_nothing_and_is_no_entry_error() -> None:
    order = an_order(a_line(asked="10.05", standing="ours"))
    [fault] = order_faults(order, rules=RULES)
    assert verdict([fault], waived=frozenset(), rules=RULES).state == "accepted"
    assert (fault.clash["asked"], fault.clash["expected"]) == ("10.05", "10")
    assert not RULES.settings[fault.code].is_entry_error


def test_a_discount_alone_is_held_against_the_agreed_one() -> None:
    asked = a_line(discount="0.1", standing="ours").price
    assert (asked.unit_price, asked.discount_rate, asked.net) == (10, 0, 30)
    assert asked.is_replaced
    assert codes(an_order(a_line(discount="0.1"))) == ["price"]


def test_a_line_says_where_its_price_comes_from() -> None:
    assert a_line().price.source == "agreed list:L1 since:2026-01-01"
    assert a_line(asked="10").price.source == "ordered list:L1 since:2026-01-01"
    assert a_line(asked="10", agreed=None).price.source == "ordered"
    assert a_line(agreed=None).price.source == "none"
