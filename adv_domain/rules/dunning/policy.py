"""Which steps does a company take against a late payer, and when is each due?

A policy is a list of levels in order. Every level has a day in the life of an
item, its plan day, counted from the due date; the difference between two levels
is the difference of their plan days. Source: design, section 5.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from adv_domain.rules.calendar_rules import end_of_month
from adv_domain.rules.money import ZERO

_HAND_OVER_BY_MAIL = (
    'effect "hand_over" is a task for a person, who refers the case to collection: '
    'write channel = "letter" or "call", or leave the channel out'
)


class LevelTest(StrEnum):
    """What the days of a level are counted from."""

    DAYS_AFTER_DUE = "days_after_due"
    END_OF_MONTH = "end_of_month"
    DAYS_SINCE_PREVIOUS = "days_since_previous"


class Channel(StrEnum):
    """How a level reaches the customer; letters and calls are tasks for a person."""

    EMAIL = "email"
    LETTER = "letter"
    CALL = "call"


class Effect(StrEnum):
    """What a level proposes beyond its notice; a person says yes to it."""

    NONE = "none"
    HOLD_ORDERS = "hold_orders"
    STOP_DELIVERIES = "stop_deliveries"
    HAND_OVER = "hand_over"

    @classmethod
    def _missing_(cls, value: object) -> "Effect | None":
        """Take the longer name that people write for a hold."""
        return cls.HOLD_ORDERS if value == "hold_new_orders" else None


@dataclass(frozen=True, slots=True)
class PolicyFault:
    """One reason why a dunning policy cannot work; level 0 is the whole policy."""

    policy: str
    level: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class DunningLevel:
    """One step: its test in days, its channel and tone, and what it adds.

    fee is in the item's currency and claimed only with a person's yes, like the
    statutory interest that interest=True shows.
    """

    level: int
    test: LevelTest
    days: int
    channel: Channel
    tone: str
    fee: Decimal = ZERO
    interest: bool = False
    effect: Effect = Effect.NONE


@dataclass(frozen=True, slots=True)
class DunningPolicy:
    """The levels in order, and what is left alone.

    minimum is the open amount of one item below which it is not chased, and of
    one mail after credit is netted. promise_grace_days are given after the day
    of a promise, clearing_days are what a payment needs to reach a statement.
    """

    name: str
    minimum: Decimal
    levels: tuple[DunningLevel, ...]
    promise_grace_days: int = 2
    clearing_days: int = 0


def policy_faults(policy: DunningPolicy) -> list[PolicyFault]:
    """Return every reason why the policy can't work, none for a sound one."""
    if not policy.levels:
        return [_fault(policy, 0, "no_levels", "at least one level is needed")]
    faults: list[PolicyFault] = []
    numbers = [level.level for level in policy.levels]
    if numbers != sorted(set(numbers)) or numbers[0] < 1:
        found = ", ".join(map(str, numbers))
        detail = f"level numbers must rise and start at 1 or more; these are {found}"
        faults.append(_fault(policy, 0, "order", detail))
    if policy.levels[0].test is LevelTest.DAYS_SINCE_PREVIOUS:
        detail = "the first level has no previous one to count from"
        faults.append(_fault(policy, numbers[0], "relative_first", detail))
    faults += [
        _fault(policy, level.level, "hand_over_by_mail", _HAND_OVER_BY_MAIL)
        for level in policy.levels
        if level.effect is Effect.HAND_OVER and level.channel is Channel.EMAIL
    ]
    for before, after in pairwise(policy.levels):
        faults += _step_faults(policy, before, after)
    return faults


def plan_day(level: DunningLevel, *, due_on: date, before_on: date | None) -> date:
    """Return the day on which a level would come if every one went on time.

    before_on is the plan day of the level before, None for the first.
    """
    days = timedelta(days=level.days)
    if level.test is LevelTest.DAYS_AFTER_DUE:
        return due_on + days
    if level.test is LevelTest.END_OF_MONTH:
        return end_of_month(due_on) + days
    return (before_on or due_on) + days


def is_final(policy: DunningPolicy, level: DunningLevel) -> bool:
    """Say whether the level refers to collection: its effect says so, or it is the
    last one and a person's. A last level written as a mail is one more reminder.
    """
    is_last = level.level == policy.levels[-1].level
    by_person = level.channel is not Channel.EMAIL
    return level.effect is Effect.HAND_OVER or (is_last and by_person)


def usual_channel(*, is_last: bool, effect: Effect) -> Channel:
    """Return how a level goes out that names no channel: what refers to collection
    is a letter that a person signs, anything before it a mail.
    """
    if is_last or effect is Effect.HAND_OVER:
        return Channel.LETTER
    return Channel.EMAIL


def _step_faults(
    policy: DunningPolicy, before: DunningLevel, after: DunningLevel
) -> list[PolicyFault]:
    if after.test is LevelTest.DAYS_SINCE_PREVIOUS:
        detail = "days_since_previous needs at least one day"
        return [] if after.days >= 1 else [_fault(policy, after.level, "gap", detail)]
    if before.test is after.test and after.days < before.days:
        detail = f"{after.days} days come before those of level {before.level}"
        return [_fault(policy, after.level, "descending", detail)]
    return []


def _fault(policy: DunningPolicy, level: int, code: str, detail: str) -> PolicyFault:
    return PolicyFault(policy=policy.name, level=level, code=code, detail=detail)
