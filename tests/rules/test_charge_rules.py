"""Is what an order puts on and takes off as a whole held against what was agreed?"""

from dataclasses import replace
from decimal import Decimal

import pytest

from adv_domain.rules.billing.charges import OrderCharges, amounts_due
from adv_domain.rules.orders.prices import PriceTolerance
from tests.rules.order_cases import CUSTOMER, RULES, a_line, an_order, codes

D = Decimal


@pytest.mark.parametrize(
    ("charges", "found"),
    [
        ((D("-0.30"),), []),
        ((D("-0.31"),), ["charges"]),
        ((D("-0.20"), D("-0.11")), ["charges"]),
        ((D("50"),), []),
        ((D("45"), D("5.01")), ["charges"]),
        # freight does not make an allowance an agreed one
        ((D("40"), D("-40")), ["charges"]),
        ((D("-30"),), ["charges"]),
        ((D("-30.01"),), ["charges", "negative_total"]),
    ],
)
def test_row_11_charges_that_were_not_agreed_are_held(
    charges: tuple[Decimal, ...], found: list[str]
) -> None:
    """The goods come to 30.00; prices may be off by 1 %."""
    assert codes(an_order(charges=charges)) == found


def test_row_11_a_group_has_its_own_tolerance_for_allowances_too() -> None:
    rules = replace(
        RULES,
        group_tolerances={"retail": PriceTolerance(D("0.10"), D(0), "EUR")},
    )
    order = an_order(customer=replace(CUSTOMER, group="retail"), charges=(D("-2.99"),))
    assert codes(order, rules) == []
    assert codes(order) == ["charges"]


def test_row_11_charges_stand_where_prices_stand_as_ordered_but_not_below_zero() -> (
    None
):
    rules = replace(RULES, prices_are_agreed=False)
    assert codes(an_order(charges=(D(-20), D(900))), rules) == []
    assert codes(an_order(charges=(D(-31),)), rules) == ["negative_total"]


def test_row_11_without_a_price_the_missing_price_is_told_first() -> None:
    order = an_order(a_line(agreed=None), charges=(D(-500),))
    assert codes(order) == ["price"]


@pytest.mark.parametrize(
    ("currency", "stated", "billed"),
    [
        ("EUR", "1.009", "1.01"),
        ("EUR", "1.005", "1.01"),
        ("EUR", "2.675", "2.68"),
        ("EUR", "0.135", "0.14"),
        ("EUR", "-1.009", "-1.01"),
        ("EUR", "0.009", "0.01"),
        ("JPY", "100.5", "101"),
        ("JPY", "-0.500", "-1"),
        ("KWD", "1.009", "1.009"),
    ],
)
def test_row_33_a_charge_is_rounded_half_up_to_its_currency_once(
    currency: str, stated: str, billed: str
) -> None:
    order = OrderCharges(1, ((D(stated), "freight", None),), done=D(10), whole=D(10))
    [(_, _, due, _)] = amounts_due(order, currency)
    assert due == D(billed)
    again = replace(order, billed={1: due})
    assert list(amounts_due(again, currency)) == []
