"""Which mails wait to leave? A decision queues its mail in its own transaction."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import outbox


@dataclass(frozen=True, slots=True)
class OutboxMail:
    """A mail to be rendered and sent later: template, language and flat context.

    outbox_key says what the mail is about and is unique: the same decision made
    again queues nothing. attachments are paths below the home folder.
    """

    outbox_key: str
    kind: str
    to_address: str
    template: str
    language: str
    context: Mapping[str, Any]
    customer_id: int | None = None
    entity: str | None = None
    entity_id: int | None = None
    cc_address: str | None = None
    reply_to: str | None = None
    in_reply_to: str | None = None
    attachments: Sequence[str] = field(default_factory=tuple)


def message_id_of(outbox_key: str) -> str:
    """Make the Message-ID of a mail: stable over retries, safe in a header."""
    digest = hashlib.sha256(outbox_key.encode()).hexdigest()[:40]
    return f"<{digest}@adv.invalid>"


def mails_of_order(connection: Connection, order_id: int, *, kind: str) -> list[str]:
    """Return the keys of the order's mails of a kind."""
    found = select(outbox.c.outbox_key).where(
        outbox.c.entity == "order",
        outbox.c.entity_id == order_id,
        outbox.c.kind == kind,
    )
    return list(connection.execute(found).scalars())


def queue_mails(
    connection: Connection,
    mails: Sequence[OutboxMail],
    *,
    business_date: date,
    now: datetime,
    run_id: int | None = None,
) -> int:
    """Queue the mails whose key is new, in the order given; return how many."""
    if not mails:
        return 0
    known = set(
        connection.execute(
            select(outbox.c.outbox_key).where(
                among(
                    connection, outbox.c.outbox_key, [one.outbox_key for one in mails]
                )
            )
        ).scalars()
    )
    fresh = [one for one in mails if one.outbox_key not in known]
    return insert_rows(
        connection,
        outbox,
        [
            {
                "outbox_key": one.outbox_key,
                "kind": one.kind,
                "state": "queued",
                "to_address": one.to_address,
                "cc_address": one.cc_address,
                "reply_to": one.reply_to,
                "template": one.template,
                "language": one.language,
                "context": dict(one.context),
                "attachments": list(one.attachments),
                "message_id": message_id_of(one.outbox_key),
                "in_reply_to": one.in_reply_to,
                "customer_id": one.customer_id,
                "entity": one.entity,
                "entity_id": one.entity_id,
                "business_date": business_date,
                "queued_at": now,
                "run_id": run_id,
            }
            for one in fresh
        ],
    )
