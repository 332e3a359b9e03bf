"""How is money given to open items, and taken from them again?

Every change of an open amount goes through here: an allocation row and the item's
balance change in one transaction, in a constant number of statements.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import allocation, instalment, payment

_EVIDENCE_SIZE = 200
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Giving:
    """Money of a payment, or credit of a credit note's instalment, for an item.

    amount is positive; allocated_on is the day on which the item counts as paid.
    """

    instalment_id: int
    amount: Decimal
    allocated_on: date
    evidence: str
    payment_id: int | None = None
    credit_instalment_id: int | None = None
    is_manual: bool = False


def allocate(
    connection: Connection, givings: Sequence[Giving], *, by: str, at: datetime
) -> None:
    """Write the allocations and lower the open amounts.

    The database refuses an open amount below zero. A credit note's own negative
    open amount rises by what it gives.
    """
    insert_rows(
        connection,
        allocation,
        [
            {
                "payment_id": one.payment_id,
                "credit_instalment_id": one.credit_instalment_id,
                "instalment_id": one.instalment_id,
                "amount": one.amount,
                "allocated_on": one.allocated_on,
                "evidence": one.evidence[:_EVIDENCE_SIZE],
                "is_manual": one.is_manual,
                "made_by": by,
                "made_at": at,
            }
            for one in givings
        ],
    )
    changes = [(one.instalment_id, -one.amount, one.allocated_on) for one in givings]
    changes += [
        (one.credit_instalment_id, one.amount, one.allocated_on)
        for one in givings
        if one.credit_instalment_id is not None
    ]
    _change_open_amounts(connection, changes)


def live_allocations(
    connection: Connection, payment_ids: Collection[int]
) -> Sequence[Row[Any]]:
    """Read the allocations of the payments that were not undone."""
    return connection.execute(
        select(allocation)
        .where(
            among(connection, allocation.c.payment_id, payment_ids),
            allocation.c.reversed_on.is_(None),
        )
        .order_by(allocation.c.id)
    ).all()


def undo_allocations(
    connection: Connection,
    allocations: Sequence[Row[Any]],
    *,
    reversed_on: Mapping[int, date],
    reasons: Mapping[int, str],
) -> None:
    """Mark the allocations as undone and open their items again.

    reversed_on and reasons are by payment id.
    """
    if not allocations:
        return
    update_rows(
        connection,
        allocation,
        ("reversed_on", "reverse_reason"),
        [
            (one.id, reversed_on[one.payment_id], reasons[one.payment_id])
            for one in allocations
        ],
    )
    _change_open_amounts(
        connection, [(one.instalment_id, one.amount, None) for one in allocations]
    )


class PaymentChange(NamedTuple):
    """What became of a payment: its state, whose it is, what is left, and why."""

    payment_id: int
    state: str
    customer_id: int | None
    unapplied_amount: Decimal
    reversed_amount: Decimal
    reverses_id: int | None
    reason: str | None


def update_payments(connection: Connection, changes: Sequence[PaymentChange]) -> None:
    """Write what became of the payments, in one statement."""
    update_rows(connection, payment, PaymentChange._fields[1:], changes)


def _change_open_amounts(
    connection: Connection, changes: Iterable[tuple[int, Decimal, date | None]]
) -> None:
    """Add the signed changes to the open amounts; an item at zero is settled."""
    sums: dict[int, Decimal] = {}
    days: dict[int, date | None] = {}
    for instalment_id, change, on in changes:
        sums[instalment_id] = sums.get(instalment_id, _ZERO) + change
        known = days.get(instalment_id)
        days[instalment_id] = max(known, on) if known and on else on or known
    if not sums:
        return
    open_items = connection.execute(
        select(instalment.c.id, instalment.c.open_amount)
        .where(among(connection, instalment.c.id, sums))
        .order_by(instalment.c.id)
        .with_for_update(key_share=True)
    ).all()
    rows = [(row.id, row.open_amount + sums[row.id]) for row in open_items]
    update_rows(
        connection,
        instalment,
        ("open_amount", "settled_on"),
        [(item_id, after, None if after else days[item_id]) for item_id, after in rows],
    )
