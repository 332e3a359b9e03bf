"""Do the changes that customers asked for and the orders that they changed agree?"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, select, tuple_
from sqlalchemy import or_ as either

from adv_domain.rules.amendments.asked import plain
from adv_domain.rules.amendments.states import AMENDMENT_TRANSITIONS, AmendmentState
from adv_domain.rules.amendments.terms import HeaderTerms, LineTerms
from adv_domain.store.audit.check import CheckResult, by_query, by_rule
from adv_domain.store.orders.changeable import TERM_COLUMNS
from adv_domain.store.tables import (
    amendment,
    amendment_change,
    event,
    handoff_message,
    order_line,
    sales_order,
)

_LISTED = [
    (str(before), str(after))
    for before, following in AMENDMENT_TRANSITIONS.items()
    for after in following
]
_NAMED = "named"
_CORRECTED = "corrected"
"""What begins the story of an order that somebody else says what it means."""


def amendment_checks(connection: Connection) -> list[CheckResult]:
    """Check transitions, states, values and questions to stock."""
    return [
        _transitions(connection),
        _state_is_last_event(connection),
        _orders_say_so(connection),
        _one_question_at_a_time(connection),
    ]


def _transitions(connection: Connection) -> CheckResult:
    before = func.coalesce(event.c.from_state, "")
    moves = (
        select(event.c.entity_id, before.label("before"), event.c.to_state)
        .where(event.c.entity == "amendment", event.c.to_state.is_not(None))
        .subquery()
    )
    allowed = [("", str(AmendmentState.PROPOSED)), *_LISTED]
    return by_query(
        connection,
        "amendment_transitions_are_listed",
        looked_at=moves,
        broken=select(moves.c.entity_id, moves.c.before, moves.c.to_state).where(
            tuple_(moves.c.before, moves.c.to_state).not_in(allowed)
        ),
    )


def _state_is_last_event(connection: Connection) -> CheckResult:
    """The log replayed gives the state: none is lost."""
    last = (
        select(event.c.entity_id, func.max(event.c.id).label("event_id"))
        .where(event.c.entity == "amendment", event.c.to_state.is_not(None))
        .group_by(event.c.entity_id)
        .subquery()
    )
    return by_query(
        connection,
        "amendment_state_is_its_last_event",
        looked_at=amendment,
        broken=select(amendment.c.id, amendment.c.state)
        .outerjoin(last, last.c.entity_id == amendment.c.id)
        .outerjoin(event, event.c.id == last.c.event_id)
        .where(func.coalesce(event.c.to_state, "") != amendment.c.state),
    )


def _orders_say_so(connection: Connection) -> CheckResult:
    """The last value that a change gave a field is what the order says, unless a
    person has said since what it means."""
    return by_rule(
        "amended_orders_say_so",
        _findings(connection.execute(_last_values())),
    )


def _last_values() -> Select[Any]:
    turn = func.row_number().over(
        partition_by=(
            amendment.c.order_id,
            amendment_change.c.line_no,
            amendment_change.c.field,
        ),
        order_by=amendment.c.id.desc(),
    )
    values = (
        select(
            amendment.c.id.label("amendment_id"),
            amendment.c.order_id,
            amendment_change.c.line_no,
            amendment_change.c.field,
            amendment_change.c.new_value,
            turn.label("turn"),
        )
        .join(amendment_change, amendment_change.c.amendment_id == amendment.c.id)
        .where(amendment.c.state == "applied")
        .subquery()
    )
    said_since = exists().where(
        event.c.entity == "order",
        event.c.entity_id == values.c.order_id,
        either(event.c.what == _NAMED, event.c.reason.startswith(_CORRECTED)),
    )
    return (
        select(
            sales_order.c.order_no,
            values.c.line_no.label("line"),
            values.c.field,
            values.c.new_value,
            order_line.c.qty_cancelled,
            *(sales_order.c[name].label(f"h_{name}") for name in HeaderTerms._fields),
            *(
                order_line.c[TERM_COLUMNS.get(name, name)].label(f"l_{name}")
                for name in LineTerms._fields
            ),
        )
        .join_from(values, sales_order, sales_order.c.id == values.c.order_id)
        .outerjoin(
            order_line,
            and_(
                order_line.c.order_id == values.c.order_id,
                order_line.c.line_no == values.c.line_no,
            ),
        )
        .where(values.c.turn == 1, ~said_since)
        .order_by(values.c.amendment_id, values.c.line_no, values.c.field)
    )


def _findings(rows: Any) -> Iterator[str | None]:
    for row in rows:
        says = row.new_value in _standing(row)
        where = f" line {row.line}" if row.line else ""
        yield None if says else f"{row.order_no}{where} {row.field}"


def _standing(row: Any) -> tuple[str | None, ...]:
    """Return what the field may say; a rest given up later is no other quantity."""
    if not row.line:
        return (plain(getattr(row, f"h_{row.field}")),)
    value = getattr(row, f"l_{row.field}")
    if row.field == "quantity" and value is not None:
        return plain(value), plain(value - row.qty_cancelled)
    return (plain(value),)


def _one_question_at_a_time(connection: Connection) -> CheckResult:
    """A change that waits for stock has a message that asks, the only one of its
    order."""
    waiting = amendment.alias("waiting")
    other = amendment.alias("other")
    told = exists().where(
        handoff_message.c.id == waiting.c.handoff_message_id,
        handoff_message.c.order_id == waiting.c.order_id,
        handoff_message.c.version == waiting.c.version,
    )
    twice = exists().where(
        other.c.order_id == waiting.c.order_id,
        other.c.state == "waiting_stock",
        other.c.id != waiting.c.id,
    )
    return by_query(
        connection,
        "stock_is_asked_once_at_a_time",
        looked_at=select(waiting.c.id).where(waiting.c.state == "waiting_stock"),
        broken=select(waiting.c.id).where(
            waiting.c.state == "waiting_stock", either(~told, twice)
        ),
    )
