"""What is the stock department told about an order?

The form is files/handoff/3.json. Every field stands in every message, null where
nothing is known, so that a receiver need not ask whether it was forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from adv_domain.rules.plain_numbers import plain_number
from adv_domain.rules.stock.shipping import shipped_together

SCHEMA = "adv/stock-handoff"
SCHEMA_VERSION = 3
DEFAULT_PRIORITY = 5


class MessageKind(StrEnum):
    """What a message is about: pending is demand of an order that is held, which may
    still come to nothing; returns tells of goods that come back.
    """

    ORDER = "order"
    CHANGE = "change"
    CANCEL = "cancel"
    PENDING = "pending"
    RETURNS = "returns"


class HandoffLine(NamedTuple):
    """What to ship: the open quantity of an order line."""

    line_no: int
    product: str
    qty: Decimal
    unit: str
    description: str | None = None
    gtin: str | None = None
    customer_article: str | None = None
    note: str | None = None
    requested_on: date | None = None
    confirmed_on: date | None = None


class ReturnLine(NamedTuple):
    """Goods of the order that are to come back."""

    return_no: str
    line_no: int
    product: str
    qty: Decimal
    unit: str
    expected_on: date | None
    reason: str


class Buyer(NamedTuple):
    """Whose order it is, and what he is to the company."""

    code: str
    name: str
    reference: str | None = None
    value_class: str | None = None
    priority: int = DEFAULT_PRIORITY
    credit: str = "good"


class ShipTo(NamedTuple):
    """Where the goods go."""

    id: str | None
    name: str
    address: str | None
    postal_code: str | None
    city: str | None
    region: str | None
    country: str


class Contact(NamedTuple):
    """Whom the driver calls."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


class Carriage(NamedTuple):
    """How the goods travel, on which days they are taken, and what goes with them."""

    shipping_policy: str
    incoterm: str | None = None
    incoterm_place: str | None = None
    deliver_from: date | None = None
    deliver_until: date | None = None
    weekdays: str | None = None
    packing: str | None = None
    papers: str | None = None
    instructions: str | None = None


class Holding(NamedTuple):
    """Since when an order is held, and who must answer."""

    since: date | None
    team: str


@dataclass(frozen=True, slots=True)
class HandoffOrder:
    """Who gets it, where to, by when and how.

    needs_answer: nothing changes until stock says that it can do it.
    """

    order_no: str
    version: int
    kind: str
    customer_ref: str
    ordered_on: date
    requested_on: date | None
    buyer: Buyer
    ship_to: ShipTo
    contact: Contact
    carriage: Carriage
    lines: Sequence[HandoffLine]
    returns: Sequence[ReturnLine] = ()
    held: Holding | None = None
    needs_answer: bool = False


def message_key(*, order_no: str, version: int) -> str:
    """Return the key by which the receiver drops a message that came twice."""
    return f"{order_no}/{version}"


def handoff_message(order: HandoffOrder) -> dict[str, Any]:
    """Return the message of the schema; quantities are texts, dates ISO."""
    days = shipped_together(
        [line.confirmed_on for line in order.lines],
        policy=order.carriage.shipping_policy,
    )
    lines = [
        _line(line, line.requested_on or order.requested_on, day)
        for line, day in zip(order.lines, days, strict=True)
    ]
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "message_id": message_key(order_no=order.order_no, version=order.version),
        "kind": str(order.kind),
        "needs_answer": order.needs_answer,
        "order": _order(order, max((day for day in days if day), default=None)),
        "lines": lines,
        "returns": [_return(one) for one in order.returns],
    }


def _order(order: HandoffOrder, confirmed_on: date | None) -> dict[str, Any]:
    buyer, carriage, held = order.buyer, order.carriage, order.held
    return {
        "order_no": order.order_no,
        "version": order.version,
        "customer": buyer.code,
        "customer_name": buyer.name,
        "customer_ref": order.customer_ref,
        "buyer_reference": buyer.reference,
        "value_class": buyer.value_class,
        "priority": buyer.priority,
        "credit": buyer.credit,
        "held": held and {"since": _iso(held.since), "for": held.team},
        "ordered_on": _iso(order.ordered_on),
        "requested_on": _iso(order.requested_on),
        "confirmed_on": _iso(confirmed_on),
        "shipping_policy": carriage.shipping_policy,
        "incoterm": carriage.incoterm,
        "incoterm_place": carriage.incoterm_place,
        "deliver_from": _iso(carriage.deliver_from),
        "deliver_until": _iso(carriage.deliver_until),
        "delivery_weekdays": _listed(carriage.weekdays),
        "packing": carriage.packing,
        "papers": _listed(carriage.papers),
        "instructions": carriage.instructions,
        "ship_to": order.ship_to._asdict(),
        "contact": order.contact._asdict(),
    }


def _line(
    line: HandoffLine, requested_on: date | None, confirmed_on: date | None
) -> dict[str, Any]:
    return {
        "line": line.line_no,
        "product": line.product,
        "gtin": line.gtin,
        "customer_article": line.customer_article,
        "description": line.description,
        "note": line.note,
        "qty": _plain(line.qty),
        "unit": line.unit,
        "requested_on": _iso(requested_on),
        "confirmed_on": _iso(confirmed_on),
    }


def _return(one: ReturnLine) -> dict[str, Any]:
    return {
        "return_no": one.return_no,
        "line": one.line_no,
        "product": one.product,
        "qty": _plain(one.qty),
        "unit": one.unit,
        "expected_on": _iso(one.expected_on),
        "reason": one.reason,
    }


def _iso(on: date | None) -> str | None:
    return on.isoformat() if on else None


@lru_cache(maxsize=8192)
def _plain(qty: Decimal) -> str:
    return plain_number(qty)


def _listed(text: str | None) -> list[str]:
    """Split what a column lists by commas."""
    return [part.strip() for part in text.split(",") if part.strip()] if text else []
