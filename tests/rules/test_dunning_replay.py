"""A policy played over past invoices sends what the nightly runs would have sent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adv_domain.rules.dunning.policy import Channel, DunningPolicy
from adv_domain.rules.dunning.replay import PastItem, replay, shared_payments
from tests.rules.dunning_cases import DUE_ON, FOUR_LEVELS, a_level


def a_past_item(**changes):
    values = {
        "invoice": "F-1",
        "customer": "A",
        "due_on": DUE_ON,
        "amount": Decimal(100),
        "currency": "EUR",
    }
    return PastItem(**(values | changes))


def day(after):
    return DUE_ON + timedelta(days=after)


def played(*items, days=range(-10, 60), policy=FOUR_LEVELS):
    return replay(items, policy=policy, run_days=[day(each) for each in days])


def story(found):
    return [((each.run_on - DUE_ON).days, each.level) for each in found.notices]


def test_an_unpaid_invoice_climbs_the_ladder_on_its_days():
    found = played(a_past_item())
    assert story(found) == [(3, 1), (10, 2), (20, 3), (30, 4)]
    assert found.notices[3].channel is Channel.LETTER
    assert found.mails == 3


def test_after_an_outage_the_gaps_are_kept():
    found = played(a_past_item(), days=[*range(3), *range(25, 90)])
    assert story(found) == [(25, 1), (32, 2), (42, 3), (52, 4)]


def test_what_was_settled_on_the_run_day_is_paid():
    assert story(played(a_past_item(settled_on=day(10)))) == [(3, 1)]
    assert story(played(a_past_item(settled_on=day(11)))) == [(3, 1), (10, 2)]


def test_a_part_payment_is_taken_off_from_its_day_on():
    found = played(a_past_item(payments=((day(10), Decimal(60)),)), days=range(15))
    assert [each.amount for each in found.notices] == [100, 40]


def test_a_chargeback_wakes_the_ladder_again():
    back_and_forth = ((day(5), Decimal(100)), (day(40), Decimal(-100)))
    found = played(a_past_item(payments=back_and_forth))
    assert story(found) == [(3, 1), (40, 2), (50, 3)]


def test_disputed_and_small_items_are_not_chased():
    found = played(a_past_item(is_disputed=True), a_past_item(amount=Decimal("4.99")))
    assert (found.notices, found.mails) == ((), 0)


def test_items_of_a_customer_and_currency_share_their_mail():
    found = played(
        a_past_item(invoice="F-1"),
        a_past_item(invoice="F-2"),
        a_past_item(invoice="F-3", currency="USD"),
        a_past_item(invoice="F-4", customer="B"),
        days=[3],
    )
    assert len(found.notices) == 4
    assert found.mails == 3


@pytest.mark.parametrize(
    ("payments", "expected"),
    [
        ([("F-1", day(1), "70")], [50, 20]),
        ([("F-1", day(1), "200")], [50, 50]),
        ([("F-9", day(1), "70")], [0, 0]),
        ([("F-1", day(1), "70"), ("F-1", day(2), "-30")], [20, 20]),
    ],
)
def test_payments_of_an_invoice_go_to_its_oldest_instalment_first(payments, expected):
    items = [
        a_past_item(amount=Decimal(50)),
        a_past_item(amount=Decimal(50), due_on=day(30)),
    ]
    shares = shared_payments(
        items, [(invoice, on, Decimal(amount)) for invoice, on, amount in payments]
    )
    assert [sum(amount for _, amount in each) for each in shares] == expected


def slow_replay(items, thresholds, minimum, run_days):
    """Play each item by itself, in plain steps; returns (day, invoice, level)."""
    found, mails = set(), set()
    for item in items:
        level, completed = 0, None
        for run_on in sorted(run_days):
            if item.settled_on and item.settled_on <= run_on:
                break
            paid = sum(amount for on, amount in item.payments if on <= run_on)
            if item.amount - paid < minimum or item.is_disputed:
                continue
            following = level + 1
            while (
                following <= len(thresholds)
                and thresholds[following - 1] < 0
                and run_on >= item.due_on
            ):
                following += 1
            if following > len(thresholds):
                continue
            ready = item.due_on + timedelta(days=thresholds[following - 1])
            if level:
                gap = thresholds[following - 1] - thresholds[level - 1]
                ready = max(ready, completed + timedelta(days=max(gap, 1)))
            if run_on >= ready:
                level, completed = following, run_on
                found.add((run_on, item.invoice, level))
                mails.add((run_on, item.customer, item.currency))
    return found, len(mails)


@st.composite
def past_items(draw):
    offsets = st.integers(0, 90).map(day)
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from("AB"),
                st.sampled_from(["EUR", "USD"]),
                st.integers(0, 40),
                st.integers(1, 200),
                st.none() | offsets,
                st.booleans(),
                st.lists(
                    st.tuples(offsets, st.integers(1, 60).map(Decimal)), max_size=2
                ),
            ),
            max_size=6,
        )
    )
    return [
        a_past_item(
            invoice=f"F-{at}",
            customer=customer,
            currency=currency,
            due_on=day(due),
            amount=Decimal(amount),
            settled_on=settled_on,
            is_disputed=disputed and at % 3 == 0,
            payments=tuple(payments),
        )
        for at, (
            customer,
            currency,
            due,
            amount,
            settled_on,
            disputed,
            payments,
        ) in enumerate(rows)
    ]


@settings(max_examples=150, deadline=None)
@given(
    past_items(),
    st.lists(st.integers(-5, 40), min_size=1, max_size=5).map(sorted),
    st.sets(st.integers(-5, 90), min_size=1),
)
def test_replay_agrees_with_a_slow_play_of_each_item(items, thresholds, run_offsets):
    policy = DunningPolicy(
        name="drawn",
        minimum=Decimal(5),
        levels=tuple(a_level(at, each) for at, each in enumerate(thresholds, start=1)),
    )
    run_days = [day(each) for each in run_offsets]
    # an overpaid invoice is no credit of its customer in the slow play
    items = [
        item
        for item in items
        if sum(amount for _, amount in item.payments) <= item.amount
    ]
    found = replay(items, policy=policy, run_days=run_days)
    played_notices = {(each.run_on, each.invoice, each.level) for each in found.notices}
    assert (played_notices, found.mails) == slow_replay(items, thresholds, 5, run_days)
    assert len(played_notices) == len(found.notices)


def test_a_date_is_run_once_however_often_it_is_given():
    found = replay([a_past_item()], policy=FOUR_LEVELS, run_days=[date(2025, 3, 9)] * 3)
    assert len(found.notices) == 1
