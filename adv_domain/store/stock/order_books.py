"""Which customers are due their open-order book, and what did the last one tell?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    func,
    literal,
    or_,
    select,
)

from adv_domain.rules.stock.order_book import NO_BOOK, Told, ToldLine
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import (
    customer,
    order_book,
    outbox,
)

_NOT_TOLD = ("failed", "withdrawn")
_BEFORE_ALL = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class BookReader:
    """Who gets a book, in which language, and what the last one told him.

    weekday is his own day of the week, None where the policy's counts.
    """

    customer_id: int
    code: str
    name: str
    language: str
    email: str | None
    weekday: str | None
    last_on: date | None
    told: Told | None


@dataclass(frozen=True, slots=True)
class NewBook:
    """A book that was made; without outbox_key nothing was mailed."""

    customer_id: int
    book_key: str
    kind: str
    due_on: date
    told: Told
    outbox_key: str | None


@dataclass(frozen=True, slots=True)
class AskedBook:
    """A book that a customer asked for; may_arrive: its mail has not failed."""

    outbox_key: str
    to_address: str
    attachment: str
    told: Told
    may_arrive: bool


@dataclass(frozen=True, slots=True)
class MailedBook:
    """A book whose mail is in the outbox, and what it says."""

    customer_id: int
    outbox_key: str
    book_key: str
    kind: str
    due_on: date
    told: Told


def customers_due(
    connection: Connection,
    *,
    due: Mapping[str, date],
    default: str,
    after: int | None,
    limit: int,
) -> list[tuple[int, str]]:
    """Claim customers whose weekly book is due and not made: (id, code).

    due has the last such day of each weekday; default counts for customers whose
    record says nothing.
    """
    weekday = func.coalesce(customer.c.order_book, literal(default))
    last_due_on = (
        select(func.max(order_book.c.due_on))
        .where(order_book.c.customer_id == customer.c.id, order_book.c.kind == "weekly")
        .scalar_subquery()
    )
    is_due = or_(
        *(
            and_(weekday == name, func.coalesce(last_due_on, _BEFORE_ALL) < day)
            for name, day in due.items()
        )
    )
    rows = connection.execute(
        select(customer.c.id, customer.c.code)
        .where(customer.c.id > (after or 0), weekday != NO_BOOK, is_due)
        .order_by(customer.c.id)
        .limit(limit)
    )
    return [(row.id, row.code) for row in rows]


def customer_of(connection: Connection, code: str) -> int | None:
    """Return the customer's id by his code, held until the transaction ends."""
    found: int | None = connection.execute(
        select(customer.c.id).where(customer.c.code == code).with_for_update()
    ).scalar()
    return found


def read_readers(
    connection: Connection, customer_ids: Collection[int]
) -> list[BookReader]:
    """Read who the customers are and their last book, in two statements, by id."""
    last = {row.customer_id: row for row in _last_books(connection, customer_ids)}
    rows = connection.execute(
        select(
            customer.c.id,
            customer.c.code,
            customer.c.name,
            customer.c.language,
            customer.c.email,
            customer.c.order_book,
        )
        .where(among(connection, customer.c.id, customer_ids))
        .order_by(customer.c.id)
    )
    return [
        BookReader(
            customer_id=row.id,
            code=row.code,
            name=row.name,
            language=row.language,
            email=row.email,
            weekday=row.order_book,
            last_on=last[row.id].made_on if row.id in last else None,
            told=_told(last[row.id].lines) if row.id in last else None,
        )
        for row in rows
    ]


def _last_books(
    connection: Connection, customer_ids: Collection[int]
) -> Sequence[Row[Any]]:
    """Read the last book of each that was mailed and may have arrived."""
    newest = (
        select(func.max(order_book.c.id))
        .join(outbox, outbox.c.outbox_key == order_book.c.outbox_key)
        .where(
            among(connection, order_book.c.customer_id, customer_ids),
            outbox.c.state.not_in(_NOT_TOLD),
        )
        .group_by(order_book.c.customer_id)
    )
    return connection.execute(
        select(order_book.c.customer_id, order_book.c.made_on, order_book.c.lines)
        .where(order_book.c.id.in_(newest))
        .order_by(order_book.c.id)
    ).all()


def asked_on(connection: Connection, customer_id: int, *, on: date) -> list[AskedBook]:
    """Return the books that the customer asked for on the day, oldest first."""
    rows = connection.execute(
        select(
            order_book.c.outbox_key,
            order_book.c.lines,
            outbox.c.to_address,
            outbox.c.attachments,
            outbox.c.state,
        )
        .join(outbox, outbox.c.outbox_key == order_book.c.outbox_key)
        .where(
            order_book.c.customer_id == customer_id,
            order_book.c.kind == "asked",
            order_book.c.due_on == on,
        )
        .order_by(order_book.c.id)
    )
    return [
        AskedBook(
            row.outbox_key,
            row.to_address,
            row.attachments[0],
            _told(row.lines),
            may_arrive=row.state not in _NOT_TOLD,
        )
        for row in rows
    ]


def mailed_books(
    connection: Connection, outbox_keys: Collection[str]
) -> list[MailedBook]:
    """Return the books of these mails, in the order in which they were made."""
    rows = connection.execute(
        select(
            order_book.c.customer_id,
            order_book.c.outbox_key,
            order_book.c.book_key,
            order_book.c.kind,
            order_book.c.due_on,
            order_book.c.lines,
        )
        .where(among(connection, order_book.c.outbox_key, outbox_keys))
        .order_by(order_book.c.id)
    )
    return [
        MailedBook(
            customer_id=row.customer_id,
            outbox_key=row.outbox_key,
            book_key=row.book_key,
            kind=row.kind,
            due_on=row.due_on,
            told=_told(row.lines),
        )
        for row in rows
    ]


def write_books(
    connection: Connection, books: Sequence[NewBook], *, made_on: date, now: datetime
) -> int:
    """Write the books with what each told; in one statement."""
    return insert_rows(
        connection,
        order_book,
        [
            {
                "customer_id": one.customer_id,
                "book_key": one.book_key,
                "kind": one.kind,
                "due_on": one.due_on,
                "made_on": made_on,
                "line_count": len(one.told),
                "lines": _written(one.told),
                "outbox_key": one.outbox_key,
                "made_at": now,
            }
            for one in books
        ],
    )


def _written(told: Told) -> list[tuple[int, str, str | None]]:
    return [
        (
            line_id,
            format(line.qty_open, "f"),
            line.confirmed_on.isoformat() if line.confirmed_on else None,
        )
        for line_id, line in told.items()
    ]


def _told(rows: Sequence[Sequence[Any]]) -> Told:
    return {
        line_id: ToldLine(
            Decimal(qty), date.fromisoformat(confirmed_on) if confirmed_on else None
        )
        for line_id, qty, confirmed_on in rows
    }
