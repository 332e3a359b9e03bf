"""Which customers are due their open-order book, what stands in it, what did the last
one say?
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
)

from adv_domain.rules.stock.order_book import NO_BOOK, BookLine, Told, ToldLine
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import (
    customer,
    order_book,
    order_line,
    outbox,
    product,
    sales_order,
)

_OPEN_ORDERS = ("received", "held", "accepted", "handed_off", "in_fulfilment")
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


def read_lines(
    connection: Connection, readers: Sequence[BookReader]
) -> dict[int, list[BookLine]]:
    """Read the open lines of the customers, and those that their last book told of.

    By customer; open lines in the order of the orders and their lines, then those
    that are open no more. Two statements.
    """
    lines: dict[int, list[BookLine]] = {one.customer_id: [] for one in readers}
    mine = among(connection, sales_order.c.customer_id, list(lines))
    open_ids = set()
    for row in connection.execute(_lines().where(mine, _is_open())):
        lines[row.customer_id].append(_line(row, is_open=True))
        open_ids.add(row.id)
    told = {line_id for reader in readers for line_id in reader.told or ()}
    ended = _lines().where(among(connection, order_line.c.id, told - open_ids))
    for row in connection.execute(ended):
        lines[row.customer_id].append(_line(row, is_open=False))
    return lines


def _is_open() -> Any:
    rest = order_line.c.qty - order_line.c.qty_shipped - order_line.c.qty_cancelled
    return and_(
        sales_order.c.state.in_(_OPEN_ORDERS),
        order_line.c.state != "cancelled",
        rest > 0,
    )


def _lines() -> Select[Any]:
    return (
        select(
            sales_order.c.customer_id,
            sales_order.c.order_no,
            sales_order.c.customer_ref,
            sales_order.c.ordered_on,
            order_line.c.id,
            order_line.c.line_no,
            order_line.c.product_code,
            order_line.c.customer_article,
            func.coalesce(order_line.c.description, product.c.name).label("text"),
            order_line.c.unit,
            order_line.c.qty,
            order_line.c.qty_shipped,
            order_line.c.qty_cancelled,
            func.coalesce(order_line.c.requested_on, sales_order.c.requested_on).label(
                "requested_on"
            ),
            order_line.c.first_confirmed_on,
            order_line.c.confirmed_on,
        )
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .outerjoin(product, product.c.id == order_line.c.product_id)
        .order_by(sales_order.c.customer_id, sales_order.c.id, order_line.c.line_no)
    )


def _line(row: Row[Any], *, is_open: bool) -> BookLine:
    return BookLine(
        line_id=row.id,
        order_no=row.order_no,
        customer_ref=row.customer_ref,
        line_no=row.line_no,
        product=row.product_code,
        customer_article=row.customer_article or "",
        description=row.text or "",
        unit=row.unit,
        qty=row.qty,
        qty_shipped=row.qty_shipped,
        qty_cancelled=row.qty_cancelled,
        ordered_on=row.ordered_on,
        requested_on=row.requested_on,
        first_confirmed_on=row.first_confirmed_on,
        confirmed_on=row.confirmed_on,
        is_open=is_open,
    )


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
