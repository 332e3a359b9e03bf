"""How are orders written in our own JSON form (orders_schema.json)?"""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from adv_domain.files.orders.own_json import SCHEMA, SCHEMA_VERSION
from adv_domain.files.orders.texts_out import number, per_cent, stated_price, unless_one
from adv_domain.rules.orders.incoming import (
    IncomingLine,
    IncomingOrder,
    OrderCharge,
    PartyId,
)


def orders_json(orders: Sequence[IncomingOrder]) -> bytes:
    """Write the orders; what an order does not say is left out."""
    document = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "orders": [_order(order) for order in orders],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _order(order: IncomingOrder) -> dict[str, Any]:
    header = order.header
    said = {name: getattr(header, name) for name in header.__slots__}
    said |= {
        "document": str(header.document),
        "buyer_ids": [_party_id(one) for one in header.buyer_ids],
        "charges": [_charge(one) for one in header.charges],
        "lines": [_line(line, order.lines_are_numbered) for line in order.lines],
    }
    return _given(said)


def _line(line: IncomingLine, is_numbered: bool) -> dict[str, Any]:
    return _given(
        {
            "line": line.line_no if is_numbered else None,
            "line_ref": line.line_ref,
            "product": line.product or None,
            "gtin": line.gtin,
            "customer_article": line.customer_article,
            "description": line.description,
            "quantity": line.qty,
            "unit": line.unit,
            "price": stated_price(line),
            "price_base_quantity": unless_one(line.price_base_qty),
            "discount_percent": per_cent(line.discount_rate or None),
            "vat_category": line.tax_category,
            "vat_percent": per_cent(line.tax_rate),
            "requested_on": line.requested_on,
            "note": line.note,
        }
    )


def _party_id(one: PartyId) -> dict[str, str]:
    return {"scheme": one.scheme, "id": one.value}


def _charge(one: OrderCharge) -> dict[str, Any]:
    return _given(
        {
            "amount": one.amount,
            "reason": one.reason,
            "tax_category": one.tax_category,
            "tax_percent": per_cent(one.tax_rate),
        }
    )


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _plain(value)
        for name, value in values.items()
        if value is not None and value != []
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return number(value)
    return value.isoformat() if isinstance(value, date) else value
