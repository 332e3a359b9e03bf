"""`adv amendments`, `adv amendment`: what customers changed, and a person's word."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

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
    from adv_domain.store.orders.amendment_view import AmendmentRecord
    from tasks.orders.acts.amendments import AmendmentAct

_F = TypeVar("_F", bound=Callable[..., Any])
_STATES = {
    "proposed": "waits for the next validation run",
    "waiting_stock": "waits for stock's answer",
    "unchanged": "changed nothing",
}


@click.command()
@click.option("--all", "with_settled", is_flag=True, help="Settled ones too.")
@home_option
@json_option
def amendments(*, with_settled: bool, as_json: bool) -> None:
    """List the changes and cancellations that customers asked for and that are open.

    Each with its number, its order, old and new values, and what it waits for.
    """
    need_home()
    # the database loads only in commands that need it
    from adv_domain.store.engine import reading
    from adv_domain.store.orders.amendment_view import read_amendment_list
    from tasks.resources import resources

    with reading(resources().engine) as connection:
        found = read_amendment_list(connection, with_settled=with_settled)
    if as_json:
        say_json([amendment_document(one) for one in found])
        return
    for one in found:
        order = one.head.order_no or _without_order(one.head.state)
        click.echo(f"{order}  {one.head.customer_code} {one.head.customer_ref}")
        click.echo("\n".join(f"  {line}" for line in amendment_lines(one)))
    what = "changes" if with_settled else "open changes"
    click.echo(f"{len(found)} {what}")


def _without_order(state: str) -> str:
    return "not looked at yet" if state == "proposed" else "no order yet"


@click.group()
def amendment() -> None:
    """Accept or refuse a change that waits."""


def _word(command: _F) -> _F:
    for option in (
        json_option,
        home_option,
        click.option("--date", "on", type=Day(), help="Business date."),
        click.option("--reason", required=True, help="Why; it is logged."),
        click.option("--by", required=True, help="Who decides; it is logged."),
        click.argument("number", type=click.IntRange(min=1)),
    ):
        command = option(command)
    return command


@amendment.command()
@_word
def accept(**asked: Any) -> None:
    """Let change NUMBER pass: what holds it is waived, or stock's agreement given.

    Stock is still asked where it has to do otherwise and was not. Exit status 1 where
    the change cannot be done, is settled, or lies beyond your role.
    """
    need_home()
    from tasks.orders.acts.amendments import accept_amendment

    _decide(accept_amendment, **asked)


@amendment.command()
@_word
def refuse(**asked: Any) -> None:
    """Refuse change NUMBER: the order stays as it is.

    Stock is told so if it was asked. Exit status 1 where the change is settled already.
    """
    need_home()
    from tasks.orders.acts.amendments import refuse_amendment

    _decide(refuse_amendment, **asked)


def _decide(
    act: "Callable[..., AmendmentAct]",
    *,
    number: int,
    by: str,
    reason: str,
    on: date | None,
    as_json: bool,
) -> None:
    if not by.strip() or not reason.strip():
        fail("a decision needs a name and a reason")
    from adv_domain.rules.amendments.states import AmendmentDecided
    from adv_domain.rules.authority import BeyondAuthority
    from tasks.dates import DayAhead, not_ahead
    from tasks.orders.acts.common import ActRefused
    from tasks.resources import business_day, now

    try:
        day = not_ahead(on or business_day(now()))
        done = act(amendment_id=number, by=by.strip(), reason=reason.strip(), on=day)
    except (ActRefused, AmendmentDecided, BeyondAuthority, DayAhead) as error:
        fail(str(error), status=1)
    if as_json:
        say_json(
            {
                "amendment": done.amendment_id,
                "order": done.order_no,
                "state": done.state,
                "reason": done.reason,
            }
        )
        return
    click.echo(done.told)


def amendment_document(record: "AmendmentRecord") -> dict[str, Any]:
    """Return a change as one JSON object."""
    head = record.head
    return {
        "amendment": head.id,
        "kind": head.kind,
        "state": head.state,
        "order": head.order_no,
        "customer": head.customer_code,
        "customer_ref": head.customer_ref,
        "received_on": head.received_on,
        "source": {"file": head.source_name, "row": head.source_row},
        "teams": head.held_for.split(", ") if head.held_for else [],
        "reason": head.reason,
        "faults": [_fault(one) for one in head.faults or ()],
        "message": head.message_key,
        "decided_on": head.decided_on,
        "decided_by": head.decided_by,
        "version": head.version,
        "changes": [
            {
                "line": one.line_no or None,
                "field": one.field,
                "what": one.what,
                "old": one.old_value,
                "new": one.new_value,
            }
            for one in record.changes
        ],
    }


def waits_for(record: "AmendmentRecord") -> str:
    """Say what an open change waits for; nothing of one that is settled."""
    head = record.head
    if head.state == "held":
        return f"its {head.kind} {head.id} is held: {head.reason}"
    if head.state in ("proposed", "waiting_stock"):
        return f"its {head.kind} {head.id} {_STATES[head.state]}"
    return ""


def amendment_lines(record: "AmendmentRecord") -> list[str]:
    """Write a change for people: what became of it, then old and new values."""
    head = record.head
    state = _STATES.get(head.state, head.state)
    if head.held_for:
        state += f" for {head.held_for}"
    reason = f": {head.reason}" if head.reason else ""
    return [
        f"{head.received_on}  {head.kind} {head.id}  {state}{reason}",
        *(f"    {line}" for line in _values(record.changes)),
        *(f"    {_fault(one)['detail']}" for one in head.faults or ()),
    ]


def _values(changes: Sequence[Any]) -> list[str]:
    lines = []
    for one in changes:
        where = f"line {one.line_no} " if one.line_no else ""
        what = f"{one.what}: " if one.what != "changed" else ""
        old, new = one.old_value or "-", one.new_value or "-"
        lines.append(f"{where}{what}{one.field} {old} → {new}")
    return lines


class _Told:
    """A fault in the form that its sentence is said from."""

    def __init__(self, fault: dict[str, Any]) -> None:
        self.message = fault["message"]
        self.clash = fault["clash"]


def _fault(fault: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": fault["code"],
        "line": fault["line"] or None,
        "field": fault["field"],
        "detail": said(_Told(fault)),
    }
