"""Which figures do the counted facts of a day, or of a period, make?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.figures.kpi_catalogue import (
    ERROR_RATE,
    ERROR_TYPES,
    FOUND_LATE,
    KPIS,
    SURVEY_MEAN,
    SURVEY_SATISFIED,
    base_name,
    definition,
    part_name,
)
from adv_domain.rules.figures.kpis import ZERO, Figure, Grain, Kpi, ratio, total
from adv_domain.rules.figures.receivables_kpis import Settled, days_late
from adv_domain.rules.figures.survey_scores import is_satisfied, on_five_points

_DAY_NAMES = tuple(kpi.name for kpi in KPIS if kpi.grain is Grain.DAY)
ALWAYS_SHOWN = _DAY_NAMES + tuple(part_name(ERROR_RATE, one) for one in ERROR_TYPES)
_ALWAYS = frozenset(ALWAYS_SHOWN)


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
        day: {
            name: _figure(name, *pair)
            for name, pair in found.items()
            if _is_shown(name, pair[0])
        }
        for day, found in sums.items()
    }


def _is_shown(name: str, above: Decimal) -> bool:
    """Tell whether a day shows the figure: what found no error is not told of, or a
    day would look different by the days that were computed with it.
    """
    if name in _ALWAYS or above:
        return True
    return base_name(name) not in {ERROR_RATE, FOUND_LATE}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCount:
    """How many orders of a day have an entry error, of a type, found by something.

    late counts those of them whose error of the type no rule had found.
    """

    day: date
    orders: int
    late: int = 0
    type: str = ""
    finder: str = ""


def error_facts(
    *, orders: Mapping[date, int], errors: Iterable[ErrorCount]
) -> list[DayFact]:
    """Return the order-entry error rate, as a whole, by type and by what found it.

    Every one is measured against all orders of the day; types overlap.
    """
    above = [
        (name, count.day, number)
        for count in errors
        for name, number in _error_names(count)
    ]
    always = {FOUND_LATE, *(part_name(ERROR_RATE, each) for each in ERROR_TYPES)}
    names = {ERROR_RATE} | always | {name for name, _, _ in above}
    facts = [
        DayFact(name=name, day=day, below=count)
        for name in sorted(names)
        for day, count in orders.items()
    ]
    return facts + [DayFact(name=name, day=day, above=n) for name, day, n in above]


def _error_names(count: ErrorCount) -> Iterable[tuple[str, int]]:
    if not count.type:
        return (ERROR_RATE, count.orders), (FOUND_LATE, count.late)
    of_type = part_name(ERROR_RATE, count.type)
    if count.finder:
        return ((part_name(of_type, count.finder), count.orders),)
    found = (of_type, count.orders)
    late = ((part_name(FOUND_LATE, count.type), count.late),) if count.late else ()
    return found, *late


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
