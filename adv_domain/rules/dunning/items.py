"""What must be known of a debtor to decide whether and how to remind him?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from adv_domain.rules.dunning.interest import InterestLaw
from adv_domain.rules.money import ZERO


class NotChasedReason(StrEnum):
    """Why an item gets no reminder in this run."""

    PAID = "paid"
    CREDIT_BALANCE = "credit_balance"
    BANK_DATA_STALE = "bank_data_stale"
    CUSTOMER_INSOLVENT = "customer_insolvent"
    PAUSED = "paused"
    DIRECT_DEBIT = "direct_debit"
    BILL_PENDING = "bill_pending"
    DISPUTED = "disputed"
    PROMISED = "promised"
    BELOW_MINIMUM = "below_minimum"
    INVOICE_NOT_SENT = "invoice_not_sent"
    INVOICE_MAIL_FAILED = "invoice_mail_failed"
    INVOICE_MAIL_BOUNCED = "invoice_mail_bounced"
    INVOICE_MAIL_UNKNOWN = "invoice_mail_unknown"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    ALL_LEVELS_DONE = "all_levels_done"
    LEVEL_NOT_DUE = "level_not_due"
    AWAITING_BANK_STATEMENT = "awaiting_bank_statement"
    NO_ADDRESS = "no_address"
    COVERED_BY_CREDIT = "covered_by_credit"


class InvoiceMail(StrEnum):
    """What became of the mail that carried the invoice itself.

    NOT_NEEDED: it reached the customer by other means (imported, portal, paper).
    """

    SENT = "sent"
    NOT_NEEDED = "not_needed"
    NOT_SENT = "not_sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"


class PaymentRoute(StrEnum):
    """Who moves the money: the customer, or we by a collection still under way."""

    BY_CUSTOMER = "by_customer"
    DIRECT_DEBIT_PENDING = "direct_debit_pending"
    BILL_PENDING = "bill_pending"


@dataclass(frozen=True, slots=True)
class LatePayment:
    """Money that came for an item after its due date; it stops earning interest."""

    amount: Decimal
    paid_on: date


@dataclass(frozen=True, slots=True)
class ChasedItem:
    """One instalment as of the day, with what its sequence has seen so far.

    last_level is the highest level completed by a confirmed send or a waiver
    (also by another system), pending_level one that is decided but not confirmed.
    A promise counts up to promised_on plus the policy's grace days.
    """

    instalment_id: int
    invoice: str
    instalment_no: int
    currency: str
    due_on: date
    open_amount: Decimal
    last_level: int = 0
    last_completed_on: date | None = None
    pending_level: int | None = None
    disputed_amount: Decimal = ZERO
    promised_amount: Decimal = ZERO
    promised_on: date | None = None
    route: PaymentRoute = PaymentRoute.BY_CUSTOMER
    invoice_mail: InvoiceMail = InvoiceMail.SENT
    late_payments: tuple[LatePayment, ...] = ()


@dataclass(frozen=True, slots=True)
class Debtor:
    """A customer with all open items; credits are unapplied money by currency.

    A pause holds through paused_until, that day included.
    """

    customer_id: int
    code: str
    items: tuple[ChasedItem, ...]
    has_address: bool = True
    is_insolvent: bool = False
    paused_until: date | None = None
    credits: tuple[tuple[str, Decimal], ...] = ()
    law: InterestLaw | None = None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What holds for the whole run: its day, and how far the bank data reach.

    bank_covers_until None means that no statement stands between a due date and
    its reminder (a replay, or a company that books by hand).
    """

    on: date
    is_bank_stale: bool = False
    bank_covers_until: date | None = None
