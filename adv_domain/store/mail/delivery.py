"""Which mails are due to leave, and how did each attempt end?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    case,
    func,
    or_,
    select,
    update,
)

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among
from adv_domain.store.tables import outbox, switch

STOP_MAIL = "stop_mail"
# eml_path is null for a mail that goes to a server; the folder marks its own
_INTO_FOLDER = ""
_WAITING = ("queued", "retry")
_ENDING = ("state", "last_error", "next_attempt_at", "sent_at", "eml_path", "run_id")


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A row of the outbox as the sender needs it; state and attempts as read."""

    id: int
    outbox_key: str
    kind: str
    state: str
    to_address: str
    cc_address: str | None
    reply_to: str | None
    template: str
    language: str
    context: Mapping[str, Any]
    attachments: Sequence[str]
    message_id: str
    in_reply_to: str | None
    business_date: date
    queued_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class MailEnding:
    """How an attempt ended; next_attempt_at for a retry, eml_path for a file."""

    mail: WaitingMail
    state: str
    detail: str = ""
    next_attempt_at: datetime | None = None
    eml_path: str | None = None


def due_mails(
    connection: Connection,
    *,
    now: datetime,
    after: int,
    limit: int,
    only_kinds: Sequence[str] = (),
) -> list[WaitingMail]:
    """Return the mails to send now, in the order in which they were queued."""
    columns = [outbox.c[field.name] for field in fields(WaitingMail)]
    wanted = outbox.c.kind.in_(only_kinds) if only_kinds else None
    rows = connection.execute(
        select(*columns)
        .where(
            outbox.c.id > after,
            _is_due(now),
            *(() if wanted is None else (wanted,)),
        )
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return [WaitingMail(**row._mapping) for row in rows]  # noqa: SLF001  # SQLAlchemy's public row interface


def count_due(connection: Connection, *, now: datetime) -> int:
    """Count the mails that could be sent now."""
    return _count(connection, _is_due(now))


def count_retrying(connection: Connection) -> int:
    """Count the mails that wait for their next attempt."""
    return _count(connection, outbox.c.state == "retry")


def mark_sending(
    connection: Connection,
    mails: Sequence[WaitingMail],
    *,
    now: datetime,
    into_folder: bool,
) -> list[WaitingMail]:
    """Note, before anything is handed over, that these mails are being sent.

    Returns those of them that still waited: a person may have withdrawn one since
    the batch was read.
    """
    marked = connection.execute(
        update(outbox)
        .where(
            among(connection, outbox.c.id, [mail.id for mail in mails]),
            outbox.c.state.in_(_WAITING),
        )
        .values(
            state="sending",
            claimed_at=now,
            attempts=outbox.c.attempts + 1,
            eml_path=_INTO_FOLDER if into_folder else None,
        )
        .returning(outbox.c.id)
    )
    still = set(marked.scalars())
    return [mail for mail in mails if mail.id in still]


def put_back(connection: Connection, mails: Sequence[WaitingMail]) -> None:
    """Return mails that were never handed over, no attempt used up."""
    rows = [(mail.id, mail.state, mail.attempts, None) for mail in mails]
    update_rows(connection, outbox, ("state", "attempts", "eml_path"), rows)


def write_endings(
    connection: Connection, endings: Sequence[MailEnding], *, now: datetime, run_id: int
) -> None:
    """Write how the attempts ended, in one statement."""
    update_rows(
        connection,
        outbox,
        _ENDING,
        [
            (
                ending.mail.id,
                ending.state,
                ending.detail or None,
                ending.next_attempt_at,
                now if ending.state == "sent" else None,
                ending.eml_path,
                run_id,
            )
            for ending in endings
        ],
    )


def strand_interrupted(connection: Connection) -> list[WaitingMail]:
    """Deal with mails that a dead run left in sending; return those now unknown.

    Whether a mail server took such a mail nobody knows: it becomes unknown. A mail
    on its way into the folder goes back to the queue, because writing the same file
    again does no harm.
    """
    columns = [outbox.c[field.name] for field in fields(WaitingMail)]
    rows = connection.execute(
        select(*columns, outbox.c.eml_path)
        .where(outbox.c.state == "sending")
        .order_by(outbox.c.id)
        .with_for_update()
    ).all()
    if not rows:
        return []
    connection.execute(
        update(outbox)
        .where(outbox.c.state == "sending")
        .values(
            state=case((outbox.c.eml_path.is_(None), "unknown"), else_="queued"),
            last_error=case(
                (outbox.c.eml_path.is_(None), "the run ended while it was being sent"),
                else_=outbox.c.last_error,
            ),
            eml_path=None,
        )
    )
    names = {field.name for field in fields(WaitingMail)}
    return [
        WaitingMail(
            **{name: value for name, value in row._mapping.items() if name in names}  # noqa: SLF001  # SQLAlchemy's public row interface
        )
        for row in rows
        if row.eml_path is None
    ]


def is_mail_stopped(connection: Connection) -> bool:
    """Tell whether a person has stopped all mail."""
    found = connection.execute(
        select(switch.c.is_on).where(switch.c.name == STOP_MAIL)
    ).scalar()
    return bool(found)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return outbox.c.state.in_(_WAITING) & or_(
        outbox.c.next_attempt_at.is_(None), outbox.c.next_attempt_at <= now
    )


def _count(connection: Connection, condition: ColumnElement[bool]) -> int:
    return int(
        connection.execute(
            select(func.count()).select_from(outbox).where(condition)
        ).scalar_one()
    )


def withdraw_unsent(
    connection: Connection, outbox_keys: Sequence[str], *, reason: str
) -> int:
    """Withdraw those of the mails that have not left; return how many."""
    if not outbox_keys:
        return 0
    withdrawn = connection.execute(
        update(outbox)
        .where(
            among(connection, outbox.c.outbox_key, outbox_keys),
            outbox.c.state.in_(("queued", "retry")),
        )
        .values(state="withdrawn", last_error=reason, next_attempt_at=None)
    )
    return int(withdrawn.rowcount)
