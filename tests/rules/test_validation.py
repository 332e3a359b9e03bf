"""Is all that is wrong with an order said at once, and weighed by the policy?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.orders.order_case import (
    CustomerFacts,
    LineCase,
    OrderCase,
    ProductFacts,
)
from adv_domain.rules.orders.prices import AskedPrice, PriceTolerance, line_price
from adv_domain.rules.orders.pricing import PriceDecision
from adv_domain.rules.orders.rule_settings import DEFAULT_SETTINGS, ValidationRules
from adv_domain.rules.orders.states import OrderState
from adv_domain.rules.orders.validation import order_faults, verdict

RULES = ValidationRules(
    settings=DEFAULT_SETTINGS,
    price_tolerance=PriceTolerance(rate=Decimal("0.01"), amount=Decimal("0.01")),
    prices_are_agreed=True,
    lead_days=2,
    max_quantity=Decimal(1000),
    quantity_step=Decimal(1),
    block_at_level=4,
)
AGREED = PriceDecision(Decimal(10), Decimal(0), "list L1", "price list L1 since 2026")
CUSTOMER = CustomerFacts(code="C1", currency="EUR")
PRODUCT = ProductFacts(code="P1")


def a_line(
    *,
    line_no: int = 1,
    product: ProductFacts | None = PRODUCT,
    qty: str = "3",
    asked: str | None = None,
    discount: str = "0",
    requested_on: date | None = None,
    agreed: PriceDecision | None = AGREED,
) -> LineCase:
    unit_price = None if asked is None else Decimal(asked)
    wish = AskedPrice(unit_price=unit_price, discount_rate=Decimal(discount))
    return LineCase(
        line_no=line_no,
        product_code="P1",
        product=product,
        qty=Decimal(qty),
        requested_on=requested_on,
        price=line_price(wish, agreed, qty=Decimal(qty), currency="EUR"),
        agreed=agreed,
    )


def an_order(*lines: LineCase, **more: object) -> OrderCase:
    order = OrderCase(
        customer_code="C1",
        customer=CUSTOMER,
        customer_ref="PO-1",
        occurrence=1,
        currency="EUR",
        ordered_on=date(2026, 6, 1),
        requested_on=date(2026, 6, 10),
        lines=lines or (a_line(),),
        looked_at_on=date(2026, 6, 1),
    )
    return replace(order, **more)  # type: ignore[arg-type]  # test builder


def codes(order: OrderCase, rules: ValidationRules = RULES) -> list[str]:
    return [fault.code for fault in order_faults(order, rules=rules)]


def with_severity(code: str, severity: str) -> ValidationRules:
    setting = replace(DEFAULT_SETTINGS[code], severity=severity)
    return replace(RULES, settings={**DEFAULT_SETTINGS, code: setting})


def test_a_sound_order_is_accepted() -> None:
    faults = order_faults(an_order(), rules=RULES)
    assert faults == []
    assert verdict(faults, waived=frozenset(), rules=RULES).state is OrderState.ACCEPTED


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (an_order(customer=None), "unknown_customer"),
        (an_order(a_line(product=None)), "unknown_product"),
        (an_order(a_line(product=ProductFacts("P1", 0, True))), "discontinued_product"),
        (an_order(a_line(asked="10.11")), "price"),
        (an_order(a_line(asked="9.89")), "price"),
        (an_order(a_line(asked="10", discount="0.05")), "price"),
        (an_order(a_line(asked="10", agreed=None)), "price"),
        (an_order(a_line(agreed=None)), "price"),
        (an_order(requested_on=date(2026, 6, 2)), "deadline"),
        (an_order(a_line(product=ProductFacts("P1", 10))), "deadline"),
        (an_order(requested_on=date(2026, 5, 31)), "date_in_past"),
        (an_order(a_line(requested_on=date(2026, 5, 1))), "date_in_past"),
        (an_order(looked_at_on=date(2026, 5, 30)), "date_in_future"),
        (an_order(a_line(qty="0")), "quantity"),
        (an_order(a_line(qty="-1")), "quantity"),
        (an_order(a_line(qty="1001")), "quantity"),
        (an_order(a_line(qty="1.5")), "quantity"),
        (an_order(occurrence=2), "duplicate_reference"),
        (an_order(currency="USD"), "currency"),
        (
            an_order(currency="ZZZ", customer=replace(CUSTOMER, currency="ZZZ")),
            "currency",
        ),
        (an_order(customer=replace(CUSTOMER, is_blocked=True)), "customer_blocked"),
        (an_order(customer=replace(CUSTOMER, dunning_level=4)), "customer_blocked"),
        (replace(an_order(), lines=()), "empty_order"),
    ],
)
def test_one_mistake_is_one_fault(order: OrderCase, expected: str) -> None:
    assert codes(order) == [expected]


@pytest.mark.parametrize(
    "order",
    [
        an_order(a_line(asked="10.10")),
        an_order(a_line(asked="9.90")),
        an_order(requested_on=date(2026, 6, 3)),
        an_order(requested_on=None),
        an_order(looked_at_on=date(2026, 5, 31)),
        an_order(a_line(qty="1000")),
        an_order(customer=replace(CUSTOMER, dunning_level=3)),
    ],
    ids=[
        "dearest",
        "cheapest",
        "earliest",
        "no wish",
        "ordered tomorrow",
        "most",
        "level below",
    ],
)
def test_what_is_just_within_the_policy_is_no_fault(order: OrderCase) -> None:
    assert codes(order) == []


def test_the_greater_of_the_two_price_tolerances_counts() -> None:
    cheap = PriceDecision(Decimal("0.10"), Decimal(0), "product", "list price")
    assert codes(an_order(a_line(asked="0.11", agreed=cheap))) == []
    assert codes(an_order(a_line(asked="0.12", agreed=cheap))) == ["price"]


def test_all_faults_are_told_at_once_with_their_lines() -> None:
    order = an_order(
        a_line(qty="0"), a_line(line_no=2, asked="99"), a_line(line_no=3, product=None)
    )
    found = order_faults(replace(order, occurrence=3), rules=RULES)
    assert [(fault.code, fault.line_no) for fault in found] == [
        ("duplicate_reference", 0),
        ("unknown_product", 3),
        ("quantity", 1),
        ("price", 2),
    ]
    assert found[-1].message == "price.above"
    assert found[-1].clash == {
        "off": "89",
        "expected": "10",
        "agreement": "price list L1 since 2026",
        "currency": "EUR",
    }


def test_prices_as_ordered_are_not_held_against_the_agreement() -> None:
    rules = replace(RULES, prices_are_agreed=False)
    assert codes(an_order(a_line(asked="99")), rules) == []
    assert codes(an_order(a_line(agreed=None)), rules) == ["price"]


def test_a_rule_that_is_off_says_nothing() -> None:
    assert codes(an_order(a_line(asked="99")), with_severity("price", "off")) == []


PRICE = order_fault("price", "price", line=1)
CREDIT = order_fault("credit_limit", "")


@pytest.mark.parametrize(
    ("faults", "severity", "state", "teams"),
    [
        ([PRICE], "block", "held", ("sales",)),
        ([PRICE], "warn", "accepted", ()),
        ([PRICE], "reject", "rejected", ()),
        ([PRICE, CREDIT], "block", "held", ("sales", "credit control")),
        ([PRICE, CREDIT], "reject", "rejected", ()),
        ([PRICE, CREDIT], "warn", "held", ("credit control",)),
    ],
)
def test_the_policy_decides_what_a_fault_weighs(
    faults: list[OrderFault], severity: str, state: str, teams: tuple[str, ...]
) -> None:
    rules = with_severity("price", severity)
    found = verdict(faults, waived=frozenset(), rules=rules)
    assert (found.state, found.teams) == (state, teams)


def test_a_waived_fault_no_longer_holds_and_the_others_do() -> None:
    waived = frozenset({(1, "price")})
    assert verdict([PRICE], waived=waived, rules=RULES).state is OrderState.ACCEPTED
    other = replace(PRICE, line_no=2)
    found = verdict([PRICE, other], waived=waived, rules=RULES)
    assert (found.state, found.reason) == (OrderState.HELD, "price")


def test_the_price_asked_for_stands_and_the_agreed_one_fills_the_gap() -> None:
    assert a_line(asked="9.95").price.unit_price == Decimal("9.95")
    assert a_line().price.unit_price == Decimal(10)
    assert a_line().price.net == Decimal("30.00")
    assert a_line(discount="0.1").price.net == Decimal("27.00")
    assert a_line(agreed=None).price.net is None
