"""Which strings does a mail about invoices show?

Each view takes decided figures and returns the flat context of one template: every
amount and date is written out in the reader's language, nothing is computed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale

from adv_domain.rules.money import Money
from adv_domain.wording import date_text, locale_of, long_date_text, money_text

Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes to whom, in which language; lines are the company's address."""

    language: str
    customer_name: str
    company_name: str
    contact_email: str
    contact_phone: str = ""
    company_lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where the money goes; without an IBAN no bank details are shown."""

    holder: str = ""
    iban: str = ""
    bic: str = ""
    bank_name: str = ""
    payment_reference: str = ""


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """One open instalment as listed in a reminder; days_overdue as of the mail.

    reference is what to pay it under, where the items of the mail have several.
    """

    invoice: str
    issued_on: date
    due_on: date
    open_amount: Decimal
    days_overdue: int = 0
    reference: str = ""


@dataclass(frozen=True, slots=True)
class CreditEntry:
    """A credit note or unapplied payment that is netted; a positive amount."""

    document: str
    issued_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ReminderFigures:
    """What a reminder claims, all in one currency.

    total = total_overdue less credit_total. Interest and compensation are shown and
    not claimed; none where the level does not show them.
    """

    currency: str
    items: Sequence[OpenEntry]
    credits: Sequence[CreditEntry]
    total_overdue: Decimal
    credit_total: Decimal
    total: Decimal
    pay_by_on: date
    as_of_on: date
    last_reminder_on: date | None = None
    interest: Decimal | None = None
    compensation: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EarlyOffer:
    """What settles an invoice that is paid until a day."""

    until_on: date
    payable: Decimal


@dataclass(frozen=True, slots=True)
class DocumentFigures:
    """What the mail of an invoice or credit note says about it.

    is_paid: an advance invoice, for money that has come; is_debited: nobody has to
    transfer anything.
    """

    document_no: str
    issued_on: date
    total: Money
    instalments: Sequence[tuple[date, Decimal]] = ()
    order_refs: Sequence[str] = ()
    corrected_invoice: str = ""
    reason: str = ""
    early: EarlyOffer | None = None
    is_paid: bool = False
    is_debited: bool = False


def reminder_view(
    figures: ReminderFigures, *, letterhead: Letterhead, bank: BankDetails
) -> Context:
    """Return the context of the templates reminder_<tone>."""
    locale = locale_of(letterhead.language)
    return {
        **letterhead_view(letterhead),
        **bank_view(bank),
        "items": [
            {
                **_item_view(item, currency=figures.currency, locale=locale),
                "days_overdue": str(item.days_overdue),
            }
            for item in figures.items
        ],
        "credits": [
            {
                "document": credit.document,
                "issued_on": date_text(credit.issued_on, locale=locale),
                "amount": _money(credit.amount, figures.currency, locale),
            }
            for credit in figures.credits
        ],
        "total_overdue": _money(figures.total_overdue, figures.currency, locale),
        "credit_total": _money(figures.credit_total, figures.currency, locale),
        "total": _money(figures.total, figures.currency, locale),
        "pay_by_on": long_date_text(figures.pay_by_on, locale=locale),
        "as_of_on": long_date_text(figures.as_of_on, locale=locale),
        "last_reminder_on": _long_date(figures.last_reminder_on, locale),
        "interest": _money(figures.interest, figures.currency, locale),
        "compensation": _money(figures.compensation, figures.currency, locale),
    }


def pre_due_view(
    items: Sequence[OpenEntry],
    *,
    total: Money,
    letterhead: Letterhead,
    bank: BankDetails,
) -> Context:
    """Return the context of the template pre_due_courtesy."""
    locale = locale_of(letterhead.language)
    return {
        **letterhead_view(letterhead),
        **bank_view(bank),
        "items": [
            _item_view(item, currency=total.currency, locale=locale) for item in items
        ],
        "total": _money(total.amount, total.currency, locale),
    }


def invoice_view(
    figures: DocumentFigures, *, letterhead: Letterhead, bank: BankDetails
) -> Context:
    """Return the context of the template invoice."""
    locale = locale_of(letterhead.language)
    currency, early = figures.total.currency, figures.early
    return {
        **letterhead_view(letterhead),
        **bank_view(bank),
        **_document_view(figures, locale=locale),
        "is_paid": figures.is_paid,
        "is_debited": figures.is_debited,
        "early_until": long_date_text(early.until_on, locale=locale) if early else "",
        "early_amount": _money(early.payable, currency, locale) if early else "",
        "order_refs": ", ".join(figures.order_refs),
        "instalments": [
            {
                "due_on": date_text(due_on, locale=locale),
                "amount": _money(amount, currency, locale),
            }
            for due_on, amount in figures.instalments
        ],
    }


def credit_note_view(figures: DocumentFigures, *, letterhead: Letterhead) -> Context:
    """Return the context of the template credit_note; the total is shown positive."""
    return {
        **letterhead_view(letterhead),
        **_document_view(figures, locale=locale_of(letterhead.language)),
        "corrected_invoice": figures.corrected_invoice,
        "reason": figures.reason,
    }


def letterhead_view(letterhead: Letterhead) -> Context:
    """Return the names that every mail to a customer uses."""
    return {
        "customer_name": letterhead.customer_name,
        "company_name": letterhead.company_name,
        "company_lines": [line for line in letterhead.company_lines if line],
        "contact_email": letterhead.contact_email,
        "contact_phone": letterhead.contact_phone,
    }


def bank_view(bank: BankDetails) -> Context:
    """Return where the money goes, for the template _bank."""
    return {
        "bank_holder": bank.holder,
        "bank_name": bank.bank_name,
        "iban": " ".join(
            bank.iban[start : start + 4] for start in range(0, len(bank.iban), 4)
        ),
        "bic": bank.bic,
        "payment_reference": bank.payment_reference,
    }


def _document_view(figures: DocumentFigures, *, locale: Locale) -> Context:
    total = figures.total
    return {
        "document_no": figures.document_no,
        "issued_on": long_date_text(figures.issued_on, locale=locale),
        "total": _money(abs(total.amount), total.currency, locale),
    }


def _item_view(item: OpenEntry, *, currency: str, locale: Locale) -> Context:
    return {
        "invoice": item.invoice,
        "issued_on": date_text(item.issued_on, locale=locale),
        "due_on": date_text(item.due_on, locale=locale),
        "open_amount": _money(item.open_amount, currency, locale),
        "reference": item.reference,
    }


def _money(amount: Decimal | None, currency: str, locale: Locale) -> str:
    return (
        "" if amount is None else money_text(amount, currency=currency, locale=locale)
    )


def _long_date(day: date | None, locale: Locale) -> str:
    return "" if day is None else long_date_text(day, locale=locale)
