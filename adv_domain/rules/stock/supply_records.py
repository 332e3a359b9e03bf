"""What does a file say of goods that lie in stock, or that are on their way to it?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.faults import FieldFault


@dataclass(frozen=True, slots=True)
class StockRecord:
    """How much of a product lies at a location at the close of a day."""

    product_code: str
    location: str
    on_hand: Decimal
    as_of: date | None

    def faults(self) -> list[FieldFault]:
        if self.on_hand < 0:
            message = "is below zero; send what was counted, or 0"
            return [("quantity", "negative_stock", message)]
        return []


@dataclass(frozen=True, slots=True)
class ReceiptRecord:
    """Goods that a supplier or the production will bring, and what of them has come.

    received_on without a received quantity means that all of it came.
    """

    product_code: str
    location: str
    receipt_ref: str
    qty: Decimal
    expected_on: date
    received_qty: Decimal | None
    received_on: date | None
    is_cancelled: bool

    def faults(self) -> list[FieldFault]:
        if self.qty <= 0:
            message = (
                "must be above zero; a receipt that will not come says yes in cancelled"
            )
            return [("quantity", "out_of_range", message)]
        return []
