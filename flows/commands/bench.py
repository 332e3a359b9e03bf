"""`adv bench`: the volume path on generated data, stage by stage."""

import os
import tempfile
from datetime import date
from pathlib import Path

import click

from flows.commands.output import fail, json_option, say_json


@click.command()
@click.option("--orders", default=2000, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
@click.option("--keep", type=click.Path(), help="Keep the home in this new folder.")
@click.option(
    "--open-lines",
    type=click.IntRange(500),
    help="Measure instead what so many open lines cost to be checked for goods.",
)
@click.option(
    "--until",
    default="kpis",
    show_default=True,
    type=click.Choice(["invoicing", "kpis"]),
    help="The last stage to measure.",
)
@json_option
def bench(
    orders: int,
    seed: int,
    keep: str | None,
    *,
    open_lines: int | None,
    until: str,
    as_json: bool,
) -> None:
    """Measure intake to KPIs for K generated orders, without the engine.

    Runs in a home of its own. With ADV_DATABASE_URL it fills that database, which
    must be empty. CPU seconds include PostgreSQL's processes on this machine.
    """
    if keep and Path(keep).exists():
        fail(f"{keep} exists; name a new folder")
    with tempfile.TemporaryDirectory(prefix="adv-bench-") as folder:
        home = Path(keep or folder)
        os.environ["ADV_HOME"] = str(home)
        os.environ["ADV_PROGRESS"] = str(home / "progress.jsonl")
        if open_lines:
            _check_open_lines(open_lines, as_json=as_json)
            return
        document = _measure(orders, seed, until=until, tell=not as_json)
    if as_json:
        say_json(document)
        return
    total = document["total_cpu_seconds"]
    click.echo(
        f"{orders} orders on {document['engine']}: {total} s CPU, "
        f"{float(str(total)) * 1000 / orders:.3f} ms an order, "
        f"{document['peak_rss_mb']} MB at most"
    )


def _check_open_lines(lines: int, *, as_json: bool) -> None:
    """Say what it costs to see of each open line whether its goods come in time."""
    from tasks.bench.open_lines import fill, see_goods
    from tasks.bench.stages import DatabaseInUse, prepare_empty

    try:
        prepare_empty()
    except DatabaseInUse as error:
        fail(str(error))
    fill(lines)
    cost = see_goods(_run_step, lines)
    if as_json:
        say_json({"open_lines": lines, "goods": cost.as_dict()})
        return
    click.echo(
        f"{lines} open lines: goods and risk in {cost.cpu_seconds:.2f} s CPU, "
        f"{cost.statements} statements"
    )


def _measure(orders: int, seed: int, *, until: str, tell: bool) -> dict[str, object]:
    from time import process_time

    from tasks.bench.stages import (
        Bench,
        DatabaseInUse,
        expect_complete,
        prepare,
        report,
    )
    from tasks.bench.workload import Workload
    from tasks.resources import resources

    work = Workload(orders=orders, seed=seed)
    began = process_time()
    try:
        prepare(work)
    except DatabaseInUse as error:
        fail(str(error))
    _run_step("intake", date(2026, 1, 1))
    setup_seconds = process_time() - began
    costs = Bench(
        work=work,
        run_step=_run_step,
        progress=resources().settings.home / "progress.jsonl",
        tell=click.echo if tell else lambda _line: None,
        with_money=until != "invoicing",
    ).run()
    expect_complete(work)
    return report(work, costs, setup_seconds=setup_seconds)


def _run_step(name: str, on: date) -> dict[str, int]:
    from flows.direct import run_directly

    [end] = run_directly(name, on=on)
    if end.outcome.failed:
        first = end.outcome.failed[0]
        fail(f"{name} set {first.document} aside: {first.message}", status=1)
    return dict(end.outcome.done)
