"""Which past invoices and payments stand in the files of a dunning replay?"""

from datetime import date
from decimal import Decimal
from pathlib import Path

from adv_domain.files.fields import Field, currency, day, flag, number, text
from adv_domain.files.mapping import OWN
from adv_domain.files.sources import mapped_rows
from adv_domain.rules.dunning.replay import PastItem
from adv_domain.rules.faults import FileFault

PastPayment = tuple[str, date, Decimal]

_INVOICES = (
    Field("invoice", text(60), required=True),
    Field("customer", text(80), required=True),
    Field("due_on", day(), required=True),
    Field("amount", number(decimals=3), required=True),
    Field("currency", currency(), default="EUR"),
    Field("settled_on", day()),
    Field("disputed", flag(), default="no"),
)
_PAYMENTS = (
    Field("invoice", text(60), required=True),
    Field("paid_on", day(), required=True),
    Field("amount", number(decimals=3), required=True),
)


def read_past_items(path: Path) -> tuple[list[PastItem], list[FileFault]]:
    """Read the invoices, one row an instalment, and what is wrong in the rows.

    Raises CannotOpen, and FileRefused for a file that is unreadable as a whole.
    """
    items, faults = [], []
    for _, values, bad in mapped_rows(path, _INVOICES, OWN):
        faults += bad
        if values is not None:
            is_disputed = values.pop("disputed")
            items.append(PastItem(**values, is_disputed=is_disputed))
    return items, faults


def read_past_payments(path: Path) -> tuple[list[PastPayment], list[FileFault]]:
    """Read (invoice, day, amount) of each payment, and what is wrong in the rows.

    Raises CannotOpen, and FileRefused for a file that is unreadable as a whole.
    """
    payments, faults = [], []
    for _, values, bad in mapped_rows(path, _PAYMENTS, OWN):
        faults += bad
        if values is not None:
            payments.append((values["invoice"], values["paid_on"], values["amount"]))
    return payments, faults
