"""Would a run do so much more than usual that a person should be asked first?

Usual is the median of the days before: of the same kind of day (working day or
weekend) where enough of these are known, else of all. A company with too little
history has limits in figures instead, or none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

from adv_domain.rules.money import ZERO

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Volume:
    """So many documents, worth so much net in the company's currency."""

    documents: int
    amount: Decimal

    def __add__(self, other: "Volume") -> "Volume":
        return Volume(self.documents + other.documents, self.amount + other.amount)


NOTHING = Volume(0, ZERO)


@dataclass(frozen=True, slots=True)
class BrakeRule:
    """From how many times the usual on a person is asked.

    Fewer than least_documents, or less than least_amount, are never too many or too
    much. first_documents and first_amount hold while fewer than least_days are known.
    """

    times: Decimal
    days: int
    least_days: int
    least_documents: int
    least_amount: Decimal
    first_documents: int | None
    first_amount: Decimal | None
    tolerance_rate: Decimal


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be done without asking, and the usual that it comes from, if known."""

    documents: Decimal | None
    amount: Decimal | None
    usual: Volume | None

    @property
    def are_none(self) -> bool:
        """Tell whether anything may be done without asking."""
        return self.documents is None and self.amount is None

    def are_passed_by(self, planned: Volume) -> bool:
        """Tell whether there is more to do than may be done without asking."""
        too_many = self.documents is not None and planned.documents > self.documents
        return too_many or (self.amount is not None and planned.amount > self.amount)


def limits_of_day(
    history: Mapping[date, Volume], *, on: date, rule: BrakeRule
) -> Limits:
    """Return what may be done on a day without asking, from the days before it."""
    before = sorted((day for day in history if day < on), reverse=True)
    alike = [day for day in before if _is_weekend(day) == _is_weekend(on)]
    known = alike if len(alike) >= rule.least_days else before
    if len(known) < rule.least_days:
        first = rule.first_documents
        return Limits(
            documents=None if first is None else Decimal(first),
            amount=rule.first_amount,
            usual=None,
        )
    usual = _median([history[day] for day in known[: rule.days]])
    return Limits(
        documents=max(rule.times * usual.documents, Decimal(rule.least_documents)),
        amount=max(rule.times * usual.amount, rule.least_amount),
        usual=usual,
    )


def is_covered(planned: Volume, *, confirmed: Volume, rule: BrakeRule) -> bool:
    """Tell whether a person's yes to other figures holds for these too."""
    more = 1 + rule.tolerance_rate
    return (
        planned.documents <= confirmed.documents * more
        and planned.amount <= confirmed.amount * more
    )


def _median(volumes: Sequence[Volume]) -> Volume:
    return Volume(
        int(median([one.documents for one in volumes])),
        median([one.amount for one in volumes]),
    )


def _is_weekend(day: date) -> bool:
    return day.weekday() >= _SATURDAY
