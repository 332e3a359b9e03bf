"""Which strings does the mail show that asks for an advance?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.mail.views import (
    BankDetails,
    Context,
    Letterhead,
    bank_view,
    letterhead_view,
)
from adv_domain.rules.money import Money
from adv_domain.wording import (
    locale_of,
    long_date_text,
    money_text,
    rate_text,
)


@dataclass(frozen=True, slots=True)
class RequestFigures:
    """What is asked for, and of which order; order_total is with tax.

    has_page: the PDF goes with it, has_code: with the QR code of the transfer.
    """

    order_no: str
    customer_ref: str
    rate: Decimal
    order_total: Money
    amount: Money
    due_on: date
    has_page: bool = False
    has_code: bool = False


def payment_request_view(
    figures: RequestFigures, *, letterhead: Letterhead, bank: BankDetails
) -> Context:
    """Return the context of the template payment_request."""
    locale = locale_of(letterhead.language)
    return {
        **letterhead_view(letterhead),
        **bank_view(bank),
        "order_no": figures.order_no,
        "customer_ref": figures.customer_ref,
        "share": rate_text(figures.rate, locale=locale),
        "order_total": money_text(
            figures.order_total.amount,
            currency=figures.order_total.currency,
            locale=locale,
        ),
        "amount": money_text(
            figures.amount.amount, currency=figures.amount.currency, locale=locale
        ),
        "has_page": figures.has_page,
        "has_code": figures.has_code,
        "due_on": long_date_text(figures.due_on, locale=locale),
    }
