"""Are products that nobody sells and quantities that nobody means told?"""

import pytest

from adv_domain.rules.orders.order_case import OrderCase, ProductFacts
from tests.rules.order_cases import a_line, an_order, codes


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (an_order(a_line(product=None)), "unknown_product"),
        (an_order(a_line(product=ProductFacts("P1", 0, True))), "discontinued_product"),
        (an_order(a_line(qty="0")), "quantity"),
        (an_order(a_line(qty="-1")), "quantity"),
        (an_order(a_line(qty="1001")), "quantity"),
        (an_order(a_line(qty="1.5")), "quantity"),
    ],
)
def test_one_mistake_is_one_fault(order: OrderCase, expected: str) -> None:
    assert codes(order) == [expected]


def test_the_largest_quantity_is_no_fault() -> None:
    assert codes(an_order(a_line(qty="1000"))) == []
