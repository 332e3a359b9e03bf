"""Does each euro count once, and does nobody pass on a limit that is used up?"""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.orders.credit import (
    CreditClaim,
    CreditDecision,
    CreditPosition,
    CreditRules,
    credit_decisions,
    exposure,
)

TODAY = date(2026, 6, 1)
FULL = CreditPosition(
    limit=Decimal(1000),
    currency="EUR",
    open_items=Decimal(400),
    unapplied=Decimal(50),
    unbilled=Decimal(200),
    accepted_orders=Decimal(100),
)


def a_position(limit: str | None, *, expires_on: date | None = None) -> CreditPosition:
    amount = None if limit is None else Decimal(limit)
    return CreditPosition(limit=amount, currency="EUR", expires_on=expires_on)


def a_claim(amount: str | None, order_id: int = 1, **more: bool) -> CreditClaim:
    asked = None if amount is None else Decimal(amount)
    return CreditClaim(order_id=order_id, customer_id=7, amount=asked, **more)


def decided(
    *claims: CreditClaim,
    position: CreditPosition,
    rules: CreditRules = CreditRules(),  # noqa: B008  # frozen
) -> list[CreditDecision]:
    found = credit_decisions(claims, positions={7: position}, rules=rules, on=TODAY)
    return [found[claim.order_id] for claim in claims]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (CreditRules(), 650),
        (CreditRules(count_open_items=False), 250),
        (CreditRules(count_unapplied=False), 700),
        (CreditRules(count_unbilled=False), 450),
        (CreditRules(count_accepted_orders=False), 550),
    ],
    ids=["all", "items", "unapplied", "unbilled", "orders"],
)
def test_each_class_of_money_can_be_switched_off(
    rules: CreditRules, expected: int
) -> None:
    assert exposure(FULL, rules=rules) == expected


@pytest.mark.parametrize(
    ("limit", "amount", "passes"),
    [
        (None, "1000000", True),
        ("0", "0.01", False),
        ("0", "0", True),
        ("100", "100", True),
        ("100", "100.01", False),
    ],
    ids=["none is unlimited", "zero is zero", "nothing asked", "exact", "a cent over"],
)
def test_the_limit_is_the_limit(limit: str | None, amount: str, passes: bool) -> None:
    (decision,) = decided(a_claim(amount), position=a_position(limit))
    assert decision.passes is passes


def test_two_orders_do_not_pass_on_one_remainder() -> None:
    claims = a_claim("60", 1), a_claim("60", 2), a_claim("40", 3)
    first, second, third = decided(*claims, position=a_position("100"))
    assert (first.passes, second.passes, third.passes) == (True, False, True)
    assert "exposure 120.00 EUR with this order, limit 100.00" in second.reason


def test_an_order_held_for_another_cause_leaves_the_limit_to_others() -> None:
    held = a_claim("100", 1, consumes=False)
    assert all(d.passes for d in decided(held, a_claim("100", 2), position=FULL))


def test_a_waived_order_uses_up_the_limit() -> None:
    claims = a_claim("150", 1, is_waived=True), a_claim("10", 2)
    first, second = decided(*claims, position=a_position("100"))
    assert not first.passes and not second.passes


def test_an_order_paid_in_advance_passes_and_uses_nothing() -> None:
    claims = a_claim("500", 1, is_paid_in_advance=True), a_claim("100", 2)
    assert all(each.passes for each in decided(*claims, position=a_position("100")))
    strict = CreditRules(advance_payment_passes=False)
    assert not decided(claims[0], position=a_position("100"), rules=strict)[0].passes


def test_an_expired_limit_covers_nothing() -> None:
    last_day = a_position("100", expires_on=TODAY)
    assert decided(a_claim("50"), position=last_day)[0].passes
    ended = a_position("100", expires_on=date(2026, 5, 31))
    (decision,) = decided(a_claim("50"), position=ended)
    assert not decision.passes
    assert "the limit of 100.00 ended on 2026-05-31" in decision.reason


def test_an_amount_that_cannot_be_converted_does_not_pass() -> None:
    (decision,) = decided(a_claim(None), position=a_position("100"))
    assert not decision.passes and "EUR" in decision.reason
    unknown = CreditPosition(limit=Decimal(9), currency="EUR", unknown="no rate")
    assert decided(a_claim("1"), position=unknown)[0].reason == "no rate"


@given(
    limit=st.decimals(0, 500, places=2),
    amounts=st.lists(st.decimals(0, 200, places=2), max_size=12),
)
def test_what_passes_together_never_exceeds_the_limit(
    limit: Decimal, amounts: list[Decimal]
) -> None:
    claims = [a_claim(str(amount), at) for at, amount in enumerate(amounts)]
    decisions = decided(*claims, position=a_position(str(limit)))
    passed = [a for a, d in zip(amounts, decisions, strict=True) if d.passes]
    assert sum(passed, Decimal(0)) <= limit
