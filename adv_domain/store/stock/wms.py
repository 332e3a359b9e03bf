"""What does the table hold that stock's own system reads, and what did it answer?"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, update

from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import wms_message


class WmsAnswer(NamedTuple):
    """What stock's system wrote beside a message."""

    id: int
    message_key: str
    status: str
    note: str | None


def write_to_wms(
    connection: Connection, rows: Sequence[dict[str, Any]], *, now: datetime
) -> None:
    """Put messages into the table; one that is there already is new again."""
    keys = [row["message_key"] for row in rows]
    known = set(
        connection.execute(
            select(wms_message.c.message_key).where(
                among(connection, wms_message.c.message_key, keys)
            )
        ).scalars()
    )
    if known:
        connection.execute(
            update(wms_message)
            .where(
                among(connection, wms_message.c.message_key, known),
                wms_message.c.status == "refused",
            )
            .values(status="new", note=None, written_at=now, heard_at=None)
        )
    fresh = [
        row | {"written_at": now} for row in rows if row["message_key"] not in known
    ]
    insert_rows(connection, wms_message, fresh)


def unheard_answers(connection: Connection, *, limit: int) -> list[WmsAnswer]:
    """Read what stock's system answered and nobody has booked yet, by id."""
    rows = connection.execute(
        select(
            wms_message.c.id,
            wms_message.c.message_key,
            wms_message.c.status,
            wms_message.c.note,
        )
        .where(wms_message.c.status != "new", wms_message.c.heard_at.is_(None))
        .order_by(wms_message.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [WmsAnswer._make(row) for row in rows]


def mark_heard(connection: Connection, ids: Collection[int], *, now: datetime) -> None:
    """Write that the answers are booked."""
    connection.execute(
        update(wms_message)
        .where(among(connection, wms_message.c.id, ids))
        .values(heard_at=now)
    )
