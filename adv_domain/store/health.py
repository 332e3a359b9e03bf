"""How old is what the chain lives on: runs, bank data, mails, files, failures?"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from adv_domain.store.payments.bank_entries import bank_covers_until
from adv_domain.store.tables import (
    failure,
    outbox,
    run,
    source_file,
    switch,
    task,
)


@dataclass(frozen=True, slots=True)
class Health:
    """What an operator would look up before trusting the installation."""

    last_completed: dict[str, datetime]
    running_since: dict[str, datetime]
    bank_data_until: date | None
    oldest_waiting_mail: datetime | None
    unknown_mails: int
    open_failures: int
    open_tasks: int
    interrupted_files: int
    mail_is_stopped: bool


def read_health(connection: Connection, *, on: date) -> Health:
    """Read the ages and backlogs in a constant number of statements.

    Bank data counts up to the day given.
    """
    return Health(
        last_completed=_latest(connection, "completed"),
        running_since=_latest(connection, "running"),
        bank_data_until=bank_covers_until(connection, on=on),
        oldest_waiting_mail=connection.execute(
            select(func.min(outbox.c.queued_at)).where(
                outbox.c.state.in_(["queued", "retry"])
            )
        ).scalar(),
        unknown_mails=_count(connection, outbox.c.state == "unknown"),
        open_failures=_count(connection, failure.c.resolved_at.is_(None)),
        open_tasks=_count(connection, task.c.state == "open"),
        interrupted_files=_count(connection, source_file.c.state == "taking"),
        mail_is_stopped=bool(
            connection.execute(
                select(switch.c.is_on).where(switch.c.name == "stop_mail")
            ).scalar()
        ),
    )


def _latest(connection: Connection, state: str) -> dict[str, datetime]:
    rows = connection.execute(
        select(run.c.step, func.max(run.c.started_at).label("at"))
        .where(run.c.state == state)
        .group_by(run.c.step)
    )
    return {row.step: row.at for row in rows}


def _count(connection: Connection, condition: object) -> int:
    found = connection.execute(
        select(func.count()).where(condition)  # type: ignore[arg-type]  # a condition on one table
    ).scalar()
    return int(found or 0)
