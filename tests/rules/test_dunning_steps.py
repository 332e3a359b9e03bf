"""Which level comes next and when, clause by clause of the dunning policy."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from adv_domain.rules.dunning.items import (
    InvoiceMail,
    NotChasedReason,
    PaymentRoute,
)
from adv_domain.rules.dunning.policy import (
    Channel,
    DunningPolicy,
    Effect,
    LevelTest,
    is_final,
    policy_faults,
    usual_channel,
)
from adv_domain.rules.dunning.steps import next_step, verdict
from tests.rules.dunning_cases import (
    DUE_ON,
    FOUR_LEVELS,
    a_debtor,
    a_level,
    a_run,
    an_item,
)


def after(days):
    return DUE_ON + timedelta(days=days)


def policy_of(*levels):
    return DunningPolicy(name="own", minimum=Decimal(5), levels=levels)


def step_of(item, policy=FOUR_LEVELS, on=DUE_ON):
    step = next_step(item, policy=policy, on=on)
    return None if step is None else (step.level.level, step.due_on)


@pytest.mark.parametrize(
    ("last_level", "completed", "expected"),
    [
        (0, None, (1, after(3))),
        (1, 3, (2, after(10))),  # sent on time: the next one on its own day
        (1, 14, (2, after(21))),  # sent 11 days late: the gap of 7 is kept
        (2, 21, (3, after(31))),
        (3, 31, (4, after(41))),
        (4, 41, None),  # all done: a person has it
        (2, 4, (3, after(20))),  # sent early by another system: never before its test
    ],
)
def test_next_level_is_the_lowest_open_one_and_keeps_the_gap(
    last_level, completed, expected
):
    completed_on = None if completed is None else after(completed)
    item = an_item(last_level=last_level, last_completed_on=completed_on)
    assert step_of(item) == expected


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [
        (date(2025, 1, 15), date(2025, 2, 5)),
        (date(2024, 2, 10), date(2024, 3, 5)),  # 29 February
        (date(2025, 12, 31), date(2026, 1, 5)),
    ],
)
def test_end_of_month_test_counts_from_the_month_end_of_the_due_date(due_on, expected):
    policy = policy_of(a_level(1, 5, test=LevelTest.END_OF_MONTH), a_level(2, 60))
    assert step_of(an_item(due_on=due_on), policy, due_on) == (1, expected)


def test_days_since_previous_count_from_the_confirmed_send():
    policy = policy_of(
        a_level(1, 3),
        a_level(2, 7, test=LevelTest.DAYS_SINCE_PREVIOUS),
        a_level(3, 20),
    )
    sent = an_item(last_level=1, last_completed_on=after(5))
    assert step_of(sent, policy) == (2, after(12))
    # the plan has ten days between due + 10 and due + 20
    late = an_item(last_level=2, last_completed_on=after(15))
    assert step_of(late, policy) == (3, after(25))


COURTESY = policy_of(a_level(1, -5), a_level(2, 3), a_level(3, 10))


def test_a_level_before_the_due_date_is_sent_before_it():
    assert step_of(an_item(), COURTESY, after(-1)) == (1, after(-5))


def test_a_level_before_the_due_date_lapses_on_it():
    assert step_of(an_item(), COURTESY, DUE_ON) == (2, after(3))


def test_two_levels_of_one_day_are_not_sent_on_one_day():
    policy = policy_of(a_level(1, 3), a_level(2, 3), a_level(3, 4))
    sent = an_item(last_level=1, last_completed_on=after(3))
    assert step_of(sent, policy) == (2, after(4))


def test_the_level_that_another_system_sent_last_is_gone_on_from():
    item = an_item(last_level=2, last_completed_on=after(12))
    assert step_of(item) == (3, after(22))


def reason_of(on=None, facts=None, debtor=None, policy=FOUR_LEVELS, **changes):
    item = an_item(**changes)
    found = verdict(
        item,
        debtor=debtor or a_debtor(item),
        policy=policy,
        facts=facts or a_run(on or after(3)),
    )
    assert (found.step is None) == (found.obstacle is not None)
    return (
        None
        if found.obstacle is None
        else (found.obstacle.reason, found.obstacle.until)
    )


R = NotChasedReason


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"open_amount": Decimal(0)}, (R.PAID, None)),
        ({"open_amount": Decimal(-20)}, (R.CREDIT_BALANCE, None)),
        ({"open_amount": Decimal("4.99")}, (R.BELOW_MINIMUM, None)),
        ({"open_amount": Decimal(5)}, None),
        ({"disputed_amount": Decimal(100)}, (R.DISPUTED, None)),
        ({"disputed_amount": Decimal(40)}, None),
        ({"disputed_amount": Decimal(96)}, (R.BELOW_MINIMUM, None)),
        ({"route": PaymentRoute.DIRECT_DEBIT_PENDING}, (R.DIRECT_DEBIT, None)),
        ({"route": PaymentRoute.BILL_PENDING}, (R.BILL_PENDING, None)),
        ({"invoice_mail": InvoiceMail.NOT_SENT}, (R.INVOICE_NOT_SENT, None)),
        ({"invoice_mail": InvoiceMail.FAILED}, (R.INVOICE_MAIL_FAILED, None)),
        ({"invoice_mail": InvoiceMail.BOUNCED}, (R.INVOICE_MAIL_BOUNCED, None)),
        ({"invoice_mail": InvoiceMail.UNKNOWN}, (R.INVOICE_MAIL_UNKNOWN, None)),
        ({"invoice_mail": InvoiceMail.NOT_NEEDED}, None),
        ({"pending_level": 1}, (R.AWAITING_CONFIRMATION, None)),
        ({"due_on": after(1)}, (R.LEVEL_NOT_DUE, after(4))),
        (
            {"last_level": 4, "last_completed_on": after(-30)},
            (R.ALL_LEVELS_DONE, None),
        ),
    ],
)
def test_every_item_left_out_has_its_reason(changes, expected):
    assert reason_of(**changes) == expected


def promised(amount=100, days=5):
    return {"promised_amount": Decimal(amount), "promised_on": after(days)}


def test_a_promise_holds_through_its_grace_days_and_is_broken_after():
    assert reason_of(after(7), **promised()) == (R.PROMISED, after(8))
    assert reason_of(after(8), **promised()) is None


def test_only_the_promised_part_is_left_out():
    item = an_item(**promised(60))
    found = verdict(
        item, debtor=a_debtor(item), policy=FOUR_LEVELS, facts=a_run(after(3))
    )
    assert found.step is not None
    assert found.chased == 40
    assert found.withheld is not None
    assert found.withheld.reason is R.PROMISED


def test_a_pause_holds_through_its_last_day():
    paused = a_debtor(paused_until=after(6))
    assert reason_of(after(6), debtor=paused) == (R.PAUSED, after(7))
    assert reason_of(after(7), debtor=paused) is None
    for_ever = a_debtor(paused_until=date.max)
    assert reason_of(after(6), debtor=for_ever) == (R.PAUSED, date.max)


def test_an_insolvent_customer_is_not_reminded():
    found = reason_of(debtor=a_debtor(is_insolvent=True))
    assert found == (R.CUSTOMER_INSOLVENT, None)


def test_on_stale_bank_data_nobody_is_chased():
    facts = a_run(after(3), is_bank_stale=True)
    assert reason_of(facts=facts) == (R.BANK_DATA_STALE, None)


def test_a_payment_on_the_due_date_must_have_had_time_to_show():
    policy = DunningPolicy("own", Decimal(5), FOUR_LEVELS.levels, clearing_days=2)
    short = a_run(after(3), bank_covers_until=after(1))
    assert reason_of(facts=short, policy=policy) == (R.AWAITING_BANK_STATEMENT, None)
    enough = a_run(after(3), bank_covers_until=after(2))
    assert reason_of(facts=enough, policy=policy) is None


def test_who_has_no_address_is_told_only_when_a_mail_is_due():
    nowhere = a_debtor(has_address=False)
    assert reason_of(after(3), debtor=nowhere) == (R.NO_ADDRESS, None)
    assert reason_of(after(2), debtor=nowhere) == (R.LEVEL_NOT_DUE, after(3))
    # the letter of the last level needs no mail address
    done = {"last_level": 3, "last_completed_on": after(20)}
    assert reason_of(after(30), debtor=nowhere, **done) is None


@pytest.mark.parametrize(
    ("levels", "codes"),
    [
        ((), ["no_levels"]),
        ((a_level(1, 3), a_level(2, 10)), []),
        ((a_level(1, 10), a_level(2, 3)), ["descending"]),
        ((a_level(2, 3), a_level(1, 10)), ["order"]),
        ((a_level(1, 3), a_level(1, 10)), ["order"]),
        ((a_level(1, 3, test=LevelTest.DAYS_SINCE_PREVIOUS),), ["relative_first"]),
        (
            (a_level(1, 3), a_level(2, 0, test=LevelTest.DAYS_SINCE_PREVIOUS)),
            ["gap"],
        ),
        (
            (a_level(1, 3, effect=Effect.HAND_OVER),),
            ["hand_over_by_mail"],
        ),
    ],
)
def test_a_policy_that_cannot_work_says_why(levels, codes):
    assert [fault.code for fault in policy_faults(policy_of(*levels))] == codes


def test_what_a_person_does_last_or_a_hand_over_refers_to_collection():
    letter = Channel.LETTER
    policy = policy_of(
        a_level(1, 3),
        a_level(2, 10, channel=letter),
        a_level(3, 20, channel=letter, effect=Effect.HAND_OVER),
        a_level(4, 30, channel=Channel.CALL),
    )
    assert [is_final(policy, level) for level in policy.levels] == [
        False,
        False,
        True,
        True,
    ]


def test_a_last_level_written_as_a_mail_is_one_more_reminder():
    policy = policy_of(a_level(1, 3), a_level(2, 10))
    assert not is_final(policy, policy.levels[-1])


def test_a_level_without_a_channel_is_a_mail_and_the_last_a_letter():
    none, over = Effect.NONE, Effect.HAND_OVER
    assert usual_channel(is_last=False, effect=none) is Channel.EMAIL
    assert usual_channel(is_last=True, effect=none) is Channel.LETTER
    assert usual_channel(is_last=False, effect=over) is Channel.LETTER


def test_the_longer_name_of_a_hold_is_taken():
    assert Effect("hold_new_orders") is Effect.HOLD_ORDERS
