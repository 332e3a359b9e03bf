"""Does an order book that is about to leave still say what the tables say?

One that does not is made anew under the next version of its key, or dropped where
nothing is left to say.
"""

import re
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.stock.order_book import BookLine, order_book, told_of
from adv_domain.store.mail.delivery import WaitingMail
from adv_domain.store.stock.book_lines import read_lines
from adv_domain.store.stock.order_books import (
    BookReader,
    MailedBook,
    mailed_books,
    read_readers,
)
from tasks.mail.withdrawal import withdraw
from tasks.step import Outcome, RunRef
from tasks.stock.order_book import (
    KIND,
    WEEKLY,
    BookOrder,
    MadeBook,
    made_book,
    record_books,
    says_nothing,
)

_WHY = "its lines are others by now: order book made anew"
_VERSION = re.compile(r"v(\d+)$")


def with_books_of_now(
    connection: Connection, mails: Sequence[WaitingMail], *, run: RunRef
) -> tuple[list[WaitingMail], Outcome]:
    """Look at the order books among the mails again, and make the outdated ones anew.

    Those leave behind the other mails of the run. A constant number of statements.
    """
    waiting = {mail.outbox_key: mail for mail in mails if mail.kind == KIND}
    if not waiting:
        return list(mails), Outcome()
    books = mailed_books(connection, list(waiting))
    _, lines = _read(connection, books, on=run.on)
    old = [
        book
        for book in books
        if told_of(order_book(lines[book.customer_id], told=None)) != book.told
    ]
    if not old:
        return list(mails), Outcome()
    keys = [book.outbox_key for book in old]
    withdraw(connection, [waiting[key] for key in keys], dict.fromkeys(keys, _WHY), run)
    # what they said was not told: the new ones compare themselves with those before
    readers, lines = _read(connection, old, on=run.on)
    made = [
        _anew(
            book,
            readers[book.customer_id],
            lines[book.customer_id],
            to=waiting[book.outbox_key].to_address,
            on=run.on,
        )
        for book in old
    ]
    record_books(
        connection, made, on=run.on, actor=run.actor, reason=_WHY, run_id=run.run_id
    )
    kept = [mail for mail in mails if mail.outbox_key not in keys]
    return kept, _outcome(made)


def _read(
    connection: Connection, books: Sequence[MailedBook], *, on: date
) -> tuple[dict[int, BookReader], dict[int, list[BookLine]]]:
    """Read who gets the books and the lines of today, by customer."""
    readers = read_readers(connection, {book.customer_id for book in books})
    by_id = {reader.customer_id: reader for reader in readers}
    return by_id, read_lines(connection, readers, on=on)


def _anew(
    old: MailedBook,
    reader: BookReader,
    lines: Sequence[BookLine],
    *,
    to: str,
    on: date,
) -> MadeBook:
    asked = BookOrder(
        reader=reader,
        book_key=next_version(old.book_key),
        kind=old.kind,
        due_on=old.due_on,
        to=to,
    )
    book = order_book(lines, told=reader.told)
    is_mailed = old.kind != WEEKLY or not says_nothing(book)
    return made_book(asked, book, on=on, is_mailed=is_mailed)


def next_version(book_key: str) -> str:
    """Name the book that replaces one: order_book:C1:weekly:2026-01-12v2, then v3."""
    found = _VERSION.search(book_key)
    if found is None:
        return f"{book_key}v2"
    return f"{book_key[: found.start()]}v{int(found[1]) + 1}"


def _outcome(made: Sequence[MadeBook]) -> Outcome:
    anew = sum(one.mail is not None for one in made)
    words = {
        "order books made anew": anew,
        "order books with nothing left to say, withdrawn": len(made) - anew,
    }
    return Outcome(skipped={word: number for word, number in words.items() if number})
