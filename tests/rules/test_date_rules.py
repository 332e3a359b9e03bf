"""Are days that cannot be kept told?"""

from dataclasses import replace
from datetime import date

import pytest

from adv_domain.rules.orders.date_rules import confirmed_dates
from adv_domain.rules.orders.order_case import OrderCase, ProductFacts
from adv_domain.rules.orders.validation import order_faults
from tests.rules.order_cases import RULES, a_line, an_order, codes


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


def test_what_the_customer_has_changed_counts_from_his_change() -> None:
    changed = replace(a_line(line_no=2), amended_on=date(2026, 6, 9))
    order = an_order(a_line(), changed)
    [fault] = order_faults(order, rules=RULES)
    assert (fault.line_no, fault.code) == (2, "deadline")
    assert fault.clash["earliest"] == "2026-06-11"
    late = replace(changed, amended_on=date(2026, 6, 11))
    [fault] = order_faults(an_order(a_line(), late), rules=RULES)
    assert (fault.line_no, fault.code) == (2, "date_in_past")
    assert confirmed_dates(order, rules=RULES, on=date(2026, 6, 1)) == [
        date(2026, 6, 10),
        date(2026, 6, 11),
    ]
