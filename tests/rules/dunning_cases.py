"""Builders of debtors, items and policies for the dunning tests."""

from datetime import date
from decimal import Decimal

from adv_domain.rules.dunning.items import ChasedItem, Debtor, RunFacts
from adv_domain.rules.dunning.policy import (
    Channel,
    DunningLevel,
    DunningPolicy,
    Effect,
    LevelTest,
)

DUE_ON = date(2025, 3, 1)


def a_level(number, days, **changes):
    values = {
        "level": number,
        "test": LevelTest.DAYS_AFTER_DUE,
        "days": days,
        "channel": Channel.EMAIL,
        "tone": "friendly",
    }
    return DunningLevel(**(values | changes))


FOUR_LEVELS = DunningPolicy(
    name="four",
    minimum=Decimal(5),
    levels=(
        a_level(1, 3),
        a_level(2, 10, tone="firm"),
        a_level(3, 20, tone="final", interest=True, fee=Decimal(10)),
        a_level(4, 30, tone="formal", channel=Channel.LETTER, effect=Effect.HAND_OVER),
    ),
)


def an_item(**changes):
    values = {
        "instalment_id": 1,
        "invoice": "F-1",
        "instalment_no": 1,
        "currency": "EUR",
        "due_on": DUE_ON,
        "open_amount": Decimal(100),
    }
    return ChasedItem(**(values | changes))


def a_debtor(*items, **changes):
    values = {"customer_id": 7, "code": "C7", "items": items or (an_item(),)}
    return Debtor(**(values | changes))


def a_run(on, **changes):
    return RunFacts(on=on, **changes)
