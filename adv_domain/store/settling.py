"""How is money given to open items, and taken from them again?

Every change of an open amount goes through here: an allocation row and the item's
balance change in one transaction, in a constant number of statements.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Date, Row, bindparam, case, select, update

from adv_domain.store.columns import AMOUNT
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
    connection.execute(
        update(allocation)
        .where(allocation.c.id == bindparam("row_id"))
        .values(reversed_on=bindparam("new_on"), reverse_reason=bindparam("why")),
        [
            {
                "row_id": one.id,
                "new_on": reversed_on[one.payment_id],
                "why": reasons[one.payment_id],
            }
            for one in allocations
        ],
    )
    _change_open_amounts(
        connection, [(one.instalment_id, one.amount, None) for one in allocations]
    )


def update_payments(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write state, customer, unapplied and reversed amount, origin and reason.

    Each row has payment_id, new_state, new_customer, new_unapplied, new_reversed,
    new_reverses and new_reason.
    """
    if not rows:
        return
    connection.execute(
        update(payment)
        .where(payment.c.id == bindparam("payment_id"))
        .values(
            state=bindparam("new_state"),
            customer_id=bindparam("new_customer"),
            unapplied_amount=bindparam("new_unapplied"),
            reversed_amount=bindparam("new_reversed"),
            reverses_id=bindparam("new_reverses"),
            reason=bindparam("new_reason"),
        ),
        [dict(row) for row in rows],
    )


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
    changed = instalment.c.open_amount + bindparam("change", type_=AMOUNT)
    connection.execute(
        update(instalment)
        .where(instalment.c.id == bindparam("row_id"))
        .values(
            open_amount=changed,
            settled_on=case(
                (changed == 0, bindparam("new_on", type_=Date)), else_=None
            ),
        ),
        [
            {"row_id": row_id, "change": sums[row_id], "new_on": days[row_id]}
            for row_id in sorted(sums)
        ],
    )
