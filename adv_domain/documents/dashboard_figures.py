"""What do the tiles, parts and definitions of the dashboard say?"""

from decimal import Decimal
from typing import Any

from adv_domain.documents import charts
from adv_domain.documents.dashboard_data import Dashboard
from adv_domain.documents.dashboard_trends import trend_view
from adv_domain.documents.dashboard_words import Words, change, value_text
from adv_domain.rules.figures.kpi_catalogue import (
    ERROR_RATE,
    FOUND_LATE,
    KPIS,
    SURVEY_MEAN,
    SURVEY_SATISFIED,
    definition,
    is_error_type,
    part_name,
)
from adv_domain.rules.figures.kpi_trends import Trend
from adv_domain.rules.figures.kpis import Family, Figure, Grain, Kpi, Unit

View = dict[str, Any]
_TILES = {
    Family.PRODUCTIVITY: (
        "orders_entered",
        "order_lines",
        "invoices_posted",
        "credit_notes_posted",
        "payments_matched",
        "holds_released",
        "delay_notices",
        "reminders_sent",
    ),
    Family.QUALITY: (
        ERROR_RATE,
        FOUND_LATE,
        "on_time_rate",
        "on_time_in_full_rate",
        "on_time_in_full_lines_rate",
        "on_time_in_full_to_confirmed_rate",
        "on_time_to_confirmed_rate",
        "shipped_early_rate",
        "shipped_in_part_rate",
        "back_order_rate",
        "order_to_shipment_days",
        "order_to_shipment_days_p90",
        "order_to_invoice_days_p90",
    ),
    Family.PERFORMANCE: (SURVEY_MEAN, SURVEY_SATISFIED),
    Family.RECEIVABLES: (
        "receivables",
        "overdue",
        "delivered_not_invoiced",
        "dso_simple",
        "dso_count_back",
        "average_days_delinquent",
        "collection_effectiveness",
        "late_invoices",
        "days_late",
    ),
}
_CHARTS = {
    Family.PRODUCTIVITY: (("orders_entered", "invoices_posted"),),
    Family.QUALITY: (("on_time_rate", "on_time_in_full_rate"), (ERROR_RATE,)),
    Family.PERFORMANCE: (),
    Family.RECEIVABLES: (("receivables", "overdue"), ("dso_simple", "dso_count_back")),
}
_PARTS = {
    Family.QUALITY: (ERROR_RATE,),
    Family.PERFORMANCE: (SURVEY_MEAN, SURVEY_SATISFIED),
}
_ONE = Decimal(1)


def families_view(page: Dashboard, words: Words) -> list[View]:
    """Return the four families with tiles, trends and the parts of their rates."""
    return [
        {
            "id": family.value,
            "title": words.label("families", family.value),
            "tiles": [
                _tile(definition(name), page.trends[name], words)
                for name in _TILES[family]
                if name in page.trends
            ],
            "charts": [
                trend_view(names, page, words)
                for names in _CHARTS[family]
                if all(name in page.trends for name in names)
            ],
            "errors": _errors(page, words) if family is Family.QUALITY else [],
            "survey": _survey(page, words) if family is Family.PERFORMANCE else [],
        }
        for family in _TILES
    ]


def _tile(kpi: Kpi, trend: Trend, words: Words) -> View:
    is_state = kpi.grain is Grain.CLOSE
    shown = trend.day if is_state else trend.period
    moved = change(shown, trend.before, unit=kpi.unit, better=kpi.better, words=words)
    return {
        "name": words.label("kpis", kpi.name),
        "value": value_text(shown.value, unit=kpi.unit, words=words),
        "undefined": shown.value is None,
        "note": _note(kpi, trend, words),
        "change": None
        if moved is None
        else {"text": moved.text, "tone": moved.tone, "arrow": moved.arrow},
        "spark": _spark(kpi, trend),
    }


def _note(kpi: Kpi, trend: Trend, words: Words) -> str:
    """Say what the figure covers: the state, the four weeks, or its sample."""
    if kpi.grain is Grain.CLOSE:
        return words.label("page", "at_close")
    if kpi.is_ratio and kpi.unit is not Unit.RATE:
        return words.label("page", "cases").format(count=words.count(trend.period.n))
    if kpi.is_ratio:
        return words.label("page", "out_of").format(
            above=words.count(trend.period.numerator),
            below=words.count(trend.period.denominator or 0),
        )
    return words.label("page", "that_day").format(
        count=words.count(trend.day.numerator)
    )


def _spark(kpi: Kpi, trend: Trend) -> View:
    if kpi.unit is Unit.COUNT:
        axis = charts.axis_from_zero([trend.points])
        return {"kind": "bars", "path": charts.bars(trend.points, axis)}
    axis = charts.axis_around(trend.points)
    return {"kind": "line", "path": charts.line(trend.points, axis)}


def _errors(page: Dashboard, words: Words) -> list[View]:
    """Return the entry errors of the four weeks by type, the most frequent first."""
    found = [
        (part, page.trends[name].period)
        for part, name in _parts(page, ERROR_RATE)
        if page.trends[name].period.numerator and is_error_type(name)
    ]
    found.sort(key=lambda each: (-each[1].numerator, each[0]))
    most = found[0][1].numerator if found else _ONE
    return [
        {
            "name": words.label("reasons", part),
            "count": words.count(figure.numerator),
            "rate": value_text(figure.value, unit=Unit.RATE, words=words),
            "width": round(float(100 * figure.numerator / most), 1),
        }
        for part, figure in found
    ]


def _parts(page: Dashboard, name: str) -> list[tuple[str, str]]:
    start = part_name(name, "")
    return [
        (each[len(start) :], each) for each in page.trends if each.startswith(start)
    ]


def _survey(page: Dashboard, words: Words) -> list[View]:
    rows = []
    for item, name in _parts(page, SURVEY_MEAN):
        mean = page.trends[name].period
        satisfied = page.trends.get(part_name(SURVEY_SATISFIED, item))
        rows.append(_survey_row(item, mean, satisfied, page=page, words=words))
    return rows


def _survey_row(
    item: str, mean: Figure, satisfied: Trend | None, *, page: Dashboard, words: Words
) -> View:
    enough = mean.n >= page.smallest_sample and mean.value is not None
    happy = satisfied.period.value if satisfied and enough else None
    place = (mean.value - 1) / 4 if enough and mean.value is not None else Decimal(0)
    return {
        "name": words.label("survey_items", item),
        "mean": value_text(
            mean.value if enough else None, unit=Unit.SCORE, words=words
        ),
        "satisfied": value_text(happy, unit=Unit.RATE, words=words),
        "n": words.count(mean.n),
        "width": round(float(100 * place), 1),
        "note": "" if enough else words.label("page", "too_few"),
    }


def definitions_view(words: Words) -> list[View]:
    """Return every KPI's name, meaning and owner."""
    return [
        {
            "name": words.label("kpis", kpi.name),
            "code": kpi.name,
            "what": words.label("meanings", kpi.name),
            "owner": words.label("owners", kpi.owner),
            "family": words.label("families", kpi.family.value),
        }
        for kpi in KPIS
    ]
