"""`adv run`: one step, or the hourly or nightly chain, for a business date."""

from datetime import date

import click

from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)
from flows.commands.run_details import detail_lines
from tasks.catalogue import CHAINS, StepEnd, step_names


@click.command()
@click.argument("flow", type=click.Choice([*CHAINS, *step_names()]))
@click.option("--date", "on", type=Day(), help="Business date (default: today's).")
@click.option("--direct", is_flag=True, help="Without the Prefect engine.")
@click.option("--dry-run", is_flag=True, help="Decide and list, write nothing.")
@click.option("--yes-future", is_flag=True, help="Act for a date to come: it is meant.")
@home_option
@json_option
def run(
    *,
    flow: str,
    on: date | None,
    direct: bool,
    dry_run: bool,
    yes_future: bool,
    as_json: bool,
) -> None:
    """Run FLOW; what is done already is not done again.

    Exit status 0: no work is left. 1: documents were newly set aside, or a step
    broke; the causes are named. 2: the policy or the date is wrong, nothing was run.
    """
    need_home()
    _check_dry_run(flow, dry_run)
    day = _day(flow, on, is_meant=yes_future or dry_run)
    if direct or dry_run:
        ends = _run_directly(flow, day, dry_run=dry_run)
    else:
        ends = _run_through_prefect(flow, day, is_meant=yes_future)
    if as_json:
        say_json(_document(flow, day, ends))
    else:
        _tell(day, ends)
    raise SystemExit(1 if any(end.is_failed for end in ends) else 0)


def _check_dry_run(flow: str, dry_run: bool) -> None:
    if not dry_run:
        return
    from tasks.catalogue import step_flow

    if flow in CHAINS or not step_flow(flow).has_dry_run:
        fail(f"{flow} has no dry run: it acts outside the database")


def _day(flow: str, on: date | None, *, is_meant: bool) -> date:
    """Read the policy and check the date before any step begins."""
    from tasks.dates import a_date_ahead_is_meant, check_date, is_ahead, is_long_ago
    from tasks.resources import business_day, now

    today = business_day(now())
    day = on or today
    with a_date_ahead_is_meant(is_meant):
        check_date(flow, on=day)
    if is_long_ago(day):
        click.echo(f"adv: {day} is long ago; the business day is {today}", err=True)
    if is_ahead(day):
        click.echo(f"adv: {day} is to come; the business day is {today}", err=True)
    return day


def _run_directly(flow: str, day: date, *, dry_run: bool) -> list[StepEnd]:
    from flows.direct import run_directly

    return run_directly(flow, on=day, dry_run=dry_run)


def _run_through_prefect(flow: str, day: date, *, is_meant: bool) -> list[StepEnd]:
    from flows.through_prefect import run_through_prefect
    from tasks.resources import resources

    home = resources().settings.home
    return run_through_prefect(flow, on=day, home=home, is_ahead_meant=is_meant)


def _document(flow: str, day: date, ends: list[StepEnd]) -> dict[str, object]:
    from tasks.step import Outcome

    whole = sum((end.outcome for end in ends), Outcome())
    broken = [
        {"document": end.step, "code": "broken", "message": end.error}
        for end in ends
        if end.error
    ]
    return {
        "flow": flow,
        "date": day,
        "done": dict(whole.done),
        "skipped": dict(whole.skipped),
        "waiting": whole.waiting,
        "failed": [
            {"document": one.document, "code": one.code, "message": one.message}
            for one in whole.failed
        ]
        + broken,
        "details": list(whole.details),
        "not_run": {end.step: end.kept_by for end in ends if end.kept_by},
    }


def _tell(day: date, ends: list[StepEnd]) -> None:
    for end in ends:
        click.echo(f"{end.step:<11} {day}  {_line(end)}")
        for line in detail_lines(end.outcome.details):
            click.echo(f"    {line}")
        for one in end.outcome.failed[5:]:
            click.echo(f"    failed {one.document}: {one.message}")


def _line(end: StepEnd) -> str:
    if end.error:
        return f"BROKE: {end.error}"
    if end.kept_by:
        return f"not run, because {end.kept_by} broke"
    return end.outcome.message
