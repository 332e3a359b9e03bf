"""Does a reminder that is about to leave still list what is open?

Also what becomes of its dunning notices once the mail has ended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select, update

from adv_domain.rules.money import ZERO, plain_amount
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    dispute,
    dunning_notice,
    instalment,
    invoice,
    promise,
)

_OPEN_NOTICES = ("decided", "unknown")


@dataclass(frozen=True, slots=True)
class Claimed:
    """An amount that a mail claims of an instalment."""

    outbox_key: str
    instalment_id: int
    amount: Decimal


def changed_claims(
    connection: Connection,
    outbox_keys: Sequence[str],
    *,
    on: date,
    listed: Sequence[Claimed] = (),
) -> dict[str, str]:
    """Return the mails that claim more than may be claimed now, with the reason.

    That is the open amount less open disputes and promises not yet due. listed are
    items that a mail lists beside those of its notices. Four statements.
    """
    claims = [*_of_notices(connection, outbox_keys), *listed]
    if not claims:
        return {}
    ids = sorted({claim.instalment_id for claim in claims})
    items = _open_now(connection, ids)
    withheld = [_disputed(connection, ids), _promised(connection, ids, on)]
    changed: dict[str, str] = {}
    for claim in claims:
        item = items[claim.instalment_id]
        held = sum((each.get(claim.instalment_id, ZERO) for each in withheld), ZERO)
        left = item.open_amount - held
        if left < claim.amount:
            changed[claim.outbox_key] = (
                f"{item.invoice_no} has "
                f"{plain_amount(max(left, ZERO), item.currency)} left to claim and not "
                f"{plain_amount(claim.amount, item.currency)} as listed"
            )
    return changed


def end_notices(
    connection: Connection,
    outbox_keys: Sequence[str],
    *,
    state: str,
    reason: str | None = None,
    completed_on: date | None = None,
) -> int:
    """Move the open notices of these mails to a state; return how many.

    completed needs completed_on, the day from which the next level counts.
    """
    moved = connection.execute(
        update(dunning_notice)
        .where(
            among(connection, dunning_notice.c.outbox_key, outbox_keys),
            dunning_notice.c.state.in_(_OPEN_NOTICES),
        )
        .values(state=state, reason=reason, completed_on=completed_on)
    )
    return int(moved.rowcount)


def _of_notices(connection: Connection, outbox_keys: Sequence[str]) -> list[Claimed]:
    rows = connection.execute(
        select(
            dunning_notice.c.outbox_key,
            dunning_notice.c.instalment_id,
            dunning_notice.c.amount,
        )
        .where(
            among(connection, dunning_notice.c.outbox_key, outbox_keys),
            dunning_notice.c.state == "decided",
        )
        .order_by(dunning_notice.c.id)
    )
    return [Claimed(*row) for row in rows]


def _open_now(connection: Connection, ids: Sequence[int]) -> Mapping[int, Any]:
    rows = connection.execute(
        select(
            instalment.c.id,
            instalment.c.open_amount,
            instalment.c.currency,
            invoice.c.invoice_no,
        )
        .join_from(instalment, invoice, invoice.c.id == instalment.c.invoice_id)
        .where(among(connection, instalment.c.id, ids))
    )
    return {row.id: row for row in rows}


def _disputed(connection: Connection, ids: Sequence[int]) -> dict[int, Decimal]:
    rows = connection.execute(
        select(dispute.c.instalment_id, func.sum(dispute.c.amount))
        .where(
            among(connection, dispute.c.instalment_id, ids),
            dispute.c.closed_on.is_(None),
        )
        .group_by(dispute.c.instalment_id)
    )
    return {row[0]: row[1] for row in rows}


def _promised(
    connection: Connection, ids: Sequence[int], on: date
) -> dict[int, Decimal]:
    rows = connection.execute(
        select(promise.c.instalment_id, func.sum(promise.c.amount))
        .where(
            among(connection, promise.c.instalment_id, ids),
            promise.c.state == "open",
            promise.c.promised_on >= on,
        )
        .group_by(promise.c.instalment_id)
    )
    return {row[0]: row[1] for row in rows}
