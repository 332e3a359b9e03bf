"""Who gets the goods, and which day can a new line be promised?"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.stock.availability import (
    KEYS,
    Claim,
    Claimant,
    LineUp,
    claim_of,
    covers,
    rank_of,
)
from adv_domain.rules.stock.supply import (
    IN_STOCK,
    Receipt,
    StockLevel,
    SupplyRules,
    is_late,
    known_stock,
    on_hand_now,
    replenished_on,
    supplies_of,
)

MONDAY = date(2026, 11, 30)
RULES = SupplyRules()
CLASSES = {"A": 1, "B": 2, None: 5, "C": 7}


def day(n):
    return MONDAY + timedelta(days=n)


def a_receipt(ref, qty, expected_on, **changes):
    values = {"receipt_id": len(ref), "receipt_ref": ref, "location": "main"}
    return Receipt(**values, qty=Decimal(qty), expected_on=expected_on, **changes)


def a_claim(line_id, qty, promised_on, *, group=None, requested_on=None):
    claimant = Claimant(line_id, 1, CLASSES[group], requested_on)
    return claim_of(line_id, Decimal(qty), promised_on, claimant, keys=KEYS)


def goods(on_hand, *receipts, on=MONDAY, rules=RULES):
    return supplies_of(Decimal(on_hand), receipts, rules=rules, on=on)


def served(supplies, claims):
    return {one.claim.line_id: one.available_on for one in covers(supplies, claims)}


def test_a_line_is_served_when_the_goods_for_all_before_it_are_there() -> None:
    # expected on Thursday, can leave on Friday
    supplies = goods(12, a_receipt("R1", 20, day(3)))
    found = covers(supplies, [a_claim(1, 8, day(1)), a_claim(2, 10, day(2))])
    assert [one.available_on for one in found] == [IN_STOCK, day(4)]
    second = found[1]
    assert (second.before, second.missing, second.is_back_order) == (8, 0, True)
    assert [
        (part.qty, part.supply.receipt and part.supply.receipt.receipt_ref)
        for part in second.parts
    ] == [(4, None), (6, "R1")]


def test_nobody_is_passed_over_because_a_smaller_line_would_fit() -> None:
    supplies = goods(5, a_receipt("R1", 20, day(3)))
    found = served(supplies, [a_claim(1, 10, day(1)), a_claim(2, 5, day(2))])
    assert found == {1: day(4), 2: day(4)}


def test_what_is_not_on_its_way_is_missing() -> None:
    [one] = covers(goods(4), [a_claim(1, 10, day(1))])
    assert (one.available_on, one.missing, one.last_receipt_id) == (None, 6, None)
    [one] = covers([], [a_claim(1, 10, day(1))])
    assert (one.available_on, one.missing, one.is_back_order) == (None, 10, True)


def test_of_one_day_the_customer_decides_then_the_wish_then_age() -> None:
    supplies = goods(3)
    claims = [
        a_claim(1, 1, day(5), group="C", requested_on=day(1)),
        a_claim(2, 1, day(5), group="B", requested_on=day(2)),
        a_claim(3, 1, day(5), group="B", requested_on=day(1)),
        a_claim(4, 1, day(5), group="A", requested_on=day(5)),
        a_claim(5, 1, day(5), group="B", requested_on=day(2)),
    ]
    order = [one.claim.line_id for one in covers(supplies, claims)]
    assert order == [4, 3, 2, 5, 1]
    assert served(supplies, claims)[5] is None


def test_the_policy_may_put_age_first() -> None:
    young, old = (
        rank_of(Claimant(no, 1, first), day(1), keys=("age",))
        for no, first in ((2, 1), (1, 9))
    )
    assert old < young


def test_a_promise_of_an_earlier_day_comes_before_any_customer() -> None:
    claims = [a_claim(1, 3, day(1)), a_claim(2, 3, day(2), group="A")]
    assert served(goods(3), claims) == {1: IN_STOCK, 2: None}


# --- a new line


def first_day(line_up, qty, *, from_on=MONDAY):
    return line_up.first_day(Decimal(qty), from_on=from_on, rolled=lambda on: on)


def a_line_up(supplies, claims, on=MONDAY):
    return LineUp(supplies, claims, replenished_on(supplies, rules=RULES, on=on))


def test_goods_that_are_left_are_promised_at_once() -> None:
    line_up = a_line_up(goods(12), [a_claim(1, 8, day(1))])
    assert first_day(line_up, 4) == MONDAY


def test_goods_of_a_later_promise_are_not_given_to_a_new_line() -> None:
    supplies = goods(12, a_receipt("R1", 20, day(3)))
    line_up = a_line_up(supplies, [a_claim(1, 10, day(2))])
    assert first_day(line_up, 4) == day(4)


def test_goods_that_come_back_in_time_for_the_promise_are_lent() -> None:
    supplies = goods(12, a_receipt("R1", 20, day(3)))
    line_up = a_line_up(supplies, [a_claim(1, 10, day(6))])
    assert first_day(line_up, 4) == MONDAY


def test_a_new_line_waits_for_those_who_are_late() -> None:
    supplies = goods(5, a_receipt("R1", 20, day(8)))
    line_up = a_line_up(supplies, [a_claim(1, 10, day(1))])
    assert first_day(line_up, 5) == day(9)


def test_what_nobody_has_ordered_can_be_had_after_replenishment() -> None:
    line_up = a_line_up(goods(5), [])
    assert first_day(line_up, 6) == day(RULES.replenishment_days)
    far = a_receipt("R1", 2, day(60))
    assert first_day(a_line_up(goods(5, far), []), 9) > day(60)


# --- what counts as goods


def test_a_late_receipt_is_given_some_days_again_and_again() -> None:
    receipt = a_receipt("R1", 5, MONDAY)
    assert [
        goods(0, receipt, on=on)[0].available_on
        for on in (MONDAY, day(1), day(7), day(8))
    ] == [day(1), day(8), day(8), day(15)]
    assert not is_late(receipt, on=MONDAY)
    assert is_late(receipt, on=day(1))


def test_only_what_is_still_to_come_of_a_receipt_counts() -> None:
    on = day(3)
    part = a_receipt("R1", 10, on, received_qty=Decimal(4))
    over = a_receipt("R2", 10, on, received_qty=Decimal(11))
    came = a_receipt("R3", 10, on, received_on=MONDAY)
    gone = a_receipt("R4", 10, on, is_cancelled=True)
    assert [one.qty for one in goods(0, part, over, came, gone)] == [6]
    assert (came.came, over.came, gone.outstanding) == (10, 11, 0)


def test_a_level_too_old_or_of_a_day_to_come_tells_nothing() -> None:
    levels = [
        StockLevel("main", Decimal(1), MONDAY - timedelta(days=age))
        for age in (8, 7, 0, -1, -2)
    ]
    assert known_stock(levels, rules=RULES, on=MONDAY) == levels[1:4]


def test_what_came_and_left_since_the_count_is_counted_in() -> None:
    levels = [
        StockLevel("a", Decimal(5), MONDAY),
        StockLevel("b", Decimal(2), MONDAY - timedelta(days=2)),
    ]
    moved = [(MONDAY, Decimal(-4)), (day(1), Decimal(-3)), (day(1), Decimal(10))]
    assert on_hand_now(levels, moved=moved) == 14
    assert on_hand_now(levels, moved=[(day(1), Decimal(-30))]) == 0


# --- laws

QTYS = st.integers(1, 20).map(Decimal)
DAYS = st.integers(0, 25).map(day)
GROUPS = st.sampled_from(["A", "B", None])
RECEIPTS = st.lists(st.tuples(QTYS, st.integers(-10, 20).map(day)), max_size=4).map(
    lambda found: [
        a_receipt(f"R{at}", qty, on)._replace(receipt_id=at)
        for at, (qty, on) in enumerate(found)
    ]
)
CLAIMS = st.lists(st.tuples(QTYS, DAYS, GROUPS), max_size=8).map(
    lambda found: [
        a_claim(at, qty, on, group=group)
        for at, (qty, on, group) in enumerate(found, start=1)
    ]
)
ON_HAND = st.integers(0, 40)
NEW_LINE = st.tuples(QTYS, DAYS, GROUPS)


def _day(found):
    return date.max if found is None else found


@given(ON_HAND, RECEIPTS, CLAIMS)
def test_reservations_never_exceed_the_goods_and_explanations_add_up(
    on_hand, receipts, claims
) -> None:
    supplies = goods(on_hand, *receipts)
    given_out: dict[Receipt | None, Decimal] = {}
    before = Decimal(0)
    for one in covers(supplies, claims):
        assert one.before == before
        assert one.missing >= 0
        assert sum(part.qty for part in one.parts) + one.missing == one.claim.qty
        assert (one.available_on is None) == (one.missing > 0)
        before += one.claim.qty
        for part in one.parts:
            key = part.supply.receipt
            given_out[key] = given_out.get(key, Decimal(0)) + part.qty
    assert given_out.pop(None, 0) <= on_hand
    for receipt, qty in given_out.items():
        assert qty <= receipt.outstanding
    assert covers(supplies, claims[::-1]) == covers(supplies, claims)


@given(ON_HAND, RECEIPTS, CLAIMS)
def test_the_priority_is_respected(on_hand, receipts, claims) -> None:
    found = [
        _day(one.available_on) for one in covers(goods(on_hand, *receipts), claims)
    ]
    assert found == sorted(found)


@given(ON_HAND, st.integers(1, 30), RECEIPTS, CLAIMS)
def test_more_stock_makes_no_line_later(on_hand, more, receipts, claims) -> None:
    less = served(goods(on_hand, *receipts), claims)
    rich = served(goods(on_hand + more, *receipts), claims)
    assert all(_day(rich[line]) <= _day(less[line]) for line in less)


@given(ON_HAND, st.integers(1, 30), RECEIPTS, CLAIMS, NEW_LINE)
def test_more_stock_promises_no_new_line_later(
    on_hand, more, receipts, claims, new_line
) -> None:
    qty, wanted, _ = new_line
    poor, rich = (
        first_day(
            a_line_up(goods(stock, *receipts), list(claims)),
            qty,
            from_on=wanted,
        )
        for stock in (on_hand, on_hand + more)
    )
    assert wanted <= rich <= poor


@given(ON_HAND, RECEIPTS, CLAIMS, NEW_LINE)
def test_a_new_line_keeps_its_promise_and_makes_nobody_later(
    on_hand, receipts, claims, new_line
) -> None:
    qty, wanted, group = new_line
    supplies = goods(on_hand, *receipts)
    before = served(supplies, claims)
    line_up = a_line_up(supplies, list(claims))
    promised = first_day(line_up, qty, from_on=wanted)
    rank = rank_of(Claimant(99, 1, CLASSES[group]), promised, keys=KEYS)
    line_up.add(Claim(promised, rank, 99, qty))
    after = served(supplies, line_up.claims)
    replenished = replenished_on(supplies, rules=RULES, on=MONDAY)
    own = after.pop(99)
    assert (replenished if own is None else own) <= promised
    first = {one.line_id: one.promised_on for one in claims}
    for line, was in before.items():
        until = max(first[line], replenished if was is None else was)
        now = replenished if after[line] is None else after[line]
        assert now <= until


# --- what is left


@pytest.mark.parametrize("qty", [0, 1])
def test_free_goods_are_told_for_each_day(qty) -> None:
    supplies = goods(12, a_receipt("R1", 20, day(3)))
    line_up = a_line_up(supplies, [a_claim(1, 8, day(1)), a_claim(2, 8 + qty, day(6))])
    assert line_up.free_on(MONDAY) == 4
    assert line_up.free_on(day(4)) == 16 - qty
    assert line_up.free_on(day(60)) == Decimal("Infinity")
