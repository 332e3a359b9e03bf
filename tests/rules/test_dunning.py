"""What one customer gets in one run: mails, tasks, and reasons for the rest."""

from datetime import timedelta
from decimal import Decimal

import pytest

from adv_domain.rules.dunning.decisions import decide
from adv_domain.rules.dunning.interest import interest_law
from adv_domain.rules.dunning.items import LatePayment, NotChasedReason
from adv_domain.rules.dunning.outcome import TaskKind
from adv_domain.rules.dunning.policy import Channel, DunningPolicy, Effect
from tests.rules.dunning_cases import (
    DUE_ON,
    FOUR_LEVELS,
    a_debtor,
    a_level,
    a_run,
    an_item,
)

R = NotChasedReason


def decided(*items, days=3, policy=FOUR_LEVELS, facts=None, **debtor):
    facts = facts or a_run(DUE_ON + timedelta(days=days))
    return decide(a_debtor(*items, **debtor), policy=policy, facts=facts)


def numbered(*items):
    """Give the items ids and invoices of their own: (days after DUE_ON, changes)."""
    return [
        an_item(
            instalment_id=at,
            invoice=f"F-{at}",
            due_on=DUE_ON + timedelta(days=due),
            **changes,
        )
        for at, (due, changes) in enumerate(items, start=1)
    ]


def levels_of(decision):
    return {each.item.invoice: each.level.level for each in decision.notices}


def reasons_of(decision):
    return {each.item.invoice: each.reason for each in decision.not_chased}


def at_level(level, days):
    return {"last_level": level, "last_completed_on": DUE_ON + timedelta(days=days)}


def test_one_mail_per_customer_at_the_highest_level_lists_all_overdue_items():
    items = numbered(
        (0, at_level(1, 3)),  # level 2 is due
        (7, {}),  # level 1 is due
        (8, {}),  # overdue, nothing due yet
        (30, {}),  # not overdue
    )
    decision = decided(*items, days=10)
    assert levels_of(decision) == {"F-1": 2, "F-2": 1}
    (mail,) = decision.reminders
    assert mail.level.level == 2
    assert mail.level.tone == "firm"
    assert [each.item.invoice for each in mail.listed] == ["F-1", "F-2", "F-3"]
    assert mail.total == 300
    assert reasons_of(decision) == {"F-3": R.LEVEL_NOT_DUE, "F-4": R.LEVEL_NOT_DUE}


def test_currencies_never_share_a_mail():
    items = numbered((0, {}), (0, {"currency": "USD"}))
    mails = decided(*items).reminders
    assert [(mail.currency, mail.total) for mail in mails] == [
        ("EUR", 100),
        ("USD", 100),
    ]


def test_unapplied_credit_is_netted_in_its_own_currency():
    (mail,) = decided(
        an_item(), credits=(("EUR", Decimal(30)), ("USD", Decimal(500)))
    ).reminders
    assert (mail.credit, mail.total) == (30, 70)


def test_an_open_credit_note_counts_as_credit():
    items = numbered((0, {}), (0, {"open_amount": Decimal(-40)}))
    decision = decided(*items)
    assert decision.reminders[0].total == 60
    assert reasons_of(decision) == {"F-2": R.CREDIT_BALANCE}


@pytest.mark.parametrize("credit", ["100", "250", "95.01"])
def test_whose_credit_covers_the_claim_is_not_chased(credit):
    decision = decided(an_item(), credits=(("EUR", Decimal(credit)),))
    assert (decision.notices, decision.reminders, decision.tasks) == ((), (), ())
    assert reasons_of(decision) == {"F-1": R.COVERED_BY_CREDIT}


def test_only_the_undisputed_part_is_claimed_and_the_rest_has_its_reason():
    decision = decided(an_item(disputed_amount=Decimal(40)))
    assert decision.notices[0].amount == 60
    assert decision.reminders[0].total == 60
    (left_out,) = decision.not_chased
    assert (left_out.reason, left_out.amount) == (R.DISPUTED, 40)


def test_disputed_promised_and_small_items_are_not_listed():
    items = numbered(
        (0, {}),
        (0, {"disputed_amount": Decimal(100)}),
        (0, {"promised_amount": Decimal(100), "promised_on": DUE_ON}),
        (0, {"open_amount": Decimal(1)}),
    )
    decision = decided(*items, days=3)
    (mail,) = decision.reminders
    # the promise of the due date is broken after two days of grace
    assert [each.item.invoice for each in mail.listed] == ["F-1", "F-3"]


def test_the_referral_to_collection_is_a_task_for_a_person_and_never_a_mail():
    decision = decided(an_item(**at_level(3, 20)), days=30)
    assert decision.reminders == ()
    (task,) = decision.tasks
    assert task.kind is TaskKind.COLLECTION
    assert [each.item.invoice for each in task.notices] == ["F-1"]
    assert task.amount == 100


