"""What does an order say, put so that orders that say the same hash alike?

Who sent it, how it came and its own sums do not count: the same order by another
way is the same order.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from operator import attrgetter

from adv_domain.rules.orders.incoming import (
    DocumentKind,
    IncomingHeader,
    IncomingLine,
    IncomingOrder,
)

# What came later counts only where it is given: hashes on record stay as they are.
_LATER_OF_HEADER = (
    "contact_name",
    "contact_phone",
    "contact_email",
    "ship_to_id",
    "ship_to_postal_code",
    "ship_to_city",
    "ship_to_region",
    "deliver_from",
    "deliver_until",
    "incoterm",
    "incoterm_place",
    "shipping_policy",
    "priority",
    "milestones",
)
_LATER_OF_LINE = ("note", "tax_category", "tax_rate", "line_ref")
_later_of_header = attrgetter(*_LATER_OF_HEADER)
_later_of_line = attrgetter(*_LATER_OF_LINE)
_NONE_OF_HEADER = (None,) * len(_LATER_OF_HEADER)
_NONE_OF_LINE = (None,) * len(_LATER_OF_LINE)


def incoming_order(
    header: IncomingHeader,
    lines: Sequence[IncomingLine],
    *,
    lines_are_numbered: bool,
    source_row: int | None = None,
) -> IncomingOrder:
    """Put an order together; its content hash does not depend on file or row order.

    Line numbers count towards the hash only where the customer gave them. Without
    lines (a cancellation) source_row must be given.
    """
    if header.document == DocumentKind.ORDER:
        header, lines = _with_dates_in_one_place(header, lines)
        if header.deliver_from or header.deliver_until:
            header = _with_window(header)
    return IncomingOrder(
        header=header,
        lines=tuple(lines),
        content_hash=_content_hash(header, lines, lines_are_numbered),
        source_row=lines[0].source_row if source_row is None else source_row,
        lines_are_numbered=lines_are_numbered,
    )


def _with_dates_in_one_place(
    header: IncomingHeader, lines: Sequence[IncomingLine]
) -> tuple[IncomingHeader, Sequence[IncomingLine]]:
    """Return the requested dates as every format can say them.

    One date for all lines stands on the order alone; where they differ each line says
    its own, and the order the earliest.
    """
    if all(line.requested_on is None for line in lines):
        return header, lines
    said = [line.requested_on or header.requested_on for line in lines]
    earliest = min(day for day in said if day is not None)
    own = [day or earliest for day in said]
    is_one = len(set(own)) == 1
    dated = [
        replace(line, requested_on=None if is_one else day)
        for line, day in zip(lines, own, strict=True)
    ]
    return replace(header, requested_on=earliest), dated


def _with_window(header: IncomingHeader) -> IncomingHeader:
    """Return the time to deliver as every format can say it: a bound that is the day
    wanted says nothing more, and a window alone wants the goods at its end.
    """
    first, last = header.deliver_from, header.deliver_until
    wanted = header.requested_on or last or first
    return replace(
        header,
        requested_on=wanted,
        deliver_from=None if first == wanted else first,
        deliver_until=None if last == wanted else last,
    )


def without_line_numbers(order: IncomingOrder) -> IncomingOrder:
    """Return the order as one whose lines were not numbered by the customer."""
    content = _content_hash(order.header, order.lines, is_numbered=False)
    return replace(order, content_hash=content, lines_are_numbered=False)


def hashed_anew(order: IncomingOrder) -> IncomingOrder:
    """Return an order whose header or lines were replaced with the hash they have."""
    content = _content_hash(order.header, order.lines, order.lines_are_numbered)
    return replace(order, content_hash=content)


def hashes_of(given: IncomingOrder, record: IncomingOrder) -> set[str]:
    """Return the hashes under which an order of the same content may stand already:
    as it was given, as it would be recorded, and both without line numbers.
    """
    hashes = {given.content_hash, record.content_hash}
    if given.lines_are_numbered:
        hashes |= {without_line_numbers(one).content_hash for one in (given, record)}
    return hashes


def _content_hash(
    header: IncomingHeader, lines: Sequence[IncomingLine], is_numbered: bool
) -> str:
    texts = sorted(_line_text(line, is_numbered) for line in lines)
    content = "\x1e".join((_header_text(header), *texts))
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _header_text(header: IncomingHeader) -> str:
    text = (
        f"{header.customer}\x1f{header.customer_ref}\x1f{header.ordered_on}\x1f"
        f"{header.requested_on}\x1f{header.currency}\x1f{header.payment_terms}\x1f"
        f"{header.ship_to_name}\x1f{header.ship_to_address}\x1f"
        f"{header.ship_to_country}\x1f{header.buyer_reference}\x1f"
        f"{header.instructions}\x1f{_plain(header.prepaid)}"
    )
    if header.document != DocumentKind.ORDER:
        # twice the same change, under another number, is asked for twice
        own = f"\x1f{header.document_ref}" if header.document_ref else ""
        text = f"{text}\x1f{header.document}{own}"
    later = _later_of_header(header)
    if later != _NONE_OF_HEADER:
        text += _later_text(_LATER_OF_HEADER, later)
    for charge in header.charges:
        text += f"\x1fcharge={_plain(charge.amount)},{charge.reason}"
        text += f",{charge.tax_category},{_plain(charge.tax_rate)}"
    return text


def _line_text(line: IncomingLine, is_numbered: bool) -> str:
    number = line.line_no if is_numbered else ""
    text = (
        f"{number}\x1f{line.product}\x1f{_plain(line.qty)}\x1f{line.unit}\x1f"
        f"{_plain(line.unit_price)}\x1f{_plain(line.discount_rate)}\x1f"
        f"{line.requested_on}\x1f{line.description}\x1f{line.customer_article}"
    )
    later = _later_of_line(line)
    return text if later == _NONE_OF_LINE else text + _later_text(_LATER_OF_LINE, later)


def _later_text(names: Sequence[str], values: Sequence[object]) -> str:
    return "".join(
        f"\x1f{name}={_plain(value) if isinstance(value, Decimal) else value}"
        for name, value in zip(names, values, strict=True)
        if value is not None
    )


@lru_cache(maxsize=50_000)
def _plain(number: Decimal | None) -> str:
    # 10, 10.0 and 1E+1 are the same quantity and must hash alike
    return "" if number is None else str(number.normalize())
