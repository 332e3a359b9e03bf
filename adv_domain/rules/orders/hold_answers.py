"""Which team must answer for a held order, in what time, and who hears of silence?

A hold is one team's part in a held order. Below a number of orders a day one desk
answers for all; from there on each rule's owner answers for what his rule found.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adv_domain.rules.working_hours import WorkingHours, working_time


@dataclass(frozen=True, slots=True)
class OneDesk:
    """The team that owns every hold of a day with fewer orders; 0: no such day."""

    team: str
    below: int


@dataclass(frozen=True, slots=True)
class Routing:
    """The teams that must answer with the codes of the rules that each answers for,
    and whether one desk does so for all of them."""

    to_answer: Mapping[str, tuple[str, ...]]
    is_one_desk: bool = False

    @property
    def teams(self) -> tuple[str, ...]:
        return tuple(self.to_answer)


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """In how many working hours an answer is due: by rule, else by team, else usual."""

    usual: int
    by_team: Mapping[str, int]
    by_rule: Mapping[str, int]

    def hours(self, team: str, *, codes: Iterable[str]) -> int:
        """Return the shortest time that the broken rules leave the team."""
        otherwise = self.by_team.get(team, self.usual)
        found = [self.by_rule.get(code, otherwise) for code in codes]
        return min(found, default=otherwise)


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """The number of the step, to whom it goes, how long after the answer was due."""

    number: int
    to: str
    hours_overdue: int


@dataclass(frozen=True, slots=True)
class KeptRouting:
    """How an order's open holds were routed: to one desk, or (None) to the owners."""

    desk: str | None


def routing(
    by_owner: Mapping[str, tuple[str, ...]],
    *,
    kept: KeptRouting | None,
    orders_of_day: int,
    desk: OneDesk,
) -> Routing:
    """Say who answers for an order, whose owners are given with their rules' codes.

    What was decided when the order was held is kept, whatever the day brings later:
    one desk keeps what it has, and owners come and go with their faults.
    """
    if kept is None:
        team = desk.team if orders_of_day < desk.below else None
    else:
        team = kept.desk
    if team is None:
        return Routing(by_owner)
    codes = tuple(code for listed in by_owner.values() for code in listed)
    return Routing({team: codes}, is_one_desk=True)


def steps_due(
    steps: Sequence[EscalationStep],
    *,
    taken: Collection[int],
    due_at: datetime,
    at: datetime,
    hours: WorkingHours,
) -> list[EscalationStep]:
    """Return the steps that are due by the moment and were not taken, in order.

    They depend on the moment alone: a late run takes all that earlier ones missed.
    """
    if at < due_at:
        return []
    overdue = working_time(due_at, at, hours=hours)
    return [
        step
        for step in steps
        if step.number not in taken and timedelta(hours=step.hours_overdue) <= overdue
    ]
