"""What of a posted invoice can still be given back?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from adv_domain.rules.billing.covered import Covers
from adv_domain.rules.credits.credited_amounts import CreditableAmounts
from adv_domain.rules.money import ZERO


class CreditRefused(ValueError):
    """The credit note asked for cannot be given."""

    def __init__(self, *, invoice_no: str, why: str) -> None:
        super().__init__(f"{invoice_no} cannot be credited so: {why}")
        self.invoice_no = invoice_no


@dataclass(frozen=True, slots=True)
class AskedCredit:
    """What is asked for of one invoice, and why: quantities by line, amounts before
    tax by line, an amount with tax, or, with none of them, all that is left.

    line_words name a line that is lowered by an amount, in the customer's language.
    rebills: an invoice taken back whole for that reason is as if it had never been.
    """

    reason_code: str
    reason: str
    on: date
    quantities: Mapping[int, Decimal] | None = None
    nets: Mapping[int, Decimal] | None = None
    amount: Decimal | None = None
    line_words: str = "{description}"
    rebills: bool = False


@dataclass(frozen=True, slots=True)
class CreditableLine:
    """A line of the posted invoice and how much of it was credited before.

    net_credited is what quantities and amounts off this line gave back, before tax.
    """

    line_no: int
    order_line_id: int | None
    product_code: str
    description: str
    qty: Decimal
    qty_credited: Decimal
    unit: str
    unit_price: Decimal
    discount_rate: Decimal
    tax_category: str
    tax_rate: Decimal
    surcharge_rate: Decimal = ZERO
    net: Decimal = ZERO
    net_credited: Decimal = ZERO
    order_id: int | None = None

    @property
    def qty_left(self) -> Decimal:
        return self.qty - self.qty_credited

    @property
    def net_left(self) -> Decimal:
        return self.net - self.net_credited


@dataclass(frozen=True, slots=True)
class Creditable:
    """A posted invoice as far as a correction needs it."""

    invoice_id: int
    invoice_no: str
    kind: str
    customer_id: int
    order_id: int | None
    currency: str
    payment_terms: str
    issued_on: date
    supplied_on: date
    covers: Covers
    gross: Decimal
    gross_credited: Decimal
    lines: tuple[CreditableLine, ...]
    stated: CreditableAmounts = field(default_factory=CreditableAmounts)
    has_amounts_credited: bool = False
    is_advance: bool = False
    language: str = "en"

    @property
    def is_untouched(self) -> bool:
        """Tell whether nothing of it was credited before."""
        return not self.gross_credited and not any(
            line.qty_credited for line in self.lines
        )

    @property
    def is_used_up(self) -> bool:
        """Tell whether nothing of it is left to credit."""
        is_spent = self.gross and self.gross_credited >= self.gross
        if is_spent and (self.has_amounts_credited or not self.stated.deducted_left):
            return True
        return all(line.qty_credited >= line.qty for line in self.lines)

    @property
    def gross_left(self) -> Decimal:
        return self.gross - self.gross_credited
