"""How is what was decided on changes put on record: states, values, events, tasks?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from adv_domain.rules.amendments.decision import ChangeDecision
from adv_domain.rules.amendments.states import (
    OPEN_AMENDMENTS,
    AmendmentState,
    next_amendment_state,
)
from adv_domain.rules.faults import OrderFault
from adv_domain.rules.orders.states import OrderState
from adv_domain.store.orders.amendments import (
    OpenAmendment,
    write_changes,
    write_decisions,
)
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.worklist import PersonTask, close_tasks_about, open_tasks
from tasks.orders.amendments.asking import AskedWith
from tasks.orders.record import Look

HELD_TASK = "amendment_held"
REFUSED_TASK = "amendment_refused"
UNANSWERED_TASK = "amendment_unanswered"
_STATE = AmendmentState


@dataclass(slots=True)
class Settled:
    """What was decided on a change; teams are those that must act on a held one.

    passed are the states that its order passed through when it was applied, net what
    the order comes to with it. Where tells_nobody is set, whoever decided knows
    himself what is left to do; keeps_values leaves the values as they were asked for.
    """

    amendment: OpenAmendment
    decision: ChangeDecision
    state: AmendmentState
    reason: str
    teams: tuple[str, ...] = ()
    faults: Sequence[OrderFault] = ()
    asked_with: AskedWith | None = None
    version: int | None = None
    order_was: OrderState | None = None
    passed: tuple[OrderState, ...] = ()
    is_applied: bool = False
    net: Decimal | None = None
    tells_nobody: bool = False
    keeps_values: bool = False

    @property
    def order_id(self) -> int | None:
        order = self.decision.order
        return self.amendment.order_id if order is None else order.order_id

    def row(self, look: Look) -> tuple[Any, ...]:
        """Return the row of id and DECISION; what did not change keeps its day."""
        before = self.amendment
        told = [_form(fault) for fault in self.faults] or None
        message_id = before.handoff_message_id
        new = (
            str(self.state),
            self.order_id,
            ", ".join(self.teams)[:200] or None,
            self.reason or None,
            told,
        )
        days = (look.on, look.actor)
        if new == self._stood():
            days = (before.decided_on or look.on, before.decided_by or look.actor)
        if self.asked_with:
            message_id = self.asked_with.message_id
        return (before.id, *new, *days, message_id, self.version or before.version)

    @property
    def is_news(self) -> bool:
        """Tell whether anything about the change is otherwise than it stood."""
        told = [_form(fault) for fault in self.faults] or None
        teams = ", ".join(self.teams)[:200] or None
        new = (str(self.state), self.order_id, teams, self.reason or None, told)
        return new != self._stood()

    def _stood(self) -> tuple[Any, ...]:
        before = self.amendment
        return (
            before.state,
            before.order_id,
            before.held_for,
            before.reason,
            before.faults,
        )


def record_settled(
    connection: Connection, settled: Sequence[Settled], *, look: Look
) -> None:
    """Write what is news, in a constant number of statements."""
    news = [one for one in settled if one.is_news]
    for one in news:
        if one.state != one.amendment.state:
            next_amendment_state(one.amendment.id, one.amendment.state, one.state)
    write_decisions(connection, [one.row(look) for one in news])
    valued = [one for one in news if not one.keeps_values]
    write_changes(
        connection,
        [one.amendment.id for one in valued],
        [row for one in valued for row in _value_rows(one)],
    )
    record_events(
        connection,
        [each for one in news for each in _happenings(one, look)],
        business_date=look.on,
        now=look.now,
        run_id=look.run_id,
    )
    _write_tasks(connection, news, look)


def _form(fault: OrderFault) -> dict[str, Any]:
    return {
        "code": fault.code,
        "field": fault.field,
        "line": fault.line_no,
        "message": fault.message,
        "clash": dict(fault.clash),
    }


def _value_rows(one: Settled) -> Iterable[dict[str, Any]]:
    for each in one.decision.differences:
        yield {
            "amendment_id": one.amendment.id,
            "line_no": each.line_no,
            "field": each.field,
            "what": str(each.what),
            "old_value": each.old,
            "new_value": each.new,
        }


def _happenings(one: Settled, look: Look) -> list[Happening]:
    before, key = one.amendment, one.amendment.id
    is_moved = one.state != before.state
    found = [
        Happening(
            entity="amendment",
            entity_id=key,
            what=str(one.state) if is_moved else "looked at again",
            actor=look.actor,
            from_state=before.state if is_moved else None,
            to_state=str(one.state) if is_moved else None,
            reason=_said(one, look),
        )
    ]
    if one.is_applied and one.order_id is not None:
        found += _of_order(one, look)
    return found


def _of_order(one: Settled, look: Look) -> list[Happening]:
    """Tell the order's history that it was changed, and each state it passed."""
    assert one.order_id is not None
    what = f"{one.amendment.kind} {one.amendment.id}"
    values = "; ".join(str(each) for each in one.decision.differences)
    reason = f"{what}: {values}"
    if not one.passed:
        return [Happening("order", one.order_id, "amended", look.actor, reason=reason)]
    happenings = []
    state = one.order_was
    for after in one.passed:
        is_back = after is OrderState.RECEIVED
        happenings.append(
            Happening(
                entity="order",
                entity_id=one.order_id,
                what="amended" if is_back else str(after),
                actor=look.actor,
                from_state=str(state),
                to_state=str(after),
                reason=reason,
            )
        )
        state = after
    return happenings


def _said(one: Settled, look: Look) -> str | None:
    parts = [look.reason, one.reason]
    if one.teams:
        parts.append(f"waits for {', '.join(one.teams)}")
    return "; ".join(part for part in parts if part) or None


def _write_tasks(connection: Connection, news: Sequence[Settled], look: Look) -> None:
    """Ask people about what is held or refused; what has moved on needs nobody."""
    close_tasks_about(
        connection,
        "amendment",
        [one.amendment.id for one in news if one.amendment.state in OPEN_AMENDMENTS],
        kinds=(HELD_TASK, UNANSWERED_TASK),
        by=look.actor,
        now=look.now,
    )
    open_tasks(
        connection,
        [task for one in news for task in _tasks(one, look)],
        opened_on=look.on,
    )


def _tasks(one: Settled, look: Look) -> list[PersonTask]:
    change = one.amendment
    name = f"{change.kind} {change.id} of {change.customer_code} {change.customer_ref}"
    if one.state is _STATE.HELD and one.teams:
        todo = "adv amendment accept, or refuse and tell the customer"
        kind, teams, text = HELD_TASK, one.teams, f"{name}: {one.reason}; {todo}"
    elif one.state is _STATE.REFUSED and not one.tells_nobody:
        team = look.policy.owner_of_step("validation")
        text = f"{name} was refused: {one.reason}; tell the customer"
        kind, teams = REFUSED_TASK, (team,)
    else:
        return []
    return [
        PersonTask(
            task_key=f"{kind}:{change.id}:{team}:{look.on}",
            kind=kind,
            team=team,
            text=text,
            customer_id=None,
            entity="amendment",
            entity_id=change.id,
        )
        for team in teams
    ]
