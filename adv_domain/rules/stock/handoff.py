"""What is the stock department told about an accepted order?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

SCHEMA = "adv/stock-handoff"
SCHEMA_VERSION = 2


@dataclass(frozen=True, slots=True)
class HandoffLine:
    """What to ship: the open quantity of an order line."""

    line_no: int
    product: str
    description: str | None
    qty: Decimal
    unit: str
    requested_on: date | None


@dataclass(frozen=True, slots=True)
class HandoffOrder:
    """Who gets it, where to, by when and how.

    needs_answer: nothing changes until stock says that it can do it.
    """

    order_no: str
    version: int
    kind: str
    customer: str
    customer_ref: str
    ordered_on: date
    requested_on: date | None
    shipping_policy: str
    ship_to_name: str
    ship_to_address: str
    ship_to_country: str
    instructions: str | None
    lines: Sequence[HandoffLine]
    needs_answer: bool = False


def message_key(*, order_no: str, version: int) -> str:
    """Return the key by which the receiver drops a message that came twice."""
    return f"{order_no}/{version}"


def handoff_message(order: HandoffOrder) -> dict[str, Any]:
    """Return the message of handoff_schema.json; quantities are texts, dates ISO."""
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "message_id": message_key(order_no=order.order_no, version=order.version),
        "kind": order.kind,
        "needs_answer": order.needs_answer,
        "order": {
            "order_no": order.order_no,
            "version": order.version,
            "customer": order.customer,
            "customer_ref": order.customer_ref,
            "ordered_on": order.ordered_on.isoformat(),
            "requested_on": _iso(order.requested_on),
            "shipping_policy": order.shipping_policy,
            "instructions": order.instructions,
            "ship_to": {
                "name": order.ship_to_name,
                "address": order.ship_to_address,
                "country": order.ship_to_country,
            },
        },
        "lines": [
            {
                "line": line.line_no,
                "product": line.product,
                "description": line.description,
                "qty": f"{line.qty.normalize():f}",
                "unit": line.unit,
                "requested_on": _iso(line.requested_on or order.requested_on),
            }
            for line in order.lines
        ],
    }


def _iso(on: date | None) -> str | None:
    return on.isoformat() if on else None
