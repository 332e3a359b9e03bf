"""Random histories of reminders against a slow reading of the rules in the tests.

Invariants 36 to 41. The reference counts in plain day numbers, item by item, and
shares no code with the product.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from adv_domain.rules.dunning.decisions import decide
from adv_domain.rules.dunning.policy import Channel, DunningPolicy
from tests.rules.dunning_cases import a_debtor, a_level, a_run, an_item

START = date(2025, 1, 1)
GRACE = 2
POLICY_DAYS = st.lists(st.integers(-4, 30), min_size=2, max_size=5).map(sorted)


@dataclass
class Item:
    """One item's history; days are counted from START."""

    at: int
    due: int
    amount: int
    paid: list  # (day, amount), a negative amount is a chargeback
    disputed: tuple | None  # (from, to, amount)
    promise: tuple | None  # (made, promised, amount)
    last: int = 0
    completed: int | None = None
    pending: tuple | None = None  # (level, day of its outcome, is it sent)
    sent: list = field(default_factory=list)

    def open_on(self, day):
        return self.amount - sum(paid for on, paid in self.paid if on <= day)

    def claim_on(self, day):
        claim = self.open_on(day)
        if self.disputed and self.disputed[0] <= day < self.disputed[1]:
            claim -= self.disputed[2]
        if self.promise and self.promise[0] <= day <= self.promise[1] + GRACE:
            claim -= self.promise[2]
        return claim

    def settle_outcome(self, day):
        if self.pending and self.pending[1] <= day:
            level, on, is_sent = self.pending
            self.pending = None
            if is_sent:
                self.last, self.completed = level, on

    def due_level(self, days, day):
        """Return the level due on the day by the slow reading, or None."""
        for number, threshold in enumerate(days, start=1):
            if number <= self.last or (threshold < 0 and day >= self.due):
                continue
            ready = self.due + threshold
            if self.last:
                gap = threshold - days[self.last - 1]
                ready = max(ready, self.completed + gap, self.completed + 1)
            return number if day >= ready else None
        return None


def chased_item(item, day):
    changes = {}
    if item.disputed and item.disputed[0] <= day < item.disputed[1]:
        changes["disputed_amount"] = Decimal(item.disputed[2])
    if item.promise and item.promise[0] <= day:
        changes["promised_on"] = START + timedelta(days=item.promise[1])
        changes["promised_amount"] = Decimal(item.promise[2])
    if item.last:
        changes["last_level"] = item.last
        changes["last_completed_on"] = START + timedelta(days=item.completed)
    if item.pending:
        changes["pending_level"] = item.pending[0]
    return an_item(
        instalment_id=item.at,
        invoice=f"F-{item.at}",
        due_on=START + timedelta(days=item.due),
        open_amount=Decimal(item.open_on(day)),
        **changes,
    )


@st.composite
def items(draw, at):
    day = st.integers(0, 70)
    amount = draw(st.integers(1, 40))
    first = draw(day)
    return Item(
        at=at,
        due=draw(st.integers(0, 30)),
        amount=amount,
        paid=draw(
            st.one_of(
                st.just([]),
                st.tuples(day, st.integers(1, amount)).map(lambda one: [one]),
                st.just([(first, amount), (first + 9, -amount)]),
            )
        ),
        disputed=draw(
            st.none()
            | st.tuples(st.just(first), st.just(first + 15), st.integers(1, amount))
        ),
        promise=draw(
            st.none() | st.tuples(day, st.integers(0, 80), st.integers(1, amount))
        ),
    )


def the_policy(days, minimum):
    last = len(days)
    return DunningPolicy(
        name="drawn",
        minimum=Decimal(minimum),
        levels=tuple(
            a_level(at, each, channel=Channel.LETTER if at == last else Channel.EMAIL)
            for at, each in enumerate(days, start=1)
        ),
        promise_grace_days=GRACE,
    )


@settings(max_examples=150, deadline=None)
@given(
    st.tuples(items(1), items(2), items(3)),
    POLICY_DAYS,
    st.sets(st.integers(0, 80), min_size=5),
    st.integers(1, 8),
    st.randoms(use_true_random=False),
)
def test_histories_agree_with_the_slow_reading(drawn, days, nights, minimum, luck):
    policy = the_policy(days, minimum)
    for night in sorted(nights):
        for item in drawn:
            item.settle_outcome(night)
        decision = decide_on(drawn, night, policy)
        expected = {
            (item.at, item.due_level(days, night), item.claim_on(night))
            for item in drawn
            if item.pending is None
            and item.claim_on(night) >= minimum
            and item.due_level(days, night)
        }
        found = {
            (each.item.instalment_id, each.level.level, each.amount)
            for each in decision.notices
        }
        assert found == expected
        assert_mail_lists_what_is_open(decision, drawn, night)
        # the dry run and a second run on the same snapshot say the same
        assert decide_on(drawn, night, policy) == decision
        for each in decision.notices:
            item = drawn[each.item.instalment_id - 1]
            outcome_on = night + luck.choice([0, 0, 0, 1, 6])
            item.pending = (each.level.level, outcome_on, luck.random() < 0.8)
            item.sent.append((night, each.level.level, item.pending[2]))
        # a second run on the same day sends nothing, confirmed or not
        for item in drawn:
            if item.pending and item.pending[2]:
                item.settle_outcome(night)
        assert decide_on(drawn, night, policy).notices == ()
    for item in drawn:
        assert_levels_rise_with_their_gaps(item, days)


def decide_on(drawn, night, policy):
    debtor = a_debtor(*[chased_item(item, night) for item in drawn])
    facts = a_run(START + timedelta(days=night))
    return decide(debtor, policy=policy, facts=facts)


def assert_mail_lists_what_is_open(decision, drawn, night):
    assert len(decision.reminders) <= 1
    for mail in decision.reminders:
        for line in mail.listed:
            item = drawn[line.item.instalment_id - 1]
            assert line.amount == item.claim_on(night) > 0
        assert mail.total == sum(line.amount for line in mail.listed)
    left_out = {each.item.instalment_id for each in decision.not_chased}
    noticed = {each.item.instalment_id for each in decision.notices}
    assert left_out | noticed == {item.at for item in drawn}


def assert_levels_rise_with_their_gaps(item, days):
    confirmed = [(night, level) for night, level, is_sent in item.sent if is_sent]
    levels = [level for _, level in confirmed]
    assert levels == sorted(set(levels))
    for (before_on, before), (after_on, after) in pairwise(confirmed):
        assert after_on - before_on >= max(1, days[after - 1] - days[before - 1])


@given(POLICY_DAYS, st.integers(31, 300))
def test_an_outage_of_any_length_is_not_made_up_in_one_run(days, night):
    policy = the_policy(days, 1)
    item = replace(an_item(), due_on=START)
    facts = a_run(START + timedelta(days=night))
    decision = decide(a_debtor(item), policy=policy, facts=facts)
    assert len(decision.notices) <= 1


@given(POLICY_DAYS, st.integers(0, 60), st.integers(0, 90))
def test_a_chargeback_resumes_never_above_the_former_level_plus_one(days, due, night):
    policy = the_policy(days, 1)
    for last in range(1, len(days)):
        item = replace(
            an_item(),
            due_on=START + timedelta(days=due),
            last_level=last,
            last_completed_on=START + timedelta(days=due),
        )
        facts = a_run(START + timedelta(days=due + night))
        decision = decide(a_debtor(item), policy=policy, facts=facts)
        assert all(each.level.level <= last + 1 for each in decision.notices) or (
            days[last] < 0  # levels before the due date lapse, they are not skipped
        )
