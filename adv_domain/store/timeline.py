"""What has happened to an order, customer or invoice, and what was mailed about it?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select

from adv_domain.store.rows import among
from adv_domain.store.tables import event, outbox


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a history; entity and entity_id say whose it is."""

    at: datetime
    business_date: date
    entity: str
    entity_id: int
    what: str
    actor: str
    from_state: str | None
    to_state: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class MailEntry:
    """A mail about the document: where it went and how its sending stands."""

    outbox_key: str
    kind: str
    to_address: str
    state: str
    business_date: date
    sent_at: datetime | None
    last_error: str | None


def timeline(
    connection: Connection, entity: str, entity_id: int
) -> list[TimelineEntry]:
    """Return the history of one document, oldest first."""
    return timelines(connection, {entity: [entity_id]})


def last_entry(
    connection: Connection, entity: str, entity_id: int
) -> TimelineEntry | None:
    """Return the last line of one document's history, None where it has none."""
    row = connection.execute(
        _entries()
        .where(event.c.entity == entity, event.c.entity_id == entity_id)
        .order_by(event.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else TimelineEntry(*row)


def timelines(
    connection: Connection, whose: Mapping[str, Collection[int]]
) -> list[TimelineEntry]:
    """Return the common history of several documents: entity → ids, oldest first."""
    wanted = [
        and_(event.c.entity == entity, among(connection, event.c.entity_id, ids))
        for entity, ids in whose.items()
        if ids
    ]
    if not wanted:
        return []
    rows = connection.execute(_entries().where(or_(*wanted)).order_by(event.c.id))
    return [TimelineEntry(*row) for row in rows]


def _entries() -> Select[Any]:
    names = [one.name for one in fields(TimelineEntry)]
    return select(*(event.c[name] for name in names))


def mails_about(
    connection: Connection, entity: str, entity_ids: Collection[int]
) -> list[MailEntry]:
    """Return the mails about the documents, in the order they were queued."""
    rows = connection.execute(
        select(
            outbox.c.outbox_key,
            outbox.c.kind,
            outbox.c.to_address,
            outbox.c.state,
            outbox.c.business_date,
            outbox.c.sent_at,
            outbox.c.last_error,
        )
        .where(
            outbox.c.entity == entity,
            among(connection, outbox.c.entity_id, entity_ids),
        )
        .order_by(outbox.c.id)
    )
    return [MailEntry(*row) for row in rows]
