"""Which strings does the mail with a customer's open-order book show, and its file?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale

from adv_domain.mail.labels import Labels, word
from adv_domain.mail.views import Context, Letterhead, letterhead_view
from adv_domain.rules.billing.unit_codes import unit_in_text
from adv_domain.rules.plain_numbers import plain_number
from adv_domain.rules.stock.order_book import Change, Entry, OrderBook
from adv_domain.wording import date_text, locale_of, long_date_text, qty_text

LISTED = 50
_DATES = (Change.DATED, Change.UNDATED, Change.LATER, Change.EARLIER)
_TO_FOLLOW = "date_to_follow"
FileRow = tuple[str | int | Decimal | date | None, ...]


@dataclass(frozen=True, slots=True)
class BookHead:
    """As of which day the book is, when the last one went, and the attached file."""

    as_of_on: date
    last_on: date | None
    file_name: str


@dataclass(frozen=True, slots=True)
class _Words:
    """How the lines are written in the reader's language."""

    locale: Locale
    labels: Labels

    def day(self, day: date | None, *, without: str = "no_date") -> str:
        """Write a day, or that there is none yet."""
        if day is None:
            return word(self.labels, "order_book", without)
        return date_text(day, locale=self.locale)

    def day_or_none(self, day: date | None) -> str:
        return date_text(day, locale=self.locale) if day else ""

    def count(self, number: Decimal | int) -> str:
        return qty_text(Decimal(number), locale=self.locale)

    def qty(self, qty: Decimal, *, unit: str) -> str:
        said = unit_in_text(unit, words=self.labels.get("units", {}), qty=qty)
        return qty_text(qty, locale=self.locale, unit=said)

    def change(self, change: Change) -> str:
        return word(self.labels, "book_change", change)


def order_book_view(
    book: OrderBook,
    *,
    head: BookHead,
    letterhead: Letterhead,
    labels: Labels,
    listed: int = LISTED,
) -> Context:
    """Return the context of the template order_book; the file holds every line."""
    words = _Words(locale_of(letterhead.language), labels)
    return {
        **letterhead_view(letterhead),
        "as_of_on": long_date_text(head.as_of_on, locale=words.locale),
        "last_on": long_date_text(head.last_on, locale=words.locale)
        if head.last_on
        else "",
        "file_name": head.file_name,
        "has_lines": bool(book.open),
        "line_count": words.count(len(book.open)),
        "order_count": words.count(book.orders),
        "changes": [_changed(entry, words) for entry in book.changed[:listed]],
        "more_changes": _left_out(book.changed, listed),
        "lines": [_line(entry, words) for entry in book.open[:listed]],
        "more_lines": _left_out(book.open, listed),
    }


def _left_out(entries: Sequence[Entry], listed: int) -> str:
    return str(len(entries) - listed) if len(entries) > listed else ""


def _named(entry: Entry) -> dict[str, str]:
    line = entry.line
    return {
        "order": line.customer_ref or line.order_no,
        "order_no": line.order_no,
        "product": line.customer_article or line.product,
        "description": line.description,
    }


def _changed(entry: Entry, words: _Words) -> dict[str, str]:
    return {**_named(entry), "what": "; ".join(_told_changes(entry, words))}


def _told_changes(entry: Entry, words: _Words) -> Iterator[str]:
    """Say each change with what it was and is: later, 9 Jan 2026 → 15 Jan 2026."""
    for change in entry.changes:
        if change in _DATES and entry.before is not None:
            before = words.day(entry.before.confirmed_on)
            after = words.day(entry.line.confirmed_on, without=_TO_FOLLOW)
            yield f"{words.change(change)}, {before} → {after}"
        elif change is Change.QTY and entry.before is not None:
            unit = entry.line.unit
            before = words.count(entry.before.qty_open)
            moved = f"{before} → {words.qty(entry.line.qty_open, unit=unit)}"
            yield f"{words.change(change)}, {moved}"
        else:
            yield words.change(change)


def _line(entry: Entry, words: _Words) -> dict[str, str]:
    """Say its dates; one that has none says so once, in the word no_date."""
    line = entry.line
    without = _TO_FOLLOW if line.first_confirmed_on else "no_date"
    return {
        **_named(entry),
        "qty": words.qty(line.qty_open, unit=line.unit),
        "requested_on": words.day_or_none(line.requested_on) or "–",
        "first_confirmed_on": words.day_or_none(line.first_confirmed_on),
        "confirmed_on": words.day_or_none(line.confirmed_on),
        "no_date": words.day(None, without=without),
    }


def book_rows(book: OrderBook, *, labels: Labels) -> tuple[list[str], list[FileRow]]:
    """Return header and rows of the attached file: open lines, then ended ones.

    Headings and changes are in the reader's words; days are written 2026-01-20 and
    numbers with a point in every language, so that a program reads them alike.
    """
    header = [word(labels, "order_book_file", name) for name in FILE_COLUMNS]
    return header, [_row(one, labels) for one in (*book.open, *book.ended)]


FILE_COLUMNS = (
    "order",
    "your_reference",
    "line",
    "product",
    "your_article",
    "description",
    "unit",
    "ordered",
    "shipped",
    "open",
    "ordered_on",
    "requested_on",
    "first_confirmed_on",
    "confirmed_on",
    "change",
    "open_before",
    "confirmed_before",
)


def _row(entry: Entry, labels: Labels) -> FileRow:
    line, before = entry.line, entry.before
    changes = [word(labels, "book_change", change) for change in entry.changes]
    return (
        line.order_no,
        line.customer_ref,
        line.line_no,
        line.product,
        line.customer_article,
        line.description,
        line.unit,
        _plain(line.qty),
        _plain(line.qty_shipped),
        _plain(line.qty_open),
        line.ordered_on,
        line.requested_on,
        line.first_confirmed_on,
        line.confirmed_on,
        "; ".join(changes),
        _plain(before.qty_open) if before else None,
        before.confirmed_on if before else None,
    )


def _plain(qty: Decimal) -> Decimal:
    """Drop the zeros that the table's six decimals add."""
    return Decimal(plain_number(qty))
