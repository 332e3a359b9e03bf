"""`adv release`, `reject`, `cancel`: a person's word about one order or many."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
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


@dataclass(frozen=True, slots=True)
class Spoken:
    """Who decides, why and for which day, as typed; as_json is how to answer."""

    by: str
    reason: str
    on: date | None
    as_json: bool


def spoken_options(command: _F) -> _F:
    """Add the options that every act has, and hand them over as one value."""

    @wraps(command)
    def _handed(
        *, by: str, reason: str, on: date | None, as_json: bool, **asked: Any
    ) -> None:
        need_home()
        if not by.strip() or not reason.strip():
            fail("a decision needs a name and a reason")
        command(spoken=Spoken(by.strip(), reason.strip(), on, as_json), **asked)

    decorated: Any = _handed
    for option in (
        json_option,
        home_option,
        click.option("--date", "on", type=Day(), help="Business date."),
        click.option("--reason", required=True, help="Why; it is logged."),
        click.option("--by", required=True, help="Who decides; it is logged."),
    ):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]  # click's options keep the function


@click.command()
@click.argument("order_no", nargs=-1)
@click.option(
    "--rule",
    "rules",
    multiple=True,
    help="Waive this rule only, such as price; may be given again. Default: all.",
)
@click.option(
    "--all", "all_held", is_flag=True, help="All held orders of --team/--rule."
)
@click.option("--team", help="With --all: what waits for this team, and no more.")
@spoken_options
def release(
    *,
    order_no: tuple[str, ...],
    rules: tuple[str, ...],
    all_held: bool,
    team: str | None,
    spoken: Spoken,
) -> None:
    """Let held orders go on: what holds them now is waived, the rest still counts.

    Each order is decided by itself; one that is refused stops no other.
    """
    # the database loads only in commands that need it
    from tasks.orders.acts.release import release_order

    if all_held == bool(order_no):
        fail("name the orders, or say --all with --team or --rule")
    if all_held and not (team or rules):
        fail("--all needs --team or --rule: which of the held orders?")
    if team and not all_held:
        fail("--team goes with --all")
    waived: Mapping[str, Collection[str]] = dict.fromkeys(order_no, rules)
    if all_held:
        waived = _held_by(team, rules)
    _decide_all(
        list(waived),
        lambda name, **said: release_order(name=name, rules=waived[name], **said),
        spoken,
        as_list=all_held,
    )


@click.command()
@click.argument("order_no", nargs=-1, required=True)
@spoken_options
def reject(*, order_no: tuple[str, ...], spoken: Spoken) -> None:
    """Turn away orders that were not accepted."""
    from tasks.orders.acts.ending import reject_order

    _decide_all(order_no, lambda name, **said: reject_order(name=name, **said), spoken)


@click.command()
@click.argument("order_no", nargs=-1, required=True)
@spoken_options
def cancel(*, order_no: tuple[str, ...], spoken: Spoken) -> None:
    """Cancel what of orders was not shipped; stock is told if it knows of them."""
    from tasks.orders.acts.ending import cancel_order

    _decide_all(order_no, lambda name, **said: cancel_order(name=name, **said), spoken)


def do_one(act: "Callable[..., Decided]", name: str, spoken: Spoken) -> None:
    """Do the act on one order and say what became of it; ends 1 where it is refused."""
    try:
        answer = _document(_decided(act, name, spoken))
    except _Refused as error:
        fail(str(error), status=1)
    if spoken.as_json:
        say_json(answer)
    else:
        click.echo(_line(answer))


def _decided(act: "Callable[..., Decided]", name: str, spoken: Spoken) -> "Decided":
    from adv_domain.rules.authority import BeyondAuthority
    from adv_domain.rules.orders.states import InvalidTransition
    from tasks.dates import DayAhead, not_ahead
    from tasks.orders.acts.common import ActRefused
    from tasks.resources import business_day, now

    try:
        day = not_ahead(spoken.on or business_day(now()))
        return act(name, by=spoken.by, reason=spoken.reason, on=day)
    except (ActRefused, InvalidTransition, BeyondAuthority, DayAhead) as error:
        raise _Refused(str(error)) from error


class _Refused(Exception):
    """An act that was not done, and why."""


def _held_by(team: str | None, rules: tuple[str, ...]) -> dict[str, Collection[str]]:
    """Return the held orders of the team and rules, with the rules to waive."""
    from adv_domain.store.engine import reading
    from adv_domain.store.orders.work_list import holding_rules
    from tasks.resources import resources

    with reading(resources().engine) as connection:
        return holding_rules(connection, team=team, rules=rules)


def _decide_all(
    names: Collection[str],
    act: "Callable[..., Decided]",
    spoken: Spoken,
    *,
    as_list: bool = False,
) -> None:
    """Do the act on each order; exit status 1 where one was refused."""
    if len(names) == 1 and not as_list:
        do_one(act, next(iter(names)), spoken)
        return
    answers = []
    for name in dict.fromkeys(names):
        try:
            answers.append(_document(_decided(act, name, spoken)))
        except _Refused as error:
            answers.append({"order": name, "error": str(error)})
    _tell_all(answers, spoken)


def _tell_all(answers: list[dict[str, str]], spoken: Spoken) -> None:
    refused = sum("error" in answer for answer in answers)
    if spoken.as_json:
        say_json(answers)
    else:
        for answer in answers:
            click.echo(_line(answer))
        click.echo(f"{len(answers) - refused} done, {refused} refused")
    if refused:
        raise SystemExit(1)


def _document(decided: "Decided") -> dict[str, str]:
    """Write what became of an order for a program."""
    return {
        "order": decided.order_no,
        "state": decided.state,
        "waits_for": decided.waits_for,
    }


def _line(answer: Mapping[str, str]) -> str:
    if "error" in answer:
        return f"{answer['order']}: not done: {answer['error']}"
    waits = f", still waits for {answer['waits_for']}" if answer["waits_for"] else ""
    return f"order {answer['order']} is {answer['state']}{waits}"
