"""What did the stock department tell us about a line of an order?"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

WHOLE_ORDER = 0


class EntryKind(StrEnum):
    """Six kinds of news, and two of answers to a change that we asked about.

    A refusal says that stock never took a line on, a cancellation that it gave up a
    move that it had planned.
    """

    CONFIRMATION = "confirmation"
    SHIPMENT = "shipment"
    NEW_DATE = "new_date"
    REFUSAL = "refusal"
    CANCELLATION = "cancellation"
    RETURN = "return"
    CHANGE_ACCEPTED = "change_accepted"
    CHANGE_REFUSED = "change_refused"


ANSWERS = frozenset({EntryKind.CHANGE_ACCEPTED, EntryKind.CHANGE_REFUSED})
GIVEN_UP = frozenset({EntryKind.REFUSAL, EntryKind.CANCELLATION})
DATED = frozenset({EntryKind.CONFIRMATION, EntryKind.NEW_DATE})
"""News that says on which day goods will leave."""


class DelayCause(StrEnum):
    """Who or what moved a date; stock where it moved one and named no other."""

    STOCK = "stock"
    CARRIER = "carrier"
    CUSTOMER = "customer"
    CREDIT = "credit"


class StockEntry(NamedTuple):
    """One piece of news with its place in the file; a tuple for large files.

    The order is named by our number or by the customer's code and reference.
    line_no 0 means each line of the order; qty None means all that is open, of a
    return all that left. on is the confirmed date, the day of shipment or return, or
    the new date; what gives lines up and an answer may lack it. answers is the message
    of ours that an answer is about. told_at is when stock said it, None: as it came.
    """

    message_id: str
    kind: EntryKind
    order_no: str | None
    customer: str | None
    customer_ref: str | None
    line_no: int
    qty: Decimal | None
    on: date | None
    cause: DelayCause
    note: str | None
    delivery_no: str | None
    carrier: str | None
    tracking: str | None
    source_row: int
    answers: str | None = None
    unit: str | None = None
    told_at: datetime | None = None

    @property
    def is_answer(self) -> bool:
        return self.kind in ANSWERS

    @property
    def order_name(self) -> str:
        """Name the order as the file does."""
        if self.answers and not self.order_no:
            return self.answers.rpartition("/")[0]
        return self.order_no or f"{self.customer} {self.customer_ref}"

    @property
    def position(self) -> tuple[str, str, int]:
        """What must be unique: the message and the line that it speaks of."""
        return self.message_id, self.order_name, self.line_no


def says_the_same(first: StockEntry, second: StockEntry) -> bool:
    """Tell whether two entries are the same news, wherever they stand.

    Of two entries under one message and line, the second is a harmless repetition
    if they say the same; if not, booking only the first would lose the second.
    """
    return _said(first) == _said(second)


def content_hash(entry: StockEntry) -> str:
    """Return what a repetition is known by: equal for entries that say the same."""
    return sha256(repr(_said(entry)).encode()).hexdigest()


def _said(entry: StockEntry) -> tuple[object, ...]:
    """Return what counts of an entry: not its place, nor by which of its names the
    order goes, nor the moment, which a second sending may stamp anew."""
    return (
        str(entry.kind),
        entry.line_no,
        None if entry.qty is None else str(entry.qty.normalize()),
        None if entry.on is None else entry.on.isoformat(),
        str(entry.cause),
        entry.note,
        entry.delivery_no,
        entry.carrier,
        entry.tracking,
        entry.answers,
        entry.unit,
    )
