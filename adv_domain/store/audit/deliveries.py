"""Does what stock told us add up: goods out and back, what it gave up, its dates?"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, select
from sqlalchemy import or_ as either
from sqlalchemy import text as literal_sql

from adv_domain.store.audit.check import CheckResult, by_query
from adv_domain.store.tables import (
    date_change,
    delivery_line,
    event,
    goods_return,
    order_line,
    sales_order,
    task,
)

_ZERO = literal_sql("0")


def delivery_checks(connection: Connection) -> list[CheckResult]:
    """Check returns, what was given up or shipped beyond, dates and the order's log."""
    return [
        _returned(connection),
        _returned_of_delivery(connection),
        _given_up(connection),
        _over(connection),
        _first_dates(connection),
        _events_follow(connection),
    ]


def _named(*more: ColumnElement[Any]) -> Select[Any]:
    return select(sales_order.c.order_no, order_line.c.line_no, *more).join_from(
        order_line, sales_order, sales_order.c.id == order_line.c.order_id
    )


def _returned(connection: Connection) -> CheckResult:
    """As much came back as the returns say; what was unbilled of it stays so."""
    back = goods_return.c
    sums = (
        select(
            back.order_line_id,
            func.sum(back.qty + back.qty_over).label("qty"),
            func.sum(back.qty - back.qty_billed).label("unbilled"),
        )
        .group_by(back.order_line_id)
        .subquery()
    )
    line = order_line.c
    return by_query(
        connection,
        "returned_is_what_returns_say",
        looked_at=order_line,
        broken=_named()
        .outerjoin(sums, sums.c.order_line_id == line.id)
        .where(
            either(
                line.qty_returned != func.coalesce(sums.c.qty, _ZERO),
                line.qty_ignored != func.coalesce(sums.c.unbilled, _ZERO),
                line.qty_returned > line.qty_shipped + line.qty_over,
            )
        ),
    )


def _returned_of_delivery(connection: Connection) -> CheckResult:
    """No more of a delivery came back than it held."""
    back, out = goods_return.c, delivery_line.c
    sums = (
        select(
            back.delivery_id,
            back.order_line_id,
            func.sum(back.qty).label("qty"),
            func.sum(back.qty_over).label("qty_over"),
            func.sum(back.qty - back.qty_billed).label("unbilled"),
        )
        .group_by(back.delivery_id, back.order_line_id)
        .subquery()
    )
    return by_query(
        connection,
        "returned_within_delivered",
        looked_at=sums,
        broken=select(sales_order.c.order_no, sums.c.delivery_id)
        .join_from(
            sums,
            delivery_line,
            and_(
                out.delivery_id == sums.c.delivery_id,
                out.order_line_id == sums.c.order_line_id,
            ),
            isouter=True,
        )
        .outerjoin(sales_order, sales_order.c.id == out.order_id)
        .where(
            either(
                out.id.is_(None),
                sums.c.qty > out.qty,
                sums.c.qty_over > out.qty_over,
                sums.c.unbilled != out.qty_ignored,
            )
        ),
    )


def _given_up(connection: Connection) -> CheckResult:
    """A line in exception has something to decide on."""
    waiting = order_line.c.state == "exception"
    return by_query(
        connection,
        "given_up_waits_for_a_decision",
        looked_at=order_line,
        broken=_named().where(
            either(
                and_(waiting, order_line.c.qty_given_up <= _ZERO),
                and_(order_line.c.state == "open", order_line.c.qty_given_up > _ZERO),
            )
        ),
    )


def _over(connection: Connection) -> CheckResult:
    """Whatever went beyond an order was put to a person."""
    beyond = order_line.c.qty_over > _ZERO
    asked = exists().where(
        task.c.kind == "over_shipment",
        task.c.entity == "order",
        task.c.entity_id == order_line.c.order_id,
    )
    return by_query(
        connection,
        "over_shipments_are_asked_about",
        looked_at=select(order_line.c.id).where(beyond),
        broken=_named().where(beyond, ~asked),
    )


def _first_dates(connection: Connection) -> CheckResult:
    """The first confirmed date is the one that was moved first, unless the customer
    wanted the line otherwise since."""
    first = (
        select(
            date_change.c.order_line_id,
            func.min(date_change.c.id).label("change_id"),
        )
        .group_by(date_change.c.order_line_id)
        .subquery()
    )
    line = order_line.c
    moved = (
        _named()
        .join(first, first.c.order_line_id == line.id)
        .join(date_change, date_change.c.id == first.c.change_id)
        .where(line.amended_on.is_(None))
    )
    return by_query(
        connection,
        "first_confirmed_dates_stand",
        looked_at=moved,
        broken=moved.where(
            either(
                line.first_confirmed_on.is_(None),
                line.first_confirmed_on != date_change.c.old_on,
            )
        ),
    )


def _events_follow(connection: Connection) -> CheckResult:
    """Replayed, each event of an order leaves the state that the one before reached."""
    moves = (
        select(
            event.c.entity_id,
            event.c.from_state,
            event.c.to_state,
            func.lag(event.c.to_state)
            .over(partition_by=event.c.entity_id, order_by=event.c.id)
            .label("reached"),
        )
        .where(event.c.entity == "order", event.c.to_state.is_not(None))
        .subquery()
    )
    return by_query(
        connection,
        "order_events_follow_each_other",
        looked_at=moves,
        broken=select(sales_order.c.order_no, moves.c.reached, moves.c.from_state)
        .join(moves, moves.c.entity_id == sales_order.c.id)
        .where(
            moves.c.reached.is_not(None),
            func.coalesce(moves.c.from_state, "") != moves.c.reached,
        ),
    )
