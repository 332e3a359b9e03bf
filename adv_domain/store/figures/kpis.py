"""What was counted on each day of a range: one statement per KPI, set-based.

Every function takes the first and the last day and returns one row a day (and part).
Facts dated after the last day don't count, so that a past day's figures come out
as they did then.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    distinct,
    func,
    select,
    union_all,
)

from adv_domain.rules.figures.kpi_days import DayFact, ScoreCount, error_facts
from adv_domain.store.figures.entry_errors import entry_errors
from adv_domain.store.tables import (
    allocation,
    delay_notice,
    dunning_notice,
    event,
    invoice,
    order_line,
    payment,
    sales_order,
    silence,
    survey_answer,
)


def between(column: ColumnElement[Any], first: date, last: date) -> Any:
    return and_(column >= first, column <= last)


def order_facts(connection: Connection, *, first: date, last: date) -> list[DayFact]:
    """Count orders, their lines, and the orders with entry errors by type."""
    in_range = between(sales_order.c.ordered_on, first, last)
    orders = _pairs(
        connection,
        select(sales_order.c.ordered_on, func.count())
        .where(in_range)
        .group_by(sales_order.c.ordered_on),
    )
    lines = _pairs(
        connection,
        select(sales_order.c.ordered_on, func.count())
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .where(in_range)
        .group_by(sales_order.c.ordered_on),
    )
    facts = [DayFact(name="orders_entered", day=day, above=n) for day, n in orders]
    facts += [DayFact(name="order_lines", day=day, above=n) for day, n in lines]
    errors = entry_errors(connection, in_range, known_on=last)
    return facts + error_facts(orders=dict(orders), errors=errors)


def error_facts_of_days(
    connection: Connection, days: Collection[date], *, known_on: date
) -> list[DayFact]:
    """Count the entry errors of single days as known on another one."""
    of_days = sales_order.c.ordered_on.in_(days)
    orders = _pairs(
        connection,
        select(sales_order.c.ordered_on, func.count())
        .where(of_days)
        .group_by(sales_order.c.ordered_on),
    )
    errors = entry_errors(connection, of_days, known_on=known_on)
    return error_facts(orders=dict(orders), errors=errors)


def work_facts(connection: Connection, *, first: date, last: date) -> list[DayFact]:
    """Count what the sales administration did besides taking orders."""
    statements = {
        "holds_released": _holds_released(first, last),
        "delay_notices": _delay_notices(first, last),
        "invoices_posted": _documents("invoice", first, last),
        "credit_notes_posted": _documents("credit_note", first, last),
        "payments_matched": _payments_matched(first, last),
        "reminders_sent": _reminders_sent(first, last),
    }
    return [
        DayFact(name=name, day=day, above=n)
        for name, statement in statements.items()
        for day, n in _pairs(connection, statement)
    ]


def _per_day(
    day: ColumnElement[date],
    first: date,
    last: date,
    *,
    counted: ColumnElement[int] | None = None,
) -> Select[Any]:
    what = func.count() if counted is None else counted
    return select(day, what).where(between(day, first, last)).group_by(day)


def _delay_notices(first: date, last: date) -> Select[Any]:
    """Count notices with a new date, and those that one is to follow.

    A silence that counts as told since an upgrade was told to nobody.
    """
    told_silences = select(silence.c.told_on).where(
        silence.c.outbox_key.is_not(None) | (silence.c.told_on > silence.c.asked_on)
    )
    told = union_all(select(delay_notice.c.told_on), told_silences).subquery()
    return _per_day(told.c.told_on, first, last)


def _holds_released(first: date, last: date) -> Select[Any]:
    """Count releases by people: a step that looks again names itself as the run."""
    return _per_day(
        event.c.business_date,
        first,
        last,
        counted=func.count(distinct(event.c.entity_id)),
    ).where(
        event.c.entity == "order",
        event.c.from_state == "held",
        event.c.to_state.in_(("accepted", "received")),
        event.c.actor.not_like("run % of %"),
    )


def _documents(kind: str, first: date, last: date) -> Select[Any]:
    return _per_day(invoice.c.issued_on, first, last).where(
        invoice.c.kind == kind, invoice.c.origin == "posted"
    )


def _payments_matched(first: date, last: date) -> Select[Any]:
    return (
        _per_day(
            allocation.c.allocated_on,
            first,
            last,
            counted=func.count(distinct(allocation.c.payment_id)),
        )
        .join(payment, payment.c.id == allocation.c.payment_id)
        .where(payment.c.kind != "legacy")
    )


def _reminders_sent(first: date, last: date) -> Select[Any]:
    """Count mails, letters and calls, not the items that one of them lists."""
    message = func.coalesce(dunning_notice.c.outbox_key, dunning_notice.c.task_key)
    return _per_day(
        dunning_notice.c.completed_on,
        first,
        last,
        counted=func.count(distinct(message)),
    ).where(dunning_notice.c.state == "completed")


def survey_counts(
    connection: Connection, *, first: date, last: date
) -> list[ScoreCount]:
    """Count the survey answers by day, item, scale and score."""
    by = (
        survey_answer.c.answered_on,
        survey_answer.c.item,
        survey_answer.c.score,
        survey_answer.c.scale_min,
        survey_answer.c.scale_max,
    )
    rows = connection.execute(
        select(*by, func.count())
        .where(between(survey_answer.c.answered_on, first, last))
        .group_by(*by)
        .order_by(*by)
    )
    return [
        ScoreCount(
            day=day, item=item, score=score, lowest=low, highest=high, answers=int(n)
        )
        for day, item, score, low, high, n in rows
    ]


def _pairs(connection: Connection, statement: Select[Any]) -> list[tuple[date, int]]:
    return [(day, int(n)) for day, n in connection.execute(statement).all()]
