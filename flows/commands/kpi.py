"""`adv kpi`: what are the figures of a day or period, and what does each mean?"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)


@click.group()
def kpi() -> None:
    """Show, explain and export the figures of the sales administration."""


@kpi.command()
@click.option("--as-of", "as_of", type=Day(), help="The day (default: today's).")
@click.option("--from", "from_on", type=Day(), help="First day of a period.")
@click.option("--to", "to_on", type=Day(), help="Last day of a period.")
@home_option
@json_option
def show(
    as_of: date | None, from_on: date | None, to_on: date | None, as_json: bool
) -> None:
    """Show every figure, as it was known at the close of the day.

    With --as-of alone, counts are those of the day, rates and averages cover
    everything up to it, and receivables stand at its close. With --from and --to,
    counts and rates cover the period and receivables stand at its last day.
    """
    need_home()
    last = _last_day(as_of, from_on, to_on)
    figures, problem = _figures(from_on, last)
    if as_json:
        say_json(_document(last, from_on, figures))
    else:
        _tell(last, from_on, figures)
    if problem:
        click.echo(f"adv: receivables are undefined: {problem}", err=True)


def _last_day(as_of: date | None, from_on: date | None, to_on: date | None) -> date:
    from tasks.resources import business_day, now

    if as_of and to_on and as_of != to_on:
        fail("--as-of and --to name different days; give one of them")
    last = as_of or to_on or business_day(now())
    if from_on and from_on > last:
        fail(f"the period would end on {last}, before it begins on {from_on}")
    return last


def _figures(first: date | None, last: date) -> tuple[Mapping[str, Any], str]:
    from adv_domain.store.engine import reading
    from tasks.figures.kpi_figures import figures_of_period
    from tasks.resources import resources

    known = resources()
    with reading(known.engine) as connection:
        figures, problem = figures_of_period(
            connection, first=first, last=last, currency=known.policy.company.currency
        )
    return figures, str(problem or "")


def _document(
    last: date, first: date | None, figures: Mapping[str, Any]
) -> dict[str, Any]:
    period = {} if first is None else {"from": first, "to": last}
    return {
        "as_of": last,
        **period,
        "kpis": {
            name: {
                "value": _plain(figure.value),
                "numerator": _plain(figure.numerator),
                "denominator": _plain(figure.denominator),
                "n": figure.n,
            }
            for name, figure in figures.items()
        },
    }


def _plain(number: Decimal | None) -> str | None:
    """Write a number without exponent and without zeros that say nothing."""
    if number is None:
        return None
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _tell(last: date, first: date | None, figures: Mapping[str, Any]) -> None:
    from adv_domain.rules.figures.kpi_catalogue import definition

    click.echo(f"{first} to {last}" if first else f"as of the close of {last}")
    family = None
    width = max(len(name) for name in figures)
    for name, figure in sorted(figures.items(), key=lambda each: _place(each[0])):
        kpi_definition = definition(name)
        if kpi_definition.family is not family:
            family = kpi_definition.family
            click.echo(f"\n{family.value}")
        text = "–" if figure.value is None else shown(figure.value, kpi_definition)
        click.echo(f"  {name:<{width}} {text:>16}  n={figure.n}")


def _place(name: str) -> tuple[int, str]:
    from adv_domain.rules.figures.kpi_catalogue import KPIS, base_name

    names = [each.name for each in KPIS]
    return names.index(base_name(name)), name


def shown(value: Decimal, kpi_definition: Any) -> str:
    """Write a figure as people read it: rates in percent, amounts in groups."""
    from adv_domain.rules.figures.kpis import Unit

    match kpi_definition.unit:
        case Unit.RATE:
            return f"{value * 100:.2f} %"
        case Unit.AMOUNT:
            return f"{value:,.2f}"
        case Unit.DAYS | Unit.SCORE:
            return f"{value:.2f}"
        case _:
            return f"{value:,.0f}"


@kpi.command()
@click.argument("name", required=False)
@json_option
def explain(name: str | None, as_json: bool) -> None:
    """Tell what NAME counts, its formula and who answers for it; no NAME: list all."""
    from adv_domain.rules.figures.kpi_catalogue import KPIS, UnknownKpi, definition

    if name is None:
        if as_json:
            say_json([_explained(each) for each in KPIS])
        else:
            for each in KPIS:
                click.echo(f"{each.name:<28} {each.formula}")
        return
    try:
        found = definition(name)
    except UnknownKpi as error:
        fail(str(error.args[0]))
    if as_json:
        say_json(_explained(found))
        return
    for label, text in _explained(found).items():
        click.echo(f"{label:<12} {text}")


def _explained(found: Any) -> dict[str, str]:
    from adv_domain.rules.figures.kpi_notes import note_of

    note = note_of(found.name)
    return {
        "name": found.name,
        "family": str(found.family),
        "unit": str(found.unit),
        "grain": str(found.grain),
        "owner": found.owner,
        "numerator": found.numerator,
        "denominator": found.denominator or "none: the value is the number itself",
        "formula": found.formula,
        "undefined": "where the denominator is zero" if found.is_ratio else "never",
        **({"note": note} if note else {}),
    }


@kpi.command()
@click.option("--from", "from_on", type=Day(), required=True, help="First day.")
@click.option("--to", "to_on", type=Day(), required=True, help="Last day.")
@click.option("--shape", type=click.Choice(["long", "wide"]), default="long")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write."
)
@home_option
def export(from_on: date, to_on: date, shape: str, out: Path | None) -> None:
    """Export the KPI table of the days as CSV: a row per figure, or per day."""
    need_home()
    if from_on > to_on:
        fail(f"the period would end on {to_on}, before it begins on {from_on}")
    from tasks.figures.kpi_export import kpi_csv

    data = kpi_csv(first=from_on, last=to_on, is_wide=shape == "wide")
    if out is None:
        click.echo(data, nl=False)
    else:
        out.write_bytes(data)
        click.echo(f"written: {out}")


@kpi.command()
@click.option("--from", "from_on", type=Day(), required=True, help="First day.")
@click.option("--to", "to_on", type=Day(), help="Last day (default: today's).")
@home_option
def rebuild(from_on: date, to_on: date | None) -> None:
    """Compute the KPI table of the days anew, and the dashboard of the last one."""
    need_home()
    from flows.direct import execute
    from tasks.conduct import conduct
    from tasks.figures.kpis import refresh_from

    last = _last_day(None, from_on, to_on)
    outcome = conduct(refresh_from(from_on), on=last, execute=execute)
    click.echo(outcome.message)
    raise SystemExit(1 if outcome.failed else 0)
