"""How long did orders take from their date to a step of their way?

A mean hides the long ones, so percentiles stand beside it: the least number of days
that so many per cent of the orders of the last weeks did not pass (nearest rank).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from adv_domain.rules.figures.kpi_days import DayFact
from adv_domain.rules.figures.kpis import UNDEFINED_VALUE, Figure
from adv_domain.rules.figures.service_catalogue import (
    CYCLE_DAYS,
    PERCENTILES,
    TO_INVOICE,
    TO_SHIPMENT,
    percentile_name,
)

CYCLES = (TO_SHIPMENT, TO_INVOICE)


@dataclass(frozen=True, slots=True)
class CycleCount:
    """How many orders of one date ended this part of their way on a day."""

    name: str
    ended_on: date
    ordered_on: date
    orders: int

    @property
    def days(self) -> int:
        """Count the calendar days; an order dated after its end took none."""
        return max(0, (self.ended_on - self.ordered_on).days)


def cycle_facts(counts: Iterable[CycleCount]) -> list[DayFact]:
    """Return what each day adds to the mean cycle times."""
    return [
        DayFact(
            name=each.name,
            day=each.ended_on,
            above=each.days * each.orders,
            below=each.orders,
        )
        for each in counts
    ]


def first_counted(day: date) -> date:
    """Return the first day of the weeks that a day's percentiles cover."""
    return day - timedelta(days=CYCLE_DAYS - 1)


def cycle_percentiles(
    days: Sequence[date], counts: Iterable[CycleCount]
) -> dict[date, dict[str, Figure]]:
    """Return the percentiles of each day, over the weeks that end with it."""
    ended: dict[tuple[str, date], Counter[int]] = {}
    for each in counts:
        found = ended.setdefault((each.name, each.ended_on), Counter())
        found[each.days] += each.orders
    figures: dict[date, dict[str, Figure]] = {day: {} for day in days}
    for name in CYCLES:
        for day in days:
            covered: Counter[int] = Counter()
            for back in range(CYCLE_DAYS):
                covered.update(ended.get((name, day - timedelta(days=back)), {}))
            for percentile in PERCENTILES:
                figures[day][percentile_name(name, percentile)] = _figure(
                    covered, percentile
                )
    return figures


def percentile(counts: Mapping[int, int], percent: int) -> int | None:
    """Return the least value that percent of the counted ones do not pass."""
    whole = sum(counts.values())
    passed = 0
    for value in sorted(counts):
        passed += counts[value]
        if passed * 100 >= whole * percent and counts[value]:
            return value
    return None


def _figure(counts: Mapping[int, int], percent: int) -> Figure:
    value = percentile(counts, percent)
    if value is None:
        return UNDEFINED_VALUE
    return Figure(
        value=Decimal(value),
        numerator=Decimal(value),
        denominator=None,
        n=sum(counts.values()),
    )
