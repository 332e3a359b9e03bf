"""What was a customer told of a date, what was stock asked, and since when does a
date wait to be told?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, select, update

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.stock.late_lines import is_open, waits_at_stock
from adv_domain.store.tables import (
    delay_notice,
    order_line,
    silence,
    source_file,
    stock_message,
    task,
    untold_date,
)

NEW_DATE_CAME = "stock has answered"
"""How a question is closed whose line has a date to come, or waits no longer."""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A date that the customer is told, and by which mail; None: a person tells."""

    line_id: int
    order_id: int
    customer_id: int
    old_on: date
    new_on: date
    days_late: int
    outbox_key: str | None


@dataclass(frozen=True, slots=True)
class AskedSilence:
    """A day that passed in silence, and the task that asks stock."""

    line_id: int
    order_id: int
    awaited_on: date
    task_key: str


def write_notices(
    connection: Connection, notices: Sequence[NewNotice], *, told_on: date
) -> None:
    """Write the delays that are told in one statement."""
    insert_rows(
        connection,
        delay_notice,
        [
            {
                "order_line_id": one.line_id,
                "order_id": one.order_id,
                "customer_id": one.customer_id,
                "told_on": told_on,
                "old_on": one.old_on,
                "new_on": one.new_on,
                "days_late": one.days_late,
                "outbox_key": one.outbox_key,
            }
            for one in notices
        ],
    )


def write_back_on_time(
    connection: Connection, rows: Sequence[tuple[int, date, str | None]]
) -> None:
    """Note on delay notices the day told instead: (notice, day, outbox key)."""
    update_rows(connection, delay_notice, ("back_on", "back_outbox_key"), rows)


def write_asked(
    connection: Connection, asked: Sequence[AskedSilence], *, on: date, at: datetime
) -> None:
    """Note what stock is asked; at is the moment that the business date stands for."""
    insert_rows(
        connection,
        silence,
        [
            {
                "order_line_id": one.line_id,
                "order_id": one.order_id,
                "confirmed_on": one.awaited_on,
                "asked_on": on,
                "asked_at": at,
                "task_key": one.task_key,
            }
            for one in asked
        ],
    )


def write_silences_told(
    connection: Connection, rows: Sequence[tuple[int, date, str | None]]
) -> None:
    """Note that customers heard of silences: (silence, day, outbox key)."""
    update_rows(connection, silence, ("told_on", "outbox_key"), rows)


def note_untold(
    connection: Connection, line_ids: Collection[int], *, on: date, at: datetime
) -> None:
    """Note since when dates wait to be told."""
    insert_rows(
        connection,
        untold_date,
        [{"order_line_id": one, "since_on": on, "since_at": at} for one in line_ids],
    )


def forget_untold(connection: Connection, line_ids: Collection[int]) -> None:
    """Forget dates that were told, or that the customer knows again."""
    if line_ids:
        connection.execute(
            delete(untold_date).where(
                among(connection, untold_date.c.order_line_id, line_ids)
            )
        )


def forget_ended(connection: Connection) -> int:
    """Forget untold dates of lines that left or were given up; return how many."""
    ended = ~waits_at_stock(untold_date.c.order_line_id)
    return int(connection.execute(delete(untold_date).where(ended)).rowcount)


def close_answered_questions(
    connection: Connection, *, kind: str, on: date, by: str, now: datetime
) -> int:
    """Close the open tasks of the kind whose line waits no longer; return how many."""
    waits = select(order_line.c.id).where(
        order_line.c.id == task.c.entity_id, is_open(), order_line.c.confirmed_on < on
    )
    closed = connection.execute(
        update(task)
        .where(
            task.c.kind == kind,
            task.c.state == "open",
            task.c.entity == "order_line",
            ~waits.exists(),
        )
        .values(state="done", closed_at=now, closed_by=by, result=NEW_DATE_CAME)
    )
    return int(closed.rowcount)


def last_heard_of_stock(connection: Connection) -> datetime | None:
    """Return when stock last said something, or sent a file in which it said nothing.

    Keys rise with time: the newest row is found without reading the table.
    """
    found = [
        connection.execute(
            select(stock_message.c.received_at)
            .order_by(stock_message.c.id.desc())
            .limit(1)
        ).scalar(),
        connection.execute(
            select(source_file.c.taken_at)
            .where(
                source_file.c.kind == "deliveries", source_file.c.state == "archived"
            )
            .order_by(source_file.c.id.desc())
            .limit(1)
        ).scalar(),
    ]
    return max((each for each in found if each is not None), default=None)
