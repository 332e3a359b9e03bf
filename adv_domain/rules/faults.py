"""What is wrong with a document, said so that a person can mend it?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.plain_numbers import plain_number

UNKNOWN_COLUMN = "unknown_column"
UNREAD_CELLS = "unread_cells"
NOT_TAKEN = "not_taken"
ORDER_NOT_HERE = "order_not_here"
REPEATED_CHANGE = "repeated_change"
LONG_TERMS = "long_terms"
PRICE_ROUNDED = "price_rounded"
PRODUCT_NOT_HERE = "product_not_here"
WARNINGS = frozenset(
    (
        UNKNOWN_COLUMN,
        UNREAD_CELLS,
        NOT_TAKEN,
        ORDER_NOT_HERE,
        REPEATED_CHANGE,
        LONG_TERMS,
        PRICE_ROUNDED,
        PRODUCT_NOT_HERE,
    )
)
"""Codes that are only told: no row is rejected for them, no run fails."""

FieldFault = tuple[str, str, str]
"""What is wrong in a record: field, code, message."""


@dataclass(frozen=True, slots=True)
class FileFault:
    """One thing wrong in a file: where it stands and what to do about it.

    row is 1-based as a person counts it in the file, the header included; 0
    means the file as a whole. message names the remedy in plain words.
    """

    file: str
    row: int
    field: str
    code: str
    message: str
    value: str = ""

    @property
    def is_warning(self) -> bool:
        """Tell whether it is only told."""
        return self.code in WARNINGS

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class OrderFault:
    """One rule that an order breaks; line_no 0 means the order as a whole.

    message names the sentence of the catalogues (templates/faults) that says it in
    the reader's language, clash the values that it puts in, each as plain text.
    """

    code: str
    field: str
    line_no: int
    message: str
    clash: Mapping[str, str]


def order_fault(
    code: str,
    about: str,
    /,
    *,
    line: int = 0,
    case: str = "",
    **clash: str | int | Decimal | date,
) -> OrderFault:
    """Make the fault of a rule; case tells apart what can be wrong by one rule."""
    message = f"{code}.{case}" if case else code
    values = {name: _plain(value) for name, value in clash.items()}
    return OrderFault(code, about, line, message, values)


def _plain(value: str | int | Decimal | date) -> str:
    return plain_number(value) if isinstance(value, Decimal) else str(value)
