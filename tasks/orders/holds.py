"""Which teams must answer for held orders, and which need not any more?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection

from adv_domain.rules.orders.hold_answers import KeptRouting, routing
from adv_domain.rules.orders.states import OrderState
from adv_domain.rules.working_hours import after_working_time
from adv_domain.store.orders.holds import (
    OpenHold,
    close_holds,
    open_holds,
    orders_of_day,
    read_open_holds,
)
from tasks.office_hours import moment_on, office_hours

if TYPE_CHECKING:
    # the work list asks only whose turn it is: with validation it starts a sixth slower
    from tasks.orders.record import Judged, Look


class _NewHold(NamedTuple):
    """A team's part in an order that it had no part in before."""

    order_id: int
    team: str
    answer_hours: int
    is_one_desk: bool


@dataclass(slots=True)
class HoldChanges:
    """What a batch changes: holds to open, ids of holds to close, the day's volume."""

    opened: list[_NewHold] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    orders_of_day: int | None = None


def assign_teams(
    connection: Connection, judged: "Sequence[Judged]", look: "Look"
) -> HoldChanges:
    """Say for each held order who must answer, and which holds that opens or closes.

    An order that stays held keeps the routing that it got when it was held.
    """
    changes = HoldChanges()
    before = read_open_holds(
        connection,
        [one.order.id for one in judged if one.order.state == OrderState.HELD],
    )
    held = [one for one in judged if one.verdict.state is OrderState.HELD]
    below = look.policy.holds.one_desk_below
    if held and below:
        changes.orders_of_day = orders_of_day(connection, look.on, at_most=below)
    for one in held:
        _route(one, before.pop(one.order.id, []), look, changes)
    changes.closed += [hold.id for gone in before.values() for hold in gone]
    return changes


def write_holds(connection: Connection, changes: HoldChanges, look: "Look") -> None:
    """Open and close what assign_teams found; an answer is due by working hours."""
    at = moment_on(look.on)
    close_holds(connection, changes.closed, by=look.actor, on=look.on, now=at)
    if not changes.opened:
        return
    office = office_hours(since=look.on, until=look.on)
    due = {
        hours: after_working_time(at, timedelta(hours=hours), hours=office)
        for hours in {one.answer_hours for one in changes.opened}
    }
    open_holds(
        connection,
        [
            {
                "order_id": one.order_id,
                "team": one.team,
                "is_one_desk": one.is_one_desk,
                "orders_of_day": changes.orders_of_day,
                "one_desk_below": look.policy.holds.one_desk_below,
                "opened_on": look.on,
                "opened_at": at,
                "due_at": due[one.answer_hours],
            }
            for one in changes.opened
        ],
    )


def end_holds(
    connection: Connection, order_ids: Sequence[int], *, by: str, on: date
) -> None:
    """Close all holds of orders that have ended, or begin anew."""
    if not order_ids:
        return
    found = read_open_holds(connection, order_ids)
    ids = [hold.id for holds in found.values() for hold in holds]
    close_holds(connection, ids, by=by, on=on, now=moment_on(on))


def _route(
    one: "Judged", before: Sequence[OpenHold], look: "Look", changes: HoldChanges
) -> None:
    policy = look.policy.holds
    routed = routing(
        one.verdict.to_answer,
        kept=_kept(before),
        orders_of_day=changes.orders_of_day or 0,
        desk=policy.desk,
    )
    one.waits_for = routed.teams
    if not before:
        one.routed_why = routed_why(
            is_one_desk=routed.is_one_desk,
            of_day=changes.orders_of_day,
            below=policy.one_desk_below,
        )
    there = {hold.team for hold in before}
    changes.closed += [hold.id for hold in before if hold.team not in routed.teams]
    changes.opened += [
        _NewHold(
            order_id=one.order.id,
            team=team,
            answer_hours=policy.times.hours(team, codes=codes),
            is_one_desk=routed.is_one_desk,
        )
        for team, codes in routed.to_answer.items()
        if team not in there
    ]


def _kept(before: Sequence[OpenHold]) -> KeptRouting | None:
    if not before:
        return None
    return KeptRouting(next((one.team for one in before if one.is_one_desk), None))


def routed_why(*, is_one_desk: bool, of_day: int | None, below: int) -> str:
    """Say why a hold went where it is; nothing where the volume plays no part."""
    if of_day is None:
        return ""
    if is_one_desk:
        return f"orders that day: {of_day} (below {below}): one desk has all its holds"
    return f"orders that day: {below} or more: each hold with the owner of its rule"
