"""How does a KPI move: today, these four weeks, the four before, day by day?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.figures.kpis import UNDEFINED, Figure, Grain, Kpi, over_period

PERIOD_DAYS = 28
_ROLLING_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One KPI over time; for a state, period is the day and before four weeks ago.

    points are one value per day, oldest first, None where undefined; a rate's point
    is the ratio over that day and the six before, or single days would jump.
    """

    day: Figure
    period: Figure
    before: Figure
    points: tuple[Decimal | None, ...]


def trend(kpi: Kpi, days: Sequence[date], figures: Mapping[date, Figure]) -> Trend:
    """Return the trend over the days (oldest first, the last is the one shown)."""
    if kpi.grain is Grain.CLOSE:
        return _of_state(days, figures)
    in_order = [figures.get(day) for day in days]
    return Trend(
        day=in_order[-1] or _sum(kpi, []),
        period=_sum(kpi, in_order[-PERIOD_DAYS:]),
        before=_sum(kpi, in_order[-2 * PERIOD_DAYS : -PERIOD_DAYS]),
        points=tuple(
            _point(kpi, in_order[max(0, at + 1 - _ROLLING_DAYS) : at + 1])
            for at in range(len(in_order))
        ),
    )


def _of_state(days: Sequence[date], figures: Mapping[date, Figure]) -> Trend:
    today = figures.get(days[-1], UNDEFINED)
    earlier = days[-1 - PERIOD_DAYS] if len(days) > PERIOD_DAYS else None
    return Trend(
        day=today,
        period=today,
        before=figures.get(earlier, UNDEFINED) if earlier else UNDEFINED,
        points=tuple(figures.get(day, UNDEFINED).value for day in days),
    )


def _sum(kpi: Kpi, figures: Sequence[Figure | None]) -> Figure:
    return over_period(kpi, [figure for figure in figures if figure is not None])


def _point(kpi: Kpi, window: Sequence[Figure | None]) -> Decimal | None:
    if kpi.is_ratio:
        return _sum(kpi, window).value
    newest = window[-1]
    return None if newest is None else newest.value
