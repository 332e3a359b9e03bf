"""`adv outbox`: which mails wait, failed or are unknown, and what a person decides."""

from typing import Any

import click

from adv_domain.rules.counted import counted
from flows.commands.output import fail, home_option, json_option, need_home, say_json

STATES = ("queued", "sending", "retry", "sent", "failed", "unknown")
_LISTED = (*STATES, "withdrawn")


@click.group()
def outbox() -> None:
    """The mails that leave: list them, try one again, settle an unknown one."""


@outbox.command("list")
@click.option("--state", type=click.Choice(_LISTED), help="Only mails in this state.")
@home_option
@json_option
def list_(*, state: str | None, as_json: bool) -> None:
    """List the mails in the order in which they were queued."""
    # the database loads only when it is read, so that `adv --help` stays quick
    from adv_domain.store.engine import reading
    from adv_domain.store.mail.acts import outbox_entries
    from tasks.resources import resources

    need_home()
    with reading(resources().engine) as connection:
        found = outbox_entries(connection, states=(state,) if state else STATES)
    rows = [
        {
            "key": entry.outbox_key,
            "kind": entry.kind,
            "to": entry.to_address,
            "state": entry.state,
            "attempts": entry.attempts,
            "last_error": entry.last_error,
            "message_id": entry.message_id,
        }
        for entry in found
    ]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        click.echo(_line(row))
    click.echo(counted(len(rows), "mails"))


@outbox.command()
@click.argument("key")
@click.option("--by", required=True, help="Who decides.")
@click.option("--reason", required=True, help="Why.")
@home_option
@json_option
def retry(*, key: str, by: str, reason: str, as_json: bool) -> None:
    """Make the failed or put-off mail KEY due now."""
    from tasks.mail.acts import retry_mail

    _decide(retry_mail, key, by=by, reason=reason)
    _say(key, "queued", as_json=as_json)


@outbox.command()
@click.argument("key")
@click.option("--sent/--not-sent", "was_sent", default=None, help="What was found out.")
@click.option("--by", required=True, help="Who decides.")
@click.option("--reason", required=True, help="How it was found out.")
@home_option
@json_option
def resolve(
    *, key: str, was_sent: bool | None, by: str, reason: str, as_json: bool
) -> None:
    """Settle whether the unknown mail KEY arrived."""
    from tasks.mail.acts import resolve_mail

    if was_sent is None:
        raise click.UsageError("say --sent or --not-sent")
    _decide(resolve_mail, key, was_sent=was_sent, by=by, reason=reason)
    _say(key, "sent" if was_sent else "failed", as_json=as_json)


def _decide(action: Any, key: str, **words: Any) -> None:
    from tasks.mail.acts import UnknownMail, WrongMailState
    from tasks.resources import business_day, now

    need_home()
    try:
        action(key, on=business_day(now()), **words)
    except UnknownMail as error:
        fail(str(error))
    except WrongMailState as error:
        fail(str(error), status=1)


def _say(key: str, state: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"key": key, "state": state})
    else:
        click.echo(f"{key} is now {state}")


def _line(row: dict[str, Any]) -> str:
    cause = f"  {row['last_error']}" if row["last_error"] else ""
    return (
        f"{row['state']:<9} {row['kind']:<14} {row['to']:<32} {row['key']}"
        f"  attempts {row['attempts']}{cause}"
    )
