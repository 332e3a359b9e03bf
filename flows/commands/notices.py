"""`adv notices`: what would customers hear tonight, and how fast is it decided?"""

import os
import tempfile
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import click

from flows.commands.faults import told
from flows.commands.output import (
    Day,
    home_option,
    json_option,
    need_home,
    say_json,
)

_TOLD = ("tell", "tell_silence", "tell_back")


@click.group()
def notices() -> None:
    """See what customers would hear of their orders before they do."""


@notices.command()
@click.option("--date", "on", type=Day(), help="Business date (default: today's).")
@json_option
@home_option
def preview(*, on: date | None, as_json: bool) -> None:
    """Show which dates the run of a day would tell, which not and why; writes nothing.

    Decided by the code that decides at night: a dry run of the notices step.
    Confirmations and shipments are counted.
    """
    # the database loads only where there is one to read
    from flows.direct import run_directly
    from tasks.resources import business_day, now

    with told():
        need_home()
        day = on or business_day(now())
        [end] = run_directly("notices", on=day, dry_run=True)
        details = [dict(each) for each in end.outcome.details]
        if as_json:
            say_json(
                {
                    "date": day,
                    "done": dict(end.outcome.done),
                    "skipped": dict(end.outcome.skipped),
                    "told": [_picked(one) for one in details if _is_told(one)],
                    "not_told": [_picked(one) for one in details if not _is_told(one)],
                }
            )
            return
        click.echo(f"{day}: {end.outcome.message}")
        for one in details:
            click.echo(_line(one))


def _is_told(one: Mapping[str, Any]) -> bool:
    return one["decision"] in _TOLD


def _picked(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != "decision"}


def _line(one: Mapping[str, Any]) -> str:
    whom = one["address"] or "nobody: no address, a person tells"
    new = one["new_on"] or "a day to follow"
    what = f"{one['order']} line {one['line']}: {one['old_on']} to {new}"
    how = f"to {whom}" if _is_told(one) else "not told"
    return f"{one['customer']:<12} {what}; {how} ({one['why']})"


@notices.command("bench")
@click.option("--lines", default=50_000, show_default=True, type=click.IntRange(1))
@json_option
def bench(*, lines: int, as_json: bool) -> None:
    """Measure how long it takes to look through so many open lines for delays.

    In a home of its own, on SQLite: of a hundred lines twelve have slipped and three
    passed in silence. The first day notes and asks, the second tells.
    """
    with tempfile.TemporaryDirectory(prefix="adv-bench-") as folder:
        os.environ["ADV_HOME"] = folder
        os.environ["ADV_PROGRESS"] = f"{folder}/progress.jsonl"
        os.environ.pop("ADV_DATABASE_URL", None)
        document = _measure(lines)
    if as_json:
        say_json(document)
        return
    for name, cost in document["days"].items():
        click.echo(f"{name:<8} {cost['cpu_seconds']:>6} s CPU  {cost['done']}")


def _measure(lines: int) -> dict[str, Any]:
    from pathlib import Path

    from flows.direct import run_directly
    from tasks.bench.late_lines import ON, OpenLines
    from tasks.bench.measure import measured
    from tasks.setup import set_up

    set_up()
    work = OpenLines(lines)
    work.put()
    days = {}
    for name, on in (("note", ON), ("tell", ON + timedelta(days=1))):
        with measured(Path(os.environ["ADV_PROGRESS"])) as cost:
            [end] = run_directly("notices", on=on)
        days[name] = {**cost.as_dict(), "done": dict(end.outcome.done)}
        days[name]["documents"] = lines
    return {
        "lines": lines,
        "slipped": work.slipped,
        "silent": work.silent,
        "days": days,
    }
