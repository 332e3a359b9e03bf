"""Is a price off the agreed one told, and which price stands on the line?"""

from dataclasses import replace
from decimal import Decimal

import pytest

from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.pricing import PriceDecision
from tests.rules.order_cases import RULES, a_line, an_order, codes, with_severity


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
    cheap = PriceDecision(Decimal("0.10"), Decimal(0), "product", "list price")
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
