"""What does an invoice cover: which orders and deliveries, where to, goods or services?

Copied at posting: an order that is amended afterwards changes nothing on it.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from adv_domain.rules.billing.issued_documents import (
    DeliveryNote,
    Destination,
    EarlierDocument,
)
from adv_domain.rules.billing.mentions import Supply

_SERVICE = "service"


class CoveredOrder(NamedTuple):
    """An order by our number, the customer's reference and his buyer's."""

    order_no: str
    customer_ref: str
    buyer_reference: str


@dataclass(frozen=True, slots=True)
class Covers:
    """What a document is about, as it was known when it was posted.

    supplied_from is the first day of supply where it collects deliveries of several,
    or of the period that a rebate is for. corrects are the invoices that a credit note
    over several names.
    """

    orders: tuple[CoveredOrder, ...] = ()
    delivery_notes: tuple[DeliveryNote, ...] = ()
    destination: Destination | None = None
    supply: Supply | None = None
    supplied_from: date | None = None
    corrects: tuple[EarlierDocument, ...] = ()

    def without_deliveries(self) -> "Covers":
        """Return the same for a correction, which delivers nothing."""
        return replace(self, delivery_notes=())


def supply_of(natures: Collection[str]) -> Supply:
    """Return what kind of supply products of these natures are together."""
    if _SERVICE not in natures:
        return "goods"
    return "services" if set(natures) == {_SERVICE} else "mixed"
