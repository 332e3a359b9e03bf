"""`adv bill`: invoice what is due of orders or a customer now, by a person."""

from datetime import date
from typing import TYPE_CHECKING

import click

from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)

if TYPE_CHECKING:
    from tasks.step import Outcome


@click.command()
@click.argument("order_no", nargs=-1)
@click.option("--customer", help="All that waits of this customer, by his code.")
@click.option(
    "--together",
    is_flag=True,
    help="On as few invoices as currency, terms, address and tax allow.",
)
@click.option(
    "--ordered",
    is_flag=True,
    help="All that is ordered, also what is still to be shipped.",
)
@click.option("--by", required=True, help="Who decides; it is logged.")
@click.option("--reason", required=True, help="Why now; it is logged.")
@click.option("--date", "on", type=Day(), help="Business date (default: today's).")
@home_option
@json_option
def bill(
    order_no: tuple[str, ...],
    on: date | None,
    *,
    together: bool,
    ordered: bool,
    as_json: bool,
    **said: str | None,
) -> None:
    """Invoice now what was delivered, whatever the customer's schedule says.

    For customers that are invoiced by hand, and for who wants his invoice sooner. With
    --ordered the invoice is of the accepted order, before its delivery: what leaves of
    it afterwards is not billed again.
    Documents and mails follow with the next nightly close, or: adv run documents.
    Exit status 1 where something could not be invoiced.
    """
    need_home()
    by, reason = (said["by"] or "").strip(), (said["reason"] or "").strip()
    if not by or not reason:
        fail("a decision needs a name and a reason")
    if bool(order_no) == bool(said["customer"]):
        fail("name orders, or a customer with --customer")
    # the database loads only in commands that need it
    from adv_domain.store.leases import LeaseHeld
    from flows.direct import execute
    from tasks.billing.by_hand import (
        Billing,
        NothingToBill,
        UnknownCustomer,
        bill_by_hand,
    )
    from tasks.dates import DayAhead, not_ahead
    from tasks.orders.acts.common import UnknownOrder
    from tasks.resources import business_day, now

    try:
        day = not_ahead(on or business_day(now()))
        billing = Billing(
            order_no, said["customer"], together, by, reason, as_ordered=ordered
        )
        outcome = bill_by_hand(billing, on=day, execute=execute)
    except (UnknownOrder, UnknownCustomer, NothingToBill, DayAhead, LeaseHeld) as error:
        fail(str(error), status=1)
    _tell(outcome, as_json=as_json)


def _tell(outcome: "Outcome", *, as_json: bool) -> None:
    from tasks.billing.by_hand import not_billed

    if as_json:
        say_json(
            {
                "done": dict(outcome.done),
                "skipped": dict(outcome.skipped),
                "failed": [
                    {"document": one.document, "code": one.code, "message": one.message}
                    for one in outcome.failed
                ],
                "not_billed": [dict(one) for one in outcome.details],
            }
        )
    else:
        click.echo(outcome.message)
        for one in outcome.failed:
            click.echo(f"    {one.document}: {one.message}")
        for waits in outcome.details:
            click.echo(f"    not billed: {not_billed(waits)}")
    if outcome.failed or outcome.waiting or outcome.details:
        raise SystemExit(1)
