"""`adv send-order-book`: a customer asks where everything is that he ordered."""

from dataclasses import asdict
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


@click.command("send-order-book")
@click.argument("customer")
@click.option("--to", "to_address", default="", help="Another mail address than his.")
@click.option("--by", default="adv", show_default=True, help="Who sends it; logged.")
@click.option(
    "--reason", default="the customer asked", show_default=True, help="Why; logged."
)
@click.option("--date", "on", type=Day(), help="Business date.")
@home_option
@json_option
def send_order_book(
    *,
    customer: str,
    to_address: str,
    by: str,
    reason: str,
    on: date | None,
    as_json: bool,
) -> None:
    """Mail CUSTOMER the book of his open orders, in his language, with a CSV.

    Every open line with its dates, and what has changed since the last book. It waits
    in the outbox until the next mail run. The same book is queued once a day.
    """
    need_home()
    # the database loads only in commands that need it
    from tasks.dates import DayAhead, not_ahead
    from tasks.resources import business_day, now
    from tasks.stock.order_book_request import BookRefused
    from tasks.stock.order_book_request import send_order_book as send

    try:
        day = not_ahead(on or business_day(now()))
        sent = send(customer, to_address=to_address, by=by, reason=reason, on=day)
    except (BookRefused, DayAhead) as error:
        fail(str(error), status=1)
    if as_json:
        say_json(asdict(sent))
    else:
        click.echo(sent.message)
