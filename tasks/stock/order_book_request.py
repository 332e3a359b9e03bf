"""A customer asks for his open-order book: he gets it now, whatever his week says."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from adv_domain.mail.message import InvalidAddress, checked_address
from adv_domain.rules.counted import counted
from adv_domain.rules.stock.order_book import order_book, told_of
from adv_domain.store.engine import writing
from adv_domain.store.stock.book_lines import read_lines
from adv_domain.store.stock.order_books import (
    BookReader,
    asked_on,
    customer_of,
    read_readers,
)
from tasks.resources import resources
from tasks.stock.order_book import KIND, BookOrder, made_book, record_books


class BookRefused(ValueError):
    """A book cannot be sent as it was asked for."""


@dataclass(frozen=True, slots=True)
class SentBook:
    """What was queued; is_new is false where the same book went today already."""

    customer: str
    lines: int
    changed: int
    to_address: str
    outbox_key: str
    attachment: str
    is_new: bool

    @property
    def message(self) -> str:
        if not self.is_new:
            return (
                f"the same book went to {self.to_address} today already "
                f"(mail {self.outbox_key}); nothing has changed since"
            )
        lines = counted(self.lines, "open lines")
        changes = counted(self.changed, "changes")
        return (
            f"order book of {self.customer} queued to {self.to_address}: {lines}, "
            f"{changes} since the last book"
        )


def send_order_book(
    customer: str, *, to_address: str = "", by: str, reason: str, on: date
) -> SentBook:
    """Queue the customer's book; one with nothing open says so.

    The same lines to the same address on the same day are queued once. Raises
    BookRefused.
    """
    with writing(resources().engine) as connection:
        reader = _reader(connection, customer)
        address = _address(reader, to_address)
        lines = read_lines(connection, [reader], on=on)[reader.customer_id]
        book = order_book(lines, told=reader.told)
        earlier = asked_on(connection, reader.customer_id, on=on)
        same = [
            one
            for one in earlier
            if one.may_arrive
            and one.to_address == address
            and one.told == told_of(book)
        ]
        key = f"{KIND}:{reader.code}:asked:{on}-{len(earlier) + 1}"
        if same:
            key, place = same[-1].outbox_key, same[-1].attachment
        else:
            made = made_book(
                BookOrder(reader, book_key=key, kind="asked", due_on=on, to=address),
                book,
                on=on,
            )
            record_books(connection, [made], on=on, actor=by, reason=reason)
            place = made.mail.attachments[0] if made.mail else ""
    return SentBook(
        customer=reader.code,
        lines=len(book.open),
        changed=len(book.changed),
        to_address=address,
        outbox_key=key,
        attachment=place,
        is_new=not same,
    )


def _reader(connection: Connection, customer: str) -> BookReader:
    customer_id = customer_of(connection, customer)
    if customer_id is None:
        raise BookRefused(f"there is no customer {customer}; see: adv customer list")
    return read_readers(connection, [customer_id])[0]


def _address(reader: BookReader, to_address: str) -> str:
    address = to_address or reader.email or ""
    if not address:
        raise BookRefused(
            f"customer {reader.code} has no mail address: complete his master record, "
            "or name one with --to"
        )
    try:
        checked_address(address)
    except InvalidAddress as error:
        raise BookRefused(str(error)) from error
    return address
