"""What does a payment term say?

A term is an ordered list of lines, each a share of the amount and a list of date
steps applied left to right to the base date; the last line takes the remainder.
What it makes of an amount is in instalments, what of a date in term_dates.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from adv_domain.rules.terms.date_steps import DateStep


class Share(StrEnum):
    PERCENT_OF_TOTAL = "percent_of_total"
    PERCENT_OF_REMAINDER = "percent_of_remainder"
    FIXED = "fixed"
    REMAINDER = "remainder"


class TermBase(StrEnum):
    """The date from which a term counts."""

    INVOICE = "invoice"
    DELIVERY = "delivery"
    ORDER = "order"


class Roll(StrEnum):
    """What happens to a due date on a non-working day."""

    NONE = "none"
    NEXT = "next"
    PREVIOUS = "previous"


class Rounding(StrEnum):
    """Who bears what rounding leaves: the last line, or the lines nearest to a unit."""

    REMAINDER_LINE = "remainder_line"
    LARGEST_REMAINDER = "largest_remainder"


class DiscountBase(StrEnum):
    """The amount of which an early payer keeps a part."""

    GROSS = "gross"
    NET = "net"


class TermError(ValueError):
    """A payment term is wrong; line_no 0 means the term as a whole."""

    def __init__(self, *, line_no: int, detail: str) -> None:
        where = f"line {line_no}" if line_no else "payment term"
        super().__init__(f"{where}: {detail}")
        self.line_no = line_no
        self.detail = detail


@dataclass(frozen=True, slots=True)
class TermLine:
    """A share of the amount and the way from the base date to its due date.

    value is a fraction for percentages (0.30), an amount for fixed lines and
    zero for the remainder.
    """

    share: Share
    value: Decimal
    due: tuple[DateStep, ...]


@dataclass(frozen=True, slots=True)
class EarlyDiscount:
    """What an early payer may keep: a fraction of the gross or net amount."""

    discount_rate: Decimal
    due: tuple[DateStep, ...]
    base: DiscountBase = DiscountBase.GROSS


@dataclass(frozen=True, slots=True)
class PaymentTerm:
    lines: tuple[TermLine, ...]
    base: TermBase = TermBase.INVOICE
    roll: Roll = Roll.NONE
    early_discount: EarlyDiscount | None = None
    rounding: Rounding = Rounding.REMAINDER_LINE
