"""From how much more than usual on is a person asked before a run goes on?"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from annotated_types import Ge, Gt

from adv_domain.policy_file import Amount, Count, Rate, Section
from adv_domain.rules.brake import BrakeRule

Times = Annotated[Decimal, Gt(1)]


@dataclass(frozen=True, slots=True)
class Brake(Section):
    """How many times the usual is too much, and what is usual; off: never asked."""

    on: bool = True
    times: Times = Decimal(5)
    days: Count = 20
    least_days: Annotated[int, Ge(2)] = 10
    least_documents: Count = 50
    least_amount: Amount = Decimal(250000)
    first_documents: Count | None = None
    first_amount: Amount | None = None
    tolerance_rate: Rate = Decimal("0.1")

    @property
    def rule(self) -> BrakeRule:
        """Return it in the form that the rule reads."""
        return BrakeRule(
            times=self.times,
            days=self.days,
            least_days=self.least_days,
            least_documents=self.least_documents,
            least_amount=self.least_amount,
            first_documents=self.first_documents,
            first_amount=self.first_amount,
            tolerance_rate=self.tolerance_rate,
        )


@dataclass(frozen=True, slots=True)
class DunningBrake(Brake):
    """The same for reminders: what falls due together is chased together, so that
    a night of many is nothing rare; the floors are higher."""

    least_documents: Count = 100
    least_amount: Amount = Decimal(1000000)
