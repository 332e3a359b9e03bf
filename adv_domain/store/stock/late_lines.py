"""Which open lines have a date that their customers may have to be told of?"""

from datetime import date
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)

from adv_domain.rules.stock.progress import Progress, Wanted
from adv_domain.store.tables import (
    customer,
    delay_notice,
    order_line,
    sales_order,
    silence,
    untold_date,
)

UNDER_WAY = ("handed_off", "in_fulfilment")
_BACK = Progress.BACK_ON_TIME


class Usual(NamedTuple):
    """What counts for customers that say nothing else."""

    threshold_days: int
    events: Wanted


def is_open() -> ColumnElement[bool]:
    """Say that something of the line is still to be shipped."""
    shipped_or_given_up = order_line.c.qty_shipped + order_line.c.qty_cancelled
    return and_(order_line.c.state == "open", order_line.c.qty > shipped_or_given_up)


def waits_at_stock(line_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Say that the line of this id, a column of another table, is open and its order
    under way."""
    return (
        select(order_line.c.id)
        .join(sales_order, sales_order.c.id == order_line.c.order_id)
        .where(
            order_line.c.id == line_id,
            sales_order.c.state.in_(UNDER_WAY),
            is_open(),
        )
        .correlate_except(order_line, sales_order)
        .exists()
    )


def last_told_on() -> ScalarSelect[date | None]:
    """Return the date of the last notice about the line, None where there was none."""
    return (
        select(func.coalesce(delay_notice.c.back_on, delay_notice.c.new_on))
        .where(delay_notice.c.order_line_id == order_line.c.id)
        .order_by(delay_notice.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def is_news(on: date, usual: Usual) -> ColumnElement[bool]:
    """Say that the rule has something to decide about an open line."""
    line = order_line.c
    told_on = last_told_on()
    first_on = line.first_confirmed_on
    known_on = case((told_on > first_on, told_on), else_=first_on)
    # the day that rules/stock/delays.py calls awaited
    awaited_on = case((known_on > line.confirmed_on, known_on), else_=line.confirmed_on)
    told_silence = select(silence.c.id).where(
        silence.c.order_line_id == line.id,
        silence.c.confirmed_on == awaited_on,
        silence.c.told_on.is_not(None),
    )
    told_late = select(delay_notice.c.id).where(
        delay_notice.c.order_line_id == line.id, delay_notice.c.back_on.is_(None)
    )
    wants_back = case(
        (customer.c.progress_mails.is_(None), literal(_BACK in usual.events)),
        else_=customer.c.progress_mails.contains(_BACK),
    )
    return or_(
        and_(line.confirmed_on >= on, line.confirmed_on > first_on)
        & (line.confirmed_on > known_on),
        and_(line.confirmed_on < on, ~told_silence.exists()),
        and_(line.confirmed_on >= on, line.confirmed_on <= first_on)
        & wants_back
        & told_late.exists(),
        line.id.in_(select(untold_date.c.order_line_id)),
    )
