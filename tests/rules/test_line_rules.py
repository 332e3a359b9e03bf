"""Are products that nobody sells and quantities that nobody means told?"""

from decimal import Decimal

import pytest

from adv_domain.rules.orders.order_case import OrderCase, ProductFacts
from adv_domain.rules.orders.validation import order_faults
from tests.rules.order_cases import RULES, a_line, an_order, codes


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


IN_SIXES = ProductFacts("P1", min_order_qty=Decimal(12), pack_size=Decimal(6))


@pytest.mark.parametrize(
    ("qty", "message"),
    [
        ("6", "quantity.below_minimum"),
        ("11", "quantity.below_minimum"),
        ("13", "quantity.no_packs"),
        ("12.5", "quantity.no_packs"),
        ("-6", "quantity.not_positive"),
        ("12", None),
        ("18", None),
    ],
)
def test_a_product_may_be_sold_from_a_quantity_on_and_in_packs(
    qty: str, message: str | None
) -> None:
    found = order_faults(an_order(a_line(product=IN_SIXES, qty=qty)), rules=RULES)
    assert [fault.message for fault in found] == ([message] if message else [])
    for fault in found:
        assert fault.clash["pack"] == "6" and fault.clash["least"] == "12"


@pytest.mark.parametrize(
    ("theirs", "ours", "expected"),
    [
        ("PCE", "KGM", ["unit"]),
        ("GRM", "KGM", ["unit"]),
        ("tray", "PCE", ["unit"]),
        ("kg", "KGM", []),
        ("PCE", "C62", []),
        ("tray", "Tray", []),
        ("", "KGM", []),
        ("PCE", "", []),
    ],
)
def test_a_quantity_in_another_unit_than_the_products_is_told(
    theirs: str, ours: str, expected: list[str]
) -> None:
    order = an_order(a_line(unit=theirs, product=ProductFacts("P1", unit=ours)))
    assert codes(order) == expected


def test_the_largest_quantity_is_no_fault() -> None:
    assert codes(an_order(a_line(qty="1000"))) == []
