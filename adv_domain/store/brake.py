"""What did runs post on earlier days, what was a person asked, and what did he say?"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adv_domain.rules.brake import NOTHING, Volume
from adv_domain.store.columns import AMOUNT
from adv_domain.store.engine import is_sqlite
from adv_domain.store.tables import run_brake, run_undo, run_volume


def volumes_by_day(
    connection: Connection, step: str, *, until: date, days: int
) -> dict[date, Volume]:
    """Return what the step's runs posted on the last days until one, that day too.

    Runs that were undone do not count.
    """
    rows = connection.execute(
        select(
            run_volume.c.business_date,
            func.sum(run_volume.c.documents),
            func.sum(run_volume.c.amount, type_=AMOUNT),
        )
        .outerjoin(run_undo, run_undo.c.run_id == run_volume.c.run_id)
        .where(
            run_volume.c.step == step,
            run_volume.c.business_date <= until,
            run_undo.c.run_id.is_(None),
        )
        .group_by(run_volume.c.business_date)
        .order_by(run_volume.c.business_date.desc())
        .limit(days)
    )
    return {day: Volume(int(documents), amount) for day, documents, amount in rows}


@dataclass(frozen=True, slots=True)
class RunDay:
    """A run of a step for a business date."""

    run_id: int
    step: str
    on: date


def add_volume(connection: Connection, run: RunDay, posted: Volume) -> None:
    """Count what a batch of the run posted, in one statement."""
    if posted == NOTHING:
        return
    insert = sqlite.insert if is_sqlite(connection) else postgresql.insert
    fresh = insert(run_volume).values(
        run_id=run.run_id,
        step=run.step,
        business_date=run.on,
        documents=posted.documents,
        amount=posted.amount,
    )
    connection.execute(
        fresh.on_conflict_do_update(
            index_elements=["run_id"],
            set_={
                "documents": run_volume.c.documents + fresh.excluded.documents,
                "amount": run_volume.c.amount + fresh.excluded.amount,
            },
        )
    )


def confirmed_volumes(connection: Connection, step: str, *, on: date) -> list[Volume]:
    """Return the figures that a person said yes to for the day."""
    rows = connection.execute(
        select(run_brake.c.documents, run_brake.c.amount).where(
            run_brake.c.step == step,
            run_brake.c.business_date == on,
            run_brake.c.confirmed_at.is_not(None),
        )
    )
    return [Volume(row.documents, row.amount) for row in rows]


def note_stop(
    connection: Connection,
    day: RunDay,
    planned: Volume,
    *,
    usual: Volume | None,
    now: datetime,
) -> None:
    """Write what a run stopped at; the same figures again are the same stop."""
    insert = sqlite.insert if is_sqlite(connection) else postgresql.insert
    connection.execute(
        insert(run_brake)
        .values(
            step=day.step,
            business_date=day.on,
            documents=planned.documents,
            amount=planned.amount,
            usual_documents=usual.documents if usual else None,
            usual_amount=usual.amount if usual else None,
            stopped_at=now,
        )
        .on_conflict_do_nothing()
    )


def open_stop(connection: Connection, step: str, *, on: date) -> Row[Any] | None:
    """Return and lock the day's last stop that nobody has confirmed."""
    return connection.execute(
        select(run_brake)
        .where(
            run_brake.c.step == step,
            run_brake.c.business_date == on,
            run_brake.c.confirmed_at.is_(None),
        )
        .order_by(run_brake.c.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()


def confirm_stop(
    connection: Connection, stop_id: int, *, by: str, reason: str, now: datetime
) -> None:
    """Write who said yes to the stop's figures, when and why."""
    connection.execute(
        update(run_brake)
        .where(run_brake.c.id == stop_id)
        .values(confirmed_at=now, confirmed_by=by, reason=reason)
    )


def stop_ids(connection: Connection, step: str) -> list[int]:
    """Return the ids of all stops of the step."""
    found = connection.execute(select(run_brake.c.id).where(run_brake.c.step == step))
    return list(found.scalars())


def figures(stop: Row[Any]) -> Volume:
    """Return what the stopped run would have come to."""
    return Volume(stop.documents, stop.amount)
