"""`adv holds`: which orders wait for a person, whose turn is it, why, and how long?"""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from adv_domain.rules.money import rounded_to_minor
from flows.commands.output import (
    Day,
    home_option,
    json_option,
    language_option,
    local_minute,
    need_home,
    said,
    say_json,
)

if TYPE_CHECKING:
    from adv_domain.store.orders.heads import StandingFault
    from adv_domain.store.orders.work_list import WarnedOrder
    from tasks.orders.work_list import TeamPart, TeamSum, WorkItem


@click.command()
@click.option("--team", help="Only what this team must act on.")
@click.option(
    "--warnings",
    is_flag=True,
    help="Instead: the orders that went on although a rule warned of them that day.",
)
@click.option("--date", "on", type=Day(), help="Business date (default: today's).")
@language_option
@home_option
@json_option
def holds(*, team: str | None, warnings: bool, on: date | None, as_json: bool) -> None:
    """List the held orders, the most urgent first: who must answer, by when and why.

    Hours are working hours of the company; an order's answer may be overdue.
    """
    need_home()
    # the database loads only in commands that need it
    from adv_domain.store.engine import reading
    from adv_domain.store.orders.work_list import read_warned
    from tasks.orders.work_list import by_team, teams_waited_for, work_list
    from tasks.resources import business_day, now, resources

    day = on or business_day(now())
    with reading(resources().engine) as connection:
        warned = read_warned(connection, on=day)
        if warnings:
            _tell_warned(warned, as_json=as_json)
            return
        items = work_list(connection, on=day, team=team)
        others = teams_waited_for(connection) if team and not items else ()
    if as_json:
        say_json([_document(item) for item in items])
        return
    for item in items:
        click.echo("\n".join(_screen(item)))
    for one in by_team(items):
        click.echo(_team_line(one))
    overdue = sum(item.is_overdue for item in items)
    late = f", {overdue} overdue" if overdue else ""
    for_team = f" for {team}" if team else ""
    click.echo(f"{len(items)} held{for_team}{late}")
    if others:
        click.echo(f"orders wait for: {', '.join(others)}")
    if warned:
        click.echo(f"{len(warned)} went on with a warning: adv holds --warnings")


def _document(item: "WorkItem") -> dict[str, object]:
    return {
        "order": item.order_no,
        "customer": item.customer_code,
        "name": item.customer_name,
        "teams": item.held_for.split(", "),
        "held_on": item.held_on,
        "currency": item.currency,
        "net": _money(item.net, item.currency),
        "value": _worth(item.value),
        "overdue": item.is_overdue,
        "answers": [_answer(part) for part in item.parts],
        "faults": [_fault(fault) for fault in item.faults],
    }


def _answer(part: "TeamPart") -> dict[str, object]:
    return {
        "team": part.team,
        "since": part.since,
        "due": part.due_at,
        "waited_hours": part.waited,
        "overdue_hours": part.overdue,
        "told": list(part.told),
        "why": part.why,
    }


def _fault(fault: "StandingFault") -> dict[str, object]:
    return {
        "code": fault.code,
        "severity": fault.severity,
        "line": fault.line_no,
        "owner": fault.owner,
        "detail": said(fault),
    }


def _screen(item: "WorkItem") -> list[str]:
    net = _money(item.net, item.currency)
    amount = "" if net is None else f"  {net:f} {item.currency}"
    name = item.customer_name or "unknown customer"
    who = f"{item.order_no}  {item.customer_code} {name}{amount}"
    return [
        f"{who}  since {item.held_on}  waits for {item.held_for}",
        *(f"    {_part_line(part)}" for part in item.parts),
        *(f"    {_fault_line(fault)}" for fault in item.faults),
    ]


def _part_line(part: "TeamPart") -> str:
    due = f"due {local_minute(part.due_at)}"
    if part.overdue is not None:
        due = f"overdue by {part.overdue:f} ({due})"
    told = f", told: {', '.join(part.told)}" if part.told else ""
    why = f"; {part.why}" if part.why else ""
    return f"{part.team}: {part.waited:f} working hours, {due}{told}{why}"


def _fault_line(fault: "StandingFault") -> str:
    where = f"line {fault.line_no}: " if fault.line_no else ""
    return f"{fault.code} ({fault.severity}, {fault.owner}): {where}{said(fault)}"


def _team_line(one: "TeamSum") -> str:
    unvalued = f" and {one.unvalued} of unknown worth" if one.unvalued else ""
    return (
        f"{one.team}: {one.count} held, {one.overdue} overdue, {_worth(one.value):f} "
        f"{_company_currency()}{unvalued}, longest {one.longest:f} working hours"
    )


def _tell_warned(
    warned: "list[tuple[WarnedOrder, list[StandingFault]]]", *, as_json: bool
) -> None:
    if as_json:
        say_json([_warned_document(*one) for one in warned])
        return
    for order, faults in warned:
        name = order.customer_name or "unknown customer"
        click.echo(f"{order.order_no}  {order.customer_code} {name}  {order.state}")
        for fault in faults:
            click.echo(f"    {_fault_line(fault)}")
    click.echo(f"{len(warned)} went on with a warning")


def _warned_document(
    order: "WarnedOrder", faults: "list[StandingFault]"
) -> dict[str, Any]:
    return {
        "order": order.order_no,
        "customer": order.customer_code,
        "name": order.customer_name,
        "state": order.state,
        "currency": order.currency,
        "net": _money(order.net, order.currency),
        "faults": [_fault(fault) for fault in faults],
    }


def _worth(value: Decimal | None) -> Decimal | None:
    return _money(value, _company_currency())


def _company_currency() -> str:
    from tasks.resources import resources

    return resources().policy.company.currency


def _money(amount: Decimal | None, currency: str) -> Decimal | None:
    return None if amount is None else rounded_to_minor(amount, currency)
