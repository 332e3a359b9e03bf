"""Does a waiver cover what it was given for, and nothing beyond?"""

from decimal import Decimal

import pytest

from adv_domain.rules.faults import order_fault
from adv_domain.rules.orders.waivers import Waiver, standing_waivers


def price(off="2", *, line=1, case="above"):
    return order_fault(
        "price", "price", line=line, case=case, off=Decimal(off), currency="EUR"
    )


def credit(exposure, limit="500", case="over"):
    return order_fault(
        "credit_limit",
        "credit_limit",
        case=case,
        exposure=Decimal(exposure),
        limit=Decimal(limit),
    )


def waiver_of(fault):
    return Waiver(fault.line_no, fault.code, fault.message, fault.clash)


@pytest.mark.parametrize(
    ("waived", "found", "covers"),
    [
        (price(), price(), True),
        (price(), price("1"), False),
        (price(), price(case="below"), False),
        (credit("600"), credit("600"), True),
        (credit("600"), credit("550", limit="400"), True),
        (credit("600"), credit("600.01"), False),
        (credit("600"), order_fault("credit_limit", "x", case="no_amount"), False),
    ],
    ids=[
        "the same",
        "another price, even a better one",
        "another sentence",
        "the same exposure",
        "less exposure, whatever the limit",
        "more exposure",
        "an exposure nobody knows",
    ],
)
def test_a_waiver_holds_for_the_values_it_was_given_for(waived, found, covers):
    stands = standing_waivers([waiver_of(waived)], [found])
    assert stands == ({(found.line_no, found.code)} if covers else frozenset())


def test_another_line_or_rule_is_not_covered_and_does_not_end_a_waiver():
    stands = standing_waivers([waiver_of(price())], [price(line=2), credit("1")])
    assert stands == {(1, "price")}


def test_a_waiver_stands_while_nothing_is_found():
    assert standing_waivers([waiver_of(credit("1"))], []) == {(0, "credit_limit")}


def test_a_waiver_of_an_amount_says_nothing_of_another_currency() -> None:
    waived = Waiver(0, "overdue", "overdue", {"amount": "100", "currency": "EUR"})
    for amount, currency, covered in (
        ("100", "EUR", True),
        ("101", "EUR", False),
        ("90", "USD", False),
    ):
        fault = order_fault("overdue", "customer", amount=amount, currency=currency)
        assert waived.covers(fault) is covered
