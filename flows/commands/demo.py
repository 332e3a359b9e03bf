"""`adv demo`: a made-up company with its history, through the product's own steps."""

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from flows.commands.output import Day, fail, home_option, json_option, say_json

_HEADLINE = (
    "orders_entered",
    "order_entry_error_rate",
    "on_time_rate",
    "receivables",
    "overdue",
    "dso_simple",
)
_PLACES = {
    "home": "",
    "dashboard": "dashboard/index.html",
    "documents": "documents",
    "mails": "outbox/mail/index.html",
    "stock_messages": "outbox/stock",
    "archive": "archive",
}


@click.command()
@click.option("--days", default=60, show_default=True, type=click.IntRange(1, 400))
@click.option(
    "--orders-per-day", default=10, show_default=True, type=click.IntRange(0, 1000)
)
@click.option("--seed", default=7, show_default=True)
@click.option("--open-night", is_flag=True, help="Leave the last nightly close to you.")
@click.option("--last-day", type=Day(), help="Default: the last working day.")
@home_option
@json_option
def demo(  # one parameter an option
    *,
    days: int,
    orders_per_day: int,
    seed: int,
    open_night: bool,
    last_day: date | None,
    as_json: bool,
) -> None:
    """Make a company with its history in a new home, and show what happened.

    The history runs the same steps as always, without the engine; the last day's
    hourly cycle and nightly close go through Prefect.
    """
    from tasks.demo.story import DemoPlan
    from tasks.resources import resources

    home = resources().settings.home
    if (home / "inbox").exists():
        fail(f"{home} is in use; name a new folder with --home, or remove it")
    plan = DemoPlan(
        days=days,
        orders_per_day=orders_per_day,
        seed=seed,
        last_day=_working_day(last_day or date.today() - timedelta(days=1)),  # noqa: DTZ011  # the reader's own calendar
    )
    _live(plan, open_night=open_night, quiet=as_json)
    document = _document(plan, home)
    if as_json:
        say_json(document)
    else:
        _tell(document, open_night=open_night)


def _working_day(day: date) -> date:
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    return day


def _live(plan: Any, *, open_night: bool, quiet: bool) -> None:
    from flows.direct import run_directly
    from tasks.demo.story import live_history, live_last_day, new_story

    def tell(at: int, on: date) -> None:
        if not quiet and (at % 5 == 0 or at == plan.days - 1):
            click.echo(f"day {at:>3} of {plan.days}  {on}", err=True)

    def run_chain(name: str, on: date) -> None:
        _check(run_directly(name, on=on))

    def run_last(name: str, on: date) -> None:
        if not quiet:
            click.echo(f"{name} chain of {on} through Prefect …", err=True)
        _check(_through_prefect(name, on))

    story = new_story(plan)
    live_history(story, run_chain=run_chain, tell=tell)
    live_last_day(story, run_chain=run_last, open_night=open_night)


def _through_prefect(name: str, on: date) -> list[Any]:
    from flows.through_prefect import run_through_prefect
    from tasks.resources import resources

    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")
    return run_through_prefect(
        name, on=on, home=resources().settings.home, is_ahead_meant=True
    )


def _check(ends: list[Any]) -> None:
    """Stop the demo where a step broke: its world has no step that should."""
    for end in ends:
        if end.is_failed:
            cause = end.error or end.outcome.message
            fail(f"{end.step} failed in the demo: {cause}", status=1)


def _document(plan: Any, home: Path) -> dict[str, Any]:
    from adv_domain.store.engine import reading
    from adv_domain.store.figures.stage_counts import stage_counts
    from tasks.figures.kpi_figures import figures_of_period
    from tasks.resources import resources

    with reading(resources().engine) as connection:
        counts = stage_counts(connection)
        figures, _problem = figures_of_period(
            connection, first=None, last=plan.last_day, currency="EUR"
        )
    return {
        "date": plan.last_day,
        "days": plan.days,
        "stages": counts,
        "kpis": {name: _figure(figures[name]) for name in _HEADLINE if name in figures},
        "paths": {name: str(home / place) for name, place in _PLACES.items()},
    }


def _shown(name: str, value: Any) -> str:
    from adv_domain.rules.figures.kpi_catalogue import definition
    from flows.commands.kpi import shown

    return "undefined" if value is None else shown(value, definition(name))


def _figure(figure: Any) -> dict[str, Any]:
    return {
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "n": figure.n,
    }


def _tell(document: dict[str, Any], *, open_night: bool) -> None:
    click.echo(
        f"\n{document['days']} business days up to {document['date']}; the last day "
        "went through Prefect flows, the days before it through the same steps "
        "without the engine.\n"
    )
    for stage, counts in document["stages"].items():
        listed = ", ".join(f"{count} {word}" for word, count in counts.items())
        click.echo(f"{stage.replace('_', ' '):<14} {listed or 'none'}")
    if document["stages"]["mails"].get("queued"):
        click.echo(f"{'':<14} what is queued leaves with the next hourly cycle")
    click.echo("\nHeadline KPIs")
    for name, figure in document["kpis"].items():
        click.echo(f"  {name:<24} {_shown(name, figure['value'])}")
    click.echo("\nLook at")
    for name, path in document["paths"].items():
        click.echo(f"  {name:<14} {path}")
    home = document["paths"]["home"]
    if open_night:
        click.echo(f"\nThe night is yours: adv run nightly --date {document['date']}")
    click.echo(f"\nGo on with: adv --home {home} holds; adv --home {home} up")
