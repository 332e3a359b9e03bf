"""Which open lines are late, why, and what did their customers last hear?

Late is a line that comes after its first confirmed date, or whose confirmed day has
passed. Its reason is what moved its date last; that of an order which waits for its
payment is credit; what nobody gave a reason for is stock's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Select,
    and_,
    case,
    distinct,
    func,
    or_,
    select,
)

from adv_domain.store.advances.payment_requests import awaits_payment
from adv_domain.store.columns import AMOUNT
from adv_domain.store.tables import (
    customer,
    date_change,
    delay_notice,
    handoff_message,
    order_line,
    sales_order,
    silence,
)

UNDER_WAY = ("accepted", "handed_off", "in_fulfilment")
CREDIT, STOCK = "credit", "stock"
GIVEN_UP = "exception"
OPEN_QTY = order_line.c.qty - order_line.c.qty_shipped - order_line.c.qty_cancelled


@dataclass(frozen=True, slots=True)
class LateLine:
    """A late line; told_on is the last date that its customer was told of, and
    silence_told_on the day on which he heard that its day was not kept; note is what
    stock said of its reason. is_silent: its day passed without a word of stock, which
    has the order and did not give the line up.
    """

    order_no: str
    customer_code: str
    customer_name: str
    line_no: int
    product: str
    qty: Decimal
    unit: str
    first_on: date | None
    now_on: date
    cause: str
    note: str
    told_on: date | None
    silence_told_on: date | None
    is_passed: bool
    is_given_up: bool
    is_refused: bool

    @property
    def is_silent(self) -> bool:
        return self.is_passed and not self.is_given_up and not self.is_refused

    @property
    def is_told(self) -> bool:
        return bool(self.told_on or self.silence_told_on)

    def days_late(self, on: date) -> int:
        """Count the days from the first confirmed date: to today if it has passed."""
        comes_on = max(on, self.now_on) if self.is_passed else self.now_on
        return (comes_on - (self.first_on or self.now_on)).days


@dataclass(frozen=True, slots=True)
class LateSum:
    """The late lines of a reason in a currency; an order of two reasons is in both."""

    cause: str
    currency: str
    orders: int
    lines: int
    silent: int
    amount: Decimal | None
    since: date | None


def is_late(on: date) -> ColumnElement[bool]:
    """Hold for lines under way that are late on the day."""
    return and_(
        sales_order.c.state.in_(UNDER_WAY),
        OPEN_QTY > 0,
        or_(
            order_line.c.confirmed_on > order_line.c.first_confirmed_on,
            order_line.c.confirmed_on < on,
        ),
    )


def cause_of_line() -> ColumnElement[str]:
    """Return why the line is late, by what moved its date last."""
    awaits_money = and_(sales_order.c.state == "accepted", awaits_payment())
    return case(
        (awaits_money, CREDIT), else_=func.coalesce(_last(date_change.c.cause), STOCK)
    )


def late_sums(connection: Connection, *, on: date) -> list[LateSum]:
    """Sum the late lines by reason and currency, the most lines first."""
    lines = (
        _late(on)
        .with_only_columns(
            cause_of_line().label("cause"),
            sales_order.c.currency,
            sales_order.c.id.label("order_id"),
            order_line.c.net,
            order_line.c.confirmed_on,
            case((_is_silent(on), 1), else_=0).label("is_silent"),
        )
        .subquery()
    )
    by = (lines.c.cause, lines.c.currency)
    rows = connection.execute(
        select(
            *by,
            func.count(distinct(lines.c.order_id)).label("orders"),
            func.count().label("lines"),
            func.sum(lines.c.is_silent).label("silent"),
            func.sum(lines.c.net, type_=AMOUNT).label("amount"),
            func.min(lines.c.confirmed_on, type_=Date).label("since"),
        )
        .group_by(*by)
        .order_by(func.count().desc(), *by)
    )
    return [
        LateSum(
            row.cause,
            row.currency,
            int(row.orders),
            int(row.lines),
            int(row.silent),
            row.amount,
            row.since,
        )
        for row in rows
    ]


def late_lines(
    connection: Connection,
    *,
    on: date,
    causes: Sequence[str] = (),
    limit: int | None = None,
) -> list[LateLine]:
    """Return the late lines, the longest late by first confirmed date first."""
    cause = cause_of_line()
    statement = _late(on).with_only_columns(
        sales_order.c.order_no,
        sales_order.c.customer_code,
        customer.c.name,
        order_line.c.line_no,
        order_line.c.product_code,
        OPEN_QTY.label("qty"),
        order_line.c.unit,
        order_line.c.first_confirmed_on,
        order_line.c.confirmed_on,
        cause.label("cause"),
        _last(date_change.c.note).label("note"),
        _told_on().label("told_on"),
        _silence_told_on().label("silence_told_on"),
        order_line.c.state.label("line_state"),
        _is_refused().label("is_refused"),
    )
    if causes:
        statement = statement.where(cause.in_(causes))
    first_on = func.coalesce(order_line.c.first_confirmed_on, order_line.c.confirmed_on)
    statement = statement.order_by(first_on, sales_order.c.id, order_line.c.line_no)
    return [_line(row, on) for row in connection.execute(statement.limit(limit))]


def _late(on: date) -> Select[Any]:
    return (
        select(order_line.c.id)
        .join(sales_order, sales_order.c.id == order_line.c.order_id)
        .outerjoin(customer, customer.c.id == sales_order.c.customer_id)
        .where(is_late(on))
    )


def _is_silent(on: date) -> ColumnElement[bool]:
    """Hold for lines whose day passed without a word of stock, which has them."""
    return and_(
        order_line.c.confirmed_on < on,
        order_line.c.state != GIVEN_UP,
        ~_is_refused(),
    )


def _is_refused() -> ColumnElement[bool]:
    """Hold for lines of an order that stock does not have: it took no message of it."""
    message = select(handoff_message.c.id).where(
        handoff_message.c.order_id == sales_order.c.id
    )
    failed = message.where(handoff_message.c.state == "failed")
    taken = message.where(handoff_message.c.state.in_(("sent", "acknowledged")))
    return and_(failed.exists(), ~taken.exists())


def _last(column: ColumnElement[str]) -> Any:
    """Take it from the last time that the line's date moved."""
    return (
        select(column)
        .where(date_change.c.order_line_id == order_line.c.id)
        .order_by(date_change.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _told_on() -> Any:
    return (
        select(func.max(delay_notice.c.new_on))
        .where(delay_notice.c.order_line_id == order_line.c.id)
        .scalar_subquery()
    )


def _silence_told_on() -> Any:
    return (
        select(func.max(silence.c.told_on))
        .where(
            silence.c.order_line_id == order_line.c.id,
            silence.c.confirmed_on == order_line.c.confirmed_on,
        )
        .scalar_subquery()
    )


def _line(row: Any, on: date) -> LateLine:
    return LateLine(
        order_no=row.order_no,
        customer_code=row.customer_code,
        customer_name=row.name or "",
        line_no=row.line_no,
        product=row.product_code,
        qty=row.qty,
        unit=row.unit,
        first_on=row.first_confirmed_on,
        now_on=row.confirmed_on,
        cause=row.cause,
        note=row.note or "",
        told_on=row.told_on,
        silence_told_on=row.silence_told_on,
        is_passed=row.confirmed_on < on,
        is_given_up=row.line_state == GIVEN_UP,
        is_refused=bool(row.is_refused),
    )
