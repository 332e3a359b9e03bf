"""Is an order told that has nowhere to go, and one whose invoice has not?"""

from dataclasses import replace

import pytest

from adv_domain.rules.orders.order_case import OrderCase, ShipTo
from adv_domain.rules.orders.validation import order_faults
from tests.rules.order_cases import CUSTOMER, RULES, an_order, codes

HOMELESS = replace(CUSTOMER, has_address=False, country="ES")
NOWHERE = ShipTo(is_given=False, country=None)
MINISTRY = replace(CUSTOMER, party_kind="public_body")
IBERIA = replace(RULES, countries_served=frozenset({"ES", "PT"}))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (an_order(ship_to=NOWHERE), []),
        (an_order(customer=HOMELESS), []),
        (an_order(customer=HOMELESS, ship_to=NOWHERE), ["missing_address"]),
        (an_order(customer=MINISTRY), ["buyer_reference"]),
        (an_order(customer=MINISTRY, buyer_reference="dept. 7"), []),
        (an_order(customer=replace(MINISTRY, has_invoice_address=True)), []),
    ],
)
def test_an_address_is_the_orders_or_the_customers(
    order: OrderCase, expected: list[str]
) -> None:
    assert codes(order) == expected


@pytest.mark.parametrize(
    ("ship_to", "home", "is_served"),
    [("FR", "ES", False), ("PT", "FR", True), (None, "FR", False), (None, "ES", True)],
)
def test_a_country_is_served_where_the_policy_lists_it(
    ship_to: str | None, home: str, is_served: bool
) -> None:
    order = an_order(
        customer=replace(CUSTOMER, country=home),
        ship_to=ShipTo(is_given=True, country=ship_to),
    )
    assert codes(order) == []
    assert codes(order, IBERIA) == ([] if is_served else ["country_not_served"])


def test_the_fault_names_the_country_and_those_served() -> None:
    order = an_order(ship_to=ShipTo(is_given=True, country="US"))
    [fault] = order_faults(order, rules=IBERIA)
    assert fault.clash == {"country": "US", "served": "ES,PT"}
