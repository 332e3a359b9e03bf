"""`adv release`, `reject`, `cancel`: a person's word about an order."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

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
    from tasks.orders.acts.common import Decided

_F = TypeVar("_F", bound=Callable[..., Any])


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
def release(**asked: Any) -> None:
    """Let a held order go on: what holds it now is waived, the rest still counts."""
    need_home()
    # the database loads only in commands that need it
    from tasks.orders.acts.release import release_order

    _decide(release_order, **asked)


@click.command()
@_decision_options
def reject(**asked: Any) -> None:
    """Turn away an order that was not accepted."""
    need_home()
    from tasks.orders.acts.ending import reject_order

    _decide(reject_order, **asked)


@click.command()
@_decision_options
def cancel(**asked: Any) -> None:
    """Cancel what of an order was not shipped; stock is told if it knows of it."""
    need_home()
    from tasks.orders.acts.ending import cancel_order

    _decide(cancel_order, **asked)


def _decide(
    act: "Callable[..., Decided]",
    *,
    order_no: str,
    by: str,
    reason: str,
    on: date | None,
    as_json: bool,
) -> None:
    if not by.strip() or not reason.strip():
        fail("a decision needs a name and a reason")
    from adv_domain.rules.authority import BeyondAuthority
    from adv_domain.rules.orders.states import InvalidTransition
    from tasks.act_day import DayAhead, not_ahead
    from tasks.orders.acts.common import ActRefused
    from tasks.resources import business_day, now

    try:
        day = not_ahead(on or business_day(now()))
        done = act(name=order_no, by=by.strip(), reason=reason.strip(), on=day)
    except (ActRefused, InvalidTransition, BeyondAuthority, DayAhead) as error:
        fail(str(error), status=1)
    _tell(done, as_json=as_json)


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
