"""Is all that is wrong with an order said at once, and weighed by the policy?"""

from dataclasses import replace

import pytest

from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.orders.states import OrderState
from adv_domain.rules.orders.validation import order_faults, verdict
from tests.rules.order_cases import RULES, a_line, an_order, with_severity


def test_a_sound_order_is_accepted() -> None:
    faults = order_faults(an_order(), rules=RULES)
    assert faults == []
    assert verdict(faults, waived=frozenset(), rules=RULES).state is OrderState.ACCEPTED


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
        "agreement": "list:L1 since:2026-01-01",
        "currency": "EUR",
    }


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