def test_a_last_level_written_as_a_mail_is_a_mail():
    policy = DunningPolicy("short", Decimal(5), (a_level(1, 3), a_level(2, 10)))
    decision = decided(an_item(**at_level(1, 3)), days=10, policy=policy)
    assert decision.notices[0].channel is Channel.EMAIL
    assert decision.tasks == ()
    assert [mail.level.level for mail in decision.reminders] == [2]


def test_letters_and_calls_are_tasks_and_effects_are_proposals():
    policy = DunningPolicy(
        "calls",
        Decimal(5),
        (
            a_level(1, 3, channel=Channel.CALL),
            a_level(2, 10, channel=Channel.LETTER, effect=Effect.HOLD_ORDERS),
            a_level(3, 20, effect=Effect.STOP_DELIVERIES),
            a_level(4, 30, channel=Channel.LETTER),
        ),
    )
    items = numbered((17, {}), (10, at_level(1, 13)), (0, at_level(2, 10)))
    decision = decided(*items, days=20, policy=policy)
    kinds = {
        task.kind: [each.invoice for each in task.items] for task in decision.tasks
    }
    assert kinds == {
        TaskKind.CALL: ["F-1"],
        TaskKind.LETTER: ["F-2"],
        TaskKind.HOLD_ORDERS: ["F-2"],
        TaskKind.STOP_DELIVERIES: ["F-3"],
    }
    assert len(decision.reminders) == 1
    proposals = [task for task in decision.tasks if not task.notices]
    assert {task.kind for task in proposals} == {
        TaskKind.HOLD_ORDERS,
        TaskKind.STOP_DELIVERIES,
    }


def test_a_missing_address_makes_a_task_and_no_notice():
    decision = decided(an_item(), has_address=False)
    assert decision.notices == ()
    assert [task.kind for task in decision.tasks] == [TaskKind.ADDRESS]
    assert reasons_of(decision) == {"F-1": R.NO_ADDRESS}


def test_a_person_is_told_of_an_insolvent_customer_with_open_items():
    decision = decided(an_item(), is_insolvent=True)
    assert [task.kind for task in decision.tasks] == [TaskKind.INSOLVENT]
    assert decision.reminders == ()


def test_interest_and_compensation_are_shown_from_the_level_that_says_so():
    law = interest_law(country="ES")
    early = decided(an_item(), law=law).notices[0]
    assert (early.interest, early.compensation, early.fee) == (None, 0, 0)
    late = decided(an_item(**at_level(2, 10)), days=20, law=law).notices[0]
    # 100 x 11.15 % x 20 / 365
    assert (late.interest, late.compensation, late.fee) == (Decimal("0.61"), 40, 10)
    assert late.amount == 100


def test_interest_counts_what_was_paid_late_until_it_was_paid():
    paid = LatePayment(Decimal(1000), DUE_ON + timedelta(days=10))
    item = an_item(late_payments=(paid,), **at_level(2, 10))
    notice = decided(item, days=20, law=interest_law(country="ES")).notices[0]
    # 0.6110 on what is open and 3.0548 on what was
    assert notice.interest == Decimal("3.67")


def test_past_the_known_rates_the_reminder_goes_and_its_interest_is_held():
    item = an_item(**at_level(2, 10))
    notice = decided(item, days=400, law=interest_law(country="ES")).notices[0]
    assert notice.interest is None
    assert notice.is_interest_held


def test_the_compensation_is_once_per_invoice_and_only_in_euro():
    law = interest_law(country="FR")
    halves = [
        an_item(instalment_id=at, instalment_no=at, **at_level(2, 10)) for at in (1, 2)
    ]
    both = decided(*halves, days=20, law=law).notices
    assert [each.compensation for each in both] == [40, 0]
    dollars = an_item(currency="USD", **at_level(2, 10))
    assert decided(dollars, days=20, law=law).notices[0].compensation == 0


def test_the_fee_has_the_digits_of_the_currency():
    policy = DunningPolicy(
        "fee", Decimal(5), (a_level(1, 3, fee=Decimal("2.50")), a_level(2, 10))
    )
    notice = decided(an_item(currency="JPY"), policy=policy).notices[0]
    assert str(notice.fee) == "3"


def test_the_order_of_the_items_does_not_change_the_decision():
    items = numbered((0, {}), (-4, {}), (-4, {"currency": "USD"}), (-9, {}))
    forward, backward = decided(*items), decided(*reversed(items))
    assert forward.notices == backward.notices
    assert forward.reminders == backward.reminders
