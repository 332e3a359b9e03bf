"""Which goods left on time, early, in part or late, and how long did orders take?

One statement a reading, set-based; facts dated after the last day don't count. What
was cancelled after the day that it was due for was due on it, and late: a day's rate
does not get better by it. A line's last cancellation tells: while it was still to
come, something of the line was open. Where its day is not known it counts from ever.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
)

from adv_domain.rules.figures.cycle_times import CycleCount
from adv_domain.rules.figures.kpi_days import DayFact
from adv_domain.rules.figures.service_catalogue import TO_INVOICE, TO_SHIPMENT
from adv_domain.store.figures.kpis import between
from adv_domain.store.stock.back_orders import accepted_lines
from adv_domain.store.tables import (
    delivery,
    delivery_line,
    invoice,
    invoice_line,
    order_line,
    sales_order,
)

_REQUESTED = func.coalesce(order_line.c.requested_on, sales_order.c.requested_on)
_LEFT_ON = order_line.c.last_shipped_on
_FIRST = order_line.c.first_confirmed_on


def service_facts(connection: Connection, *, first: date, last: date) -> list[DayFact]:
    """Count orders and lines that left on time, by each reading of on time."""
    statements = {
        ("on_time_rate",): _shipped_on_time(first, last),
        ("on_time_in_full_rate",): _due_in_full(first, last),
        (
            "on_time_in_full_lines_rate",
            "shipped_early_rate",
            "shipped_in_part_rate",
        ): _lines_requested(first, last),
        ("on_time_in_full_to_confirmed_rate",): _orders_as_confirmed(first, last),
        ("on_time_to_confirmed_rate",): _lines_as_confirmed(first, last),
    }
    facts = [
        DayFact(
            name="back_order_rate",
            day=each.accepted_on,
            above=each.back_orders,
            below=each.accepted,
        )
        for each in accepted_lines(connection, first=first, last=last)
    ]
    return facts + [
        DayFact(name=name, day=day, above=int(above), below=int(due))
        for names, statement in statements.items()
        for day, due, *counts in connection.execute(statement).all()
        for name, above in zip(names, counts, strict=True)
    ]


def cycle_counts(
    connection: Connection, *, first: date, last: date
) -> list[CycleCount]:
    """Count the orders that came to a step on each day, by their own date."""
    statements = {
        TO_SHIPMENT: _shipped_in_full(first, last),
        TO_INVOICE: _invoiced(first, last),
    }
    return [
        CycleCount(name, ended_on, ordered_on, int(orders))
        for name, statement in statements.items()
        for ended_on, ordered_on, orders in connection.execute(statement).all()
    ]


def _shipped_orders(first: date, last: date, *columns: Any) -> Select[Any]:
    """Select a row for each order whose last goods left in the range."""
    touched = select(delivery.c.order_id).where(
        between(delivery.c.shipped_on, first, last)
    )
    left_on = func.max(_LEFT_ON, type_=Date)
    return (
        select(left_on.label("day"), *columns)
        .select_from(sales_order)
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .where(sales_order.c.id.in_(touched))
        .group_by(sales_order.c.id)
        .having(
            func.min(case((_in_full(last), 1), else_=0)) == 1,
            between(left_on, first, last),
        )
    )


def _shipped_on_time(first: date, last: date) -> Select[Any]:
    """Take the orders whose last open line left that day, by their requested date."""
    late = func.max(case((_LEFT_ON > _REQUESTED, 1), else_=0)).label("late")
    per_order = (
        _shipped_orders(first, last, late).where(_REQUESTED.is_not(None)).subquery()
    )
    met = func.sum(1 - per_order.c.late)
    return select(per_order.c.day, func.count(), met).group_by(per_order.c.day)


def _shipped_in_full(first: date, last: date) -> Select[Any]:
    ordered_on = func.max(sales_order.c.ordered_on, type_=Date).label("ordered_on")
    per_order = _shipped_orders(first, last, ordered_on).subquery()
    by = (per_order.c.day, per_order.c.ordered_on)
    return select(*by, func.count()).group_by(*by)


def _invoiced(first: date, last: date) -> Select[Any]:
    """Take each order once with each of its invoices."""
    pairs = (
        select(invoice.c.issued_on, invoice.c.id, sales_order.c.ordered_on)
        .join(invoice_line, invoice_line.c.invoice_id == invoice.c.id)
        .join(order_line, order_line.c.id == invoice_line.c.order_line_id)
        .join(sales_order, sales_order.c.id == order_line.c.order_id)
        .where(
            between(invoice.c.issued_on, first, last),
            invoice.c.kind == "invoice",
            invoice.c.origin == "posted",
        )
        .group_by(invoice.c.id, sales_order.c.id)
        .subquery()
    )
    by = (pairs.c.issued_on, pairs.c.ordered_on)
    return select(*by, func.count()).group_by(*by)


def _not_before(ordered_on: ColumnElement[date], day: ColumnElement[date]) -> Any:
    """Count what came after its own requested date on the day that it came."""
    return case((day < ordered_on, ordered_on), else_=day)


def _in_full(day: Any) -> ColumnElement[bool]:
    """Tell what is open no more, its cancellations until a day."""
    line = order_line.c
    return and_(
        line.qty_shipped + line.qty_cancelled >= line.qty,
        or_(line.cancelled_on.is_(None), line.cancelled_on <= day),
    )


def _was_due(day: Any) -> ColumnElement[bool]:
    """Tell what was not given up by a day; rejected orders never are due."""
    still = and_(
        sales_order.c.state != "cancelled",
        order_line.c.qty > order_line.c.qty_cancelled,
    )
    return and_(
        sales_order.c.state != "rejected", or_(still, order_line.c.cancelled_on > day)
    )


def _due_lines(day: Any, first: date, last: date, *columns: Any) -> Select[Any]:
    """Select the lines due in the range, shipped or not."""
    return (
        select(day.label("day"), *columns)
        .select_from(sales_order)
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .where(
            between(day, first, last),
            sales_order.c.ordered_on <= last,
            _was_due(day),
        )
    )


def _due_in_full(first: date, last: date) -> Select[Any]:
    """Take the orders requested for that day, shipped or not."""
    day = _not_before(sales_order.c.ordered_on, sales_order.c.requested_on)
    line_met = and_(_in_full(day), func.coalesce(_LEFT_ON, _REQUESTED) <= _REQUESTED)
    met = func.min(case((line_met, 1), else_=0)).label("met")
    per_order = _due_lines(day, first, last, met).group_by(sales_order.c.id).subquery()
    return select(per_order.c.day, func.count(), func.sum(per_order.c.met)).group_by(
        per_order.c.day
    )


def _lines_requested(first: date, last: date) -> Select[Any]:
    """Take the lines requested for that day: met, early among those, left in part."""
    day = _not_before(sales_order.c.ordered_on, _REQUESTED)
    met = and_(_in_full(day), _LEFT_ON <= _REQUESTED)
    early = and_(_in_full(day), _LEFT_ON < _REQUESTED)
    some_left = exists().where(
        delivery_line.c.order_id == order_line.c.order_id,
        delivery_line.c.order_line_id == order_line.c.id,
        delivery_line.c.qty > 0,
        delivery.c.id == delivery_line.c.delivery_id,
        delivery.c.shipped_on <= _REQUESTED,
    )
    lines = _due_lines(
        day,
        first,
        last,
        case((met, 1), else_=0).label("met"),
        case((early, 1), else_=0).label("early"),
        case((met, 0), (some_left, 1), else_=0).label("part"),
    ).subquery()
    sums = [func.sum(lines.c[name]) for name in ("met", "early", "part")]
    return select(lines.c.day, func.count(), *sums).group_by(lines.c.day)


def _lines_as_confirmed(first: date, last: date) -> Select[Any]:
    """Take the lines first confirmed for that day, shipped or not."""
    met = case((and_(_in_full(_FIRST), _LEFT_ON <= _FIRST), 1), else_=0).label("met")
    lines = _due_lines(_FIRST, first, last, met).subquery()
    return select(lines.c.day, func.count(), func.sum(lines.c.met)).group_by(
        lines.c.day
    )


def _orders_as_confirmed(first: date, last: date) -> Select[Any]:
    """Take the orders whose last line was first confirmed for that day."""
    touched = select(order_line.c.order_id).where(between(_FIRST, first, last))
    day = func.max(_FIRST, type_=Date)
    line_met = and_(_in_full(_FIRST), _LEFT_ON <= _FIRST)
    per_order = (
        select(day.label("day"), func.min(case((line_met, 1), else_=0)).label("met"))
        .select_from(sales_order)
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .where(
            sales_order.c.id.in_(touched),
            sales_order.c.ordered_on <= last,
            _was_due(_FIRST),
        )
        .group_by(sales_order.c.id)
        .having(between(day, first, last))
        .subquery()
    )
    return select(per_order.c.day, func.count(), func.sum(per_order.c.met)).group_by(
        per_order.c.day
    )
