"""Which bank movements are known, and how are new ones written?

Keys decide: a movement that another file brought already adds nothing (P6).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from adv_domain.rules.payments.statement_days import covered_until
from adv_domain.store.rows import among, insert_rows, take_ids
from adv_domain.store.tables import bank_statement, payment


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A bank statement as it is kept; opening and closing are signed."""

    account: str
    statement_ref: str
    currency: str
    from_on: date | None
    to_on: date | None
    opening: Decimal | None
    closing: Decimal | None
    entries: int


def known_entry_keys(connection: Connection, keys: Collection[str]) -> set[str]:
    """Return which of the keys are booked already."""
    found = connection.execute(
        select(payment.c.entry_key).where(among(connection, payment.c.entry_key, keys))
    )
    return set(found.scalars())


def write_statement(
    connection: Connection,
    statement: StatementRow,
    *,
    source_file_id: int | None,
    at: datetime,
) -> int:
    """Write the statement unless it is known; return its id."""
    known = connection.execute(
        select(bank_statement.c.id).where(
            bank_statement.c.account == statement.account,
            bank_statement.c.statement_ref == statement.statement_ref,
        )
    ).scalar()
    if known is not None:
        return int(known)
    [statement_id] = take_ids(connection, bank_statement, 1)
    row = {
        "id": statement_id,
        "account": statement.account,
        "statement_ref": statement.statement_ref,
        "currency": statement.currency,
        "from_on": statement.from_on,
        "to_on": statement.to_on,
        "opening": statement.opening,
        "closing": statement.closing,
        "entries": statement.entries,
        "source_file_id": source_file_id,
        "imported_at": at,
    }
    insert_rows(connection, bank_statement, [row])
    return statement_id


def write_entries(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
    """Write new movements in one statement; return how many."""
    return insert_rows(connection, payment, rows)


def states_of_entries(connection: Connection, keys: Collection[str]) -> dict[str, int]:
    """Count the movements with these keys by state."""
    rows = connection.execute(
        select(payment.c.state, func.count())
        .where(among(connection, payment.c.entry_key, keys))
        .group_by(payment.c.state)
    )
    return {state: int(count) for state, count in rows}


def bank_covers_until(connection: Connection, *, on: date) -> date | None:
    """Return the last day that statements cover, None where there is no statement.

    A statement of a day to come covers no more than the business date.
    """
    newest_on = connection.execute(select(func.max(bank_statement.c.to_on))).scalar()
    return covered_until(newest_on, on=on)
