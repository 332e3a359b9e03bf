"""`adv holds`, `release`, `reject`, `cancel`: what waits for a person, and his word."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import click

from adv_domain.rules.money import rounded_to_minor
from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    said,
    say_json,
)

if TYPE_CHECKING:
    from adv_domain.store.orders.heads import HeldOrder, StandingFault
    from tasks.orders.acts import Decided

_F = TypeVar("_F", bound=Callable[..., Any])


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


def _decision_options(command: _F) -> _F:
    for option in (
        json_option,
        home_option,
        click.option("--date", "on", type=Day(), help="Business date."),
        click.option("--reason", required=True, help="Why; it is logged."),
        click.option("--by", required=True, help="Who decides; it is logged."),
        click.argument("order_no"),
    ):
        command = option(command)
    return command


@click.command()
@_decision_options
def release(**said: Any) -> None:
    """Let a held order go on: what holds it now is waived, the rest still counts."""
    _decide("release_order", **said)


@click.command()
@_decision_options
def reject(**said: Any) -> None:
    """Turn away an order that was not accepted."""
    _decide("reject_order", **said)


@click.command()
@_decision_options
def cancel(**said: Any) -> None:
    """Cancel what of an order was not shipped; stock is told if it knows of it."""
    _decide("cancel_order", **said)


def _decide(
    action: str, *, order_no: str, by: str, reason: str, on: date | None, as_json: bool
) -> None:
    need_home()
    if not by.strip() or not reason.strip():
        fail("a decision needs a name and a reason")
    from adv_domain.rules.authority import BeyondAuthority
    from adv_domain.rules.orders.states import InvalidTransition
    from tasks.orders import acts as orders
    from tasks.resources import business_day, now

    decide: Callable[..., Decided] = getattr(orders, action)
    day = on or business_day(now())
    try:
        decided = decide(name=order_no, by=by.strip(), reason=reason.strip(), on=day)
    except (
        orders.UnknownOrder,
        orders.NotReleasable,
        InvalidTransition,
        BeyondAuthority,
    ) as error:
        fail(str(error), status=1)
    _tell(decided, as_json=as_json)


def _tell(decided: "Decided", *, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "order": decided.order_no,
                "state": decided.state,
                "waits_for": decided.waits_for,
            }
        )
        return
    waits = f", still waits for {decided.waits_for}" if decided.waits_for else ""
    click.echo(f"order {decided.order_no} is {decided.state}{waits}")


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
