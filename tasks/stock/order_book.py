"""Which customers get the book of their open orders this week? Each once.

Weekly, on the weekday of the customer or of the policy, or on the next run after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import Connection

from adv_domain.documents.files import document_place, write_waiting
from adv_domain.files.csv_out import csv_bytes
from adv_domain.mail.labels import Labels
from adv_domain.mail.order_book_view import BookHead, book_rows, order_book_view
from adv_domain.rules.counted import counted
from adv_domain.rules.stock.order_book import (
    BookLine,
    OrderBook,
    due_days,
    order_book,
    told_of,
)
from adv_domain.store.outbox import OutboxMail, queue_mails
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.stock.book_lines import read_lines
from adv_domain.store.stock.order_books import (
    BookReader,
    NewBook,
    customers_due,
    read_readers,
    write_books,
)
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.mail.letterheads import letterhead_to
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step
from tasks.stock.customer_mail import mail_labels

KIND = "order_book"
WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class BookOrder:
    """Whose book is made, under which key, for which day and to which address."""

    reader: BookReader
    book_key: str
    kind: str
    due_on: date
    to: str


@dataclass(frozen=True, slots=True)
class MadeBook:
    """A book, its row, and its mail: none where nothing is said."""

    reader: BookReader
    book: OrderBook
    row: NewBook
    mail: OutboxMail | None


@step(name="send order books", retries=3, run_name="order books {run.on}")
def send_order_books(run: RunRef) -> Outcome:
    """Queue the weekly books that are due; key: customer and due day.

    Unit of retry: a batch of customers.
    """
    due = due_days(run.on)
    return work_through(
        run, claim=partial(_claim, due), handle=partial(_handle, run, due)
    )


def _claim(
    due: Mapping[str, date], connection: Connection, *, after: int | None, limit: int
) -> list[Claimed]:
    default = resources().policy.order_book.weekday
    found = customers_due(
        connection, due=due, default=default, after=after, limit=limit
    )
    return [Claimed(key=customer_id, name=code) for customer_id, code in found]


def _handle(
    run: RunRef,
    due: Mapping[str, date],
    connection: Connection,
    claimed: Sequence[Claimed],
) -> BatchResult:
    result = BatchResult()
    readers = read_readers(connection, [one.key for one in claimed])
    lines = read_lines(connection, readers, on=run.on)
    pairs = decided(
        readers,
        lambda reader: weekly_book(reader, lines[reader.customer_id], due, on=run.on),
        name_of=lambda reader: reader.code,
        result=result,
    )
    made = [book for _, book in pairs]
    record_books(connection, made, on=run.on, actor=run.actor, run_id=run.run_id)
    without = [one for one in made if one.mail is None and one.book.open]
    open_tasks(connection, [_no_address(run, one) for one in without], opened_on=run.on)
    result.done["order books queued"] += sum(one.mail is not None for one in made)
    result.skipped["no mail address, a person sends it"] += len(without)
    result.skipped["nothing open"] += sum(
        one.mail is None and not one.book.open for one in made
    )
    return result


def weekly_book(
    reader: BookReader,
    lines: Sequence[BookLine],
    due: Mapping[str, date],
    *,
    on: date,
) -> MadeBook:
    """Make the customer's book of the week; with nothing open, what policy says."""
    policy = resources().policy.order_book
    due_on = due[reader.weekday or policy.weekday]
    asked = BookOrder(
        reader=reader,
        book_key=f"{KIND}:{reader.code}:{WEEKLY}:{due_on}",
        kind=WEEKLY,
        due_on=due_on,
        to=reader.email or "",
    )
    book = order_book(lines, told=reader.told)
    return made_book(asked, book, on=on, is_mailed=not says_nothing(book))


def says_nothing(book: OrderBook) -> bool:
    """Tell a weekly book that is not mailed, because nothing is open."""
    return not book.open and resources().policy.order_book.when_empty == "nothing"


def made_book(
    asked: BookOrder, book: OrderBook, *, on: date, is_mailed: bool = True
) -> MadeBook:
    """Make the row, the file and the mail of a book; no mail without an address."""
    mail = None
    if is_mailed and asked.to:
        mail = _mail(asked, book, on=on, labels=mail_labels(asked.reader.language))
    row = NewBook(
        customer_id=asked.reader.customer_id,
        book_key=asked.book_key,
        kind=asked.kind,
        due_on=asked.due_on,
        told=told_of(book),
        outbox_key=mail.outbox_key if mail else None,
    )
    return MadeBook(asked.reader, book, row, mail)


def _mail(asked: BookOrder, book: OrderBook, *, on: date, labels: Labels) -> OutboxMail:
    reader, policy = asked.reader, resources().policy
    name = f"{reader.code}-{asked.book_key.rpartition(':')[2]}"
    place = document_place(name, year=on.year, suffix=".csv", folder="order-books")
    content = csv_bytes(*book_rows(book, labels=labels))
    home = resources().settings.home
    write_waiting(content, kind=KIND, home=home, place=place).put_in_place()
    head = BookHead(on, reader.last_on, place.rpartition("/")[2])
    letterhead = letterhead_to(reader.name, language=reader.language, policy=policy)
    return OutboxMail(
        outbox_key=asked.book_key,
        kind=KIND,
        to_address=asked.to,
        template=KIND,
        language=reader.language,
        context=order_book_view(book, head=head, letterhead=letterhead, labels=labels),
        customer_id=reader.customer_id,
        entity="customer",
        entity_id=reader.customer_id,
        reply_to=policy.mail.reply_to or None,
        attachments=(place,),
    )


def record_books(
    connection: Connection,
    made: Sequence[MadeBook],
    *,
    on: date,
    actor: str,
    reason: str = "",
    run_id: int | None = None,
) -> None:
    """Write the books, queue their mails and note each in its customer's history."""
    write_books(connection, [one.row for one in made], made_on=on, now=now())
    mails = [one.mail for one in made if one.mail]
    queue_mails(connection, mails, business_date=on, now=now(), run_id=run_id)
    told = [
        Happening(
            entity="customer",
            entity_id=one.reader.customer_id,
            what="order book",
            actor=actor,
            reason="; ".join(
                part
                for part in (reason, counted(len(one.book.open), "open lines"))
                if part
            ),
        )
        for one in made
        if one.mail
    ]
    record_events(connection, told, business_date=on, now=now(), run_id=run_id)


def _no_address(run: RunRef, made: MadeBook) -> PersonTask:
    reader = made.reader
    return PersonTask(
        task_key=f"{KIND}-address:{reader.code}:{made.row.due_on}",
        kind="missing_address",
        team=resources().policy.owner_of_step(run.step),
        text=f"the book of {len(made.book.open)} open order lines of {reader.name} "
        "could not be mailed: the customer has no mail address. Complete his master "
        "record, then: adv send-order-book " + reader.code,
        customer_id=reader.customer_id,
        entity="customer",
        entity_id=reader.customer_id,
    )


ORDER_BOOKS = StepFlow(
    name="books",
    plan=lambda run: [Call(send_order_books, {"run": run})],
)
