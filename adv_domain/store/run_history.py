"""What happened since a flow run began: which steps ran, what failed, what was sent?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from adv_domain.store.tables import failure, outbox, run


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run of a step as it ended; done holds counts by word."""

    run_id: int
    step: str
    state: str
    done: dict[str, Any]
    message: str


@dataclass(frozen=True, slots=True)
class OpenFailure:
    """A document that stands aside, and who answers for it."""

    step: str
    document: str
    code: str
    message: str
    owner: str


def runs_since(
    connection: Connection, *, steps: Sequence[str], since: datetime
) -> list[PastRun]:
    """Return the runs of these steps that began at the moment or later, in order."""
    rows = connection.execute(
        select(run.c.id, run.c.step, run.c.state, run.c.done, run.c.message)
        .where(run.c.step.in_(steps), run.c.started_at >= since)
        .order_by(run.c.id)
    )
    return [
        PastRun(
            run_id=row.id,
            step=row.step,
            state=row.state,
            done=row.done or {},
            message=row.message or "",
        )
        for row in rows
    ]


def failures_of_runs(
    connection: Connection, run_ids: Sequence[int]
) -> list[OpenFailure]:
    """Return the open failures that these runs saw last, the oldest first."""
    rows = connection.execute(
        select(
            failure.c.step,
            failure.c.document,
            failure.c.code,
            failure.c.message,
            failure.c.owner,
        )
        .where(failure.c.last_run_id.in_(run_ids), failure.c.resolved_at.is_(None))
        .order_by(failure.c.id)
    )
    return [OpenFailure(**row) for row in rows.mappings()]


def mails_sent_since(connection: Connection, since: datetime) -> dict[str, int]:
    """Count the mails confirmed as sent since the moment, by kind."""
    rows = connection.execute(
        select(outbox.c.kind, func.count())
        .where(outbox.c.state == "sent", outbox.c.sent_at >= since)
        .group_by(outbox.c.kind)
        .order_by(outbox.c.kind)
    )
    return {kind: int(count) for kind, count in rows}
