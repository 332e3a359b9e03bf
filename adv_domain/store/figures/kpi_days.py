"""Which figures stand in the KPI table, and how are those of a day replaced?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, func, select, union_all

from adv_domain.rules.figures.kpi_catalogue import base_name, definition, part_name
from adv_domain.rules.figures.kpis import ZERO, Figure
from adv_domain.store.rows import insert_rows, named_rows
from adv_domain.store.tables import instalment, kpi_day, sales_order, survey_answer


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFigure:
    """One row of the table: the KPI with its part, the day and the figure."""

    day: date
    name: str
    figure: Figure


def replace_days(
    connection: Connection,
    figures: Mapping[date, Mapping[str, Figure]],
    *,
    now: datetime,
) -> int:
    """Put the figures of these days in the place of what stood there.

    The days must follow each other without gap. Returns how many rows stand now.
    """
    if not figures:
        return 0
    connection.execute(
        delete(kpi_day).where(
            kpi_day.c.day >= min(figures), kpi_day.c.day <= max(figures)
        )
    )
    rows = [
        _row(day, name, figure) | {"computed_at": now}
        for day, named in sorted(figures.items())
        for name, figure in named.items()
    ]
    return insert_rows(connection, kpi_day, rows)


def replace_figures(
    connection: Connection,
    figures: Mapping[date, Mapping[str, Figure]],
    *,
    now: datetime,
) -> int:
    """Put single figures of these days in the place of those of the same KPIs.

    The days' other figures stay. Returns how many rows were written.
    """
    rows = [
        _row(day, name, figure) | {"computed_at": now}
        for day, named in sorted(figures.items())
        for name, figure in named.items()
    ]
    if not rows:
        return 0
    names = {base_name(name) for named in figures.values() for name in named}
    connection.execute(
        delete(kpi_day).where(kpi_day.c.day.in_(figures), kpi_day.c.name.in_(names))
    )
    return insert_rows(connection, kpi_day, rows)


def _row(day: date, name: str, figure: Figure) -> dict[str, object]:
    base = base_name(name)
    return {
        "day": day,
        "name": base,
        "dimension": name[len(base) + 1 :],
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "n": figure.n,
        "unit": str(definition(base).unit),
    }


def read_days(connection: Connection, *, first: date, last: date) -> list[StoredFigure]:
    """Return the stored figures of the days, by day, name and part."""
    rows = connection.execute(
        select(
            kpi_day.c.day,
            kpi_day.c.name,
            kpi_day.c.dimension,
            kpi_day.c.value,
            kpi_day.c.numerator,
            kpi_day.c.denominator,
            kpi_day.c.n,
        )
        .where(kpi_day.c.day >= first, kpi_day.c.day <= last)
        .order_by(kpi_day.c.day, kpi_day.c.name, kpi_day.c.dimension)
    )
    return [
        StoredFigure(
            day=row.day,
            name=part_name(row.name, row.dimension) if row.dimension else row.name,
            figure=Figure(
                value=row.value,
                numerator=ZERO if row.numerator is None else row.numerator,
                denominator=row.denominator,
                n=row.n,
            ),
        )
        for row in named_rows(rows)
    ]


def first_missing_day(
    connection: Connection, *, first: date, last: date
) -> date | None:
    """Return the earliest day of the range that has no figures yet."""
    known = set(
        connection.execute(
            select(kpi_day.c.day)
            .where(kpi_day.c.day >= first, kpi_day.c.day <= last)
            .distinct()
        ).scalars()
    )
    days = (first + timedelta(days=at) for at in range((last - first).days + 1))
    return next((day for day in days if day not in known), None)


def first_fact_on(connection: Connection) -> date | None:
    """Return the day of the oldest order, invoice or survey answer."""
    oldest = union_all(
        select(func.min(sales_order.c.ordered_on).label("day")),
        select(func.min(instalment.c.issued_on)),
        select(func.min(survey_answer.c.answered_on)),
    ).subquery()
    found: date | None = connection.execute(select(func.min(oldest.c.day))).scalar()
    return found
