"""`adv stock messages`, `resend`, `settle`: what stock was told, and did it arrive?"""

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from adv_domain.rules.counted import counted
from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)

_STATES = ("queued", "sent", "acknowledged", "failed")
_MOST = 200


@click.command()
@click.option(
    "--state",
    default="failed",
    show_default=True,
    type=click.Choice(_STATES),
    help="Which messages.",
)
@click.option(
    "--unacknowledged",
    is_flag=True,
    help="Those sent whose acknowledgement is overdue, instead.",
)
@home_option
@json_option
def messages(*, state: str, unacknowledged: bool, as_json: bool) -> None:
    """List messages to stock; `adv order NO` shows those of one order."""
    need_home()
    # the database loads only in commands that need it
    from adv_domain.store.engine import reading
    from adv_domain.store.stock.message_view import messages_in_state
    from flows.commands.message_lines import message_document, message_line
    from tasks.resources import now, resources

    with reading(resources().engine) as connection:
        found = messages_in_state(
            connection,
            "sent" if unacknowledged else state,
            overdue_at=now() if unacknowledged else None,
            limit=_MOST,
        )
    if as_json:
        say_json([message_document(one) for one in found])
        return
    for one in found:
        click.echo(message_line(one))
    more = ", and there may be more" if len(found) == _MOST else ""
    click.echo(f"{counted(len(found), 'messages')}{more}")


def _act_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.argument("keys", nargs=-1, required=True, metavar="KEY..."),
        click.option("--by", required=True, help="Who decides; it is logged."),
        click.option("--reason", required=True, help="Why; it is logged."),
        click.option("--date", "on", type=Day(), help="Business date."),
        home_option,
        json_option,
    ):
        command = option(command)
    return command


@click.command()
@_act_options
def resend(**said: Any) -> None:
    """Queue the messages KEY anew: the next handoff run sends the same bytes again.

    Exit status 1 where one of them does not wait for a person.
    """
    from tasks.stock.dead_letters import resend_message

    _act(resend_message, "queued", **said)


@click.command()
@_act_options
def settle(**said: Any) -> None:
    """Count the messages KEY as known to stock, by other means.

    Exit status 1 where one of them does not wait for a person.
    """
    from tasks.stock.dead_letters import settle_message

    _act(settle_message, "acknowledged", **said)


def _act(
    act: Callable[..., None],
    state: str,
    *,
    keys: tuple[str, ...],
    on: date | None,
    as_json: bool,
    **said: str,
) -> None:
    need_home()
    by, reason = said["by"].strip(), said["reason"].strip()
    if not by or not reason:
        fail("a decision needs a name and a reason")
    from tasks.resources import business_day, now
    from tasks.stock.dead_letters import MessageNotFailed

    for key in keys:
        try:
            act(key, by=by, reason=reason, on=on or business_day(now()))
        except MessageNotFailed as error:
            fail(str(error), status=1)
    if as_json:
        say_json([{"key": key, "state": state} for key in keys])
    else:
        click.echo("\n".join(f"message {key} is {state}" for key in keys))
