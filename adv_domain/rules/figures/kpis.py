"""What is a KPI, and how does a figure follow from its numerator and denominator?

A figure of grain DAY belongs to one business day and adds up over a period:
numerators, denominators and n are summed, and the value is taken from the sums
(never an average of averages). A figure of grain CLOSE is a state at the close of a
day and can't be added up. A ratio without a denominator is undefined: not 0, not
100 %.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

ZERO = Decimal(0)
_KEPT = Decimal("0.000001")


class Family(StrEnum):
    """The question that a KPI helps to answer."""

    PRODUCTIVITY = "productivity"
    QUALITY = "quality"
    PERFORMANCE = "performance"
    RECEIVABLES = "receivables"


class Unit(StrEnum):
    """What the value counts; a rate is a fraction, an amount company currency."""

    COUNT = "count"
    AMOUNT = "amount"
    RATE = "rate"
    DAYS = "days"
    SCORE = "score"


class Grain(StrEnum):
    """What the figure of one row covers."""

    DAY = "day"
    CLOSE = "close"


class Better(StrEnum):
    """Which way a manager wants the value to move."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """One definition; denominator is empty where the value is a plain number."""

    name: str
    family: Family
    unit: Unit
    grain: Grain
    better: Better
    owner: str
    numerator: str
    denominator: str = ""
    formula: str

    @property
    def is_ratio(self) -> bool:
        return bool(self.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What a KPI comes to; value None is undefined, n counts the observations."""

    value: Decimal | None
    numerator: Decimal
    denominator: Decimal | None
    n: int


UNDEFINED = Figure(value=None, numerator=ZERO, denominator=ZERO, n=0)
UNDEFINED_VALUE = Figure(value=None, numerator=ZERO, denominator=None, n=0)


def kept(value: Decimal) -> Decimal:
    """Round half up to the six decimals that the KPI tables keep."""
    return value.quantize(_KEPT, rounding=ROUND_HALF_UP)


def total(amount: Decimal | int, *, n: int) -> Figure:
    """Return the figure of a plain number: a count or an amount."""
    number = Decimal(amount)
    return Figure(value=number, numerator=number, denominator=None, n=n)


def ratio(
    numerator: Decimal | int, denominator: Decimal | int, *, n: int | None = None
) -> Figure:
    """Return numerator ÷ denominator, undefined at zero; n is the denominator
    unless told (a mean over answers, a share of orders).
    """
    above, below = Decimal(numerator), Decimal(denominator)
    return Figure(
        value=kept(above / below) if below else None,
        numerator=above,
        denominator=below,
        n=int(below) if n is None else n,
    )


def scaled_ratio(
    numerator: Decimal, denominator: Decimal, *, factor: int, n: int
) -> Figure:
    """Return numerator ÷ denominator × factor, undefined at zero (DSO: days)."""
    return Figure(
        value=kept(numerator / denominator * factor) if denominator else None,
        numerator=numerator,
        denominator=denominator,
        n=n,
    )


def over_period(kpi: Kpi, figures: Iterable[Figure]) -> Figure:
    """Add up the day figures of a period; raises ValueError for a state (CLOSE)."""
    if kpi.grain is Grain.CLOSE:
        raise ValueError(f"{kpi.name} is a state at the close of a day, not a sum")
    days = list(figures)
    numerator = sum((day.numerator for day in days), ZERO)
    n = sum(day.n for day in days)
    if not kpi.is_ratio:
        return total(numerator, n=n)
    below = sum((day.denominator or ZERO for day in days), ZERO)
    return ratio(numerator, below, n=n)
