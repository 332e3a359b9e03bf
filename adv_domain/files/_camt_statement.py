"""Whose statement is it, do its balances agree, and what is each movement's key?"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from adv_domain.files._camt_entry import Detail, Entry
from adv_domain.files._camt_values import (
    Element,
    account_no,
    amount_of,
    child,
    children,
    day_of,
    line_of,
    signed,
    text,
)
from adv_domain.files.bank import BankTransaction, FaultList

_LONGEST_KEY = 240


@dataclass(frozen=True, slots=True)
class Head:
    """Whose statement it is; complete is False without account, id or currency."""

    row: int
    account: str
    statement_id: str
    sequence_no: str
    currency: str
    complete: bool


@dataclass(frozen=True, slots=True)
class BalanceCheck:
    """Signed balances in the account's currency and whether they agree."""

    opening: Decimal | None
    closing: Decimal | None
    closing_on: date | None
    balanced: bool
    difference: Decimal | None


def read_head(statement: Element, faults: FaultList) -> Head:
    """Read account, id and currency; a missing one is a fault."""
    account = child(statement, "Acct")
    number = account_no(account)
    statement_id = text(statement, "Id")
    currency = _currency(statement, account)
    for field, value in (("Acct", number), ("Id", statement_id), ("Ccy", currency)):
        if not value:
            faults.add(
                "statement_incomplete",
                f"the statement lacks its {field}; ask the bank for the file again",
                row=line_of(statement),
                field=field,
            )
    return Head(
        row=line_of(statement),
        account=number,
        statement_id=statement_id,
        sequence_no=text(statement, "ElctrncSeqNb") or text(statement, "LglSeqNb"),
        currency=currency,
        complete=bool(number and statement_id and currency),
    )


def balance_check(
    statement: Element, head: Head, booked_sum: Decimal, faults: FaultList
) -> BalanceCheck:
    """Check opening + booked = closing; a difference or a missing balance is a fault.

    Where the bank gives no opening balance (OPBD), the previous closing one (PRCD)
    takes its place.
    """
    found = _balances(statement)
    opening = _balance(found.get("OPBD", found.get("PRCD")), faults)
    closing = _balance(found.get("CLBD"), faults)
    if opening is None or closing is None:
        return _unchecked(head, opening, closing, faults)
    if {opening[1], closing[1]} != {head.currency}:
        faults.add(
            "balance_currency",
            f"balances in {opening[1]} and {closing[1]} cannot be checked against "
            f"an account in {head.currency}",
            row=head.row,
            field="Bal",
        )
        return BalanceCheck(opening[0], closing[0], closing[2], False, None)
    difference = closing[0] - opening[0] - booked_sum
    if difference:
        faults.add(
            "balance_off",
            f"opening {opening[0]} + booked {booked_sum} is not closing {closing[0]}: "
            f"difference {difference} {head.currency}",
            row=head.row,
            field="Bal",
            value=str(difference),
        )
    return BalanceCheck(opening[0], closing[0], closing[2], not difference, difference)


def transactions_of(
    entry: Entry, entry_no: int, head: Head, seen: Counter[str]
) -> list[BankTransaction]:
    """Return the entry's movements, each with its key.

    seen counts the keys of the whole file, so that true twins stay two while the
    same file, read again, gives the same keys.
    """
    movements = []
    for detail_no, detail in enumerate(entry.details, start=1):
        base = _key_base(entry, detail, detail_no, head)
        seen[base] += 1
        movements.append(
            BankTransaction(
                key=f"{base}#{seen[base]}",
                row=detail.row,
                entry_no=entry_no,
                detail_no=detail_no,
                booked_on=entry.booked_on,
                value_on=entry.value_on,
                amount=detail.amount,
                currency=entry.currency,
                bank_reference=entry.servicer_reference or entry.entry_reference,
                end_to_end_id=detail.end_to_end_id,
                structured_references=detail.structured_references,
                remittance=detail.remittance,
                counterparty_name=detail.counterparty_name,
                counterparty_iban=detail.counterparty_iban,
                reversal=entry.reversal,
                return_reason=detail.return_reason,
            )
        )
    return movements


def _currency(statement: Element, account: Element | None) -> str:
    """Return the account's currency, else that of its first booked balance."""
    stated = "" if account is None else text(account, "Ccy")
    if stated:
        return stated
    found = _balances(statement)
    for code in ("OPBD", "PRCD", "CLBD"):
        if code in found:
            amount = child(found[code], "Amt")
            return "" if amount is None else str(amount.get("Ccy", ""))
    amount = child(statement, "Ntry", "Amt")
    return "" if amount is None else str(amount.get("Ccy", ""))


def _balances(statement: Element) -> dict[str, Element]:
    """Return the first balance of each type that has an amount."""
    found: dict[str, Element] = {}
    for balance in children(statement, "Bal"):
        code = text(balance, "Tp", "CdOrPrtry", "Cd")
        if child(balance, "Amt") is not None:
            found.setdefault(code, balance)
    return found


def _balance(
    element: Element | None, faults: FaultList
) -> tuple[Decimal, str, date | None] | None:
    if element is None:
        return None
    read = amount_of(child(element, "Amt"), faults)
    if read is None:
        return None
    amount = signed(read[0], text(element, "CdtDbtInd"))
    return None if amount is None else (amount, read[1], day_of(child(element, "Dt")))


def _unchecked(
    head: Head,
    opening: tuple[Decimal, str, date | None] | None,
    closing: tuple[Decimal, str, date | None] | None,
    faults: FaultList,
) -> BalanceCheck:
    missing = "opening (OPBD)" if opening is None else "closing (CLBD)"
    faults.add(
        "balance_missing",
        f"the {missing} balance is missing, so the statement cannot be checked",
        row=head.row,
        field="Bal",
    )
    return BalanceCheck(
        None if opening is None else opening[0],
        None if closing is None else closing[0],
        None if closing is None else closing[2],
        False,
        None,
    )


def _key_base(entry: Entry, detail: Detail, detail_no: int, head: Head) -> str:
    """Return the key without its occurrence.

    The account servicer's reference stands for the entry in every statement that
    repeats it; a bare entry reference or none is only unique in its statement.
    """
    moved = f"{entry.booked_on:%Y%m%d}:{detail.amount}:{detail_no}"
    if entry.servicer_reference:
        return _short(f"{head.account}:A:{entry.servicer_reference}:{moved}")
    own = entry.entry_reference or _fingerprint(detail)
    return _short(f"{head.account}:S:{head.statement_id}:{own}:{moved}")


def _short(key: str) -> str:
    """Keep a key within its column; only out-of-norm references are that long."""
    return key if len(key) <= _LONGEST_KEY else sha256(key.encode()).hexdigest()


def _fingerprint(detail: Detail) -> str:
    said = "\x1f".join(
        (
            detail.end_to_end_id,
            *detail.structured_references,
            detail.remittance,
            detail.counterparty_name,
            detail.counterparty_iban,
        )
    )
    return sha256(said.encode()).hexdigest()[:16]
