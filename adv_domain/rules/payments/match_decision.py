"""What is a payment before matching, and what becomes of it?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class MatchState(StrEnum):
    """Where a payment stands after matching."""

    MATCHED = "matched"
    REVIEW = "review"
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class IncomingPayment:
    """Money in, as the bank told it; amount is positive.

    paid_on decides on early-payment discounts: the earlier of booking and value
    date, so that a bank's booking delay is not the customer's.
    """

    payment_id: int
    amount: Decimal
    currency: str
    paid_on: date
    structured_reference: str = ""
    end_to_end_id: str = ""
    remittance: str = ""
    payer_iban: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a payment that settles an instalment; amount is positive."""

    instalment_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DiscountTaken:
    """An early-payment discount taken in time: a credit note is due for it."""

    instalment_id: int
    invoice_no: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    """Invoices that a payment may be meant for, and why."""

    invoices: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a payment; shares and unapplied add up to its amount."""

    payment_id: int
    state: MatchState
    customer_id: int | None
    shares: tuple[Share, ...]
    unapplied: Decimal
    evidence: str
    proposals: tuple[Proposal, ...] = ()
    discounts: tuple[DiscountTaken, ...] = ()
