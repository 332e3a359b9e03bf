"""How does what an invoice covers stand in its row, and where does it come from?"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Row

from adv_domain.rules.billing.covered import CoveredOrder, Covers, supply_of
from adv_domain.rules.billing.issued_documents import (
    DeliveryNote,
    Destination,
    EarlierDocument,
)


def covers_of(head: Row[Any], lines: Sequence[Row[Any]]) -> Covers:
    """Return what the invoice of an order's delivery lines covers."""
    return Covers(
        orders=(
            CoveredOrder(head.order_no, head.customer_ref, head.buyer_reference or ""),
        ),
        delivery_notes=tuple(
            dict.fromkeys(
                DeliveryNote(line.delivery_no, line.shipped_on) for line in lines
            )
        ),
        destination=_destination(head),
        supply=supply_of({line.nature or "goods" for line in lines}),
    )


def as_json(covers: Covers) -> dict[str, Any]:
    """Write what is covered; what is empty is left out."""
    where = covers.destination
    written = {
        "orders": [list(order) for order in covers.orders],
        "deliveries": [
            [one.number, one.shipped_on and one.shipped_on.isoformat()]
            for one in covers.delivery_notes
        ],
        "destination": where and asdict(where),
        "supply": covers.supply,
        "corrects": [
            [one.number, one.issued_on and one.issued_on.isoformat()]
            for one in covers.corrects
        ],
        "supplied_from": covers.supplied_from and covers.supplied_from.isoformat(),
    }
    return {name: value for name, value in written.items() if value}


def from_json(written: Mapping[str, Any] | None) -> Covers:
    """Read what was written; nothing where nothing was."""
    known = written or {}
    where, since = known.get("destination"), known.get("supplied_from")
    return Covers(
        orders=tuple(CoveredOrder(*order) for order in known.get("orders", ())),
        delivery_notes=tuple(
            _delivery_note(one) for one in known.get("deliveries", ())
        ),
        destination=Destination(**where) if where else None,
        supply=known.get("supply"),
        supplied_from=date.fromisoformat(since) if since else None,
        corrects=tuple(
            EarlierDocument(number=number, issued_on=date.fromisoformat(issued_on))
            for number, issued_on in known.get("corrects", ())
        ),
    )


def _delivery_note(written: str | Sequence[str | None]) -> DeliveryNote:
    """Read a delivery; earlier versions wrote its number alone."""
    if isinstance(written, str):
        return DeliveryNote(written)
    number, day = written
    return DeliveryNote(number or "", date.fromisoformat(day) if day else None)


def _destination(head: Row[Any]) -> Destination | None:
    """Return where an order's goods go, None where that is the customer's address."""
    where = Destination(
        country=head.ship_to_country or head.country,
        name=head.ship_to_name or "",
        street=head.ship_to_address or "",
        postal_code=head.ship_to_postal_code or "",
        city=head.ship_to_city or "",
        region=head.ship_to_region or "",
    )
    return None if where == Destination(country=head.country) else where
