"""What does a customer's order say as it came in, and is it one seen before?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from adv_domain.rules.money import ZERO, rounded_to_minor

DEFAULT_CURRENCY = "EUR"
_ONE = Decimal(1)


class DocumentKind(StrEnum):
    """What a customer sent: an order, a change of one, or the word to cancel it."""

    ORDER = "order"
    CHANGE = "change"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class IncomingHeader:
    """What an order says once; in a file it stands on each of its lines."""

    customer: str
    customer_ref: str
    ordered_on: date | None
    requested_on: date | None
    currency: str | None
    payment_terms: str | None
    channel: str
    entered_by: str | None
    ship_to_name: str | None
    ship_to_address: str | None
    ship_to_country: str | None
    buyer_reference: str | None
    instructions: str | None
    prepaid: Decimal | None
    document: str = DocumentKind.ORDER


@dataclass(frozen=True, slots=True)
class IncomingLine:
    """What one line of an order asks for; a price of None means the agreed one."""

    line_no: int
    product: str
    description: str | None
    customer_article: str | None
    qty: Decimal
    unit: str | None
    unit_price: Decimal | None
    discount_rate: Decimal
    requested_on: date | None
    source_row: int

    def net(self, currency: str) -> Decimal | None:
        """Return quantity × price less discount, rounded to the currency."""
        if self.unit_price is None:
            return None
        exact = self.qty * self.unit_price * (_ONE - self.discount_rate)
        return rounded_to_minor(exact, currency)


@dataclass(frozen=True, slots=True)
class IncomingOrder:
    """One order with its lines, as a file gave it, or a change of one.

    An order says the whole. A change says only what changes: a header value of None
    stays, a line that is not named stays, a quantity of zero takes a line away. A
    cancellation means the whole order; its lines, if any, say nothing more.
    source_row is the first row, or the element, of the file that belongs to it.
    """

    header: IncomingHeader
    lines: tuple[IncomingLine, ...]
    content_hash: str
    source_row: int
    lines_are_numbered: bool

    def total(self) -> Decimal | None:
        """Return the sum of its lines, None where a line has no price."""
        currency = self.header.currency or DEFAULT_CURRENCY
        total = ZERO
        for line in self.lines:
            net = line.net(currency)
            if net is None:
                return None
            total += net
        return total


def incoming_order(
    header: IncomingHeader,
    lines: list[IncomingLine],
    *,
    lines_are_numbered: bool,
    source_row: int | None = None,
) -> IncomingOrder:
    """Put an order together; its content hash does not depend on file or row order.

    Line numbers count towards the hash only where the customer gave them. Without
    lines (a cancellation) source_row must be given.
    """
    texts = sorted(_line_text(line, lines_are_numbered) for line in lines)
    head = "\x1f".join(
        (
            header.customer,
            header.customer_ref,
            str(header.ordered_on),
            str(header.requested_on),
            str(header.currency),
            str(header.payment_terms),
            str(header.ship_to_name),
            str(header.ship_to_address),
            str(header.ship_to_country),
            str(header.buyer_reference),
            str(header.instructions),
            _plain(header.prepaid),
        )
    )
    if header.document != DocumentKind.ORDER:
        head = f"{head}\x1f{header.document}"
    content = "\x1e".join((head, *texts))
    return IncomingOrder(
        header=header,
        lines=tuple(lines),
        content_hash=sha256(content.encode("utf-8", "surrogatepass")).hexdigest(),
        source_row=lines[0].source_row if source_row is None else source_row,
        lines_are_numbered=lines_are_numbered,
    )


def _line_text(line: IncomingLine, is_numbered: bool) -> str:
    return "\x1f".join(
        (
            str(line.line_no) if is_numbered else "",
            line.product,
            _plain(line.qty),
            str(line.unit),
            _plain(line.unit_price),
            _plain(line.discount_rate),
            str(line.requested_on),
            str(line.description),
            str(line.customer_article),
        )
    )


def _plain(number: Decimal | None) -> str:
    # 10, 10.0 and 1E+1 are the same quantity and must hash alike
    return "" if number is None else str(number.normalize())


class Fate(StrEnum):
    """What becomes of an order that comes in."""

    NEW = "new"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class EarlierOrder:
    """An order of the same customer and reference that stands already."""

    occurrence: int
    content_hash: str


def fate_of(
    order: IncomingOrder,
    earlier: Sequence[EarlierOrder],
    *,
    repeats_are_refused: bool,
) -> tuple[Fate, int]:
    """Decide whether an order is new; return its fate and its occurrence.

    The same content under the same reference is a duplicate whatever the policy;
    other content is a new occurrence, for validation to hold, or refused.
    """
    if any(known.content_hash == order.content_hash for known in earlier):
        return Fate.DUPLICATE, 0
    if earlier and repeats_are_refused:
        return Fate.REFUSED, 0
    return Fate.NEW, 1 + max((known.occurrence for known in earlier), default=0)
