"""Which documents stand aside, and which of them has a person closed?"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from adv_domain.store.tables import failure


class OpenFailure(NamedTuple):
    """A document that a step set aside and that nothing has resolved."""

    id: int
    step: str
    document: str
    code: str
    message: str
    owner: str
    first_seen_at: datetime
    last_seen_at: datetime
    attempts: int


def open_failures(connection: Connection) -> Sequence[OpenFailure]:
    """Return the open failures, the longest standing first."""
    rows = connection.execute(
        select(*(failure.c[name] for name in OpenFailure._fields))
        .where(failure.c.resolved_at.is_(None))
        .order_by(failure.c.first_seen_at, failure.c.id)
    )
    return [OpenFailure._make(row) for row in rows]


def documents_that_failed(connection: Connection, *, step: str, code: str) -> set[str]:
    """Return the documents of a step with an open failure of this code."""
    rows = connection.execute(
        select(failure.c.document).where(
            failure.c.step == step,
            failure.c.code == code,
            failure.c.resolved_at.is_(None),
        )
    )
    return set(rows.scalars())


def find_open_failure(
    connection: Connection, *, step: str, document: str
) -> OpenFailure | None:
    """Return the step's open failure of the document and lock it."""
    row = connection.execute(
        select(*(failure.c[name] for name in OpenFailure._fields))
        .where(
            failure.c.step == step,
            failure.c.document == document,
            failure.c.resolved_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    return None if row is None else OpenFailure._make(row)


def close_open_failure(
    connection: Connection, failure_id: int, *, now: datetime
) -> None:
    """Mark a failure as resolved; the same document failing again opens it anew."""
    connection.execute(
        update(failure).where(failure.c.id == failure_id).values(resolved_at=now)
    )
