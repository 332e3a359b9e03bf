"""Which KPI figures do the tables give, for each of many days or for a period?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from adv_domain.rules.exchange import NoExchangeRate
from adv_domain.rules.figures.cycle_times import (
    cycle_facts,
    cycle_percentiles,
    first_counted,
)
from adv_domain.rules.figures.kpi_catalogue import KPIS, base_name, definition
from adv_domain.rules.figures.kpi_days import (
    DayFact,
    day_figures,
    lateness_facts,
    period_figures,
    survey_facts,
)
from adv_domain.rules.figures.kpis import UNDEFINED, Family, Figure, Grain
from adv_domain.rules.figures.receivables_catalogue import UNBILLED
from adv_domain.rules.figures.receivables_days import month_opening, receivables_by_day
from adv_domain.rules.figures.unbilled_kpi import unbilled_figures
from adv_domain.store.billing.unbilled import read_unbilled
from adv_domain.store.figures.entry_errors import days_with_late_errors
from adv_domain.store.figures.kpi_days import first_fact_on
from adv_domain.store.figures.kpis import (
    error_facts_of_days,
    order_facts,
    survey_counts,
    work_facts,
)
from adv_domain.store.figures.receivables_facts import read_ledger, settled_items
from adv_domain.store.figures.service import cycle_counts, service_facts

Figures = dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Computed:
    """Figures by day; problem says why the receivables are undefined, if they are."""

    by_day: Mapping[date, Figures]
    problem: NoExchangeRate | None = None


def figures_by_day(
    connection: Connection, *, first: date, last: date, currency: str
) -> Computed:
    """Compute every figure of each day, as known at the close of the last one.

    A missing exchange rate leaves the receivables undefined and is told; all other
    figures don't depend on it.
    """
    days = _days(first, last)
    facts, percentiles = _counted(connection, first=first, last=last, states_of=days)
    counted = day_figures(days, facts)
    owed, problem = _receivables(connection, days, currency=currency)
    return Computed(
        {day: counted[day] | percentiles[day] | owed[day] for day in days}, problem
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def errors_found_late(
    connection: Connection, *, before: date, last: date, since: date
) -> dict[date, Figures]:
    """Compute anew the entry errors of the days before one that a credit note issued
    since has touched, as known at the close of the last.
    """
    days = days_with_late_errors(connection, before=before, since=since, known_on=last)
    if not days:
        return {}
    facts = error_facts_of_days(connection, days, known_on=last)
    names = {fact.name for fact in facts}
    return {
        day: {name: figure for name, figure in figures.items() if name in names}
        for day, figures in day_figures(days, facts).items()
    }


def figures_of_period(
    connection: Connection, *, first: date | None, last: date, currency: str
) -> tuple[Figures, NoExchangeRate | None]:
    """Compute the figures of a period as known at its last day.

    Without a first day, counts are those of the last day, while rates and averages
    cover everything up to it. States are those at the close of the last day.
    """
    since = first or min(first_fact_on(connection) or last, last)
    facts, percentiles = _counted(connection, first=since, last=last, states_of=[last])
    if first is None:
        facts = [
            fact
            for fact in facts
            if fact.day == last or definition(base_name(fact.name)).is_ratio
        ]
    owed, problem = _receivables(connection, [last], currency=currency)
    return period_figures(facts) | percentiles[last] | owed[last], problem


def _counted(
    connection: Connection, *, first: date, last: date, states_of: Sequence[date]
) -> tuple[list[DayFact], Mapping[date, Figures]]:
    """Count the facts of the range, and the percentiles at the close of the days."""
    covered = min(first, first_counted(states_of[0]))
    cycles = cycle_counts(connection, first=covered, last=last)
    facts = [
        *order_facts(connection, first=first, last=last),
        *work_facts(connection, first=first, last=last),
        *service_facts(connection, first=first, last=last),
        *cycle_facts(each for each in cycles if each.ended_on >= first),
        *survey_facts(survey_counts(connection, first=first, last=last)),
        *lateness_facts(settled_items(connection, first=first, last=last)),
    ]
    return facts, cycle_percentiles(states_of, cycles)


def _receivables(
    connection: Connection, days: Sequence[date], *, currency: str
) -> tuple[Mapping[date, Figures], NoExchangeRate | None]:
    first, last = days[0], days[-1]
    ledger = read_ledger(
        connection, currency=currency, first=month_opening(first), last=last
    )
    goods = read_unbilled(connection, first=first, last=last)
    try:
        owed = receivables_by_day(ledger, first=first, last=last)
        unbilled = unbilled_figures(goods, days, currency=currency, rates=ledger.rates)
    except NoExchangeRate as problem:
        return {day: _undefined() for day in days}, problem
    return {day: owed[day] | {UNBILLED: unbilled[day]} for day in days}, None


def _undefined() -> Figures:
    return {
        kpi.name: UNDEFINED
        for kpi in KPIS
        if kpi.grain is Grain.CLOSE and kpi.family is Family.RECEIVABLES
    }
