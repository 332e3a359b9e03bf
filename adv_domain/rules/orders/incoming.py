"""What does a customer's order say as it came in, and is it one seen before?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from adv_domain.rules.money import ZERO, rounded_to_minor

DEFAULT_CURRENCY = "EUR"
DEFAULT_UNIT = "PCE"
_ONE = Decimal(1)


def unit_of_line(named: str | None, *, product: str, units: Mapping[str, str]) -> str:
    """Return the unit of a line: the one that it names, else its product's, by code."""
    return named or units.get(product) or DEFAULT_UNIT


class DocumentKind(StrEnum):
    """What a customer sent: an order, a change of one, or the word to cancel it."""

    ORDER = "order"
    CHANGE = "change"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class PartyId:
    """A number by which a document names a party, and who gave it: gln, vat, 0192."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class OrderCharge:
    """A charge on the whole order, or an allowance (negative), without tax."""

    amount: Decimal
    reason: str | None = None
    tax_category: str | None = None
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class IncomingHeader:
    """What an order says once; in a file of rows it stands on each of its lines.

    customer is the code or number that the customer goes by in the document,
    buyer_ids all the others. A change and a cancellation name the order they mean
    in customer_ref, and have a number of their own in document_ref.
    """

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
    document_ref: str | None = None
    buyer_name: str | None = None
    buyer_ids: tuple[PartyId, ...] = ()
    contact_name: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    ship_to_id: str | None = None
    ship_to_postal_code: str | None = None
    ship_to_city: str | None = None
    ship_to_region: str | None = None
    deliver_from: date | None = None
    deliver_until: date | None = None
    incoterm: str | None = None
    incoterm_place: str | None = None
    document_total: Decimal | None = None
    charges: tuple[OrderCharge, ...] = ()
    shipping_policy: str | None = None
    priority: int | None = None
    milestones: str | None = None


@dataclass(frozen=True, slots=True)
class IncomingLine:
    """What one line of an order asks for; a price of None means the agreed one.

    The price is for one unit, price_base_qty the quantity that the document stated
    it for. line_ref is the customer's own name of the line where it is no number.
    """

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
    gtin: str | None = None
    note: str | None = None
    tax_category: str | None = None
    tax_rate: Decimal | None = None
    line_ref: str | None = None
    price_base_qty: Decimal = _ONE

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


class Repeats(StrEnum):
    """What other content under a known reference is by policy."""

    REJECT = "reject"
    HOLD = "hold"
    ALLOW = "allow"
    AMEND = "amend"


class Fate(StrEnum):
    """What becomes of a document that comes in."""

    NEW = "new"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    AMENDMENT = "amendment"


@dataclass(frozen=True, slots=True)
class EarlierOrder:
    """An order of the same customer and reference that stands already.

    hashes are what its content is known by; is_open tells that something of it can
    still be changed.
    """

    occurrence: int
    hashes: Collection[str]
    is_open: bool


def fate_of(
    order: IncomingOrder,
    earlier: Sequence[EarlierOrder],
    *,
    hashes: Collection[str],
    repeats: Repeats,
) -> tuple[Fate, int]:
    """Decide whether an order of these hashes is new; return fate and occurrence.

    The same content under the same reference is a duplicate whatever the policy. A
    change or cancellation is an amendment, and so is other content where the policy
    says so, as long as there is an open order to change. Else it is a new occurrence,
    for validation to hold, or refused.
    """
    if any(one in known.hashes for known in earlier for one in hashes):
        return Fate.DUPLICATE, 0
    if order.header.document != DocumentKind.ORDER:
        return Fate.AMENDMENT, 0
    if earlier and repeats == Repeats.REJECT:
        return Fate.REFUSED, 0
    if repeats == Repeats.AMEND and any(known.is_open for known in earlier):
        return Fate.AMENDMENT, 0
    return Fate.NEW, 1 + max((known.occurrence for known in earlier), default=0)
