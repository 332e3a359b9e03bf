"""How does a bank file become payments: each movement once, by its key?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from adv_domain.files.bank import BankFile, BankStatement, BankTransaction
from adv_domain.rules.faults import FileFault
from adv_domain.rules.payments.returned import MoneyKind, kind_of_money
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.engine import writing
from adv_domain.store.payments.bank_entries import (
    StatementRow,
    known_entry_keys,
    write_entries,
    write_statement,
)
from tasks.payments.bank_trust import adds_up, faults_of
from tasks.resources import newest_day, now, resources


@dataclass(slots=True)
class Booked:
    """What became of the movements of a file; fresh_keys are those accepted.

    read and rejected count an entry that could not be read as one movement.
    is_doubtful: a statement, be it an empty one, or the whole file was refused.
    """

    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    is_doubtful: bool = False
    faults: list[FileFault] = field(default_factory=list)
    fresh_keys: list[str] = field(default_factory=list)


def book_bank_file(
    found: BankFile,
    *,
    name: str,
    on: date,
    source_file_id: int | None,
    check: Callable[[Connection], None] | None = None,
) -> Booked:
    """Book the movements of every statement that can be trusted, batch by batch.

    A statement whose balance is off, or of which an entry could not be read, is
    rejected whole (policy payments.accept_unbalanced lets the former in), and so is
    one of a foreign account or with bookings far beyond the business date. name
    stands in the faults. check is called first in each transaction, to hold the
    run's lease.
    """
    booked = Booked(faults=list(found.faults), is_doubtful=not found.statements)
    policy = resources().policy
    for statement in found.statements:
        movements = len(statement.transactions) + statement.unread
        booked.read += movements
        unfit = faults_of(statement, file=name, policy=policy, on=newest_day(on))
        booked.faults += unfit
        if not unfit and adds_up(statement, policy=policy):
            _book_statement(statement, booked, source_file_id, check)
        else:
            booked.rejected += movements
            booked.is_doubtful = True
    return booked


def _book_statement(
    statement: BankStatement,
    booked: Booked,
    source_file_id: int | None,
    check: Callable[[Connection], None] | None,
) -> None:
    known = resources()
    for batch in _batches(statement.transactions, known.settings.batch_size):
        with writing(known.engine) as connection:
            if check is not None:
                check(connection)
            at = now()
            statement_id = write_statement(
                connection, _row_of(statement), source_file_id=source_file_id, at=at
            )
            seen = known_entry_keys(connection, [one.key for one in batch])
            fresh = [one for one in batch if one.key not in seen]
            write_entries(
                connection,
                [_payment_row(one, statement, statement_id, at) for one in fresh],
            )
        booked.accepted += len(fresh)
        booked.duplicate += len(batch) - len(fresh)
        booked.fresh_keys += [one.key for one in fresh]


def _batches(
    transactions: Iterable[BankTransaction], size: int
) -> Iterator[Sequence[BankTransaction]]:
    """Yield batches; a statement without movements still yields one, empty."""
    waiting = iter(transactions)
    batch = list(islice(waiting, size))
    yield batch
    while batch := list(islice(waiting, size)):
        yield batch


def _row_of(statement: BankStatement) -> StatementRow:
    days = [one.booked_on for one in statement.transactions]
    return StatementRow(
        account=statement.account[:40],
        statement_ref=statement.statement_id[:80],
        currency=statement.currency,
        from_on=min(days, default=None),
        to_on=statement.closing_on or max(days, default=None),
        opening=statement.opening,
        closing=statement.closing,
        entries=statement.entries,
    )


def _payment_row(
    one: BankTransaction, statement: BankStatement, statement_id: int, at: datetime
) -> dict[str, Any]:
    kind = kind_of_money(
        one.amount, reversal=one.reversal, return_reason=one.return_reason
    )
    first, *others = one.structured_references or ("",)
    return {
        "company_id": COMPANY_ID,
        "kind": "bank",
        "state": "other" if kind is MoneyKind.OTHER else "new",
        "entry_key": one.key,
        "statement_id": statement_id,
        "account": statement.account[:40],
        "booked_on": one.booked_on,
        "value_on": one.value_on,
        "amount": one.amount,
        "currency": one.currency,
        "payer_name": one.counterparty_name[:200] or None,
        "payer_iban": one.counterparty_iban[:40] or None,
        "structured_ref": first[:40] or None,
        "end_to_end_id": one.end_to_end_id[:80] or None,
        "remittance": " ".join([*others, one.remittance]).strip() or None,
        "unapplied_amount": one.amount,
        "is_reversal": kind is MoneyKind.RETURN,
        "reason": one.return_reason or None,
        "recorded_at": at,
    }
