"""`adv failures`: which documents stand aside, and which may be closed?"""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from adv_domain.rules.counted import counted
from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    local_minute,
    need_home,
    say_json,
)

if TYPE_CHECKING:
    from adv_domain.store.failures import OpenFailure


_NOT_TAKEN_BY_STOCK = ("handoff", "message_failed")


@click.group(invoke_without_command=True)
@home_option
@json_option
@click.pass_context
def failures(context: click.Context, *, as_json: bool) -> None:
    """List what the steps set aside, longest first, each with how it ends."""
    if context.invoked_subcommand is not None:
        return
    need_home()
    # the database loads only in commands that need it
    from adv_domain.store.engine import reading
    from adv_domain.store.failures import open_failures
    from tasks.resources import resources

    with reading(resources().engine) as connection:
        found = [_document(one) for one in open_failures(connection)]
    if as_json:
        say_json(found)
        return
    for one in found:
        click.echo("\n".join(_lines(one)))
    click.echo(counted(len(found), "open failures"))


@failures.command()
@click.argument("step")
@click.argument("document")
@click.option("--by", required=True, help="Who decides; it is logged.")
@click.option("--reason", required=True, help="Why; it is logged.")
@click.option("--date", "on", type=Day(), help="Business date (default: today's).")
@home_option
@json_option
def close(on: date | None, as_json: bool, **said: str) -> None:
    """Close the failure of a file, or of an entry of one, that STEP set aside.

    For what was mended under another name or given up. A clean file of the same name
    closes its failure by itself. Exit status 1 where it is not open, or where each
    run of the step takes the DOCUMENT up again.
    """
    need_home()
    from tasks.failures import FailureRefused, close_failure
    from tasks.resources import business_day, now

    try:
        closed = close_failure(**said, on=on or business_day(now()))
    except FailureRefused as refused:
        fail(str(refused), status=1)
    if as_json:
        say_json({"step": closed.step, "document": closed.document, "state": "closed"})
    else:
        click.echo(f"the failure of {closed.document} is closed")


def _document(one: "OpenFailure") -> dict[str, Any]:
    from tasks.failures import is_of_a_file

    return {
        "step": one.step,
        "document": one.document,
        "code": one.code,
        "cause": one.message,
        "since": one.first_seen_at,
        "last_seen": one.last_seen_at,
        "owner": one.owner,
        "attempts": one.attempts,
        "closable": is_of_a_file(one),
    }


def _lines(row: dict[str, Any]) -> list[str]:
    return [
        f"{local_minute(row['since'])}  {row['step']:<12} {row['document']}",
        f"    {row['cause']}",
        f"    {row['owner']}, {counted(row['attempts'], 'attempts')}; {_ending(row)}",
    ]


def _ending(row: dict[str, Any]) -> str:
    if row["closable"]:
        return "send it corrected under the same name, or: adv failures close"
    if (row["step"], row["code"]) == _NOT_TAKEN_BY_STOCK:
        return f"once the cause is mended: adv stock resend {row['document']}"
    return f"adv run {row['step']}, once the cause is mended"
