"""Are days that cannot be kept told?"""

from datetime import date

import pytest

from adv_domain.rules.orders.order_case import OrderCase, ProductFacts
from tests.rules.order_cases import a_line, an_order, codes


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (an_order(requested_on=date(2026, 6, 2)), "deadline"),
        (an_order(a_line(product=ProductFacts("P1", 10))), "deadline"),
        (an_order(requested_on=date(2026, 5, 31)), "date_in_past"),
        (an_order(a_line(requested_on=date(2026, 5, 1))), "date_in_past"),
        (an_order(looked_at_on=date(2026, 5, 30)), "date_in_future"),
    ],
)
def test_one_mistake_is_one_fault(order: OrderCase, expected: str) -> None:
    assert codes(order) == [expected]


@pytest.mark.parametrize(
    "order",
    [
        an_order(requested_on=date(2026, 6, 3)),
        an_order(requested_on=None),
        an_order(looked_at_on=date(2026, 5, 31)),
    ],
    ids=["earliest", "no wish", "ordered tomorrow"],
)
def test_what_can_just_be_kept_is_no_fault(order: OrderCase) -> None:
    assert codes(order) == []
