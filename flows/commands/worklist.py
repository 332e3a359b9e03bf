"""`adv tasks`: what must people do, and how did it end?"""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from adv_domain.rules.counted import counted
from adv_domain.rules.money import rounded_to_minor
from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)

if TYPE_CHECKING:
    from adv_domain.store.worklist import OpenTask


@click.group(invoke_without_command=True)
@click.option("--team", help="Only tasks of this team.")
@click.option("--kind", help="Only tasks of this kind, such as dunning_letter.")
@home_option
@json_option
@click.pass_context
def tasks(
    context: click.Context, *, team: str | None, kind: str | None, as_json: bool
) -> None:
    """List the open tasks, oldest first, each with the key that closes it."""
    if context.invoked_subcommand is not None:
        return
    need_home()
    # the database loads only in commands that need it
    from adv_domain.store.engine import reading
    from adv_domain.store.worklist import read_open_tasks
    from tasks.resources import resources

    with reading(resources().engine) as connection:
        found = read_open_tasks(connection, team=team, kind=kind)
    if as_json:
        say_json([_document(one) for one in found])
        return
    for one in found:
        click.echo("\n".join(_lines(_document(one))))
    click.echo(counted(len(found), "open tasks"))


@tasks.command()
@click.argument("key")
@click.option("--by", required=True, help="Who did it; it is logged.")
@click.option("--result", required=True, help="How it ended; it is logged.")
@click.option("--date", "on", type=Day(), help="Business date (default: today's).")
@home_option
@json_option
def done(*, key: str, by: str, result: str, on: date | None, as_json: bool) -> None:
    """Close the task KEY; a reminder's letter, call or referral completes its level.

    Exit status 1 where no such task is open, or another command settles it.
    """
    need_home()
    from tasks.resources import business_day, now
    from tasks.worklist import TaskRefused, finish_task

    try:
        finished = finish_task(key, by=by, result=result, on=on or business_day(now()))
    except TaskRefused as refused:
        fail(str(refused), status=1)
    if as_json:
        say_json({"key": key, "kind": finished.kind, "state": "done"})
    else:
        click.echo(f"{finished.kind} {key} is done")


def _document(one: "OpenTask") -> dict[str, Any]:
    return {
        "key": one.task_key,
        "kind": one.kind,
        "team": one.team,
        "customer": one.customer_code,
        "what": one.text,
        "amount": _amount(one),
        "currency": one.currency,
        "since": one.opened_on,
    }


def _amount(one: "OpenTask") -> str | None:
    if one.amount is None or one.currency is None:
        return None
    return format(rounded_to_minor(one.amount, one.currency), "f")


def _lines(row: dict[str, Any]) -> list[str]:
    worth = f"  {row['amount']} {row['currency']}" if row["amount"] else ""
    who = f"{row['team']:<16} {row['customer'] or '':<12}"
    return [
        f"{row['since']}  {row['kind']:<20} {who}{worth}",
        f"    {row['what']}",
        f"    {row['key']}",
    ]
