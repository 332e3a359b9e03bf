"""What do the trends, the ageing bar and the table of figures show?"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from adv_domain.documents import charts
from adv_domain.documents.dashboard_data import Dashboard
from adv_domain.documents.dashboard_words import NOTHING, Words, value_text
from adv_domain.rules.figures.kpi_catalogue import ERROR_RATE, definition
from adv_domain.rules.figures.kpis import Kpi, Unit
from adv_domain.rules.figures.receivables_kpis import AGEING_NAMES

View = dict[str, Any]
_TABLE = (
    "orders_entered",
    "invoices_posted",
    ERROR_RATE,
    "on_time_rate",
    "receivables",
    "overdue",
    "dso_simple",
)
_DATES_ON_AXIS = 3
_WEEK = 7
_ONE = Decimal(1)
_CENT = Decimal("0.01")


def trend_view(names: Sequence[str], page: Dashboard, words: Words) -> View:
    """Return the lines of these KPIs over the charted days on one axis."""
    kpis = [definition(name) for name in names]
    series = [_charted(kpi, page.trends[kpi.name].points) for kpi in kpis]
    is_rate = kpis[0].unit is Unit.RATE
    axis = charts.axis_from_zero(series, most=_ONE if is_rate else None)
    return {
        "title": words.label("charts", names[0]),
        "series": [
            _series(kpi, points, axis=axis, words=words)
            for kpi, points in zip(kpis, series, strict=True)
        ],
        "marks": [
            {
                "at": axis.height(mark),
                "text": _mark_text(mark, unit=kpis[0].unit, words=words),
            }
            for mark in axis.marks
        ],
        "dates": _dates(page, words),
    }


def _charted(kpi: Kpi, points: charts.Points) -> charts.Points:
    """Chart counts as sums of seven days: weekends would hide what changes."""
    if kpi.unit is Unit.COUNT:
        return charts.summed(points, days=_WEEK)
    return points


def _series(
    kpi: Kpi, points: charts.Points, *, axis: charts.Axis, words: Words
) -> View:
    known = [value for value in points if value is not None]
    return {
        "name": words.label("kpis", kpi.name),
        "line": charts.line(points, axis),
        "area": charts.area(points, axis),
        "last": value_text(known[-1] if known else None, unit=kpi.unit, words=words),
        "first": value_text(known[0] if known else None, unit=kpi.unit, words=words),
    }


def _mark_text(mark: Decimal, *, unit: Unit, words: Words) -> str:
    if unit is Unit.RATE:
        return words.percent(mark, decimals=0 if mark == mark.quantize(_CENT) else 1)
    if unit is Unit.AMOUNT:
        return words.short_number(mark)
    return words.number(mark, decimals=0 if mark == mark.to_integral() else 1)


def _dates(page: Dashboard, words: Words) -> list[View]:
    count = len(page.days)
    places = sorted(
        {(count - 1) * at // _DATES_ON_AXIS for at in range(_DATES_ON_AXIS + 1)}
    )
    return [
        {"at": charts.across(at, count), "text": words.short_day(page.days[at])}
        for at in places
        if count
    ]


def ageing_view(page: Dashboard, words: Words) -> View:
    """Return the ageing buckets as segments of one bar and as rows."""
    figures = [
        (name, page.trends[name].day) for name in AGEING_NAMES if name in page.trends
    ]
    amounts = [figure.numerator for _, figure in figures]
    whole = sum(amounts, Decimal(0))
    widths = charts.shares(amounts)
    starts = [round(sum(widths[:at]), 2) for at in range(len(widths))]
    return {
        "total": words.money(whole),
        "buckets": [
            {
                "id": name,
                "name": words.label("kpis", name),
                "amount": words.money(figure.numerator),
                "count": words.count(figure.n),
                "share": words.percent(figure.numerator / whole) if whole else NOTHING,
                "width": width,
                "start": start,
            }
            for (name, figure), width, start in zip(
                figures, widths, starts, strict=True
            )
        ],
    }


def figures_table(page: Dashboard, words: Words) -> View:
    """Return the charted figures as a table, the newest day first."""
    names = [name for name in _TABLE if name in page.trends]
    rows = [
        {
            "day": words.short_day(day),
            "values": [
                value_text(
                    page.trends[name].points[at],
                    unit=definition(name).unit,
                    words=words,
                )
                for name in names
            ],
        }
        for at, day in enumerate(page.days)
    ]
    return {
        "headings": [words.label("kpis", name) for name in names],
        "rows": rows[::-1],
    }
