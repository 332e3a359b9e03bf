"""Which levels has each item reached, and how does a notice end?

A standing notice keeps its level taken; one that failed or was withdrawn frees
it for a new attempt. What a mail or a task carries is found by its key.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, bindparam, delete, select, text, update

from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import dunning_notice, instalment, invoice, not_chased

_STANDING = ("decided", "unknown")


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A level that an item reaches; one of the keys says what carries it."""

    customer_id: int
    instalment_id: int
    level: int
    attempt: int
    policy: str
    channel: str
    tone: str
    effect: str
    amount: Decimal
    interest: Decimal
    fee: Decimal
    currency: str
    outbox_key: str | None
    task_key: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item left out of the run: why, until when, and how much if only a part."""

    instalment_id: int
    reason: str
    until: date | None
    detail: str | None


def write_notices(
    connection: Connection,
    notices: Sequence[NoticeRow],
    *,
    decided_on: date,
    run_id: int | None,
) -> int:
    """Write the notices as decided; return how many."""
    return insert_rows(
        connection,
        dunning_notice,
        [
            {
                "customer_id": one.customer_id,
                "instalment_id": one.instalment_id,
                "level": one.level,
                "attempt": one.attempt,
                "policy": one.policy,
                "channel": one.channel,
                "tone": one.tone,
                "effect": one.effect,
                "state": "decided",
                "decided_on": decided_on,
                "amount": one.amount,
                "interest": one.interest,
                "fee": one.fee,
                "currency": one.currency,
                "outbox_key": one.outbox_key,
                "task_key": one.task_key,
                "reason": one.reason,
                "run_id": run_id,
            }
            for one in notices
        ],
    )


def end_notices_of_tasks(
    connection: Connection, task_keys: Collection[str], *, state: str, on: date
) -> int:
    """Let the notices end that a person's letter, call or referral carries.

    state is completed (counted from the day on) or withdrawn. What a mail carries
    ends with the mail: store/claim_check. Returns how many notices changed.
    """
    if not task_keys:
        return 0
    done = connection.execute(
        update(dunning_notice)
        .where(
            among(connection, dunning_notice.c.task_key, task_keys),
            dunning_notice.c.state.in_(_STANDING),
        )
        .values(state=state, completed_on=on if state == "completed" else None)
    )
    return done.rowcount


def complete_waived(
    connection: Connection, notices: Sequence[NoticeRow], *, reason: str, on: date
) -> None:
    """Turn notices just written into waivers: completed on the day, for a reason."""
    connection.execute(
        update(dunning_notice)
        .where(
            dunning_notice.c.instalment_id == bindparam("of_item"),
            dunning_notice.c.level == bindparam("of_level"),
            dunning_notice.c.state == "decided",
        )
        .values(state="waived", completed_on=on, reason=reason),
        [{"of_item": one.instalment_id, "of_level": one.level} for one in notices],
    )


def customer_of_invoice(connection: Connection, invoice_no: str) -> int | None:
    """Return whose invoice the number is, None for an unknown one."""
    return connection.execute(
        select(invoice.c.customer_id).where(invoice.c.invoice_no == invoice_no)
    ).scalar()


def write_left_out(
    connection: Connection,
    left_out: Sequence[LeftOut],
    *,
    known: Collection[int],
    on: date,
) -> None:
    """Write the reasons that are new or changed; known items have a row already."""
    held = set(known)
    fresh = [one for one in left_out if one.instalment_id not in held]
    changed = [one for one in left_out if one.instalment_id in held]
    insert_rows(
        connection,
        not_chased,
        [
            {
                "instalment_id": one.instalment_id,
                "reason": one.reason,
                "detail": one.detail,
                "since": on,
                "last_on": on,
                "until": one.until,
            }
            for one in fresh
        ],
    )
    if changed:
        connection.execute(
            update(not_chased)
            .where(not_chased.c.instalment_id == bindparam("of_item"))
            .values(
                reason=bindparam("new_reason"),
                detail=bindparam("new_detail"),
                until=bindparam("new_until"),
                since=on,
                last_on=on,
            ),
            [
                {
                    "of_item": one.instalment_id,
                    "new_reason": one.reason,
                    "new_detail": one.detail,
                    "new_until": one.until,
                }
                for one in changed
            ],
        )


def keep_left_out(
    connection: Connection, instalment_ids: Collection[int], *, on: date
) -> None:
    """Note that the reason of these items stood on the day too."""
    if instalment_ids:
        connection.execute(
            update(not_chased)
            .where(among(connection, not_chased.c.instalment_id, instalment_ids))
            .values(last_on=on)
        )


def drop_left_out(connection: Connection, instalment_ids: Collection[int]) -> None:
    """Forget the reason of items that are chased now."""
    if instalment_ids:
        connection.execute(
            delete(not_chased).where(
                among(connection, not_chased.c.instalment_id, instalment_ids)
            )
        )


def note_paid(connection: Connection, *, on: date) -> int:
    """Give the settled items among those left out the reason paid; return how many."""
    settled = select(instalment.c.id).where(
        instalment.c.id == not_chased.c.instalment_id,
        instalment.c.open_amount == text("0"),
    )
    done = connection.execute(
        update(not_chased)
        .where(not_chased.c.reason != "paid", settled.exists())
        .values(reason="paid", detail=None, until=None, since=on, last_on=on)
    )
    return done.rowcount
