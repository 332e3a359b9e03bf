"""Are an unknown or blocked customer, a repeated reference, a wrong currency told?"""

from dataclasses import replace

import pytest

from adv_domain.rules.orders.order_case import OrderCase
from tests.rules.order_cases import CUSTOMER, an_order, codes


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (an_order(customer=None), "unknown_customer"),
        (an_order(occurrence=2), "duplicate_reference"),
        (an_order(currency="USD"), "currency"),
        (
            an_order(currency="ZZZ", customer=replace(CUSTOMER, currency="ZZZ")),
            "currency",
        ),
        (an_order(customer=replace(CUSTOMER, is_blocked=True)), "customer_blocked"),
        (replace(an_order(), lines=()), "empty_order"),
    ],
)
def test_one_mistake_is_one_fault(order: OrderCase, expected: str) -> None:
    assert codes(order) == [expected]
