"""Which dunning policies does the company write down, and what is their default?"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from annotated_types import MinLen

from adv_domain.policy_brake import DunningBrake
from adv_domain.policy_file import Amount, Count, Days, Name, Section
from adv_domain.rules.dunning import policy as dunning_policy


@dataclass(frozen=True, slots=True)
class DunningLevel(Section):
    """One step of a dunning policy; without a channel the last is a letter."""

    level: Count
    test: dunning_policy.LevelTest = dunning_policy.LevelTest.DAYS_AFTER_DUE
    days: int = 0
    channel: dunning_policy.Channel | None = None
    tone: Name = "friendly"
    fee: Amount = Decimal(0)
    interest: bool = False
    effect: dunning_policy.Effect = dunning_policy.Effect.NONE


@dataclass(frozen=True, slots=True)
class DunningPolicy(Section):
    """Levels in the order in which they are reached."""

    name: Name
    levels: Annotated[tuple[DunningLevel, ...], MinLen(1)]
    minimum: Amount = Decimal(5)

    def __post_init__(self) -> None:
        faults = dunning_policy.policy_faults(as_rule(self))
        if faults:
            raise ValueError(
                "; ".join(
                    f"level {each.level}: {each.detail}" if each.level else each.detail
                    for each in faults
                )
            )


def _usual_levels() -> tuple[DunningLevel, ...]:
    return (
        DunningLevel(level=1, days=3, channel=dunning_policy.Channel.EMAIL),
        DunningLevel(level=2, days=10, tone="firm"),
        DunningLevel(level=3, days=20, tone="final", interest=True),
        DunningLevel(
            level=4,
            days=30,
            channel=dunning_policy.Channel.LETTER,
            tone="formal",
            interest=True,
            effect=dunning_policy.Effect.HAND_OVER,
        ),
    )


@dataclass(frozen=True, slots=True)
class Dunning(Section):
    """The dunning policies; a customer without one of his own gets the first."""

    policies: Annotated[tuple[DunningPolicy, ...], MinLen(1)] = field(
        default_factory=lambda: (DunningPolicy(name="default", levels=_usual_levels()),)
    )
    pay_within_days: Days = 7
    brake: DunningBrake = field(default_factory=DunningBrake)


def as_rule(
    section: DunningPolicy, *, promise_grace_days: int = 0, clearing_days: int = 0
) -> dunning_policy.DunningPolicy:
    """Return the policy in the form that the rules read."""
    levels = tuple(
        dunning_policy.DunningLevel(
            level=each.level,
            test=each.test,
            days=each.days,
            channel=each.channel
            or dunning_policy.usual_channel(
                is_last=each is section.levels[-1], effect=each.effect
            ),
            tone=each.tone,
            fee=each.fee,
            interest=each.interest,
            effect=each.effect,
        )
        for each in section.levels
    )
    return dunning_policy.DunningPolicy(
        name=section.name,
        minimum=section.minimum,
        levels=levels,
        promise_grace_days=promise_grace_days,
        clearing_days=clearing_days,
    )
