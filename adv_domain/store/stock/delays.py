"""Which open lines come on another day than the customer knows, or stay out?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Select,
    func,
    select,
)

from adv_domain.rules.stock.delays import OpenLine, Question
from adv_domain.rules.stock.progress import wanted_events
from adv_domain.store.rows import among
from adv_domain.store.stock.delay_records import NEW_DATE_CAME
from adv_domain.store.stock.late_lines import UNDER_WAY, Usual, is_news, is_open
from adv_domain.store.tables import (
    customer,
    date_change,
    delay_notice,
    order_line,
    product,
    sales_order,
    silence,
    task,
    untold_date,
)


class LateLine(NamedTuple):
    """An open line with what a notice says of it.

    notice_id is the last notice of it, silence_id what stock was asked about the day
    that is awaited now; None where there is none.
    """

    facts: OpenLine
    line_no: int
    product: str
    description: str
    unit: str
    cause: str
    notice_id: int | None
    silence_id: int | None


@dataclass(frozen=True, slots=True)
class LateOrder:
    """An order with such lines, and where its mails go."""

    order_id: int
    order_no: str
    customer_ref: str
    customer_id: int
    address: str | None
    lines: Sequence[LateLine]


@dataclass(frozen=True, slots=True)
class LateCustomer:
    """A customer with such orders, and in which language to tell him."""

    customer_id: int
    code: str
    name: str
    language: str
    orders: Sequence[LateOrder]


class _Known(NamedTuple):
    """What is on record about the lines, each by line."""

    notices: Mapping[int, list[Any]]
    silences: Mapping[tuple[int, date], Any]
    since: Mapping[int, Any]
    causes: Mapping[int, str]


def customers_with_news(
    connection: Connection, *, on: date, usual: Usual, after: int | None, limit: int
) -> list[tuple[int, str]]:
    """Claim customers with an open line whose date slipped, passed or came back."""
    has_news = (
        select(order_line.c.id)
        .join(sales_order, sales_order.c.id == order_line.c.order_id)
        .where(
            sales_order.c.customer_id == customer.c.id,
            sales_order.c.state.in_(UNDER_WAY),
            is_open(),
            is_news(on, usual),
        )
        .exists()
    )
    rows = connection.execute(
        select(customer.c.id, customer.c.code)
        .where(customer.c.id > (after or 0), has_news)
        .order_by(customer.c.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return [(row.id, row.code) for row in rows]


def read_late_customers(
    connection: Connection, customer_ids: Collection[int], *, on: date, usual: Usual
) -> list[LateCustomer]:
    """Read the customers with the lines in question, in a constant number of
    statements, by customer, order and line."""
    rows = connection.execute(_late_lines(connection, customer_ids, on, usual)).all()
    known = _known(connection, [row.line_id for row in rows])
    orders: dict[int, dict[int, list[Any]]] = {}
    for row in rows:
        orders.setdefault(row.customer_id, {}).setdefault(row.id, []).append(row)
    return [
        LateCustomer(
            customer_id=customer_id,
            code=_first(of_customer).code,
            name=_first(of_customer).name,
            language=_first(of_customer).language,
            orders=[_order(lines, known, usual) for lines in of_customer.values()],
        )
        for customer_id, of_customer in orders.items()
    ]


def _first(orders: Mapping[int, list[Any]]) -> Any:
    return next(iter(orders.values()))[0]


def _late_lines(
    connection: Connection, customer_ids: Collection[int], on: date, usual: Usual
) -> Select[Any]:
    return (
        select(
            sales_order.c.id,
            sales_order.c.order_no,
            sales_order.c.customer_ref,
            sales_order.c.customer_id,
            sales_order.c.contact_email,
            customer.c.code,
            customer.c.name,
            customer.c.language,
            customer.c.email,
            customer.c.delay_threshold_days,
            customer.c.progress_mails,
            order_line.c.id.label("line_id"),
            order_line.c.line_no,
            order_line.c.product_code,
            func.coalesce(order_line.c.description, product.c.name).label("text"),
            order_line.c.unit,
            order_line.c.qty,
            order_line.c.qty_shipped,
            order_line.c.qty_cancelled,
            order_line.c.first_confirmed_on,
            order_line.c.confirmed_on,
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .outerjoin(product, product.c.id == order_line.c.product_id)
        .where(
            among(connection, sales_order.c.customer_id, customer_ids),
            sales_order.c.state.in_(UNDER_WAY),
            is_open(),
            is_news(on, usual),
        )
        .order_by(sales_order.c.customer_id, sales_order.c.id, order_line.c.line_no)
    )


def _known(connection: Connection, line_ids: Sequence[int]) -> _Known:
    notices: dict[int, list[Any]] = {}
    for row in connection.execute(
        select(
            delay_notice.c.id,
            delay_notice.c.order_line_id,
            delay_notice.c.new_on,
            delay_notice.c.back_on,
        )
        .where(among(connection, delay_notice.c.order_line_id, line_ids))
        .order_by(delay_notice.c.id)
    ):
        notices.setdefault(row.order_line_id, []).append(row)
    silences = connection.execute(
        select(
            silence,
            task.c.state.label("task_state"),
            task.c.result.label("task_result"),
        )
        .outerjoin(task, task.c.task_key == silence.c.task_key)
        .where(among(connection, silence.c.order_line_id, line_ids))
    )
    untold = connection.execute(
        select(untold_date.c.order_line_id, untold_date.c.since_at).where(
            among(connection, untold_date.c.order_line_id, line_ids)
        )
    )
    causes = connection.execute(
        select(date_change.c.order_line_id, date_change.c.cause)
        .where(among(connection, date_change.c.order_line_id, line_ids))
        .order_by(date_change.c.id)
    )
    return _Known(
        notices=notices,
        silences={(row.order_line_id, row.confirmed_on): row for row in silences},
        since={row.order_line_id: row.since_at for row in untold},
        causes={row.order_line_id: row.cause for row in causes},
    )


def _order(rows: Sequence[Any], known: _Known, usual: Usual) -> LateOrder:
    head = rows[0]
    return LateOrder(
        order_id=head.id,
        order_no=head.order_no,
        customer_ref=head.customer_ref,
        customer_id=head.customer_id,
        address=head.email or head.contact_email,
        lines=[_line(row, known, usual) for row in rows],
    )


def _line(row: Any, known: _Known, usual: Usual) -> LateLine:
    own = row.delay_threshold_days
    notices = known.notices.get(row.line_id, [])
    last = notices[-1] if notices else None
    qty_open: Decimal = row.qty - row.qty_shipped - row.qty_cancelled
    facts = OpenLine(
        line_id=row.line_id,
        qty_open=qty_open,
        first_confirmed_on=row.first_confirmed_on,
        confirmed_on=row.confirmed_on,
        told_on=(last.back_on or last.new_on) if last else None,
        threshold_days=usual.threshold_days if own is None else own,
        wanted=wanted_events(row.progress_mails, usual=usual.events),
        is_told_late=last is not None and last.back_on is None,
        is_told_before=row.confirmed_on in {one.new_on for one in notices},
        differs_since=known.since.get(row.line_id),
    )
    asked = known.silences.get((row.line_id, facts.awaited_on or row.confirmed_on))
    return LateLine(
        facts=replace(facts, question=_question(asked)) if asked else facts,
        line_no=row.line_no,
        product=row.product_code,
        description=row.text or "",
        unit=row.unit,
        cause=known.causes.get(row.line_id, ""),
        notice_id=last.id if last else None,
        silence_id=asked.id if asked else None,
    )


def _question(row: Any) -> Question:
    return Question(
        asked_at=row.asked_at,
        is_open=row.task_state == "open" or row.task_result == NEW_DATE_CAME,
        is_told=row.told_on is not None,
    )
