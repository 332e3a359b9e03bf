"""What does a person see of the outbox, and change in it by hand?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, select, update

from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import dunning_notice, outbox, switch


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A mail as a person sees it."""

    id: int
    outbox_key: str
    kind: str
    to_address: str
    state: str
    attempts: int
    last_error: str | None
    message_id: str


def outbox_entries(
    connection: Connection, *, states: Sequence[str]
) -> list[OutboxEntry]:
    """Return the mails in these states, in the order in which they were queued."""
    rows = connection.execute(
        select(*_entry_columns())
        .where(outbox.c.state.in_(states))
        .order_by(outbox.c.id)
    )
    return [OutboxEntry(*row) for row in rows]


def outbox_entry(connection: Connection, outbox_key: str) -> OutboxEntry | None:
    """Return the mail of this key, locked against the sender."""
    row = connection.execute(
        select(*_entry_columns())
        .where(outbox.c.outbox_key == outbox_key)
        .with_for_update()
    ).one_or_none()
    return None if row is None else OutboxEntry(*row)


def has_freed_notices(connection: Connection, outbox_key: str) -> bool:
    """Tell whether the mail's reminders are given up, so that dunning decides anew."""
    found = connection.execute(
        select(dunning_notice.c.id)
        .where(
            dunning_notice.c.outbox_key == outbox_key,
            dunning_notice.c.state.in_(("failed", "withdrawn")),
        )
        .limit(1)
    ).scalar()
    return found is not None


def queue_again(connection: Connection, mail_id: int, *, now: datetime) -> None:
    """Make a mail due now; its days of trying count from now."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == mail_id)
        .values(state="queued", next_attempt_at=None, queued_at=now)
    )


def settle(
    connection: Connection, mail_id: int, *, state: str, detail: str, now: datetime
) -> None:
    """Write what a person found out about a mail: sent or failed."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == mail_id)
        .values(
            state=state,
            last_error=detail,
            sent_at=now if state == "sent" else None,
        )
    )


@dataclass(frozen=True, slots=True)
class SwitchChange:
    """A brake that a person sets or lifts."""

    name: str
    is_on: bool
    by: str
    reason: str


def set_switch(connection: Connection, change: SwitchChange, *, now: datetime) -> None:
    """Set or lift the brake."""
    values = {
        "is_on": change.is_on,
        "set_by": change.by,
        "reason": change.reason,
        "set_at": now,
    }
    changed = connection.execute(
        update(switch).where(switch.c.name == change.name).values(values)
    )
    if changed.rowcount == 0:
        insert_rows(connection, switch, [{"name": change.name, **values}])


def _entry_columns() -> list[Column[Any]]:
    return [
        outbox.c.id,
        outbox.c.outbox_key,
        outbox.c.kind,
        outbox.c.to_address,
        outbox.c.state,
        outbox.c.attempts,
        outbox.c.last_error,
        outbox.c.message_id,
    ]
