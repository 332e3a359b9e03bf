"""Does each euro count once, and does nobody pass on a limit that is used up?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.exchange import Conversion
from adv_domain.rules.orders.credit import (
    CreditClaim,
    CreditDecision,
    credit_decisions,
)
from adv_domain.rules.orders.exposure import (
    CreditPosition,
    CreditRules,
    Exposure,
    PrepaidOrder,
)
from adv_domain.rules.orders.waivers import Waiver

D = Decimal
TODAY = date(2026, 6, 1)
FULL = Exposure(
    open_items=D(400), unapplied=D(50), unbilled=D(200), accepted_orders=D(100)
)
DOLLARS = Conversion("EUR", D(1), D("1.25"), date(2026, 5, 20))


def a_position(
    limit: str | None,
    *,
    expires_on: date | None = None,
    conversions: dict[str, Conversion] | None = None,
    **stands: Exposure,
) -> CreditPosition:
    """A customer with a limit in euros; what stands by currency."""
    return CreditPosition(
        limit=None if limit is None else D(limit),
        currency="EUR",
        expires_on=expires_on,
        stands=stands,
        conversions=conversions or {},
    )


def a_claim(amount: str | None, order_id: int = 1, **more: object) -> CreditClaim:
    asked = None if amount is None else D(amount)
    told = {"currency": "EUR", "order_id": order_id, "customer_id": 7} | more
    return CreditClaim(amount=asked, **told)


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
def test_row_13_each_class_of_money_can_be_switched_off(
    rules: CreditRules, expected: int
) -> None:
    assert FULL.total(rules) == expected
    standing = a_position("1000", EUR=FULL)
    assert standing.exposure(rules) == expected
    [decision] = decided(a_claim("10"), position=standing, rules=rules)
    assert decision.exposure == expected + 10


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
def test_row_13_none_is_unlimited_and_zero_is_zero(
    limit: str | None, amount: str, passes: bool
) -> None:
    (decision,) = decided(a_claim(amount), position=a_position(limit))
    assert decision.passes is passes


def test_two_orders_do_not_pass_on_one_remainder() -> None:
    claims = a_claim("60", 1), a_claim("60", 2), a_claim("40", 3)
    first, second, third = decided(*claims, position=a_position("100"))
    assert (first.passes, second.passes, third.passes) == (True, False, True)
    assert second.fault.message == "credit_limit.over"
    assert (second.fault.clash["exposure"], second.fault.clash["over"]) == ("120", "20")


def test_an_order_held_for_another_cause_leaves_the_limit_to_others() -> None:
    held = a_claim("100", 1, consumes=False)
    assert all(
        d.passes for d in decided(held, a_claim("100", 2), position=a_position("110"))
    )


def test_a_waived_order_uses_up_the_limit() -> None:
    waived = Waiver(
        0, "credit_limit", "credit_limit.over", {"exposure": "150", "currency": "EUR"}
    )
    claims = a_claim("150", 1, waiver=waived), a_claim("10", 2)
    first, second = decided(*claims, position=a_position("100"))
    assert (first.exposure, second.exposure) == (150, 160)


def test_an_order_beyond_what_was_waived_leaves_the_limit_to_others() -> None:
    waived = Waiver(
        0, "credit_limit", "credit_limit.over", {"exposure": "149", "currency": "EUR"}
    )
    claims = a_claim("150", 1, waiver=waived), a_claim("10", 2)
    first, second = decided(*claims, position=a_position("100"))
    assert not first.passes
    assert (second.passes, second.exposure) == (True, 10)


def test_row_15_an_order_paid_in_advance_passes_and_uses_nothing() -> None:
    claims = a_claim("500", 1, prepaid=D(500)), a_claim("100", 2)
    assert all(each.passes for each in decided(*claims, position=a_position("100")))
    beyond = a_position("100", EUR=FULL)
    assert [each.passes for each in decided(*claims, position=beyond)] == [True, False]
    strict = CreditRules(advance_payment_passes=False)
    assert not decided(claims[0], position=a_position("100"), rules=strict)[0].passes


def test_row_15_a_partial_advance_leaves_the_rest_to_the_limit() -> None:
    half, rest = a_claim("500", 1, prepaid=D(400)), a_claim("1", 2)
    first, second = decided(half, rest, position=a_position("100"))
    assert (first.passes, first.exposure) == (True, 100)
    assert (second.passes, second.exposure) == (False, 101)
    [short] = decided(replace(half, prepaid=D("399.99")), position=a_position("100"))
    assert not short.passes


def test_row_15_an_advance_that_is_in_the_books_counts_once() -> None:
    # the customer's 500 came to the bank and wait for the invoice of the order
    claims = a_claim("500", 1, prepaid=D(500)), a_claim("100", 2)
    came = a_position("0", EUR=Exposure(unapplied=D(500)))
    first, second = decided(*claims, position=came)
    assert (first.passes, second.passes, second.exposure) == (True, False, 100)


@pytest.mark.parametrize(
    ("settled", "stands", "covers"),
    [
        ("0", Exposure(accepted_orders=D(100)), 60),
        ("0", Exposure(open_items=D(70), unbilled=D(30)), 60),
        ("25", Exposure(open_items=D(75)), 35),
        ("60", Exposure(open_items=D(40)), 0),
        ("100", Exposure(), 0),
        ("0", Exposure(accepted_orders=D(10)), 10),
    ],
    ids=["accepted", "invoiced", "partly paid", "settled", "paid", "mostly cancelled"],
)
def test_row_15_an_advance_covers_its_own_order_until_it_is_settled(
    settled: str, stands: Exposure, covers: int
) -> None:
    order = PrepaidOrder(prepaid=D(60), settled=D(settled), stands=stands)
    assert order.cover(CreditRules()) == covers


def test_an_expired_limit_covers_nothing() -> None:
    last_day = a_position("100", expires_on=TODAY)
    assert decided(a_claim("50"), position=last_day)[0].passes
    ended = a_position("100", expires_on=date(2026, 5, 31))
    (decision,) = decided(a_claim("50"), position=ended)
    assert not decision.passes
    assert decision.fault.message == "credit_limit.ended"
    clash = decision.fault.clash
    assert (clash["limit"], clash["until"]) == ("100", "2026-05-31")


def test_an_order_under_a_limit_that_only_warns_uses_it_up() -> None:
    claims = a_claim("150", 1, goes_ahead=True), a_claim("10", 2, goes_ahead=True)
    _, second = decided(*claims, position=a_position("100"))
    assert second.exposure == 160


def test_accepted_orders_that_do_not_count_do_not_count_in_the_batch_either() -> None:
    rules = CreditRules(count_accepted_orders=False)
    claims = [a_claim("80", at) for at in range(3)]
    assert all(
        d.passes for d in decided(*claims, position=a_position("100"), rules=rules)
    )


def test_an_amount_that_is_not_known_does_not_pass() -> None:
    (decision,) = decided(a_claim(None), position=a_position("100"))
    assert decision.fault.message == "credit_limit.no_amount"
    held = a_claim(None, consumes=False)
    assert decided(held, position=a_position("100"))[0].passes


@pytest.mark.parametrize(
    ("claim", "stands"),
    [
        (a_claim("1", currency="USD"), {}),
        (a_claim("1"), {"USD": Exposure(open_items=D(1))}),
    ],
    ids=["the order's", "what stands"],
)
def test_money_without_a_rate_does_not_pass(
    claim: CreditClaim, stands: dict[str, Exposure]
) -> None:
    (decision,) = decided(claim, position=a_position("100", **stands))
    assert decision.fault.message == "credit_limit.no_rate"
    assert decision.fault.clash["foreign_currency"] == "USD"
    assert "on" not in decision.fault.clash  # it reads the same tomorrow


def test_settled_foreign_money_needs_no_rate() -> None:
    settled = {"USD": Exposure(open_items=D(5), unapplied=D(5))}
    assert decided(a_claim("1"), position=a_position("100", **settled))[0].passes


def test_foreign_money_counts_at_its_rate_and_says_so() -> None:
    standing = a_position(
        "100",
        conversions={"USD": DOLLARS},
        EUR=Exposure(open_items=D(20)),
        USD=Exposure(accepted_orders=D(50)),
    )
    claims = a_claim("50", 1, currency="USD"), a_claim("25", 2, currency="USD")
    first, second = decided(*claims, position=standing)
    assert (first.passes, first.exposure) == (True, 100)  # 20 + 100 / 1.25
    assert first.foreign == {"USD": DOLLARS}
    assert second.fault.message == "credit_limit.over_foreign"
    assert second.fault.clash == {
        "currency": "EUR",
        "exposure": "120",
        "limit": "100",
        "over": "20",
        "amount": "25",
        "order_currency": "USD",
        "foreign": "125",
        "foreign_currency": "USD",
        "worth": "100",
        "rate": "1.25",
        "rate_on": "2026-05-20",
    }


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
