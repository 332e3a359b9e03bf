"""What does a bank statement say, whatever the format of its file?

One statement holds the booked movements of one account between two balances.
Amounts are signed: money in is positive, money out negative.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from adv_domain.rules.faults import FileFault


@dataclass(frozen=True, slots=True)
class BankTransaction:
    """One movement of money: a booked entry, or one detail of a batch entry.

    key is unique per movement and the same in every file that repeats it; row is
    the line in the file; entry_no counts all entries of the statement from 1,
    detail_no the details of the entry.
    reversal says that the bank undid an earlier entry; amount has its final sign.
    """

    key: str
    row: int
    entry_no: int
    detail_no: int
    booked_on: date
    value_on: date
    amount: Decimal
    currency: str
    bank_reference: str
    end_to_end_id: str
    structured_references: tuple[str, ...]
    remittance: str
    counterparty_name: str
    counterparty_iban: str
    reversal: bool
    return_reason: str


@dataclass(frozen=True, slots=True)
class BankStatement:
    """The booked movements of one account, with the check of its balances.

    difference is closing − (opening + booked), None where a balance is missing or
    in another currency. sound is False where an entry could not be read in full,
    so that booking the rest would book half a statement; unread counts those.
    """

    row: int
    account: str
    statement_id: str
    sequence_no: str
    currency: str
    opening: Decimal | None
    closing: Decimal | None
    closing_on: date | None
    entries: int
    booked_sum: Decimal
    balanced: bool
    difference: Decimal | None
    sound: bool
    unread: int
    transactions: tuple[BankTransaction, ...]


@dataclass(frozen=True, slots=True)
class BankFile:
    """What was read; a file with a file-level fault has no statements."""

    statements: tuple[BankStatement, ...]
    faults: tuple[FileFault, ...]


def entry_name(reference: str, entry_no: int) -> str:
    """Name an entry as the bank does, else by its place in the statement."""
    return f"entry {reference[:40]}" if reference else f"entry no. {entry_no}"


class FaultList:
    """The faults of one file, in reading order."""

    __slots__ = ("file", "items")

    def __init__(self, file: str) -> None:
        self.file = file
        self.items: list[FileFault] = []

    def add(
        self, code: str, message: str, *, row: int = 0, field: str = "", value: str = ""
    ) -> None:
        """Note a fault; a long value is cut, the file itself keeps the rest."""
        self.items.append(FileFault(self.file, row, field, code, message, value[:80]))

    def name(self, what: str, *, since: int) -> None:
        """Put the name of what is wrong before the messages noted since then."""
        self.items[since:] = [
            replace(each, message=f"{what}: {each.message}")
            for each in self.items[since:]
        ]
