"""`adv holds`: which orders wait for a person, whose turn is it, and why?"""

from decimal import Decimal
from typing import TYPE_CHECKING

import click

from adv_domain.rules.money import rounded_to_minor
from flows.commands.output import (
    home_option,
    json_option,
    need_home,
    said,
    say_json,
)

if TYPE_CHECKING:
    from adv_domain.store.orders.heads import HeldOrder, StandingFault


@click.command()
@click.option("--team", help="Only what this team must act on.")
@home_option
@json_option
def holds(team: str | None, as_json: bool) -> None:
    """List the held orders, who must act and why, the longest waiting first."""
    need_home()
    # the database loads only in commands that need it
    from adv_domain.store.engine import reading
    from adv_domain.store.orders.heads import held_orders, standing_faults
    from tasks.resources import resources

    with reading(resources().engine) as connection:
        orders = held_orders(connection, team=team)
        faults = standing_faults(connection, [one.id for one in orders])
    if as_json:
        say_json([_document(one, faults.get(one.id, [])) for one in orders])
        return
    for one in orders:
        click.echo(_line(one))
        for fault in faults.get(one.id, []):
            where = f"line {fault.line_no}: " if fault.line_no else ""
            click.echo(f"    {fault.code} ({fault.owner}): {where}{said(fault)}")
    click.echo(f"{len(orders)} held")


def _document(order: "HeldOrder", faults: "list[StandingFault]") -> dict[str, object]:
    return {
        "order": order.order_no,
        "customer": order.customer_code,
        "name": order.customer_name,
        "teams": (order.held_for or "").split(", "),
        "held_on": order.held_on,
        "currency": order.currency,
        "net": _net(order),
        "faults": [
            {
                "code": fault.code,
                "line": fault.line_no,
                "owner": fault.owner,
                "detail": said(fault),
            }
            for fault in faults
        ],
    }


def _line(order: "HeldOrder") -> str:
    net = _net(order)
    amount = "" if net is None else f"  {net:f} {order.currency}"
    name = order.customer_name or "unknown customer"
    return (
        f"{order.order_no}  {order.customer_code} {name}{amount}  "
        f"since {order.held_on}  waits for {order.held_for}"
    )


def _net(order: "HeldOrder") -> Decimal | None:
    return None if order.net is None else rounded_to_minor(order.net, order.currency)
