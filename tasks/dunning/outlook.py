"""What would a dunning run of a day decide, and how many reminders would leave?"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.brake import NOTHING, Volume
from adv_domain.rules.dunning.outcome import Decision
from adv_domain.store.dunning.debtors import (
    DebtorRecord,
    customers_with_open_items,
    read_debtors,
)
from adv_domain.store.engine import reading
from tasks.batches import BatchResult, decided
from tasks.brake import worth
from tasks.dunning.ground import decision_of, ground_of
from tasks.resources import resources

_BATCH = 2000


def previewed(on: date) -> Iterator[Decision]:
    """Yield what a run of the day would decide, customer by customer; writes nothing.

    Raises what the rule raises: a preview does not set customers aside.
    """
    known = resources()
    with reading(known.engine) as connection:
        ground = ground_of(connection, known.policy, on=on)
        for records in _all_records(connection, on):
            for record in records:
                yield decision_of(record, ground)


def reminders_waiting(connection: Connection, on: date) -> Volume:
    """Count the mails that a run of the day would queue, and what they claim.

    A customer whom the rule cannot decide is none of them: the run sets him aside.
    """
    ground = ground_of(connection, resources().policy, on=on)
    found = NOTHING
    for records in _all_records(connection, on):
        pairs = decided(
            records,
            lambda record: decision_of(record, ground),
            name_of=lambda record: record.debtor.code,
            result=BatchResult(),
        )
        found += volume_of(connection, [one for _, one in pairs], on=on)
    return found


def volume_of(
    connection: Connection, decisions: Iterable[Decision], *, on: date
) -> Volume:
    """Return the number of mails of the decisions and the sum that they claim."""
    mails = 0
    totals: dict[str, Decimal] = {}
    for decision in decisions:
        for mail in decision.reminders:
            mails += 1
            totals[mail.currency] = totals.get(mail.currency, Decimal(0)) + mail.total
    return Volume(mails, worth(connection, totals, on=on))


def records_of(
    connection: Connection, customer_ids: Sequence[int], *, on: date
) -> list[DebtorRecord]:
    """Read what the rule needs of the customers."""
    return read_debtors(
        connection,
        customer_ids,
        on=on,
        mails_invoices=resources().policy.documents.mail_invoices,
    )


def _all_records(connection: Connection, on: date) -> Iterator[list[DebtorRecord]]:
    after: int | None = None
    while found := customers_with_open_items(connection, after=after, limit=_BATCH):
        yield records_of(connection, [each[0] for each in found], on=on)
        after = found[-1][0]
