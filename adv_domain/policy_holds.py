"""Who answers for held orders, in how many working hours, and who hears of silence?"""

from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Ge, Le, MaxLen, MinLen

from adv_domain.policy_file import Days, Section
from adv_domain.rules.orders.hold_answers import AnswerTimes, EscalationStep, OneDesk
from adv_domain.rules.orders.rule_settings import DEFAULT_SETTINGS

Hours = Annotated[int, Ge(0)]
Team = Annotated[str, MinLen(1), MaxLen(60)]


@dataclass(frozen=True, slots=True)
class Escalation(Section):
    """To whom a hold goes that many working hours after its answer was due."""

    to: Team
    hours_overdue: Hours = 0


@dataclass(frozen=True, slots=True)
class Holds(Section):
    """One desk or each rule's owner, the times to answer, and the escalation."""

    one_desk: Team = "order desk"
    one_desk_below: Days = 0
    work_from_hour: Annotated[int, Ge(0), Le(23)] = 9
    work_until_hour: Annotated[int, Ge(1), Le(24)] = 17
    answer_hours: Hours = 8
    team_hours: dict[Team, Hours] = field(default_factory=dict)
    rule_hours: dict[Team, Hours] = field(default_factory=dict)
    escalation: tuple[Escalation, ...] = ()

    def __post_init__(self) -> None:
        if self.work_from_hour >= self.work_until_hour:
            raise ValueError(
                f"work_from_hour must be earlier than work_until_hour, which is "
                f"{self.work_until_hour}"
            )
        unknown = [code for code in self.rule_hours if code not in DEFAULT_SETTINGS]
        if unknown:
            raise ValueError(
                f"rule_hours: no rule is called {', '.join(unknown)}; there are: "
                f"{', '.join(DEFAULT_SETTINGS)}"
            )
        hours = [step.hours_overdue for step in self.escalation]
        if hours != sorted(hours):
            raise ValueError(
                "escalation: hours_overdue must not fall from one step to the next"
            )

    @property
    def desk(self) -> OneDesk:
        """Return the desk that owns all holds of a quiet day."""
        return OneDesk(team=self.one_desk, below=self.one_desk_below)

    @property
    def times(self) -> AnswerTimes:
        """Return how long each team has to answer."""
        return AnswerTimes(
            usual=self.answer_hours, by_team=self.team_hours, by_rule=self.rule_hours
        )

    @property
    def steps(self) -> tuple[EscalationStep, ...]:
        """Return the steps of the escalation, in order."""
        return tuple(
            EscalationStep(number, step.to, step.hours_overdue)
            for number, step in enumerate(self.escalation, start=1)
        )
