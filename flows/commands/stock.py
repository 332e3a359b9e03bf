"""`adv stock`: what is there, what was told, and what becomes of what stock gave up?"""

from datetime import date
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
from flows.commands.stock_acts import arrange, call_off_return, expect_return, paid
from flows.commands.stock_goods import availability, back_orders
from flows.commands.stock_messages import messages, resend, settle


@click.group()
def stock() -> None:
    """See what is there and what was told; decide what stock could not do."""


@stock.command()
@click.argument("order_no")
@click.argument("line_no", type=int)
@click.option(
    "--choose",
    "choice",
    required=True,
    type=click.Choice(["recreate", "drop", "ignore"]),
    help="Ask stock anew, or drop what it gave up (ignore is the same).",
)
@click.option("--by", required=True, help="Who decides; it is logged.")
@click.option("--reason", required=True, help="Why; it is logged.")
@click.option("--date", "on", type=Day(), help="Business date.")
@home_option
@json_option
def resolve(on: date | None, as_json: bool, **said: Any) -> None:
    """Decide on what stock refused or cancelled of LINE_NO of ORDER_NO.

    Exit status 1 where stock gave up no such line.
    """
    need_home()
    if not said["by"].strip() or not said["reason"].strip():
        fail("a decision needs a name and a reason")
    # the database loads only in commands that need it
    from tasks.resources import business_day, now
    from tasks.stock.exceptions import NoException, choice_of, resolve_exception

    try:
        resolved = resolve_exception(
            name=said["order_no"],
            line_no=said["line_no"],
            choice=choice_of(said["choice"]),
            by=said["by"].strip(),
            reason=said["reason"].strip(),
            on=on or business_day(now()),
        )
    except NoException as error:
        fail(str(error), status=1)
    order_no, line_no = resolved.order_no, resolved.line_no
    line_state, order_state = resolved.line_state, resolved.order_state
    if as_json:
        say_json(
            {
                "order": order_no,
                "state": order_state,
                "line": line_no,
                "line_state": line_state,
            }
        )
        return
    click.echo(f"order {order_no} is {order_state}, its line {line_no} is {line_state}")


for _command in (
    availability,
    back_orders,
    messages,
    resend,
    settle,
    paid,
    arrange,
    expect_return,
    call_off_return,
):
    stock.add_command(_command)
