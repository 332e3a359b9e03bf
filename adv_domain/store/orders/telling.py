"""What was the customer told of an order, what did stock say of its dates, and what of
it is invoiced, paid and left to people?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    Row,
    and_,
    cast,
    func,
    null,
    or_,
    select,
    union_all,
)

from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    customer,
    date_change,
    delay_notice,
    instalment,
    order_book,
    order_line,
    outbox,
    silence,
    task,
)

_BOOKS_LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class ToldMail:
    """A mail to the customer that tells of the order; line_dates what it said of which
    line (line number, date), where that is on record.
    """

    outbox_key: str
    kind: str
    to_address: str
    state: str
    business_date: date
    sent_at: datetime | None
    line_dates: tuple[tuple[int, date | None], ...] = ()


def read_customer(connection: Connection, customer_id: int | None) -> Row[Any] | None:
    """Return whom to call back, None for an order whose customer is not known."""
    return connection.execute(
        select(
            customer.c.code,
            customer.c.name,
            customer.c.language,
            customer.c.email,
            customer.c.phone,
            customer.c.account_manager,
            customer.c.invoicing,
        ).where(customer.c.id == customer_id)
    ).one_or_none()


def read_date_changes(connection: Connection, order_id: int) -> list[Row[Any]]:
    """Return how the dates of the order's lines moved and why, oldest first."""
    return list(
        connection.execute(
            select(
                order_line.c.line_no,
                date_change.c.order_line_id,
                date_change.c.old_on,
                date_change.c.new_on,
                date_change.c.known_on,
                date_change.c.cause,
                date_change.c.note,
            )
            .join(order_line, order_line.c.id == date_change.c.order_line_id)
            .where(order_line.c.order_id == order_id)
            .order_by(date_change.c.id)
        )
    )


def read_tasks_about(
    connection: Connection,
    *,
    order_id: int,
    line_ids: Collection[int],
    invoice_ids: Collection[int],
) -> list[Row[Any]]:
    """Return the open tasks about the order, its lines or its invoices."""
    about = {"order": [order_id], "order_line": line_ids, "invoice": invoice_ids}
    wanted = [
        and_(task.c.entity == entity, among(connection, task.c.entity_id, ids))
        for entity, ids in about.items()
        if ids
    ]
    return list(
        connection.execute(
            select(
                task.c.task_key,
                task.c.team,
                task.c.text,
                task.c.entity,
                task.c.entity_id,
                task.c.opened_on,
            )
            .where(task.c.state == "open", or_(*wanted))
            .order_by(task.c.opened_on, task.c.id)
        )
    )


def read_money(
    connection: Connection, invoice_ids: Collection[int]
) -> dict[int, Row[Any]]:
    """Return what is open of each document, when it is due and when it was settled."""
    rows = connection.execute(
        select(
            instalment.c.invoice_id,
            func.sum(instalment.c.open_amount, type_=AMOUNT).label("open"),
            func.max(instalment.c.due_on).label("due_on"),
            func.max(instalment.c.settled_on).label("settled_on"),
        )
        .where(among(connection, instalment.c.invoice_id, invoice_ids))
        .group_by(instalment.c.invoice_id)
    )
    return {row.invoice_id: row for row in rows}


def read_told(
    connection: Connection, *, head: Any, lines: Collection[Any]
) -> list[ToldMail]:
    """Return the mails that told of delays and the open-order books with the order.

    A delay notice may stand in a mail about several orders, and so is found by its
    key. Two statements.
    """
    numbers = {line.id: line.line_no for line in lines}
    by_key: dict[str, ToldMail] = {}
    for row in connection.execute(_delay_mails(head.id)):
        said = (numbers[row.order_line_id], row.new_on)
        before = by_key.get(row.outbox_key)
        dates = (*before.line_dates, said) if before else (said,)
        by_key[row.outbox_key] = _told(row, dates)
    for row in connection.execute(_book_mails(head)):
        dates = tuple(
            (numbers[line_id], date.fromisoformat(day) if day else None)
            for line_id, _, day in row.lines
            if line_id in numbers
        )
        if dates:
            by_key[row.outbox_key] = _told(row, dates)
    return list(by_key.values())


_MAIL = (
    outbox.c.outbox_key,
    outbox.c.kind,
    outbox.c.to_address,
    outbox.c.state,
    outbox.c.business_date,
    outbox.c.sent_at,
)


def _delay_mails(order_id: int) -> Any:
    """Select each line and day that a mail told of: later, back in time, unknown."""
    told = union_all(
        *(
            select(
                key.label("outbox_key"),
                table.c.order_line_id,
                day.label("new_on"),
            ).where(table.c.order_id == order_id, key.is_not(None))
            for table, key, day in (
                (delay_notice, delay_notice.c.outbox_key, delay_notice.c.new_on),
                (delay_notice, delay_notice.c.back_outbox_key, delay_notice.c.back_on),
                (silence, silence.c.outbox_key, cast(null(), Date)),
            )
        )
    ).subquery()
    line_id = told.c.order_line_id
    return (
        select(*_MAIL, line_id, told.c.new_on)
        .join(told, told.c.outbox_key == outbox.c.outbox_key)
        .order_by(outbox.c.id, line_id)
    )


def _book_mails(head: Any) -> Any:
    """Select the customer's last books since the order came."""
    return (
        select(*_MAIL, order_book.c.lines)
        .join(order_book, order_book.c.outbox_key == outbox.c.outbox_key)
        .where(
            order_book.c.customer_id == head.customer_id,
            order_book.c.made_on >= head.ordered_on,
        )
        .order_by(order_book.c.id.desc())
        .limit(_BOOKS_LOOKED_AT)
    )


def _told(row: Any, dates: tuple[tuple[int, date | None], ...]) -> ToldMail:
    return ToldMail(
        row.outbox_key,
        row.kind,
        row.to_address,
        row.state,
        row.business_date,
        row.sent_at,
        dates,
    )
