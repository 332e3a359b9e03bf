"""What did each run of a step do, and which documents stand aside?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import event, failure, run

_SEEN_AGAIN = (
    "code",
    "message",
    "attempts",
    "last_seen_at",
    "last_run_id",
    "resolved_at",
)


@dataclass(frozen=True, slots=True)
class FailedDocument:
    """A document that a step set aside, and why."""

    document: str
    code: str
    message: str


def open_run(
    connection: Connection,
    *,
    step: str,
    business_date: date,
    engine: str,
    engine_run: str | None,
    now: datetime,
) -> int:
    """Write that a run of the step begins and return its id.

    A run of the same step that never ended was killed: it is marked crashed.
    """
    connection.execute(
        update(run)
        .where(run.c.step == step, run.c.state == "running")
        .values(state="crashed", ended_at=now, message="the process ended mid-run")
    )
    inserted = connection.execute(
        run.insert().values(
            step=step,
            business_date=business_date,
            state="running",
            started_at=now,
            engine=engine,
            engine_run=engine_run,
        )
    )
    return int(inserted.inserted_primary_key[0])  # type: ignore[index]  # one row


def close_run(
    connection: Connection, run_id: int, *, values: Mapping[str, Any], now: datetime
) -> None:
    """Write how the run ended: state, counts and message."""
    connection.execute(
        update(run).where(run.c.id == run_id).values(ended_at=now, **values)
    )


def record_failures(
    connection: Connection,
    *,
    step: str,
    run_id: int,
    owner: str,
    failed: Sequence[FailedDocument],
    now: datetime,
) -> list[FailedDocument]:
    """Note the documents set aside; return those that are new or changed cause.

    A failure that stands open with the same code and message counts as waiting
    and is not returned (design P4).
    """
    if not failed:
        return []
    standing = _standing_failures(connection, step, [one.document for one in failed])
    fresh = [one for one in failed if not _stands(standing.get(one.document), one)]
    update_rows(
        connection,
        failure,
        _SEEN_AGAIN,
        [
            (known.id, one.code, one.message, known.attempts + 1, now, run_id, None)
            for one in failed
            if (known := standing.get(one.document))
        ],
    )
    insert_rows(
        connection,
        failure,
        [
            _new_failure(step, run_id, owner, one, now)
            for one in failed
            if one.document not in standing
        ],
    )
    return fresh


def resolve_failures(
    connection: Connection, *, step: str, documents: Collection[str], now: datetime
) -> None:
    """Mark the step's open failures of these documents as resolved."""
    waiting = connection.execute(
        select(failure.c.id, failure.c.document).where(
            failure.c.step == step, failure.c.resolved_at.is_(None)
        )
    ).all()
    wanted = set(documents)
    mended = [row.id for row in waiting if row.document in wanted]
    if mended:
        connection.execute(
            update(failure)
            .where(among(connection, failure.c.id, mended))
            .values(resolved_at=now)
        )


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a document's history: who did what, and from which state to which."""

    entity: str
    entity_id: int
    what: str
    actor: str
    from_state: str | None = None
    to_state: str | None = None
    reason: str | None = None


def record_events(
    connection: Connection,
    happenings: Sequence[Happening],
    *,
    business_date: date,
    now: datetime,
    run_id: int | None = None,
) -> None:
    """Append the happenings to the event log in one statement."""
    insert_rows(
        connection,
        event,
        [
            {
                "entity": one.entity,
                "entity_id": one.entity_id,
                "at": now,
                "business_date": business_date,
                "what": one.what,
                "from_state": one.from_state,
                "to_state": one.to_state,
                "actor": one.actor,
                "reason": one.reason,
                "run_id": run_id,
            }
            for one in happenings
        ],
    )


def _standing_failures(
    connection: Connection, step: str, documents: Sequence[str]
) -> dict[str, Any]:
    rows = connection.execute(
        select(failure).where(
            failure.c.step == step, among(connection, failure.c.document, documents)
        )
    )
    return {row.document: row for row in rows}


def _stands(known: Any, one: FailedDocument) -> bool:
    if known is None or known.resolved_at is not None:
        return False
    return bool(known.code == one.code and known.message == one.message)


def _new_failure(
    step: str, run_id: int, owner: str, one: FailedDocument, now: datetime
) -> dict[str, Any]:
    return {
        "step": step,
        "document": one.document,
        "code": one.code,
        "message": one.message,
        "owner": owner,
        "first_seen_at": now,
        "last_seen_at": now,
        "last_run_id": run_id,
        "attempts": 1,
    }
