"""Which figures do the counted facts of a day, or of a period, make?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.figures.kpi_catalogue import (
    ERROR_RATE,
    ERROR_TYPES,
    KPIS,
    SURVEY_MEAN,
    SURVEY_SATISFIED,
    definition,
    part_name,
)
from adv_domain.rules.figures.kpis import ZERO, Figure, Grain, Kpi, ratio, total
from adv_domain.rules.figures.receivables_kpis import Settled, days_late
from adv_domain.rules.figures.survey_scores import is_satisfied, on_five_points

_DAY_NAMES = tuple(kpi.name for kpi in KPIS if kpi.grain is Grain.DAY)
ALWAYS_SHOWN = _DAY_NAMES + tuple(part_name(ERROR_RATE, code) for code in ERROR_TYPES)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFact:
    """What one day adds to a KPI's numerator (above) and denominator (below)."""

    name: str
    day: date
    above: Decimal | int = 0
    below: Decimal | int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCount:
    """How many answers of one score an item got on a day, and on which scale."""

    day: date
    item: str
    score: Decimal
    lowest: int
    highest: int
    answers: int


def day_figures(
    days: Iterable[date], facts: Iterable[DayFact]
) -> dict[date, dict[str, Figure]]:
    """Return the figures of each day; a KPI without facts is 0 or undefined."""
    sums = {day: _no_sums() for day in days}
    for fact in facts:
        if fact.day in sums:
            _add(sums[fact.day], fact)
    return {
        day: {name: _figure(name, *pair) for name, pair in found.items()}
        for day, found in sums.items()
    }


def period_figures(facts: Iterable[DayFact]) -> dict[str, Figure]:
    """Return the figures of all the facts together: sums, and ratios of sums."""
    sums = _no_sums()
    for fact in facts:
        _add(sums, fact)
    return {name: _figure(name, *pair) for name, pair in sums.items()}


_Sums = dict[str, tuple[Decimal, Decimal]]


def _no_sums() -> _Sums:
    return dict.fromkeys(ALWAYS_SHOWN, (ZERO, ZERO))


def _add(sums: _Sums, fact: DayFact) -> None:
    above, below = sums.get(fact.name, (ZERO, ZERO))
    sums[fact.name] = (above + fact.above, below + fact.below)


def _figure(name: str, above: Decimal, below: Decimal) -> Figure:
    kpi: Kpi = definition(name)
    return ratio(above, below) if kpi.is_ratio else total(above, n=int(above))


def error_facts(
    *,
    orders: Mapping[date, int],
    with_errors: Iterable[tuple[date, int]],
    by_type: Iterable[tuple[date, str, int]],
) -> list[DayFact]:
    """Return the order-entry error rate as a whole and by type of fault.

    Every type is measured against all orders of the day; types overlap.
    """
    typed = list(by_type)
    names = [ERROR_RATE, *(part_name(ERROR_RATE, code) for code in ERROR_TYPES)]
    names += sorted({part_name(ERROR_RATE, code) for _, code, _ in typed} - set(names))
    facts = [
        DayFact(name=name, day=day, below=count)
        for name in names
        for day, count in orders.items()
    ]
    facts += [DayFact(name=ERROR_RATE, day=day, above=n) for day, n in with_errors]
    facts += [
        DayFact(name=part_name(ERROR_RATE, code), day=day, above=n)
        for day, code, n in typed
    ]
    return facts


def lateness_facts(settled: Iterable[Settled]) -> list[DayFact]:
    """Return, on the day of settlement, the share settled late and the days late."""
    facts = []
    for each in settled:
        after = days_late(due_on=each.due_on, settled_on=each.settled_on)
        late = each.items if after else 0
        for name, above, below in (
            ("late_invoices", late, each.items),
            ("days_late", after * each.items, each.items),
            ("days_late_when_late", after * each.items, late),
        ):
            facts.append(
                DayFact(name=name, day=each.settled_on, above=above, below=below)
            )
    return facts


def survey_facts(counts: Iterable[ScoreCount]) -> list[DayFact]:
    """Return mean and share of satisfied, as a whole and by item."""
    facts = []
    for each in counts:
        scale = {
            "score": each.score,
            "lowest": Decimal(each.lowest),
            "highest": Decimal(each.highest),
        }
        points = on_five_points(**scale) * each.answers
        satisfied = each.answers if is_satisfied(**scale) else 0
        for name, above in ((SURVEY_MEAN, points), (SURVEY_SATISFIED, satisfied)):
            for shown in (name, part_name(name, each.item)):
                facts.append(
                    DayFact(name=shown, day=each.day, above=above, below=each.answers)
                )
    return facts
