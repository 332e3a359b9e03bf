"""Which promises to pay stand open, what came for them, and how did they end?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, select

from adv_domain.rules.money import ZERO
from adv_domain.rules.payments.promises import PromiseFacts, last_day_of
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among
from adv_domain.store.tables import allocation, instalment, promise


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """A promise that nobody has decided on, with the facts for it."""

    promise_id: int
    invoice_id: int
    currency: str
    facts: PromiseFacts


def open_promises(
    connection: Connection, *, on: date, grace_days: int
) -> list[OpenPromise]:
    """Read and lock the promises that stand open on the day, in two statements.

    An item's money counts by the day on which the item counts as paid.
    """
    rows = connection.execute(
        select(
            promise.c.id,
            promise.c.instalment_id,
            promise.c.amount,
            promise.c.promised_on,
            promise.c.made_on,
            instalment.c.invoice_id,
            instalment.c.currency,
            instalment.c.amount.label("owed"),
        )
        .join(instalment, instalment.c.id == promise.c.instalment_id)
        .where(promise.c.state == "open", promise.c.made_on <= on)
        .order_by(promise.c.id)
        .with_for_update(key_share=True, of=promise)
    ).all()
    came = _money_for(connection, [row.instalment_id for row in rows])
    found = []
    for row in rows:
        last_on = last_day_of(row.promised_on, grace_days=grace_days)
        in_time = [
            (day, paid)
            for day, paid in came.get(row.instalment_id, ())
            if day <= last_on
        ]
        facts = PromiseFacts(
            amount=row.amount,
            promised_on=row.promised_on,
            paid=_sum(paid for day, paid in in_time if day >= row.made_on),
            left=row.owed - _sum(paid for _, paid in in_time),
        )
        found.append(OpenPromise(row.id, row.invoice_id, row.currency, facts))
    return found


def write_promise_ends(
    connection: Connection, ends: Sequence[tuple[int, str]], *, on: date
) -> None:
    """Write state and day of the promises decided on: (id, state)."""
    rows = [(promise_id, state, on) for promise_id, state in ends]
    update_rows(connection, promise, ("state", "decided_on"), rows)


def _money_for(
    connection: Connection, instalment_ids: Sequence[int]
) -> dict[int, list[tuple[date, Decimal]]]:
    rows = connection.execute(
        select(
            allocation.c.instalment_id, allocation.c.allocated_on, allocation.c.amount
        ).where(
            among(connection, allocation.c.instalment_id, instalment_ids),
            allocation.c.reversed_on.is_(None),
        )
    )
    found: dict[int, list[tuple[date, Decimal]]] = {}
    for instalment_id, allocated_on, amount in rows:
        found.setdefault(instalment_id, []).append((allocated_on, amount))
    return found


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
